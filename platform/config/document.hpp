#pragma once
// A TOML file as flat keys ("server.listen"). Getters collect what is wrong, with line numbers;
// finish() reports all of it at once, and every key nobody asked for.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/vocabulary/result.hpp"

namespace tinysync::config {

/// "90s", "15m", "500ms", "12h", "90d", "2w"; malformed otherwise. At most 100 years.
result<std::chrono::milliseconds> parse_duration(std::string_view text);
/// "4096", "64KiB", "32MiB", "1GiB", "2TiB", and decimal "10kB", "5MB", "1GB"; malformed otherwise.
result<std::uint64_t> parse_size(std::string_view text);

class document {
 public:
  /// missing, permission_denied, too_large (over 1 MiB), malformed with line and column.
  static result<document> load(const std::string& path);
  /// `origin` names the text in messages.
  static result<document> parse(std::string_view text, std::string origin = "configuration");
  document(document&&) noexcept;
  document& operator=(document&&) noexcept;
  ~document();

  bool has(std::string_view key) const;
  /// Each getter returns the default if the key is absent, and also, noting an error, if its value
  /// has another type or lies outside [least, most].
  std::string text(std::string_view key, std::string fallback);
  std::string required_text(std::string_view key);
  bool boolean(std::string_view key, bool fallback);
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                       std::int64_t most);
  std::chrono::milliseconds duration(std::string_view key, std::chrono::milliseconds fallback,
                                     std::chrono::milliseconds least,
                                     std::chrono::milliseconds most);
  std::uint64_t size(std::string_view key, std::uint64_t fallback, std::uint64_t least,
                     std::uint64_t most);
  std::vector<std::string> texts(std::string_view key, std::vector<std::string> fallback);
  /// Notes an error of the caller's own about this key.
  void complain(std::string_view key, std::string why);

  /// invalid_argument listing every complaint ("file:12: server.port: …") and every key that no
  /// getter asked for.
  result<void> finish() const;

 private:
  struct state;
  explicit document(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

}  // namespace tinysync::config
