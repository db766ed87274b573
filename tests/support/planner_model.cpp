#include "tests/support/planner_model.hpp"

#include <algorithm>
#include <map>

#include "client/engine/agreement.hpp"
#include "platform/crypto/sha256.hpp"

namespace tinysync::test {
namespace {

using engine::verb;

constexpr int most_rounds = 24;

std::pair<std::string, std::string> split(const std::string& path) {
  auto slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

item_id id_of(const std::string& text) {
  auto digest = crypto::sha256(text);
  item_id id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

/// Path → kind, content, mode of everything live on the server.
using picture = std::map<std::string, std::tuple<item_kind, content_hash, mode_bits>>;

template <class Map, class Live>
std::string path_in(const Map& items, const item_id& id, Live live, int depth = 0) {
  auto i = items.find(id);
  if (i == items.end() || !live(i->second) || depth > 64) return "?";
  const auto& at = i->second.at;
  if (at.parent == engine::parked_folder) return "(parked)/" + at.name;
  return at.parent == root_item ? at.name : path_in(items, at.parent, live, depth + 1) + "/" + at.name;
}

picture picture_of(const server::vault_table& server) {
  picture out;
  auto live = [](const item& i) { return !i.deleted; };
  for (const auto& [id, i] : server.items)
    if (live(i)) out[path_in(server.items, id, live)] = {i.kind, i.what.hash, i.mode};
  return out;
}

picture picture_of(const model_device& d) {
  picture out;
  auto any = [](const engine::local_item&) { return true; };
  for (const auto& [id, l] : d.trees.local_)
    out[path_in(d.trees.local_, id, any)] = {l.kind(), l.hash, l.mode()};
  return out;
}

}  // namespace

// -- a user's hands ------------------------------------------------------------------------------

std::optional<item_id> model_device::find(const std::string& path) const {
  item_id at = root_item;
  for (std::size_t begin = 0; begin <= path.size();) {
    auto end = std::min(path.find('/', begin), path.size());
    const item_id* next = nullptr;
    for (const auto& [id, l] : trees.local_)
      if (l.at.parent == at && l.at.name == path.substr(begin, end - begin)) next = &id;
    if (!next) return std::nullopt;
    at = *next;
    begin = end + 1;
  }
  return at;
}

bool model_device::is_file(const std::string& path) const {
  auto id = find(path);
  return id && trees.local_.at(*id).kind() == item_kind::file;
}

place model_device::place_of(const std::string& path) {
  auto [folder, name] = split(path);
  if (folder.empty()) return {root_item, name};
  if (!exists(folder)) mkdir(folder);
  return {*find(folder), name};
}

void model_device::create(const std::string& path, item_kind kind, const content_hash& hash) {
  item it;
  it.id = id_of(name_ + "\n" + path + "\n" + hash.hex());
  it.at = place_of(path);
  it.kind = kind;
  it.what.hash = hash;
  it.what.size = kind == item_kind::file ? 1 : 0;
  trees.local_[it.id] = engine::on_disk(it);
}

void model_device::write(const std::string& path, const std::string& bytes) {
  auto hash = content_hash_of(bytes);
  written.insert(hash);
  auto id = find(path);
  if (!id) return create(path, item_kind::file, hash);
  auto& l = trees.local_.at(*id);
  if (l.hash != hash) released.insert(l.hash);
  l.hash = hash;
}

void model_device::drop(const item_id& id) {
  for (const auto& child : trees.local_children(id)) drop(child);
  const auto& l = trees.local_.at(id);
  if (l.kind() == item_kind::file) released.insert(l.hash);
  trees.local_.erase(id);
}

void model_device::remove(const std::string& path) {
  if (auto id = find(path)) drop(*id);
}

void model_device::move(const std::string& from, const std::string& to) {
  auto id = *find(from);
  if (auto over = find(to)) drop(*over);
  trees.local_.at(id).at = place_of(to);
}

void model_device::exchange(const std::string& a, const std::string& b) {
  auto one = *find(a), other = *find(b);
  std::swap(trees.local_.at(one).at, trees.local_.at(other).at);
}

void model_device::mkdir(const std::string& path) { create(path, item_kind::folder, {}); }

void model_device::chmod(const std::string& path, std::uint32_t mode) {
  auto& l = trees.local_.at(*find(path));
  if (l.kind() == item_kind::file) l.seen.mode = mode;
}

std::string model_device::path_of(const item_id& id) const {
  return path_in(trees.local_, id, [](const engine::local_item&) { return true; });
}

std::string model_device::key() const {
  std::vector<std::string> lines;
  for (const auto& [id, l] : trees.local_)
    lines.push_back(path_of(id) + "|" + (trees.base_.contains(id) ? id.hex() : "new") + "|" +
                    l.hash.hex() + "|" + std::to_string(static_cast<int>(l.kind())) +
                    std::to_string(l.seen.mode));
  std::sort(lines.begin(), lines.end());
  for (const auto& hash : released) lines.push_back("released " + hash.hex());
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

// -- one device's round --------------------------------------------------------------------------

void model::pull(model_device& d) {
  d.trees.remote_.clear();
  for (const auto& [id, i] : server_.items)
    if (!i.deleted) d.trees.remote_[id] = i;
}

engine::plan model::plan_and_carry_out(model_device& d) {
  std::set<item_id> known;
  for (const auto& [id, i] : d.trees.remote_) known.insert(id);
  for (const auto& [id, i] : d.trees.base_) known.insert(id);
  for (const auto& [id, i] : d.trees.local_) known.insert(id);
  std::vector<item_id> dirty(known.begin(), known.end());
  std::shuffle(dirty.begin(), dirty.end(), random_);
  engine::plan_options o;
  o.device_label = d.name();
  o.cursor = {server_.on.next.value - 1};
  o.random = [this](std::uint8_t* out, std::size_t n) {
    while (n-- > 0) *out++ = static_cast<std::uint8_t>(random_());
  };
  auto plan = engine::make_plan(d.trees, dirty, o);
  for (const auto& op : plan.trees) apply(d, op);
  for (const auto& op : plan.disk) carry_out(d, op);
  return plan;
}

void model::apply(model_device& d, const engine::tree_op& op) {
  switch (op.kind) {
    case engine::tree_op::what::set_base: d.trees.base_[op.id] = *op.state; return;
    case engine::tree_op::what::drop_base: d.trees.base_.erase(op.id); return;
    case engine::tree_op::what::rekey: {
      auto node = d.trees.local_.extract(op.id);
      if (node.empty() || d.trees.local_.contains(op.to)) return wrong("re-keyed twice");
      node.key() = node.mapped().id = op.to;
      d.trees.local_.insert(std::move(node));
      for (auto& [id, l] : d.trees.local_)
        if (l.at.parent == op.id) l.at.parent = op.to;
    }
  }
}

void model::carry_out(model_device& d, const engine::disk_op& op) {
  auto& disk = d.trees;
  auto says = [&](const char* what) {
    wrong(d.name() + ": " + std::string(name_of(op.what)) + " " + op.from_path + " → " + op.to_path +
          ": " + what);
  };
  bool creates = op.what == verb::make_folder || op.what == verb::create_file ||
                 op.what == verb::create_link;
  bool moves = op.what == verb::move || op.what == verb::aside || op.what == verb::park;
  auto here = disk.local(op.id);
  if (creates && here) return says("it is there already");
  if (!creates && (!here || here->at != op.from)) return says("it is not where the plan says");
  if (creates || moves) {
    if (disk.local_at(op.to)) return says("the name is taken");
    auto folder = op.to.parent;
    if (folder != root_item && folder != engine::parked_folder && !disk.local(folder))
      return says("its folder is not there");
    for (; disk.local(folder); folder = disk.local(folder)->at.parent)
      if (folder == op.id) return says("into itself");
  }
  if (op.what == verb::remove) {
    if (!disk.local_children(op.id).empty()) return says("the folder is not empty");
    disk.local_.erase(op.id);
    if (!disk.remote(op.id)) disk.base_.erase(op.id);
    return;
  }
  if (op.what == verb::replace && op.why == engine::cause::conflicting_edit) {
    if (disk.local_at(op.to)) return says("the conflict name is taken");
    auto kept = *here;
    kept.id = op.keep_id;
    kept.at = op.to;
    disk.local_[kept.id] = kept;
  }
  auto now = here.value_or(engine::local_item{});
  if (creates || op.what == verb::replace) {
    now = engine::on_disk(*op.state);
    now.at = creates ? op.to : here->at;
  }
  if (moves) now.at = op.to;
  if (op.what == verb::set_mode || op.what == verb::replace || op.what == verb::create_file)
    now.seen.mode = (op.mode.executable ? 0700 : 0600) | (op.mode.private_ ? 0 : 044);
  disk.local_[op.id] = now;
  bool theirs = op.state && (!moves || op.state->at == op.to);
  if (theirs) disk.base_[op.id] = engine::agreed_after(disk.base(op.id), op);
}

/// As the server does: groups as one unit, nothing before what it comes after.
std::vector<model::answer> model::send(const std::vector<mutation>& all) {
  std::vector<std::vector<mutation>> units;
  for (const auto& m : all) {
    auto same = [&](const auto& u) { return !m.group.none() && u.front().group == m.group; };
    auto unit = std::find_if(units.begin(), units.end(), same);
    if (unit == units.end()) units.push_back({m});
    else unit->push_back(m);
  }
  std::vector<answer> out;
  std::map<op_id, bool> succeeded;
  for (bool progress = true; progress && !units.empty();) {
    progress = false;
    for (auto unit = units.begin(); unit != units.end();) {
      std::set<op_id> own;
      for (const auto& m : *unit) own.insert(m.op);
      bool ready = true, fine = true;
      for (const auto& m : *unit)
        for (const auto& op : m.after) {
          if (own.contains(op)) continue;
          ready &= succeeded.contains(op);
          fine &= ready && succeeded[op];
        }
      if (!ready) {
        ++unit;
        continue;
      }
      for (const auto& m : *unit)
        if (auto* c = std::get_if<create_file>(&m.change)) server_.blobs[c->what.ref] = c->what.size;
        else if (auto* u = std::get_if<update_content>(&m.change)) server_.blobs[u->what.ref] = u->what.size;
      auto judged = fine ? server_.run(*unit) : server::judgement{};
      for (std::size_t i = 0; i < unit->size(); ++i) {
        auto d = fine ? judged.decisions[i] : server::decision{.kind = verdict::skipped};
        succeeded[(*unit)[i].op] = d.kind <= verdict::duplicate;
        out.push_back({(*unit)[i], d});
      }
      unit = units.erase(unit);
      progress = true;
    }
  }
  if (!units.empty()) wrong("operations wait for each other: " + std::string(name_of(units[0][0].change)));
  return out;
}

void model::complete(model_device& d, const std::vector<answer>& answers) {
  for (const auto& a : answers) {
    if (a.decided.kind > verdict::duplicate) continue;
    auto& base = d.trees.base_;
    if (std::holds_alternative<delete_item>(a.what.change)) {
      base.erase(a.what.item);
    } else if (std::holds_alternative<delete_subtree>(a.what.change)) {
      std::vector<item_id> gone{a.what.item};
      for (std::size_t i = 0; i < gone.size(); ++i)
        for (const auto& [id, b] : base)
          if (b.at.parent == gone[i]) gone.push_back(id);
      for (const auto& id : gone)
        if (!d.trees.local(id)) base.erase(id);
    } else if (a.decided.theirs) {
      base[a.what.item] =
          engine::agreed_after(d.trees.base(a.what.item), a.what, *a.decided.theirs);
    }
  }
}

/// False: there was nothing to do.
bool model::round(model_device& d) {
  pull(d);
  auto plan = plan_and_carry_out(d);
  auto answers = send(plan.mutations);
  pull(d);
  complete(d, answers);
  return !plan.empty();
}

bool model::round_of_both() {
  pull(first_);
  pull(second_);
  auto one = plan_and_carry_out(first_);
  auto other = plan_and_carry_out(second_);
  auto to_first = send(one.mutations);
  auto to_second = send(other.mutations);
  pull(first_);
  pull(second_);
  complete(first_, to_first);
  complete(second_, to_second);
  return !one.empty() || !other.empty();
}

std::string model::settle(meeting how) {
  int rounds = 0;
  auto more = [&] { return ++rounds < most_rounds && finding_.empty(); };
  if (how == meeting::one_after_the_other) {
    while (round(first_) && more()) {}
    while (round(second_) && more()) {}
  }
  while (round_of_both() && more()) {}
  if (rounds >= most_rounds) wrong("it does not end");
  judge_the_end(first_);
  judge_the_end(second_);
  judge_contents();
  return finding_;
}

// -- the end -------------------------------------------------------------------------------------

void model::judge_the_end(const model_device& d) {
  auto theirs = picture_of(server_), mine = picture_of(d);
  for (const auto& [path, what] : mine)
    if (!theirs.contains(path)) wrong(path + " is on " + d.name() + " only");
    else if (theirs[path] != what) wrong(path + " differs on " + d.name());
  for (const auto& [path, what] : theirs)
    if (!mine.contains(path)) wrong(path + " is not on " + d.name());
  for (const auto& [id, b] : d.trees.base_)
    if (!d.trees.local_.contains(id)) wrong(d.name() + " still agrees about what is gone");
}

void model::judge_contents() {
  std::set<content_hash> there;
  for (const auto& [path, what] : picture_of(server_))
    if (std::get<item_kind>(what) == item_kind::file) there.insert(std::get<content_hash>(what));
  auto known = [&](const content_hash& h) {
    return first_.written.contains(h) || second_.written.contains(h);
  };
  for (const auto* d : {&first_, &second_})
    for (const auto& h : d->written)
      if (!there.contains(h) && !first_.released.contains(h) && !second_.released.contains(h))
        wrong("lost: a content of " + d->name());
  for (const auto& h : there)
    if (!known(h)) wrong("invented: a content");
}

}  // namespace tinysync::test
