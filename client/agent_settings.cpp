#include "client/agent_settings.hpp"

#include "platform/config/document.hpp"

namespace tinysync::client {
namespace {

constexpr std::int64_t any_number = std::int64_t{1} << 50;

}  // namespace

result<agent_config> load_settings(const std::string& path) {
  agent_config out;
  auto file = config::document::load(path);
  if (!file && file.error().code == errc::missing) return out;
  if (!file) return failure(file.error());
  auto number = [&](const char* key, std::uint64_t& value, std::int64_t least, std::int64_t most) {
    value = static_cast<std::uint64_t>(
        file->integer(key, static_cast<std::int64_t>(value), least, most));
  };
  number("brake.items", out.brake.items, 0, any_number);
  number("brake.percent", out.brake.percent, 1, 100);
  number("brake.most", out.brake.most, 1, any_number);
  out.trash_for = std::chrono::duration_cast<std::chrono::hours>(
      file->duration("trash.keep", out.trash_for, std::chrono::hours(1), std::chrono::hours(24 * 36500)));
  if (auto ok = file->finish(); !ok) return failure(ok.error());
  return out;
}

}  // namespace tinysync::client
