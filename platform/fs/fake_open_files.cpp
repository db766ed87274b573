// fake_disk: readers, writers, leases, and the verbs that need a regular file.
#include <algorithm>

#include "platform/fs/fake_world.hpp"

namespace tinysync::fs {
namespace {

using world_ptr = std::shared_ptr<fake_disk::world>;

}  // namespace

// Keeps the inode while it is open, and is dead after a crash.
struct fake_disk::handle {
  handle(world_ptr w, node_ptr n, bool writes)
      : world_(std::move(w)), node_(std::move(n)), writes_(writes), born_(world_->generation) {
    ++node_->open_handles;
    if (writes_) ++node_->open_writers;
  }
  ~handle() { close(); }

  void close() {
    if (std::exchange(closed_, true) || born_ != world_->generation) return;
    --node_->open_handles;
    if (writes_) --node_->open_writers;
    world_->release(*node_);
  }

  result<void> may(verb v) {
    const auto path = world_->path_of(*node_);
    if (auto ok = world_->guard(v, path); !ok) return ok;
    if (closed_ || born_ != world_->generation)
      return path_failure(errc::io_failed, name_of(v), path, "not open any more");
    return {};
  }

  world_ptr world_;
  node_ptr node_;
  bool writes_;
  bool closed_ = false;
  std::uint64_t born_;
};

class fake_disk::fake_reader final : public reader {
 public:
  fake_reader(world_ptr w, node_ptr n) : h_(std::move(w), std::move(n), false) {}

  result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    if (auto ok = h_.may(verb::read); !ok) return failure(ok.error());
    const auto& data = h_.node_->now.data;
    if (offset >= data.size()) return 0;
    return data.copy(out.data(), out.size(), offset);
  }

  result<file_stat> stat() override {
    if (auto ok = h_.may(verb::stat); !ok) return failure(ok.error());
    return h_.world_->stat_of(*h_.node_);
  }

 private:
  handle h_;
};

class fake_disk::fake_writer final : public writer {
 public:
  fake_writer(world_ptr w, node_ptr n) : h_(std::move(w), std::move(n), true) {}

  result<void> write(std::string_view bytes) override {
    auto written = write_at(end_, bytes);
    if (written) end_ += bytes.size();
    return written;
  }
  result<void> write_at(std::uint64_t offset, std::string_view bytes) override {
    if (auto ok = h_.may(verb::write); !ok) return ok;
    if (bytes.empty()) return {};
    return h_.world_->write(*h_.node_, offset, bytes, author::agent);
  }
  result<void> set_mtime(std::int64_t ns) override {
    if (auto ok = h_.may(verb::set_attributes); !ok) return ok;
    h_.world_->set_mtime(*h_.node_, ns, author::agent);
    return {};
  }
  result<void> set_mode(std::uint32_t mode) override {
    if (auto ok = h_.may(verb::set_attributes); !ok) return ok;
    return h_.world_->set_mode(*h_.node_, mode, author::agent);
  }
  result<void> sync() override {
    if (auto ok = h_.may(verb::sync_file); !ok) return ok;
    h_.world_->sync_body(*h_.node_);
    return {};
  }
  result<file_stat> stat() override {
    if (auto ok = h_.may(verb::stat); !ok) return failure(ok.error());
    return h_.world_->stat_of(*h_.node_);
  }
  result<void> close() override {
    auto ok = h_.may(verb::close);
    h_.close();
    return ok;
  }

 private:
  handle h_;
  std::uint64_t end_ = 0;
};

result<node_ptr> fake_disk::regular(verb v, std::string_view path) {
  if (auto ok = check_path(name_of(v), path, false); !ok) return failure(ok.error());
  if (auto ok = w_->guard(v, path); !ok) return failure(ok.error());
  auto n = w_->find(name_of(v), path, author::agent);
  if (!n) return n;
  if ((*n)->kind != kind::file)
    return path_failure(errc::unsupported, name_of(v), path, "not a regular file");
  if ((*n)->unreadable) return path_failure(errc::permission_denied, name_of(v), path, "");
  return n;
}

result<std::unique_ptr<reader>> fake_disk::open_read(std::string_view path) {
  auto n = regular(verb::open_read, path);
  if (!n) return failure(n.error());
  return std::make_unique<fake_reader>(w_, *n);
}

result<std::unique_ptr<writer>> fake_disk::create_staged(std::string_view path,
                                                         std::uint32_t mode) {
  if (auto ok = check_path("create", path, false); !ok) return failure(ok.error());
  if (auto ok = w_->guard(verb::create_staged, path); !ok) return failure(ok.error());
  auto n = w_->create("create", path, kind::file, mode, "", author::agent);
  if (!n) return failure(n.error());
  return std::make_unique<fake_writer>(w_, *n);
}

result<std::unique_ptr<lease>> fake_disk::read_lease(std::string_view path) {
  auto n = regular(verb::lease, path);
  if (!n) return failure(n.error());
  if ((*n)->open_writers > 0) return path_failure(errc::busy, "lease", path, "open for writing");
  return std::make_unique<lease>();
}

namespace {

struct fake_holder final : holder {
  std::shared_ptr<void> alive = std::make_shared<int>();
};

}  // namespace

result<std::unique_ptr<holder>> fake_disk::hold(std::string_view path) {
  if (auto made = create_staged(path, 0600); !made && made.error().code != errc::exists)
    return failure(made.error());
  auto n = regular(verb::lease, path);
  if (!n) return failure(n.error());
  if ((*n)->held.lock()) return path_failure(errc::busy, "hold", path, "held elsewhere");
  auto out = std::make_unique<fake_holder>();
  (*n)->held = out->alive;
  return out;
}

result<void> fake_disk::sync_file(std::string_view path) {
  auto n = regular(verb::sync_file, path);
  if (!n) return failure(n.error());
  w_->sync_body(**n);
  return {};
}

result<void> fake_disk::carry_attributes(std::string_view from, std::string_view to) {
  for (auto path : {from, to})
    if (auto n = regular(verb::set_attributes, path); !n) return failure(n.error());
  return {};
}

}  // namespace tinysync::fs
