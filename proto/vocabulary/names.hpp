#pragma once
// Names are bytes: any name legal on Linux is an item's name, exactly as it is.

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinysync {

/// 1..255 bytes, no '/', no NUL, not "." or ".."; true by construction.
class item_name {
 public:
  static std::optional<item_name> from(std::string_view raw);
  const std::string& bytes() const { return bytes_; }
  auto operator<=>(const item_name&) const = default;

 private:
  explicit item_name(std::string raw) : bytes_(std::move(raw)) {}
  std::string bytes_;
};

/// The agent's own folder in every root; never an item (DESIGN §3).
inline constexpr std::string_view reserved_root_name = ".tinysync";

bool valid_name(std::string_view raw);

/// NFC and full case folding; the bytes themselves if they are not UTF-8. Indexed, never unique.
std::string name_key(std::string_view raw);

bool valid_utf8(std::string_view raw);

/// For people: valid UTF-8 with every invalid or control byte as \xNN.
std::string printable(std::string_view raw);

/// Splits a '/'-separated relative path; empty parts are dropped.
std::vector<std::string> split_path(std::string_view path);
/// parent + '/' + name, or the name alone below the root ("").
std::string join_path(std::string_view parent, std::string_view name);

/// What conflict_name needs to know (DESIGN §5 Conflict copies).
struct conflict_label {
  std::string_view device;     ///< sanitised label, at most 32 bytes
  std::int64_t mtime_ns;       ///< of the losing content
  std::string_view eight_hex;  ///< first 8 digits of SHA-256(item, content hash)
};

/// "<stem> (conflict <device> <date>, <8 hex>)<ext>", trimmed to 255 bytes by shortening the stem.
/// `attempt` > 1 appends the next discriminator where the name is taken by other content.
std::string conflict_name(std::string_view name, const conflict_label& label, int attempt = 1);

/// Letters, digits, '-', '_', '.', space and non-ASCII UTF-8 stay; the rest become '-'; <= 32 bytes.
std::string device_label(std::string_view name);

}  // namespace tinysync
