#include "client/journal/index_files.hpp"

#include <filesystem>

#include "platform/places/files.hpp"

namespace tinysync::journal {
namespace {

constexpr const char* parts[] = {"-wal", "-shm", ""};  // the log first: it must not outlive its file
constexpr std::size_t kept_aside = 2;

result<void> remove_index(const std::string& path) {
  for (const auto* part : parts)
    if (auto ok = places::remove_file(path + part); !ok) return ok;
  return {};
}

result<void> move_index(const std::string& from, const std::string& to) {
  for (const auto* part : parts)
    if (auto ok = places::move_file(from + part, to + part); !ok) return ok;
  return {};
}

/// Former indexes, oldest first.
std::vector<std::string> set_aside(const std::string& path) {
  std::filesystem::path p(path);
  auto out = places::files_beginning(p.parent_path().string(), p.filename().string() + ".old-");
  std::erase_if(out, [](const auto& n) { return n.ends_with("-wal") || n.ends_with("-shm"); });
  for (auto& name : out) name = (p.parent_path() / name).string();
  return out;
}

}  // namespace

bool index_files::has_current() const { return std::filesystem::exists(path_); }
bool index_files::has_next() const { return std::filesystem::exists(next()); }
result<void> index_files::drop_next() const { return remove_index(next()); }
result<void> index_files::drop_copy() const { return remove_index(copy()); }

result<void> index_files::copy_to_read() const {
  if (auto ok = drop_copy(); !ok) return ok;
  if (auto ok = places::copy_file(path_, copy()); !ok) return ok;
  auto log = places::copy_file(path_ + "-wal", copy() + "-wal");
  return log || log.error().code == errc::missing ? result<void>{} : log;
}

result<void> index_files::swap(std::int64_t now_ns) const {
  auto aside = path_ + ".old-" + std::to_string(now_ns / 1'000'000'000);
  if (has_current())
    if (auto ok = move_index(path_, aside); !ok) return ok;
  if (auto ok = remove_index(path_); !ok) return ok;  // a log without its file
  if (auto ok = move_index(next(), path_); !ok) return ok;
  auto old = set_aside(path_);
  for (std::size_t i = 0; i + kept_aside < old.size(); ++i)
    if (auto ok = remove_index(old[i]); !ok) return ok;
  return drop_copy();
}

result<void> index_files::remove_all() const {
  for (const auto& path : set_aside(path_))
    if (auto ok = remove_index(path); !ok) return ok;
  if (auto ok = drop_copy(); !ok) return ok;
  if (auto ok = drop_next(); !ok) return ok;
  return remove_index(path_);
}

}  // namespace tinysync::journal
