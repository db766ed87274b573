#include "client/actors/cloud_link.hpp"

#include "client/actors/cloud_wire.hpp"
#include "client/actors/places.hpp"
#include "platform/log/log.hpp"
#include "proto/codec/messages.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr auto store_answers_within = 60s;
constexpr auto token_margin = 60s;  // renewed this long before it ends
constexpr auto token_within = 15s;
constexpr auto registered_within = 20s;

/// This identity is of no use to this agent any more: revoked, or another agent's.
bool no_more_ours(errc code) { return code == errc::unauthenticated || code == errc::device_cloned; }

bool means_unreachable(errc code) {
  return code == errc::offline || code == errc::timeout || code == errc::not_tinysync ||
         code == errc::pin_mismatch;
}

}  // namespace

cloud_link::cloud_link(actors::context& self, agent_doors doors)
    : self_(self), doors_(std::move(doors)) {}

/// Whom an earlier life told of the connection is told on: everybody who takes such news.
void cloud_link::started(actors::context& self) {
  std::function<void(const actors::actor_view&)> add = [&](const actors::actor_view& v) {
    for (const auto& type : self.directory().accepts(v.path))
      if (type == pb::LinkChanged::descriptor()->full_name()) watchers_.insert(v.path);
    for (const auto& child : v.children) add(child);
  };
  if (self.start().generation > 1) add(self.directory().inspect(agent_root(self)));
  auto me = self.self<faces::cloud_link>();
  if (doors_.watch_resume) resume_watch_ = doors_.watch_resume([me] { me.tell(pb::Tick{}); });
  handle(pb::Connect{});
}

/// What was connected before a suspend is so no more, and nothing says so: everything begins anew, at once.
/// What is under way fails as cancelled and is asked again by whoever asked.
void cloud_link::handle(const pb::Tick&) {
  log::info("link.woke_up", "url={}", who_.url());
  transport_.reset();
  token_.clear();
  asking_token_ = probing_ = false;
  retry_ = 0ms;
  if (std::exchange(wake_, nullptr)) {
    pb::WakeClosed closed;
    closed.set_reason("the machine was suspended");
    self_.send(self_.sibling<faces::wake_listener>("wake_listener"), closed);
  }
  loaded_ = false;
  handle(pb::Connect{});
}

void cloud_link::handle(const pb::Connect&) {
  self_.ask(self_.sibling<faces::credentials>("credentials"), pb::TakeSecret{},
            store_answers_within, [this](result<pb::Credentials> r, const actors::bulk& secret) {
              // Not "unregistered": whoever keeps them was dying, and its next life answers.
              if (!r && remedy_of(r.error().code) == remedy::retry) return handle(pb::Connect{});
              loaded_ = true;
              if (!r || !r->registered() || !secret) {
                last_error_ = {errc::unregistered, r ? r->damaged() : ""};
                return refuse_all(last_error_);
              }
              with_credentials(*r, secret);
            });
}

void cloud_link::with_credentials(const pb::Credentials& who, const actors::bulk& secret) {
  bool same = transport_ && who.url() == who_.url() && who.pin() == who_.pin() && *secret == secret_;
  who_ = who;
  secret_ = *secret;
  if (!same) {
    token_.clear();
    auto made = doors_.connect(who.url(), id_from<public_key_pin>(who.pin()));
    if (!made) {
      last_error_ = made.error();
      return refuse_all(made.error());
    }
    transport_ = std::move(*made);
  }
  probe();
}

bool cloud_link::token_is_fresh() const {
  return !token_.empty() && self_.now() + token_margin < token_ends_;
}

// -- exchanges ---------------------------------------------------------------------------------

actors::later<pb::Exchanged> cloud_link::handle(const pb::Exchange& m, actors::context& self) {
  waiting w{m, self.attachment(), actors::later<pb::Exchanged>(self),
            std::string(self.correlation())};
  auto answer = w.answer;
  submit(std::move(w));
  return answer;
}

void cloud_link::submit(waiting w) {
  if (!transport_) {
    w.answer.fail(loaded_ ? last_error_ : error{errc::restarting, "the link to the server"});
    return;
  }
  if (!w.what.without_token() && !token_is_fresh()) {
    for_token_.push_back(std::move(w));
    return fetch_token();
  }
  auto request = request_for(w.what, w.body, w.what.without_token() ? "" : token_, w.correlation);
  auto home = self_.executor();
  transport_->exchange(std::move(request), [this, home, w](result<net::http_response> r) {
    home([this, w, r = std::move(r)] { answered(w, r); });
  });
}

void cloud_link::answered(waiting w, result<net::http_response> r) {
  reached(r.has_value(), r ? error{} : r.error());
  if (!r) return w.answer.fail(r.error());
  if (r->status == 401 && !w.what.without_token() && !w.retried) {
    w.retried = true;  // the token may have ended early: one fresh one, once
    token_.clear();
    return submit(std::move(w));
  }
  if (r->status >= 400) return w.answer.fail(refusal_of(*r));
  pb::Exchanged out;
  out.set_status(static_cast<std::uint32_t>(r->status));
  for (const auto& [name, value] : r->headers) (*out.mutable_headers())[name] = value;
  w.answer.deliver(std::move(out), r->shared_body ? r->shared_body : actors::make_bulk(r->body));
}

