#include "client/actors/attachments.hpp"

#include "client/actors/places.hpp"

#include "client/folder/layout.hpp"
#include "client/folder/root.hpp"
#include "client/journal/index_files.hpp"
#include "platform/log/log.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr auto answers_within = 60s;
constexpr auto settles_within = 24h;

bool inside(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder == "/" ? folder : folder + "/");
}

}  // namespace

attachments::attachments(actors::context& self, agent_doors doors)
    : self_(self), doors_(std::move(doors)) {}

void attachments::started(actors::context&) { load(); }

/// Whoever is asked may be dying: its next life answers.
void attachments::load() {
  auto begin = [this](result<pb::Attachments> r) {
    if (!r) {
      self_.failed(to_string(r.error()));
      if (remedy_of(r.error().code) == remedy::retry) load();
      return;
    }
    for (const auto& a : r->attachments()) {
      attached_[a.vault()] = a;
      start_vault(a, [name = a.vault_name()](result<void> ok) {
        if (!ok && ok.error().code != errc::already_exists)
          log::error("vault.not_started", "name={} why={}", name, to_string(ok.error()));
      });
    }
  };
  self_.ask(self_.sibling<faces::credentials>("credentials"), pb::AskCredentials{}, answers_within,
            [this, begin](result<pb::Credentials> r) {
              if (!r && remedy_of(r.error().code) == remedy::retry) return load();
              if (r && r->registered()) {
                label_ = r->device_label();
                device_ = id_from<device_id>(r->device());
              }
              self_.ask(self_.sibling<faces::settings>("settings"), pb::AskAttachments{},
                        answers_within, begin);
            });
}

std::string attachments::engine_path(const pb::Attachment& a) const {
  return at(self_, "/vaults/" + to_string(id_from<vault_id>(a.vault())) + "/engine");
}

void attachments::start_vault(const pb::Attachment& a, std::function<void(result<void>)> done) {
  vault_config config;
  config.vault = id_from<vault_id>(a.vault());
  config.name = a.vault_name();
  config.root = a.root();
  config.index = a.index();
  config.device_label = label_;
  config.device = device_;
  log::info("vault.starting", "vault={} root={}", to_string(config.vault), config.root);
  self_.start_child(at(self_, "/vaults"), doors_.vault_tree(config), [=, this](result<void> ok) {
    // The supervisor died with the request in hand: its next life takes it.
    if (!ok && remedy_of(ok.error().code) == remedy::retry) return start_vault(a, done);
    done(ok);
  });
}

/// The index of each says whose it is: it is built anew from what the server has and the disk holds.
void attachments::handle(const pb::DeviceChanged&) {
  self_.ask(self_.sibling<faces::credentials>("credentials"), pb::AskCredentials{}, answers_within,
            [this](result<pb::Credentials> r) {
              if (!r) return handle(pb::DeviceChanged{});
              label_ = r->device_label();
              device_ = id_from<device_id>(r->device());
              for (const auto& [id, a] : attached_)
                self_.stop_child(at(self_, "/vaults"), to_string(id_from<vault_id>(id)),
                                 [this, a = a](result<void>) {
                                   start_vault(a, [name = a.vault_name()](result<void> ok) {
                                     if (!ok)
                                       log::error("vault.not_started", "name={} why={}", name, to_string(ok.error()));
                                   });
                                 });
            });
}

const pb::Attachment* attachments::find(const std::string& wanted) const {
  for (const auto& [id, a] : attached_) {
    bool named = a.vault_name() == wanted || a.root() == wanted ||
                 to_string(id_from<vault_id>(id)) == wanted || a.root() + "/" == wanted;
    if (named) return &a;
  }
  return nullptr;
}

// -- attaching ---------------------------------------------------------------------------------

