#include "tools/sim/world_ask.hpp"

#include "actors/faces/client.hpp"
#include "platform/log/log.hpp"
#include "proto/vocabulary/invite.hpp"
#include "server/store/access.hpp"
#include "server/tree.hpp"

namespace tinysync::sim {
namespace {

namespace pb = faces::pb;
using namespace std::chrono_literals;

constexpr std::int64_t long_ago = 1'700'000'000'000'000'000;
constexpr const char* database_path = "/server/metadata.db";

}  // namespace

/// The simulation's time as everybody's clock.
class world::virtual_clock final : public clock::clock {
 public:
  virtual_clock(actors::simulation& sim, const std::chrono::nanoseconds& jumped)
      : sim_(sim), start_(sim.now()), jumped_(jumped) {}
  std::int64_t wall_now_ns() override { return long_ago + (steady_now() + jumped_).count(); }
  std::chrono::nanoseconds steady_now() override { return sim_.now() - start_; }

 private:
  actors::simulation& sim_;
  actors::time_point start_;
  const std::chrono::nanoseconds& jumped_;
};

world::world(std::initializer_list<std::string> devices, world_options options)
    : world(std::vector<std::string>(devices), std::move(options)) {}

world::world(const std::vector<std::string>& devices, world_options options)
    : options_(std::move(options)), sim_(options_.seed) {
  static_cast<void>(log::start({.least = std::getenv("TINYSYNC_LOG") ? log::level::debug : log::level::off}));
  clock_ = std::make_unique<virtual_clock>(sim_, jumped_);
  network_ = std::make_unique<net::fake_network>(
      [this](std::chrono::milliseconds d, std::function<void()> fn) { sim_.post(d, std::move(fn)); },
      options_.seed * 31 + 7);
  server_random_ = std::make_unique<crypto::seeded_randomness>(options_.seed * 7 + 1);
  server_ = std::make_unique<machine>(*clock_, fs::fake_disk_options{}, options_.seed * 13 + 5);
  front_ = std::make_shared<server::entrance>();
  start_server();
  add_invite();
  for (const auto& name : devices) add(name);
  network_->set_faults(options_.faults);
}

void world::suspend(std::chrono::seconds length) {
  jumped_ += length;  // the server's clock went on, and its tokens have ended
  for (auto* d : devices()) network_->forget_websockets(d->name());
  for (auto* d : devices())
    if (d->resumed_) d->resumed_();
}

void world::jump_wall_clock(std::chrono::seconds by) { jumped_ += by; }

world::~world() {
  for (auto& [name, d] : devices_)
    if (d->running()) d->stop();
  if (server_running()) stop_server();
  devices_.clear();
  if (!scratch_.empty()) std::filesystem::remove_all(scratch_);
}

std::filesystem::path world::scratch() {
  if (scratch_.empty()) {
    // Processes die here, not machines: what was written is there in memory, too, and syncing costs nothing.
    auto memory = std::filesystem::path("/dev/shm");
    auto base = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    auto name = (base / "tinysync-world.XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder: " + name);
    scratch_ = name;
  }
  return scratch_;
}

// -- the server ----------------------------------------------------------------------------------

result<std::shared_ptr<server::metadata>> world::open_database() {
  server::sqlite_store_options o;
  o.path = database_path;
  o.where = &server_->files();
  o.random = [source = server_random_.get()](std::uint8_t* out, std::size_t n) { source->fill({out, n}); };
  auto opened = server::sqlite_metadata::open(o);
  if (!opened) return failure(opened.error());
  std::shared_ptr<server::sqlite_metadata> shared = std::move(*opened);
  database_ = shared;
  return std::shared_ptr<server::metadata>(shared);
}

void world::start_server() {
  server::server_doors d;
  d.clock = clock_.get();
  d.random = server_random_.get();
  d.open_database = [this] { return open_database(); };
  d.blobs = server_->disk();
  d.front = front_;
  network_->serve("server", server::http_handler_for(front_));
  sim_.start(server::server_tree(d));
  sim_.settle();
  if (auto why = sim_.failure_of("server")) throw std::runtime_error("the server does not start: " + to_string(*why));
}

void world::stop_server(death how) {
  server_->stop();
  end_server(how);
}

void world::end_server(death how) {
  network_->crash_server("server");
  sim_.kill("server");
  server_->start(how);
}

void world::server_dies_after(std::uint64_t changes, death how, std::chrono::milliseconds away,
                              std::function<void()> died) {
  server_->stop_after(changes, [this, how, away, died] {
    network_->crash_server("server");
    sim_.post({}, [this, how, away, died] {
      end_server(how);
      if (died) died();
      sim_.post(away, [this] {
        if (!server_running()) start_server();
      });
    });
  });
}

void world::add_invite() {
  server::new_invite i;
  i.code_hash = server::hash_of_invite(invite_code);
  i.uses = 100;
  i.created_ns = long_ago;
  i.expires_ns = long_ago * 2;
  auto kept = database_.lock()->add_invite(i, true);
  if (!kept) throw std::runtime_error(to_string(kept.error()));
}

/// As it lies there between two of its transactions: whatever is the matter with the disk, a person has got it.
std::string world::back_up_server() {
  auto& files = server_->files();
  auto copy = std::string(database_path) + ".copy-" + std::to_string(++backups_);
  for (const char* part : {"", "-wal"})
    files.overwrite(copy + part, files.exists(database_path + std::string(part)) ? files.bytes(database_path + std::string(part)) : "");
  return copy;
}

void world::restart_server(death how) {
  stop_server(how);
  start_server();
}

void world::restore_server(const std::string& copy) {
  stop_server();
  auto& files = server_->files();
  if (auto gone = files.remove(std::string(database_path) + "-shm"); !gone) throw std::runtime_error(to_string(gone.error()));
  for (const char* part : {"", "-wal"}) files.overwrite(database_path + std::string(part), files.bytes(copy + part));
  start_server();
}

void world::add(const std::string& name) {
  auto& d = *(devices_[name] = std::make_unique<device>(*this, name));
  d.start();
  invite i{"https://server", {}, invite_code};
  pb::Register join;
  join.set_invite(to_string(i));
  join.set_name(name);
  ask(d.agent() + "/cloud_link", join);
  if (!options_.attach) return;
  if (vault_.empty()) {
    pb::CreateVault create;
    create.set_name("vault");
    auto made = ask(d.agent() + "/account", create);
    vault_ = dynamic_cast<const pb::VaultInfo&>(*made).id();
  }
  pb::Attach attach;
  attach.set_vault("vault");
  attach.set_root("/" + name);
  ask(d.agent() + "/attachments", attach);
}

std::vector<device*> world::devices() {
  std::vector<device*> out;
  for (auto& [name, d] : devices_) out.push_back(d.get());
  return out;
}

/// What a device answers to "are you in sync?"; outlives the question.
struct world::opinion {
  std::optional<bool> synced;
  std::string why;
};

std::shared_ptr<world::opinion> world::ask_settled(device& d, actors::duration limit) {
  auto out = std::make_shared<opinion>();
  sim_.directory().send_any(d.agent() + "/attachments", std::make_shared<pb::Settle>(), limit,
                            [out](result<actors::message_ptr> r) {
                              auto* s = r && *r ? dynamic_cast<const pb::Settled*>(r->get()) : nullptr;
                              out->synced = s && s->synced();
                              out->why = s ? s->waiting_for() : r ? "" : to_string(r.error());
                            });
  return out;
}

std::string world::status_of(device& d) {
  return ask(vault_actor(d, "local_store"), pb::AskSummary{})->ShortDebugString();
}

std::string world::vault_actor(device& d, const std::string& name) {
  return d.agent() + "/vaults/" + to_string(*vault_id::from(vault_)) + "/" + name;
}

std::optional<std::string> world::try_settle(actors::duration limit, std::size_t most_steps) {
  auto end = sim_.now() + limit;
  std::size_t steps = 0;
  std::string last = "nobody answered";
  // Two rounds in which nothing moved: what the last one changed has reached everybody.
  auto pause = 1s;
  for (int quiet = 0; quiet < 2 && sim_.now() < end;) {
    auto before = head();
    bool all = true;
    for (auto* d : devices()) {
      if (!d->online() || !d->running()) continue;
      auto said = ask_settled(*d, limit);
      while (!said->synced && sim_.now() < end && steps < most_steps) steps += sim_.run_for(20ms);
      if (steps >= most_steps) return d->name() + " works without end: " + status_of(*d) + "; before: " + last;
      if (!said->synced) return d->name() + " does not settle: " + status_of(*d) + "; before: " + last;
      if (!said->why.empty()) last = d->name() + ": " + said->why;
      all &= *said->synced;
    }
    quiet = all && head() == before ? quiet + 1 : 0;
    if (quiet > 0) continue;
    // What waits for a timer is not to be asked a thousand times.
    steps += sim_.run_for(pause);
    pause = std::min<std::chrono::seconds>(pause * 2, 32s);
  }
  return sim_.now() < end ? std::nullopt : std::optional("not in sync within the limit: " + last);
}

void world::settle() {
  if (auto wrong = try_settle())
    throw std::runtime_error(*wrong + " (seed " + std::to_string(options_.seed) + ")");
}

std::uint64_t world::head() {
  auto id = vault_id::from(vault_);
  auto db = database_.lock();
  auto h = id && db ? db->head(*id) : result<server::vault_head>(failure(errc::not_found));
  return h ? h->at.seq.value : 0;
}

namespace {
std::string text_of(const fs::tree_entry& e) {
  return std::string(e.kind == fs::kind::folder ? "folder" : e.kind == fs::kind::file ? "file" : "link") +
         (e.executable ? " executable" : "") + (e.private_bits ? " private" : "") + " '" + e.content + "'";
}
}  // namespace

std::vector<std::string> world::findings() {
  std::vector<std::string> out;
  std::set<std::string> contents;
  device* first = nullptr;
  for (auto* d : devices()) {
    auto t = d->tree();
    for (const auto& [path, e] : t)
      if (e.kind == fs::kind::file && !e.content.empty()) contents.insert(e.content);
    for (const auto& s : d->staged()) out.push_back(d->name() + " left " + s + " behind");
    if (!first) {
      first = d;
      continue;
    }
    t = d->synced_tree();
    auto other = first->synced_tree();
    for (const auto& [path, e] : t)
      if (!other.contains(path)) out.push_back(path + " is on " + d->name() + " only");
      else if (!(other[path] == e)) out.push_back(path + " differs on " + d->name() + ": " + text_of(e) + ", was " + text_of(other[path]));
    for (const auto& [path, e] : other)
      if (!t.contains(path)) out.push_back(path + " is on " + first->name() + " only");
  }
  for (const auto& c : ledger_.lost(contents)) out.push_back("lost: " + c);
  for (const auto& c : ledger_.invented(contents)) out.push_back("invented: " + c);
  auto before = head();
  sim_.run_for(11min);  // a whole scan comes by in that time
  if (head() != before) out.push_back("the head moved although nobody did anything");
  return out;
}

}  // namespace tinysync::sim
