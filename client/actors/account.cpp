#include "client/actors/account.hpp"

#include "client/actors/places.hpp"

#include "client/actors/cloud.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr auto answers_within = 60s;
constexpr std::uint32_t default_rows = 500, most_rows = 2000;
constexpr std::uint32_t people_wait_ms = 20'000;

/// A person waits for the answer: sooner an error than a long silence.
pb::Exchange soon(pb::Exchange m) {
  m.set_timeout_ms(people_wait_ms);
  return m;
}

void put(const codec::vault_info& v, pb::VaultInfo& out) {
  out.set_id(v.id.str());
  out.set_name(v.name);
  out.set_role(v.role);
  out.set_seq(v.head.seq.value);
  out.set_created_ns(v.created_ns);
  out.set_live_items(v.live_items);
  out.set_live_bytes(v.live_bytes);
}

result<pb::LogRead> changes_of(const std::string& body, std::uint32_t limit) {
  auto page = codec::decode_log_page(body);
  if (!page) return failure(page.error());
  pb::LogRead out;
  for (const auto& e : page->entries) {
    if (static_cast<std::uint32_t>(out.changes_size()) == limit) break;
    auto row = codec::decode_log_row(e.row);
    if (!row) return failure(row.error());
    auto& c = *out.add_changes();
    c.set_seq(row->seq.value);
    c.set_op_id(row->op.str());
    c.set_device(row->device.str());
    c.set_kind(std::string(name_of(row->kind)));
    c.set_item(row->item.str());
    if (auto it = codec::decode_item(row->state)) {
      c.set_name(it->at.name);
      c.set_parent(it->at.parent.str());
    }
    c.set_server_time_ns(row->server_time_ns);
    c.set_correlation(row->correlation);
  }
  auto last = out.changes_size() > 0 ? out.changes(out.changes_size() - 1).seq() : page->at.seq.value;
  out.set_next(last < page->head.seq.value ? last : 0);
  return out;
}

/// Of what is deleted, where it was: by the folder that it was in, if that is still there.
void put_paths(const pb::ItemPaths& paths, pb::LogRead& read) {
  const int n = read.changes_size();
  if (paths.paths_size() != 2 * n) return;
  for (int i = 0; i < n; ++i) {
    auto& c = *read.mutable_changes(i);
    const auto& folder = paths.paths(n + i);
    bool known_folder = !folder.empty() || id_from<item_id>(c.parent()) == root_item;
    if (!paths.paths(i).empty()) c.set_path(paths.paths(i));
    else if (known_folder) c.set_path(join_path(folder, c.name()));
  }
}

}  // namespace

actors::later<pb::VaultInfo> account::handle(const pb::CreateVault& m, actors::context& self) {
  actors::later<pb::VaultInfo> answer(self);
  exchange(self_, soon(post("/v1/vaults")), codec::encode_vault_name(m.name()),
           [answer](result<pb::Exchanged> r, const actors::bulk& body) {
             auto v = r ? codec::decode_vault(*body) : result<codec::vault_info>(failure(r.error()));
             if (!v && v.error().code == errc::timeout)
               return answer.fail({v.error().code, v.error().text + "; it may have been created all the same" +
                                                       " (see: tinysync vault ls)"});
             if (!v) return answer.fail(v.error());
             pb::VaultInfo out;
             put(*v, out);
             answer.deliver(std::move(out));
           });
  return answer;
}

actors::later<pb::Vaults> account::handle(const pb::ListVaults&, actors::context& self) {
  actors::later<pb::Vaults> answer(self);
  exchange(self_, soon(get("/v1/vaults")), {},
           [this, answer](result<pb::Exchanged> r, const actors::bulk& body) {
             auto all = r ? codec::decode_vaults(*body)
                          : result<std::vector<codec::vault_info>>(failure(r.error()));
             if (!all) return answer.fail(all.error());
             auto out = std::make_shared<pb::Vaults>();
             for (const auto& v : *all) put(v, *out->add_vaults());
             self_.ask(self_.sibling<faces::settings>("settings"), pb::AskAttachments{},
                       answers_within, [out, answer](result<pb::Attachments> mine) {
                         for (auto& v : *out->mutable_vaults())
                           for (int i = 0; mine && i < mine->attachments_size(); ++i)
                             if (mine->attachments(i).vault() == v.id())
                               v.set_attached_at(mine->attachments(i).root());
                         answer.deliver(*out);
                       });
           });
  return answer;
}

