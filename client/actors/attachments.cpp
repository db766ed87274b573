#include "client/actors/attachments.hpp"

#include "client/actors/places.hpp"

#include "client/folder/layout.hpp"
#include "client/folder/root.hpp"
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

result<pb::Attachment> attachments::prepare_root(const pb::VaultInfo& vault, const pb::Attach& m) {
  auto root = doors_.make_root(m.root());
  if (!root) return failure(root.error());
  for (const auto& [id, a] : attached_) {
    if (id == vault.id())
      return failure(errc::root_in_use, "vault '" + vault.name() + "' is attached to " + a.root());
    if (inside(*root, a.root()) || inside(a.root(), *root))
      return failure(errc::root_in_use,
                     *root + " overlaps " + a.root() + ", the root of vault '" + a.vault_name() + "'");
  }
  const auto& home = doors_.index_folder;
  if (!home.empty() && (inside(home, *root) || inside(*root, home)))
    return failure(errc::invalid_argument, *root + " overlaps " + home +
                                               ", where this agent keeps its own files; choose another folder");
  auto disk = doors_.open_root(*root);
  if (!disk) return failure(disk.error());
  auto id = id_from<vault_id>(vault.id());
  auto known = folder::read_marker(**disk);
  if (known && *known && (*known)->vault != id)
    return failure(errc::root_in_use, *root + " is the root of another vault (" +
                                             to_string((*known)->vault) + "); detach that first");
  auto free = known && *known ? folder::hold_root(**disk, *root) : std::unique_ptr<fs::holder>{};
  if (!free) return failure(free.error());
  folder::marker mark{id, to_hex(doors_.random->bytes(16))};
  if (auto ok = folder::prepare(**disk, mark); !ok) return failure(ok.error());
  pb::Attachment a;
  a.set_vault(vault.id());
  a.set_vault_name(vault.name());
  a.set_root(*root);
  a.set_index(to_string(id) + "-" + mark.mark.substr(0, 8) + ".db");
  return a;
}

void attachments::attach(const pb::VaultInfo& vault, const pb::Attach& m,
                         actors::later<pb::Attached> answer) {
  auto a = prepare_root(vault, m);
  if (!a) return answer.fail(a.error());
  pb::PutAttachment put;
  *put.mutable_attachment() = *a;
  auto begin = [this, a = *a, answer](result<pb::Credentials> who) {
    if (who) label_ = who->device_label();
    if (who) device_ = id_from<device_id>(who->device());
    attached_[a.vault()] = a;
    start_vault(a, [a, answer](result<void> ok) {
      if (!ok) return answer.fail(ok.error());
      pb::Attached out;
      out.set_vault(a.vault());
      out.set_name(a.vault_name());
      out.set_root(a.root());
      answer.deliver(std::move(out));
    });
  };
  self_.ask(self_.sibling<faces::settings>("settings"), std::move(put), answers_within,
            [this, begin, answer](result<pb::Attachments> r) {
              if (!r) return answer.fail(r.error());
              self_.ask(self_.sibling<faces::credentials>("credentials"), pb::AskCredentials{},
                        answers_within, begin);
            });
}

// -- detaching ---------------------------------------------------------------------------------

/// What is left in our folder is moved where people find it; the marker goes last.
result<pb::Detached> attachments::clear_root(const pb::Attachment& a) {
  pb::Detached out;
  out.set_root(a.root());
  auto disk = doors_.open_root(a.root());
  if (!disk) return failure(disk.error());
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
    answer.fail({errc::not_found, "nothing is attached as '" + m.vault_or_root() + "'"});
    return answer;
  }
  auto a = *found;
  auto end = [this, a, answer](result<void>) {
    auto cleared = clear_root(a);
    if (!cleared) return answer.fail(cleared.error());
    pb::DropAttachment drop;
    drop.set_vault(a.vault());
    self_.ask(self_.sibling<faces::settings>("settings"), drop, answers_within,
              [this, a, answer, cleared = *cleared](result<pb::Attachments> r) {
                if (!r) return answer.fail(r.error());
                attached_.erase(a.vault());
                doors_.drop_index(a.index());
                answer.deliver(cleared);
              });
  };
  self_.stop_child(at(self_, "/vaults"), to_string(id_from<vault_id>(a.vault())), end);
  return answer;
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