void cloud_link::fetch_token() {
  if (asking_token_) return;
  asking_token_ = true;
  self_.ask(self_.sibling<faces::credentials>("credentials"), pb::BeginLife{}, store_answers_within,
            [this](result<pb::Life> r) {
              // Whoever keeps count may be dying; a token is had without.
              if (transport_) ask_for_token(r ? *r : pb::Life{});
              else asking_token_ = false;
            });
}

void cloud_link::ask_for_token(const pb::Life& life) {
  pb::Exchange m;
  m.set_method("POST");
  m.set_target("/v1/token");
  m.set_timeout_ms(static_cast<std::uint32_t>(std::chrono::milliseconds(token_within).count()));
  codec::token_request asked{secret_, {life.life(), life.mark(), life.next_mark()}};
  auto body = actors::make_bulk(codec::encode(asked));
  auto home = self_.executor();
  transport_->exchange(request_for(m, body, "", ""), [this, home](result<net::http_response> r) {
    home([this, r = std::move(r)] { token_came(r); });
  });
}

void cloud_link::token_came(const result<net::http_response>& r) {
  asking_token_ = false;
  if (!r) {
    reached(false, r.error());
    return refuse_all(r.error());
  }
  auto token = r->status < 300 ? codec::decode_access_token(r->content())
                               : result<codec::access_token>(failure(refusal_of(*r)));
  if (!token) {
    if (token.error().code == errc::device_cloned)
      token.error().text = "this agent's home was copied, or put back from a backup, and the other one has "
                           "connected since; register this one anew: tinysync register INVITE --name NAME";
    log::warn("link.no_token", "why={}", to_string(token.error()));
    reached(false, token.error(), true);
    return refuse_all(token.error());
  }
  token_ = token->token;
  token_ends_ = self_.now() + std::chrono::seconds(token->expires_in_s);
  self_.send(self_.sibling<faces::credentials>("credentials"), pb::LifeBegun{});
  reached(true, {});
  auto ready = std::move(for_token_);
  for_token_.clear();
  for (auto& w : ready) submit(std::move(w));
  if (wake_wanted_) handle(pb::OpenWake{});
}

void cloud_link::refuse_all(const error& why) {
  auto late = std::move(for_token_);
  for_token_.clear();
  for (auto& w : late) w.answer.fail(why);
  if (wake_wanted_ && !opening_wake_) {
    wake_wanted_ = false;
    pb::WakeClosed closed;
    closed.set_reason(std::string(name_of(why.code)));
    self_.send(self_.sibling<faces::wake_listener>("wake_listener"), closed);
  }
}

// -- is the server there? ------------------------------------------------------------------------

/// A server that refuses one request is there; one that gives no token might as well not be.
void cloud_link::reached(bool ok, const error& why, bool vital) {
  bool now = ok || (!vital && !means_unreachable(why.code));
  if (ok) retry_ = 0ms;
  if (!ok) last_error_ = why;
  if (no_more_ours(why.code) || why.code == errc::forbidden) now = now && ok;
  if (!now) probe_later();
  if (now == connected_) return;
  connected_ = now;
  if (now) log::info("link.connected", "url={}", who_.url());
  else log::warn("link.lost", "url={} why={}", who_.url(), to_string(why));
  self_.note(now ? "connected" : "offline: " + std::string(name_of(why.code)));
  pb::LinkChanged m;
  m.set_connected(now);
  auto shared = std::make_shared<pb::LinkChanged>(m);
  for (const auto& path : watchers_)
    if (auto to = self_.directory().find_any(path)) to.tell(shared);
}

void cloud_link::probe_later() {
  if (probing_) return;
  probing_ = true;
  retry_ = retry_ == 0ms ? doors_.config.retry_first
                         : std::min(retry_ * 2, doors_.config.retry_most);
  auto jitter = std::chrono::milliseconds(self_.random() % (retry_.count() / 4 + 1));
  self_.delay(retry_ + jitter, pb::Connect{});
}

/// A token is the proof that the server is there and knows this device.
void cloud_link::probe() {
  probing_ = false;
  if (connected_ && token_is_fresh()) return;
  fetch_token();
}

pb::LinkState cloud_link::handle(const pb::AskLink&) {
  pb::LinkState out;
  out.set_registered(who_.registered());
  out.set_connected(connected_);
  out.set_url(who_.url());
  if (!connected_) {
    out.set_last_error(to_string(last_error_));
    out.set_last_error_code(std::string(name_of(last_error_.code)));
    out.set_retry_in_ms(static_cast<std::uint32_t>(retry_.count()));
  }
  return out;
}