actors::later<pb::Attached> attachments::handle(const pb::Attach& m, actors::context& self) {
  actors::later<pb::Attached> answer(self);
  if (m.on_demand()) {
    answer.fail({errc::not_built_yet, "attaching on demand"});
    return answer;
  }
  self_.ask(self_.sibling<faces::account>("account"), pb::ListVaults{}, answers_within,
            [this, m, answer](result<pb::Vaults> r) {
              if (!r) return answer.fail(r.error());
              const pb::VaultInfo* found = nullptr;
              for (const auto& v : r->vaults()) {
                bool named = v.name() == m.vault() || to_string(id_from<vault_id>(v.id())) == m.vault();
                if (named && found)
                  return answer.fail({errc::invalid_argument,
                                      "several vaults are called '" + m.vault() + "': use the id"});
                if (named) found = &v;
              }
              if (!found)
                return answer.fail({errc::not_found, "vault '" + m.vault() + "' (see: tinysync vault ls)"});
              attach(*found, m, answer);
            });
  return answer;
}

result<void> attachments::may_attach(const pb::VaultInfo& vault, const std::string& root) const {
  if (!valid_utf8(root))
    return failure(errc::invalid_argument,
                   printable(root) + " is not valid UTF-8, which the path of a root must be");
  for (const auto& [id, a] : attached_) {
    if (id == vault.id())
      return failure(errc::root_in_use, "vault '" + vault.name() + "' is attached to " + a.root());
    if (root == a.root())
      return failure(errc::root_in_use, root + " is the root of vault '" + a.vault_name() + "'");
    if (inside(root, a.root()) || inside(a.root(), root))
      return failure(errc::root_in_use,
                     root + " overlaps " + a.root() + ", the root of vault '" + a.vault_name() + "'");
  }
  for (const auto& own : doors_.own_folders)
    if (inside(own, root) || inside(root, own))
      return failure(errc::invalid_argument, root + " overlaps " + own +
                                                 ", where this agent keeps its own files; choose another folder");
  return {};
}

/// Whether our folder in the root is new. What says that somebody else uses the root is respected.
result<bool> attachments::mark_root(const std::string& root, const vault_id& vault,
                                    const std::string& mark) {
  auto disk = doors_.open_root(root);
  if (!disk) return failure(disk.error());
  auto known = folder::read_marker(**disk);
  if (!known && known.error().code == errc::local_state_corrupt)
    return failure(errc::root_in_use, root + "/" + std::string(folder::marker_path) +
                                          " is damaged and does not say whose root this is; if nobody's, move " +
                                          root + "/" + std::string(folder::own_folder) + " away");
  if (known && *known && (*known)->vault != vault)
    return failure(errc::root_in_use, root + " is the root of another vault (" +
                                          to_string((*known)->vault) + "); detach that first");
  if (known && *known)
    if (auto free = folder::hold_root(**disk, root); !free) return failure(free.error());
  bool fresh = !(*disk)->stat(folder::own_folder);
  auto ok = folder::prepare(**disk, {vault, mark});
  if (!ok) return failure(ok.error().code, "preparing " + root + ": " + ok.error().text);
  return fresh;
}

result<attachments::candidate> attachments::prepare_root(const pb::VaultInfo& vault, const pb::Attach& m) {
  auto made = doors_.make_root(
      m.root(), [&](const std::string& root) { return may_attach(vault, root); });
  if (!made) return failure(made.error());
  auto id = id_from<vault_id>(vault.id());
  auto mark = to_hex(doors_.random->bytes(16));
  auto fresh = mark_root(made->path, id, mark);
  if (!fresh) {
    doors_.unmake_root(*made);
    return failure(fresh.error());
  }
  candidate out{{}, *made, *fresh};
  out.what.set_vault(vault.id());
  out.what.set_vault_name(vault.name());
  out.what.set_root(made->path);
  out.what.set_index(to_string(id) + "-" + mark.substr(0, 8) + ".db");
  return out;
}

/// As if it had never been asked for.
void attachments::give_up(const candidate& c) {
  attached_.erase(c.what.vault());
  if (auto disk = doors_.open_root(c.what.root()); disk && c.marked)
    static_cast<void>(folder::remove_own(**disk));
  doors_.unmake_root(c.made);
}

