#include "client/tree.hpp"
#include "platform/watch/fake_watcher.hpp"
#include "tools/sim/world.hpp"

namespace tinysync::sim {

using namespace std::chrono_literals;

namespace {

std::uint64_t seed_of(std::uint64_t world, const std::string& name) {
  std::uint64_t salt = 17;
  for (unsigned char c : name) salt = salt * 131 + c;
  return world ^ salt;
}

}  // namespace

device::device(world& w, std::string name)
    : w_(w),
      name_(std::move(name)),
      machine_(*w.clock_, w.options_.disk, ~seed_of(w.options_.seed, name_)),
      random_(seed_of(w.options_.seed, name_)),
      index_folder_("/agent/state") {
  if (!w_.options_.real_indexes) return;
  index_folder_ = w.scratch() / name_;
  std::filesystem::create_directory(index_folder_);
}

bool device::running() const { return w_.sim_.running("agent-" + name_); }

void device::stop(death how) {
  machine_.stop();
  end_process(how);
}

// Between the last thing it did and this, nothing of it may get out.
void device::end_process(death how) {
  w_.sim_.kill("agent-" + name_);
  if (how == death::power_cut) excuse_unsynced();
  machine_.start(how);
  w_.network_->partition(name_, !online_);
}

void device::die_after(std::uint64_t changes, death how, std::chrono::milliseconds away,
                       std::function<void()> died) {
  machine_.stop_after(changes, [this, how, away, died] {
    w_.network_->partition(name_, true);
    w_.sim_.post({}, [this, how, away, died] {
      end_process(how);
      if (died) died();
      w_.sim_.post(away, [this] {
        if (!running()) start({});
      });
    });
  });
}

void device::excuse_unsynced() {
  std::set<std::string> durable;
  for (const auto& [path, e] : disk().durable_tree()) durable.insert(e.content);
  for (const auto& [path, e] : disk().tree())
    if (e.kind == fs::kind::file && !durable.contains(e.content) && !(w_.is_safe && w_.is_safe(e.content)))
      w_.ledger_.may_go(e.content, name_);
  for (const auto& torn : disk().tearable()) w_.ledger_.may_come(torn);
}

/// The device reaches it for as long as the agent has it.
class device::watch_of_agent final : public watch::watcher {
 public:
  watch_of_agent(device& d, watch::event_callback seen)
      : d_(d), real_(d.disk(), [&d, seen](std::vector<watch::event> e) {
          if (!d.deaf_ || fs::is_within(e.front().folder, ".tinysync")) seen(std::move(e));
        }) {
    real_.refuse_watches(d.refuses_watches_);
    d_.watcher_ = &real_;
    d_.hears_ = std::move(seen);
  }
  ~watch_of_agent() override {
    if (d_.watcher_ != &real_) return;  // another agent watches already
    d_.watcher_ = nullptr;
    d_.hears_ = nullptr;
  }
  result<bool> add(std::string_view folder) override { return real_.add(folder); }
  void remove(std::string_view folder) override { real_.remove(folder); }
  std::size_t watched() const override { return real_.watched(); }

