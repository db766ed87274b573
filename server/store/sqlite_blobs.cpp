// Which blobs a vault has received, and where their bytes are.

#include "server/store/sqlite_vault.hpp"

namespace tinysync::server {

void sqlite_metadata::keep_blob(std::int64_t vault_no, const stored_blob& b, std::int64_t now_ns) {
  if (db_.run("blob_add", raw(b.hash), as_i64(b.size), raw(encode_place(b.where)), now_ns) > 0)
    for (const auto& e : b.where) db_.run("segment_add", as_i64(e.segment), as_i64(e.size), now_ns);
  db_.run("vault_blob_add", vault_no, raw(b.hash), now_ns);
}

result<void> sqlite_metadata::record_blobs(const vault_id& vault,
                                           const std::vector<stored_blob>& blobs,
                                           std::int64_t now_ns) {
  return attempt([&] {
    sqlite::transaction t(db_);
    auto v = vault_of(vault);
    for (const auto& b : blobs) keep_blob(v.no, b, now_ns);
    t.commit();
  });
}

result<std::vector<blob_hash>> sqlite_metadata::missing(const vault_id& vault,
                                                        const std::vector<blob_hash>& hashes) {
  return attempt([&] {
    auto v = vault_of(vault);
    std::vector<blob_hash> out;
    for (const auto& h : hashes)
      if (!db_.query("vault_blob_has", v.no, raw(h)).next()) out.push_back(h);
    return out;
  });
}

result<std::vector<stored_blob>> sqlite_metadata::locate(const vault_id& vault,
                                                         const std::vector<blob_hash>& hashes) {
  return attempt([&] {
    auto v = vault_of(vault);
    std::vector<stored_blob> out;
    for (const auto& h : hashes) {
      auto r = db_.query("vault_blob_get", v.no, raw(h));
      if (!r.next()) continue;
      auto where = decode_place(r.bytes(1));
      if (!where) damaged("the place of a blob");
      out.push_back({h, as_u64(r.i64(0)), std::move(*where)});
    }
    return out;
  });
}

}  // namespace tinysync::server
