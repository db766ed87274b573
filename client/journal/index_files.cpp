#include "client/journal/index_files.hpp"

namespace tinysync::journal {
namespace {

constexpr const char* parts[] = {"-wal", "-shm", ""};  // the log first: it must not outlive its file
constexpr std::size_t kept_aside = 2;

}  // namespace

result<void> index_files::remove(const std::string& path) const {
  for (const auto* part : parts)
    if (auto ok = where_->remove(path + part); !ok) return ok;
  return {};
}

result<void> index_files::move(const std::string& from, const std::string& to) const {
  for (const auto* part : parts)
    if (auto ok = where_->move(from + part, to + part); !ok) return ok;
  return {};
}

/// Former indexes, oldest first.
std::vector<std::string> index_files::set_aside() const {
  auto out = where_->beginning(path_ + ".old-");
  std::erase_if(out, [](const auto& n) { return n.ends_with("-wal") || n.ends_with("-shm"); });
  return out;
}

bool index_files::has_current() const { return where_->exists(path_); }
bool index_files::has_next() const { return where_->exists(next()); }
result<void> index_files::drop_next() const { return remove(next()); }
result<void> index_files::drop_copy() const { return remove(copy()); }

result<void> index_files::copy_to_read() const {
  if (auto ok = drop_copy(); !ok) return ok;
  if (auto ok = where_->copy(path_, copy()); !ok) return ok;
  auto log = where_->copy(path_ + "-wal", copy() + "-wal");
  return log || log.error().code == errc::missing ? result<void>{} : log;
}

result<void> index_files::swap(std::int64_t now_ns) const {
  auto aside = path_ + ".old-" + std::to_string(now_ns / 1'000'000'000);
  if (has_current())
    if (auto ok = move(path_, aside); !ok) return ok;
  if (auto ok = remove(path_); !ok) return ok;  // a log without its file
  if (auto ok = move(next(), path_); !ok) return ok;
  auto old = set_aside();
  for (std::size_t i = 0; i + kept_aside < old.size(); ++i)
    if (auto ok = remove(old[i]); !ok) return ok;
  return drop_copy();
}

result<void> index_files::remove_all() const {
  for (const auto& path : set_aside())
    if (auto ok = remove(path); !ok) return ok;
  if (auto ok = drop_copy(); !ok) return ok;
  if (auto ok = drop_next(); !ok) return ok;
  return remove(path_);
}

}  // namespace tinysync::journal