 private:
  device& d_;
  watch::fake_watcher real_;
};

client::agent_doors device::doors() {
  client::agent_doors d;
  d.clock = w_.clock_.get();
  d.random = &random_;
  d.config = w_.options_.agent;
  d.config.polling = w_.options_.polling;
  if (!w_.options_.real_indexes) d.databases = &machine_.files();
  d.own_folders = {index_folder_.string()};
  d.index_folder = index_folder_.string();
  const auto off = [] { return failure(errc::cancelled, "the machine is off"); };
  d.files = {[this](const std::string& n) -> result<std::string> {
               auto i = files_.find(n);
               return i == files_.end() ? result<std::string>(failure(errc::missing, n)) : i->second;
             },
             [this, off](const std::string& n, const std::string& b) -> result<void> {
               if (!machine_.running()) return off();
               files_[n] = b;
               return {};
             },
             [this, off](const std::string& n) -> result<void> {
               if (!machine_.running()) return off();
               files_.erase(n);
               return {};
             }};
  d.open_root = [this](const std::string&) -> result<std::shared_ptr<fs::disk>> { return machine_.disk(); };
  d.watch_root = [this](const std::string&, watch::event_callback seen)
      -> result<std::unique_ptr<watch::watcher>> {
    return std::make_unique<watch_of_agent>(*this, seen);
  };
  d.watch_resume = [this](std::function<void()> resumed) -> std::shared_ptr<void> {
    resumed_ = std::move(resumed);
    return {&resumed_, [](std::function<void()>* told) { *told = nullptr; }};
  };
  d.connect = [this](const std::string&, const public_key_pin&)
      -> result<std::shared_ptr<net::transport>> {
    return std::shared_ptr<net::transport>(w_.network_->connect(name_, "server"));
  };
  d.make_root = [](const std::string& wanted, const auto& allowed) -> result<places::made_folder> {
    if (auto ok = allowed(wanted); !ok) return failure(ok.error());
    return places::made_folder{wanted, ""};
  };
  d.unmake_root = [](const places::made_folder&) {};
  return d;
}

void device::start(std::chrono::milliseconds first) {
  w_.sim_.start(client::agent_tree(doors(), "agent-" + name_));
  if (first.count() > 0) w_.sim_.run_for(first);
}

std::filesystem::path device::index_file() const {
  for (const auto& e : std::filesystem::directory_iterator(index_folder_))
    if (auto name = e.path().string(); name.find(".db") != std::string::npos)
      return name.substr(0, name.find(".db") + 3);
  throw std::runtime_error(name_ + " has no index");
}

std::size_t device::former_indexes() const {
  std::size_t n = 0;
  for (const auto& e : std::filesystem::directory_iterator(index_folder_))
    n += e.path().filename().string().find(".old-") != std::string::npos;
  return n;
}

void device::release(const std::string& path) {
  for (const auto& [p, e] : tree())
    if (e.kind == fs::kind::file && (p == path || p.starts_with(path + "/")))
      w_.ledger_.removed(e.content);
}

sim::tree device::synced_tree() const {
  auto t = tree();
  std::erase_if(t, [&](const auto& one) {
    return std::any_of(not_synced.begin(), not_synced.end(),
                       [&](const std::string& p) { return fs::is_within(one.first, p); });
  });
  return t;
}

bool device::is_file(const std::string& path) const {
  auto t = tree();
  auto e = t.find(path);
  return e != t.end() && e->second.kind == fs::kind::file;
}

/// Looks past the door: an injected failure must not blind the ledger.
std::string device::content_at(const std::string& path) const {
  auto t = tree();
  auto e = t.find(path);
  return e != t.end() && e->second.kind == fs::kind::file ? e->second.content : "";
}

void device::write(const std::string& path, const std::string& bytes) {
  w_.ledger_.wrote(bytes, content_at(path), name_);
  disk().write(path, bytes);
}

void device::save(const std::string& path, const std::string& bytes) {
  w_.ledger_.wrote(bytes, content_at(path), name_);
  disk().save_atomically(path, bytes);
}

void device::remove(const std::string& path) {
  release(path);
  disk().remove_all(path);
}

void device::move(const std::string& from, const std::string& to) {
  if (disk().exists(to)) release(to);
  disk().move(from, to);
}

void device::exchange(const std::string& a, const std::string& b) { disk().exchange(a, b); }
void device::mkdir(const std::string& path) { disk().mkdir_p(path); }
void device::chmod(const std::string& path, std::uint32_t mode) { disk().chmod(path, mode); }
void device::symlink(const std::string& target, const std::string& path) {
  disk().symlink(target, path);
}

void device::append(const std::string& path, const std::string& bytes) {
  auto before = content_at(path);
  w_.ledger_.wrote(before + bytes, before, name_);
  disk().append(path, bytes);
}

bool device::append_held(const std::string& path, const std::string& bytes) {
  auto before = disk().read_held(path);
  if (!before) return false;
  w_.ledger_.wrote(*before + bytes, *before, name_);
  disk().write_held(path, bytes);
  return true;
}

void device::refuse_watches(errc why) {
  refuses_watches_ = why;
  if (watcher_) watcher_->refuse_watches(why);
}

void device::deafen(bool deaf) {
  deaf_ = deaf;
  if (!deaf && hears_) hears_({{.kind = watch::event_kind::overflow}});
}

void device::go_offline() {
  online_ = false;
  w_.network_->partition(name_, true);
}

void device::go_online() {
  online_ = true;
  w_.network_->partition(name_, false);
}

tree device::tree() const { return disk().tree("", ".tinysync"); }

std::vector<std::string> device::staged() const {
  std::vector<std::string> out;
  for (const char* own : {".tinysync/staging", ".tinysync/parked"})
    for (const auto& [path, e] : disk().tree(own)) out.push_back(path);
  return out;
}

std::vector<seen_file> device::conflicts_of(const std::string& path) const {
  auto dot = path.rfind('.');
  auto stem = path.substr(0, dot == std::string::npos || dot == 0 ? path.size() : dot);
  std::vector<seen_file> out;
  for (const auto& [p, e] : tree())
    if (p.starts_with(stem + " (conflict ")) out.emplace_back(disk(), p);
  return out;
}

}  // namespace tinysync::sim