void attachments::attach(const pb::VaultInfo& vault, const pb::Attach& m,
                         actors::later<pb::Attached> answer) {
  self_.ask(self_.sibling<faces::credentials>("credentials"), pb::AskCredentials{}, answers_within,
            [this, vault, m, answer](result<pb::Credentials> who) {
              if (!who) return answer.fail(who.error());
              label_ = who->device_label();
              device_ = id_from<device_id>(who->device());
              auto c = prepare_root(vault, m);
              if (!c) return answer.fail(c.error());
              attached_[c->what.vault()] = c->what;
              keep(*c, answer);
            });
}

void attachments::keep(const candidate& c, actors::later<pb::Attached> answer) {
  auto begun = [this, c, answer](result<void> ok) {
    if (ok) {
      pb::Attached out;
      out.set_vault(c.what.vault());
      out.set_name(c.what.vault_name());
      out.set_root(c.what.root());
      return answer.deliver(std::move(out));
    }
    pb::DropAttachment drop;
    drop.set_vault(c.what.vault());
    self_.ask(self_.sibling<faces::settings>("settings"), drop, answers_within,
              [](result<pb::Attachments>) {});
    give_up(c);
    answer.fail(ok.error());
  };
  pb::PutAttachment put;
  *put.mutable_attachment() = c.what;
  self_.ask(self_.sibling<faces::settings>("settings"), std::move(put), answers_within,
            [this, c, begun, answer](result<pb::Attachments> r) {
              if (r) return start_vault(c.what, begun);
              give_up(c);
              answer.fail(r.error());
            });
}

// -- detaching ---------------------------------------------------------------------------------

/// What is left in our folder is moved where people find it; the marker goes last. A root that is gone
/// is left with its vault; one that is another vault's by now is not touched.
result<pb::Detached> attachments::clear_root(const pb::Attachment& a) {
  pb::Detached out;
  out.set_root(a.root());
  auto disk = doors_.open_root(a.root());
  out.set_root_gone(!disk && disk.error().code == errc::missing);
  if (out.root_gone()) return out;
  if (!disk) return failure(disk.error());
  if (auto m = folder::read_marker(**disk); m && *m && (*m)->vault != id_from<vault_id>(a.vault())) return out;
  auto rescued = "TinySync rescued " + clock::to_iso_date(doors_.clock->wall_now_ns());
  for (auto own : {folder::staging_folder, folder::parked_path, folder::trash_folder}) {
    auto left = (*disk)->list(own);
    if (!left || left->empty()) continue;
    auto made = (*disk)->make_folder(rescued, 0700);
    if (!made && made.error().code != errc::exists) return failure(made.error());
    auto to = join_path(rescued, std::string(fs::name_of(own)) + " " +
                                     to_hex(doors_.random->bytes(4)));
    if (auto ok = (*disk)->rename_noreplace(own, to); !ok) return failure(ok.error());
    out.add_rescued(to);
  }
  if (auto ok = folder::remove_own(**disk); !ok) return failure(ok.error());
  return out;
}

actors::later<pb::Detached> attachments::handle(const pb::Detach& m, actors::context& self) {
  actors::later<pb::Detached> answer(self);
  auto* found = find(m.vault_or_root());
  if (!found) {
    answer.fail({errc::not_found,
                 "nothing is attached as '" + m.vault_or_root() + "' (see: tinysync status)"});
    return answer;
  }
  // Written once more as it is: where the settings cannot be written, nothing is begun.
  pb::PutAttachment again;
  *again.mutable_attachment() = *found;
  self_.ask(self_.sibling<faces::settings>("settings"), std::move(again), answers_within,
            [this, a = *found, answer](result<pb::Attachments> r) {
              if (!r) return answer.fail(r.error());
              detach(a, answer);
            });
  return answer;
}

