#include "tools/sim/oracle/history.hpp"

#include <algorithm>

#include "tools/sim/oracle/sha256.hpp"

namespace tinysync::oracle {
namespace {

std::string text(std::uint64_t n) { return std::to_string(n); }

std::string line_of(const log_row& row, const std::string& before, const std::string& after) {
  auto out = "row " + text(row.seq.value) + "  " + to_string(row.device).substr(0, 8) + "  " + std::string(name_of(row.kind)) +
             "  " + (before.empty() ? after : before);
  if (!before.empty() && !after.empty() && before != after) out += " -> " + after;
  auto it = codec::decode_item(row.state);
  if (it && it->kind != item_kind::folder && !it->what.hash.none()) out += "  content " + it->what.hash.hex().substr(0, 8);
  return out + (row.group.none() ? "" : "  group " + to_string(row.group).substr(0, 8));
}

oracle::kind kind_of(item_kind k) {
  return k == item_kind::folder ? kind::folder : k == item_kind::file ? kind::file : kind::link;
}

}  // namespace

findings history::read(const std::vector<log_entry>& entries, const requests& asked) {
  findings out;
  if (entries.size() < rows_.size())
    out.push_back({"log rewound", "it had " + text(rows_.size()) + " rows and has " + text(entries.size())});
  for (std::size_t i = 0; i < std::min(entries.size(), rows_.size()); ++i)
    if (entries[i].row != rows_[i].row) {
      out.push_back({"log rewritten", "row " + text(i + 1) + " is not what it was"});
      break;
    }
  rows_ = entries;
  ops_.clear();
  told_.clear();
  live_.clear();
  std::string chain(32, '\0'), group;
  std::set<std::string> ops;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto row = codec::decode_log_row(entries[i].row);
    if (!row) {
      out.push_back({"log unreadable", "row " + text(i + 1) + ": " + to_string(row.error())});
      return out;
    }
    if (row->seq.value != i + 1)
      out.push_back({"log gap", "row " + text(i + 1) + " says it is " + text(row->seq.value)});
    chain = sha256("tinysync/chain/1" + chain + entries[i].row);
    if (chain != entries[i].chain.view())
      out.push_back({"log chain", "row " + text(i + 1) + " does not continue the one before"});
    ops_.emplace_back(row->op.view());
    if (row->kind != log_kind::epoch && !ops.insert(ops_.back()).second)
      out.push_back({"applied twice", "the operation of row " + text(i + 1) + " is in the log already"});
    const auto before = path_of(std::string(row->item.view())).value_or("");
    check_precondition(*row, asked, out);
    replay(*row, out);
    told_.push_back(line_of(*row, before, path_of(std::string(row->item.view())).value_or("")));
    // A group is one change: within it the tree need not be in form.
    auto next = i + 1 < entries.size() ? codec::decode_log_row(entries[i + 1].row) : result<log_row>(log_row{});
    if (row->group.none() || !next || next->group != row->group) check_form(i + 1, out);
  }
  return out;
}

/// The first write whose precondition still holds wins: what a row says it was made from is what was there.
void history::check_precondition(const log_row& row, const requests& asked, findings& out) const {
  auto m = asked.find(std::string(row.op.view()));
  auto was = live_.find(std::string(row.item.view()));
  if (m == asked.end() || was == live_.end()) return;
  const auto& k = was->second;
  auto wrong = [&](const char* what) {
    out.push_back({"precondition", "row " + text(row.seq.value) + " (" + k.name + ") was made from another " + what});
  };
  const auto& change = m->second.change;
  if (auto* c = std::get_if<update_content>(&change); c && c->content_op != k.content_op) wrong("content");
  if (auto* c = std::get_if<move_rename>(&change); c && c->place_op != k.place_op) wrong("place");
  if (auto* c = std::get_if<set_mode>(&change); c && c->mode_op != k.mode_op) wrong("mode");
  if (auto* c = std::get_if<delete_item>(&change)) {
    if (k.kind != kind::folder && c->content_op != k.content_op) wrong("content");
    if (c->place_op != k.place_op) wrong("place");
  }
  if (auto* c = std::get_if<delete_subtree>(&change); c && c->place_op != k.place_op) wrong("place");
}

void history::replay(const log_row& row, findings& out) {
  const std::string id(row.item.view());
  switch (row.kind) {
    case log_kind::epoch: return;
    case log_kind::delete_item:
      if (live_.erase(id) == 0) out.push_back({"log deletes nothing", "row " + text(row.seq.value)});
      return;
    case log_kind::delete_subtree:
      if (live_.erase(id) == 0) out.push_back({"log deletes nothing", "row " + text(row.seq.value)});
      return remove_below(id);
    default:
      put(row.state, out);
      for (const auto& state : row.also) put(state, out);
  }
}

void history::put(const std::string& canonical, findings& out) {
  auto it = codec::decode_item(canonical);
  if (!it) return out.push_back({"log unreadable", "an item: " + to_string(it.error())});
  known_item k{std::string(it->at.parent.view()), it->at.name, kind_of(it->kind),
               std::string(it->what.hash.view()), it->what.ref.none() ? "" : std::string(it->what.ref.view()),
               it->what.link_target, it->mode.executable, it->mode.private_, it->content_op, it->place_op, it->mode_op};
  live_[std::string(it->id.view())] = k;
}

void history::remove_below(const std::string& id) {
  std::vector<std::string> below;
  for (const auto& [child, k] : live_)
    if (k.parent == id) below.push_back(child);
  for (const auto& child : below) {
    live_.erase(child);
    remove_below(child);
  }
}

std::optional<std::string> history::path_of(const std::string& id) const {
  static const std::string root(16, '\0');
  std::string path;
  std::size_t depth = 0;
  for (auto at = id; at != root;) {
    auto k = live_.find(at);
    if (k == live_.end() || ++depth > live_.size()) return std::nullopt;
    path = path.empty() ? k->second.name : k->second.name + "/" + path;
    at = k->second.parent;
  }
  return path;
}

/// RELIABILITY I12: one live parent, no circle, one name once.
void history::check_form(std::uint64_t seq, findings& out) const {
  std::set<std::pair<std::string, std::string>> places;
  for (const auto& [id, k] : live_) {
    if (!places.emplace(k.parent, k.name).second)
      out.push_back({"tree form", "after row " + text(seq) + " two items are called " + k.name + " in one folder"});
    if (!path_of(id)) out.push_back({"tree form", "after row " + text(seq) + " " + k.name + " hangs in the air"});
  }
}

tree history::now() const {
  tree out;
  for (const auto& [id, k] : live_)
    if (auto path = path_of(id))
      out[*path] = {k.kind, k.kind == kind::file ? k.hash : k.target, k.executable, k.only_mine};
  return out;
}

std::map<std::string, std::string> history::blobs() const {
  std::map<std::string, std::string> out;
  for (const auto& [id, k] : live_)
    if (k.kind == kind::file && !k.ref.empty()) out[k.ref] = k.hash;
  return out;
}

std::optional<std::string> history::op_at(std::uint64_t seq) const {
  if (seq == 0 || seq > ops_.size()) return std::nullopt;
  return ops_[seq - 1];
}

}  // namespace tinysync::oracle