void cloud_link::handle(const pb::WatchLink& m) {
  watchers_.insert(m.subscriber());
  auto to = self_.directory().find_any(m.subscriber());
  if (!to) return;
  auto now = std::make_shared<pb::LinkChanged>();
  now->set_connected(connected_);
  to.tell(now);
}

// -- wakes -------------------------------------------------------------------------------------

void cloud_link::handle(const pb::OpenWake&) {
  wake_wanted_ = true;
  if (opening_wake_ || !transport_) return;
  if (!token_is_fresh()) return fetch_token();
  opening_wake_ = true;
  auto to = self_.sibling<faces::wake_listener>("wake_listener");
  auto home = self_.executor();
  net::header_list headers = {{"authorization", "Bearer " + token_},
                              {"x-tinysync-protocol", std::to_string(protocol_version)}};
  transport_->open_websocket("/v1/wake", headers, [=, this](auto opened) {
    home([=, this] {
      opening_wake_ = wake_wanted_ = false;
      pb::WakeClosed closed;
      if (!opened) {
        // Often the first to notice that the server is gone: nothing else may be asked of it for long.
        if (opened.error().code == errc::unauthenticated) token_.clear();
        reached(false, opened.error());
        closed.set_reason(std::string(name_of(opened.error().code)));
        return to.tell(closed);
      }
      wake_ = *opened;
      wake_->listen([to](std::string frame) { to.tell(pb::WakeFrame{}, actors::make_bulk(std::move(frame))); },
                    [to](const error& why) {
                      pb::WakeClosed m;
                      m.set_reason(std::string(name_of(why.code)));
                      to.tell(m);
                    });
      to.tell(pb::WakeFrame{});  // open: an empty frame
    });
  });
}

// -- joining -----------------------------------------------------------------------------------

actors::later<pb::Registered> cloud_link::handle(const pb::Register& m, actors::context& self) {
  actors::later<pb::Registered> answer(self);
  if (who_.registered() && (connected_ || !no_more_ours(last_error_.code))) {
    answer.fail({errc::already_exists, "this agent is registered with " + who_.url() +
                                           "; another server needs an agent with another --home"});
    return answer;
  }
  auto i = parse_invite(m.invite());
  if (!i) {
    answer.fail(i.error());
    return answer;
  }
  // An invite is used up by asking: what can be known before is looked at before.
  self_.ask(self_.sibling<faces::credentials>("credentials"), pb::ProveStorable{}, store_answers_within,
            [=, this, i = *i](result<pb::Done> storable) {
              if (!storable) return answer.fail(storable.error());
              redeem(m, i, answer);
            });
  return answer;
}

void cloud_link::redeem(const pb::Register& m, const invite& i, actors::later<pb::Registered> answer) {
  if (joining_) return answer.fail({errc::busy, "another registration is under way"});
  auto made = doors_.connect(i.url, i.pin);
  if (!made) return answer.fail(made.error());
  joining_ = std::move(*made);
  pb::Exchange x;
  x.set_method("POST");
  x.set_target("/v1/devices");
  x.set_timeout_ms(static_cast<std::uint32_t>(std::chrono::milliseconds(registered_within).count()));
  codec::register_device body{i.code, m.name()};
  auto request = request_for(x, actors::make_bulk(codec::encode(body)), "", "");
  request.idempotent = false;
  auto home = self_.executor();
  joining_->exchange(std::move(request), [=, this](result<net::http_response> r) {
    home([=, this] { registered(m, i, r, answer); });
  });
}

void cloud_link::registered(const pb::Register& m, const invite& i, result<net::http_response> r,
                            actors::later<pb::Registered> answer) {
  joining_.reset();
  auto who = device_in(r);
  if (!who) {
    auto text = "registering at " + i.url;
    if (!who.error().text.empty()) text += ": " + who.error().text;
    return answer.fail({who.error().code, text});
  }
  pb::StoreCredentials keep;
  keep.set_url(i.url);
  keep.set_pin(i.pin.str());
  keep.set_device(who->device.str());
  keep.set_device_name(m.name());
  keep.set_device_label(who->label);
  pb::Registered out;
  out.set_device(who->device.str());
  out.set_label(who->label);
  out.set_url(i.url);
  self_.ask(
      self_.sibling<faces::credentials>("credentials"), keep, store_answers_within,
      [this, out, answer](result<pb::Credentials> kept) {
        if (!kept)
          return answer.fail({kept.error().code, "device '" + out.label() + "' is registered at " + out.url() +
                                                     ", but its credentials could not be kept (" +
                                                     kept.error().text + "); revoke it and use a new invite"});
        log::info("agent.registered", "url={}", out.url());
        if (who_.registered()) self_.send(self_.sibling<faces::attachments>("attachments"), pb::DeviceChanged{});
        handle(pb::Connect{});
        answer.deliver(out);
      },
      actors::make_bulk(who->secret));
}

}  // namespace tinysync::client