void attachments::detach(const pb::Attachment& a, actors::later<pb::Detached> answer) {
  auto end = [this, a, answer](result<void>) {
    auto cleared = clear_root(a);
    if (!cleared) return stay_attached(a, cleared.error(), answer);
    pb::DropAttachment drop;
    drop.set_vault(a.vault());
    self_.ask(self_.sibling<faces::settings>("settings"), drop, answers_within,
              [this, a, answer, cleared = *cleared](result<pb::Attachments> r) {
                if (!r) return stay_attached(a, r.error(), answer);
                attached_.erase(a.vault());
                static_cast<void>(
                    journal::index_files(*doors_.databases, doors_.index_folder + "/" + a.index()).remove_all());
                answer.deliver(cleared);
              });
  };
  self_.stop_child(at(self_, "/vaults"), to_string(id_from<vault_id>(a.vault())), end);
}

void attachments::stay_attached(const pb::Attachment& a, const error& why,
                                actors::later<pb::Detached> answer) {
  start_vault(a, [answer, why = error{why.code, "detaching " + a.root() + ": " + why.text}](result<void>) {
    answer.fail(why);
  });
}

// -- how everything is -----------------------------------------------------------------------------

actors::later<pb::Status> attachments::handle(const pb::AskStatus&, actors::context& self) {
  actors::later<pb::Status> answer(self);
  auto out = std::make_shared<pb::Status>();
  auto left = std::make_shared<std::size_t>(attached_.size() + 2);
  auto one_less = [out, left, answer] {
    if (--*left == 0) answer.deliver(*out);
  };
  self_.ask(self_.sibling<faces::credentials>("credentials"), pb::AskCredentials{}, answers_within,
            [=](result<pb::Credentials> r) {
              if (r) *out->mutable_device() = *r;
              one_less();
            });
  self_.ask(self_.sibling<faces::cloud_link>("cloud_link"), pb::AskLink{}, answers_within,
            [=](result<pb::LinkState> r) {
              if (r) *out->mutable_link() = *r;
              one_less();
            });
  for (const auto& [id, a] : attached_) {
    self_.ask(self_.find<faces::engine>(engine_path(a)), pb::AskStatus{}, answers_within,
              [=, a = a](result<pb::VaultStatus> r) {
                auto& v = *out->add_vaults();
                if (r) {
                  v = *r;
                } else {
                  v.set_vault(a.vault());
                  v.set_name(a.vault_name());
                  v.set_root(a.root());
                  v.set_state("Restarting");
                  v.set_reason(to_string(r.error()));
                }
                one_less();
              });
  }
  return answer;
}

actors::later<pb::Settled> attachments::handle(const pb::Settle& m, actors::context& self) {
  actors::later<pb::Settled> answer(self);
  std::vector<const pb::Attachment*> wanted;
  if (m.vault().empty()) {
    for (const auto& [id, a] : attached_) wanted.push_back(&a);
  } else if (auto* a = find(m.vault())) {
    wanted.push_back(a);
  } else {
    answer.fail({errc::not_found, "nothing is attached as '" + m.vault() + "'"});
    return answer;
  }
  auto out = std::make_shared<pb::Settled>();
  out->set_synced(true);
  auto left = std::make_shared<std::size_t>(wanted.size());
  if (wanted.empty()) answer.deliver(*out);
  for (const auto* a : wanted) {
    self_.ask(self_.find<faces::engine>(engine_path(*a)), m, settles_within,
              [=](result<pb::Settled> r) {
                if (!r) {
                  out->set_synced(false);
                  out->set_waiting_for(to_string(r.error()));
                } else {
                  out->set_synced(out->synced() && r->synced());
                  out->set_attention(out->attention() || r->attention());
                  if (!r->waiting_for().empty()) out->set_waiting_for(r->waiting_for());
                }
                if (--*left == 0) answer.deliver(*out);
              });
  }
  return answer;
}

void attachments::handle(const pb::Pause& m) {
  for (const auto& [id, a] : attached_) self_.send(self_.find<faces::engine>(engine_path(a)), m);
}

void attachments::handle(const pb::Resume& m) {
  for (const auto& [id, a] : attached_) self_.send(self_.find<faces::engine>(engine_path(a)), m);
}

}  // namespace tinysync::client
