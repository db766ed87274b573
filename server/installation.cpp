#include "server/installation.hpp"

#include <algorithm>

#include "platform/clock/clock.hpp"
#include "platform/crypto/encoding.hpp"
#include "platform/crypto/randomness.hpp"
#include "platform/places/files.hpp"
#include "server/store/sqlite_metadata.hpp"

namespace tinysync::server {
namespace {

constexpr std::uint64_t small_file = 1u << 20;
constexpr std::int64_t rotate_before_s = 30 * 24 * 3600;
constexpr std::size_t code_bytes = 24;

std::int64_t now_ns() { return clock::system_clock_door().wall_now_ns(); }

void system_random(std::uint8_t* out, std::size_t n) { crypto::system_randomness().fill({out, n}); }

/// What the kept certificate was issued for, one name a line.
std::string text_of(const crypto::server_names& names) {
  std::string out;
  for (const auto& n : names.dns) out += "dns " + n + "\n";
  for (const auto& n : names.ips) out += "ip " + n + "\n";
  return out;
}

result<crypto::authority> make_authority(const std::string& folder) {
  auto lock = places::exclusive_lock::acquire(folder + "/setup.lock");
  if (!lock) return failure(lock.error());
  auto made = crypto::authority::create("TinySync " + to_hex(crypto::random_bytes(4)),
                                        now_ns() / 1'000'000'000);
  if (!made) return made;
  // The certificate last: with it the authority exists.
  if (auto ok = places::write_file_durably(folder + "/ca.key", made->key_pem()); !ok)
    return failure(ok.error());
  if (auto ok = places::write_file_durably(folder + "/ca.pem", made->certificate_pem()); !ok)
    return failure(ok.error());
  return made;
}

bool there(const std::string& file) {
  auto text = places::read_file(file, small_file);
  return text || text.error().code != errc::missing;
}

tl::unexpected<error> no_authority(const std::string& file, const std::string& why) {
  return failure(errc::local_state_corrupt,
                 file + ", by which devices know this server, " + why + "; bring it back from a backup");
}

result<crypto::authority> authority_in(const std::string& folder) {
  const auto certificate_file = folder + "/ca.pem", key_file = folder + "/ca.key";
  auto certificate = places::read_file(certificate_file, small_file);
  if (!certificate && certificate.error().code == errc::missing) {
    // The database comes after the authority: one without the other is a loss, not a beginning.
    if (there(folder + "/tinysync.db")) return no_authority(certificate_file, "is missing");
    return make_authority(folder);
  }
  if (!certificate) return failure(certificate.error());
  auto key = places::read_file(key_file, small_file);
  if (!key && key.error().code == errc::missing) return no_authority(key_file, "is missing");
  if (!key) return failure(key.error());
  auto loaded = crypto::authority::load(std::move(*key), std::move(*certificate));
  if (!loaded) return no_authority(certificate_file + " with ca.key", "is damaged (" + loaded.error().text + ")");
  return loaded;
}

tl::unexpected<error> never_served(const std::string& folder) {
  return failure(errc::invalid_argument,
                 "no server has served " + folder + " yet, so its URL is not known; start it once, or give "
                 "--public-url");
}

}  // namespace

result<installation> installation::open(const std::string& folder) {
  if (folder.empty()) return failure(errc::invalid_argument, "--data takes a folder");
  if (auto ok = places::make_private_folder(folder); !ok) return failure(ok.error());
  auto authority = authority_in(folder);
  if (!authority) return failure(authority.error());
  return installation(folder, std::move(*authority));
}

result<installation> installation::open_existing(const std::string& folder) {
  auto url = places::read_file(folder + "/public-url", small_file);
  if (!url && url.error().code == errc::missing) return never_served(folder);
  return open(folder);
}

result<crypto::server_certificate> installation::certificate(const crypto::server_names& names,
                                                             std::int64_t now_s) const {
  auto chain = places::read_file(file("server.pem"), small_file);
  auto key = places::read_file(file("server.key"), small_file);
  auto kept_for = places::read_file(file("server.names"), small_file);
  if (chain && key && kept_for && *kept_for == text_of(names)) {
    auto expiry = crypto::expiry_of(*chain);
    if (expiry && *expiry - now_s > rotate_before_s)
      return crypto::server_certificate{std::move(*chain), std::move(*key)};
  }
  auto fresh = authority_.issue(names, now_s);
  if (!fresh) return fresh;
  // The names go first and come back last: a key that is not the certificate's is never believed.
  for (const auto& step : {places::remove_file(file("server.names")),
                           places::write_file_durably(file("server.key"), fresh->key_pem),
                           places::write_file_durably(file("server.pem"), fresh->chain_pem),
                           places::write_file_durably(file("server.names"), text_of(names))})
    if (!step) return failure(step.error());
  return fresh;
}

result<std::shared_ptr<metadata>> installation::open_database(const server_config& limits) const {
  sqlite_store_options options;
  options.path = file("tinysync.db");
  options.random = system_random;
  options.vault_quota = limits.vault_quota;
  auto opened = sqlite_metadata::open(std::move(options));
  if (!opened) return failure(opened.error().code, file("tinysync.db") + ": " + opened.error().text);
  return std::shared_ptr<metadata>(std::move(*opened));
}

result<std::string> installation::public_url() const {
  auto url = places::read_file(file("public-url"), small_file);
  if (!url) return never_served(folder_);
  std::erase(*url, '\n');
  return url;
}

result<void> installation::keep_public_url(const std::string& url) const {
  if (auto known = places::read_file(file("public-url"), small_file); known && *known == url + "\n") return {};
  return places::write_file_durably(file("public-url"), url + "\n");
}

result<invite> installation::make_invite(const std::string& url, const invite_wish& wish) const {
  auto store = open_database({});
  if (!store) return failure(store.error());
  invite out;
  out.url = url;
  out.pin = public_key_pin{authority_.fingerprint()};
  out.code = crypto::to_base64url(crypto::random_bytes(code_bytes));
  new_invite i;
  i.code_hash = hash_of_invite(out.code);
  i.group = wish.group;
  i.role = wish.role.value_or(role::writer);
  i.uses = wish.uses;
  i.created_ns = now_ns();
  i.expires_ns = i.created_ns + std::chrono::nanoseconds(wish.expires).count();
  if (auto kept = (*store)->add_invite(i, !wish.role); !kept) return failure(kept.error());
  return out;
}

}  // namespace tinysync::server
