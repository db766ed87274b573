#include "platform/sqlite/fake_files.hpp"

#include <atomic>
#include <stdexcept>

#include "platform/sqlite/fake_world.hpp"

namespace tinysync::sqlite {

fake_files::fake_files() : w_(std::make_unique<world>()) {
  static std::atomic<unsigned> number{0};
  w_->vfs_name = "fake-" + std::to_string(++number);
  w_->vfs = register_vfs(*w_);
}

fake_files::~fake_files() = default;

const char* fake_files::vfs() const { return w_->vfs_name.c_str(); }
bool fake_files::exists(const std::string& path) { return w_->find(path) != nullptr; }

result<void> fake_files::remove(const std::string& path) {
  if (auto why = w_->trouble(file_verb::remove)) return failure(*why, "remove " + path);
  if (w_->find(path)) w_->enter({{path, nullptr}});
  w_->sync_folder(folder_of(path));
  return {};
}

result<void> fake_files::move(const std::string& from, const std::string& to) {
  if (auto why = w_->trouble(file_verb::move)) return failure(*why, "rename " + from);
  auto file = w_->find(from);
  if (!file) return {};
  w_->enter({{from, nullptr}, {to, file}});
  w_->sync_folder(folder_of(to));
  return {};
}

result<void> fake_files::copy(const std::string& from, const std::string& to) {
  auto file = w_->find(from);
  if (!file) return failure(errc::missing, from);
  if (auto why = w_->trouble(file_verb::write)) return failure(*why, "copy " + from);
  auto made = std::make_shared<file_node>();
  made->change({0, file->now});
  w_->enter({{to, made}});
  return {};
}

std::vector<std::string> fake_files::beginning(const std::string& path) {
  std::vector<std::string> out;
  for (auto at = w_->now.lower_bound(path); at != w_->now.end() && at->first.starts_with(path); ++at)
    out.push_back(at->first);
  return out;
}

void fake_files::powered_by(std::function<bool(bool)> power) { w_->power = std::move(power); }
void fake_files::fail_next(file_verb v, errc code, int count) {
  if (count > 0) w_->failing[v] = {code, count};
  else w_->failing.erase(v);
}
std::uint64_t fake_files::failed() const { return w_->failed; }
void fake_files::set_capacity(std::uint64_t bytes) { w_->capacity = bytes; }

void fake_files::crash(const std::function<bool()>& survives) {
  // Names survive in order, up to a point, as with a journal; writes each for itself.
  for (const auto& c : w_->pending) {
    if (!survives || !survives()) break;
    perform(w_->durable, c);
  }
  w_->pending.clear();
  w_->now = w_->durable;
  for (auto& [path, f] : w_->now) {
    for (const auto& u : f->pending)
      if (survives && survives()) perform(f->durable, u, u.bytes && !survives());
    f->pending.clear();
    f->now = f->durable;
  }
  w_->failing.clear();
  ++w_->generation;
  for (auto& [path, f] : w_->now) f->forget_locks();
}

std::string fake_files::bytes(const std::string& path) const {
  auto file = w_->find(path);
  if (!file) throw std::out_of_range("no file " + path);
  return file->now;
}

void fake_files::overwrite(const std::string& path, std::string bytes) {
  auto file = w_->find(path);
  if (!file) w_->enter({{path, file = std::make_shared<file_node>()}});
  w_->sync_folder(folder_of(path));
  file->pending.clear();
  file->now = file->durable = std::move(bytes);
}

}  // namespace tinysync::sqlite