void account::with_vault(const std::string& wanted, std::function<void(result<vault_id>)> then) {
  exchange(self_, soon(get("/v1/vaults")), {},
           [wanted, then](result<pb::Exchanged> r, const actors::bulk& body) {
             auto all = r ? codec::decode_vaults(*body)
                          : result<std::vector<codec::vault_info>>(failure(r.error()));
             if (!all) return then(failure(all.error()));
             std::vector<vault_id> found;
             for (const auto& v : *all)
               if (v.name == wanted || to_string(v.id) == wanted || (wanted.empty() && all->size() == 1))
                 found.push_back(v.id);
             if (found.size() == 1) return then(found.front());
             if (wanted.empty())
               return then(failure(errc::invalid_argument, "say which vault (see: tinysync vault ls)"));
             if (found.empty())
               return then(failure(errc::not_found, "vault '" + wanted + "' (see: tinysync vault ls)"));
             then(failure(errc::invalid_argument, "several vaults are called '" + wanted + "': use the id"));
           });
}

actors::later<pb::Done> account::handle(const pb::RemoveVault& m, actors::context& self) {
  actors::later<pb::Done> answer(self);
  if (m.vault().empty()) {  // never "the only one" where something is removed
    answer.fail({errc::invalid_argument, "say which vault"});
    return answer;
  }
  with_vault(m.vault(), [this, answer](result<vault_id> id) {
    if (!id) return answer.fail(id.error());
    auto x = soon(get(vault_target(*id, "")));
    x.set_method("DELETE");
    exchange(self_, x, {}, [answer](result<pb::Exchanged> r, const actors::bulk&) {
      if (!r) return answer.fail(r.error());
      answer.deliver(pb::Done{});
    });
  });
  return answer;
}

actors::later<pb::Devices> account::handle(const pb::ListDevices&, actors::context& self) {
  actors::later<pb::Devices> answer(self);
  exchange(self_, soon(get("/v1/devices")), {},
           [answer](result<pb::Exchanged> r, const actors::bulk& body) {
             auto all = r ? codec::decode_devices(*body)
                          : result<std::vector<codec::device_info>>(failure(r.error()));
             if (!all) return answer.fail(all.error());
             pb::Devices out;
             for (const auto& d : *all) {
               auto& m = *out.add_devices();
               m.set_id(d.id.str());
               m.set_name(d.name);
               m.set_label(d.label);
               m.set_created_ns(d.created_ns);
               m.set_last_seen_ns(d.last_seen_ns);
               m.set_revoked(d.revoked);
               m.set_self(d.self);
             }
             answer.deliver(std::move(out));
           });
  return answer;
}

actors::later<pb::Done> account::handle(const pb::RevokeDevice& m, actors::context& self) {
  actors::later<pb::Done> answer(self);
  auto id = id_from_text<device_id>(m.device());
  if (!id) {
    answer.fail({errc::invalid_argument, "'" + m.device() + "' is no device id (see: tinysync devices ls)"});
    return answer;
  }
  auto x = soon(get("/v1/devices/" + to_string(*id)));
  x.set_method("DELETE");
  exchange(self_, x, {}, [answer, id = to_string(*id)](result<pb::Exchanged> r, const actors::bulk&) {
    if (!r && r.error().code == errc::not_found)
      return answer.fail({errc::not_found, "device " + id + " (see: tinysync devices ls)"});
    if (!r) return answer.fail(r.error());
    answer.deliver(pb::Done{});
  });
  return answer;
}

void account::read_log(const vault_id& vault, const pb::ReadLog& m,
                       actors::later<pb::LogRead> answer) {
  auto limit = m.limit() == 0 ? default_rows : std::min(m.limit(), most_rows);
  auto target = vault_target(vault, "/log?after=" + std::to_string(m.after()) +
                                        "&limit=" + std::to_string(limit));
  exchange(self_, soon(get(target)), {},
           [this, vault, limit, answer](result<pb::Exchanged> r, const actors::bulk& body) {
             auto out = r ? changes_of(*body, limit) : result<pb::LogRead>(failure(r.error()));
             if (!out) return answer.fail(out.error());
             // Paths as this agent knows them, where the vault is attached here.
             auto read = std::make_shared<pb::LogRead>(std::move(*out));
             auto store = self_.find<faces::local_store>(
                 at(self_, "/vaults/" + to_string(vault) + "/local_store"));
             if (!store || read->changes_size() == 0) return answer.deliver(*read);
             pb::AskItemPaths ask;
             for (const auto& c : read->changes()) ask.add_items(c.item());
             for (const auto& c : read->changes()) ask.add_items(c.parent());
             self_.ask(store, std::move(ask), answers_within,
                       [read, answer](result<pb::ItemPaths> paths) {
                         if (paths) put_paths(*paths, *read);
                         answer.deliver(*read);
                       });
           });
}

actors::later<pb::LogRead> account::handle(const pb::ReadLog& m, actors::context& self) {
  actors::later<pb::LogRead> answer(self);
  with_vault(m.vault(), [this, m, answer](result<vault_id> id) {
    if (!id) return answer.fail(id.error());
    read_log(*id, m, answer);
  });
  return answer;
}

}  // namespace tinysync::client
