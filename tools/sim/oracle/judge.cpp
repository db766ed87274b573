#include "tools/sim/oracle/judge.hpp"

#include "tools/sim/oracle/sha256.hpp"

namespace tinysync::oracle {
namespace {

std::string short_of(const std::string& content) {
  return content.size() <= 60 ? content : content.substr(0, 60) + "… (" + std::to_string(content.size()) + " bytes)";
}

std::string text_of(const entry& e) {
  static constexpr const char* names[] = {"folder", "file", "link"};
  return std::string(names[static_cast<int>(e.kind)]) + (e.executable ? " executable" : "") +
         (e.only_mine ? " private" : "") + (e.content.empty() ? "" : " '" + short_of(e.content) + "'");
}

/// With hashes instead of contents, as the server knows it.
tree hashed(tree t) {
  for (auto& [path, e] : t)
    if (e.kind == kind::file) e.content = sha256(e.content);
  return t;
}

}  // namespace

void judge::appeared(const std::string& device, const std::string& path, const std::string& content) {
  if (content.empty() || ledger_.knows(content)) return;
  seen_.push_back({"invented", "the agent put '" + short_of(content) + "' at " + path + " on " + device});
}

void judge::asked(const std::string& body) {
  auto request = codec::decode_mutation_request(body);
  if (!request) return seen_.push_back({"request unreadable", to_string(request.error())});
  for (auto& m : request->mutations) {
    auto bytes = codec::encode(m);
    auto [at, fresh] = asked_.emplace(std::string(m.op.view()), std::move(m));
    if (!fresh && codec::encode(at->second) != bytes)
      seen_.push_back({"op means two things", "the operation " + to_string(at->second.op) + " was sent with other words"});
  }
}

void judge::answered(const std::string& body) {
  auto answer = codec::decode_mutation_answer(body);
  if (!answer) return seen_.push_back({"answer unreadable", to_string(answer.error())});
  for (const auto& o : answer->outcomes) {
    const std::string op(o.op.view());
    if (o.kind != verdict::applied && o.kind != verdict::duplicate) {
      if (auto row = seq_of_op_.find(op); row != seq_of_op_.end())
        seen_.push_back({"answered otherwise", "the operation of row " + std::to_string(row->second) + " was sent again and refused"});
      continue;
    }
    auto [at, fresh] = seq_of_op_.emplace(op, o.at.seq.value);
    if (!fresh && at->second != o.at.seq.value)
      seen_.push_back({"applied twice", "an operation was answered with row " + std::to_string(at->second) +
                                            " and with row " + std::to_string(o.at.seq.value)});
    accepted_[o.at.seq.value] = op;
    if (auto it = codec::decode_item(o.canonical)) contents_.emplace(it->what.hash.view());
  }
}

bool judge::accepted(const std::string& content) const { return contents_.contains(sha256(content)); }

void judge::server_was_put_back() {
  history_.server_was_put_back();
  accepted_.clear();
  contents_.clear();
  seq_of_op_.clear();
}

findings judge::at_peace(const peace& p) {
  auto out = std::exchange(seen_, {});
  for (auto& f : history_.read(p.log, asked_)) out.push_back(std::move(f));
  for (const auto& [seq, op] : accepted_)
    if (history_.op_at(seq) != op)
      out.push_back({"accepted and gone", "row " + std::to_string(seq) + " is not what the server accepted"});
  compare(p, out);
  account(p, out);
  read_blobs(p, out);
  return out;
}

void judge::compare(const peace& p, findings& out) {
  const auto server = history_.now();
  auto differs = [&](const std::string& path, const std::string& who, const std::string& a, const std::string& b) {
    out.push_back({"differs", path + " on " + who + ": " + a + "; " + b});
  };
  for (const auto& d : p.devices) {
    auto shown = hashed(d.disk);
    for (const auto& [path, e] : shown) {
      auto there = server.find(path);
      if (there == server.end()) differs(path, d.name, text_of(d.disk.at(path)), "not on the server");
      else if (!(there->second == e))
        differs(path, d.name, text_of(d.disk.at(path)),
                there->second.content == e.content ? "on the server " + text_of(entry{there->second.kind, "",
                    there->second.executable, there->second.only_mine}) : "other content on the server");
    }
    for (const auto& [path, e] : server)
      if (!shown.contains(path)) differs(path, d.name, "not there", "on the server");
    for (const auto& path : d.left_over) out.push_back({"left over", path + " on " + d.name});
  }
  if (!p.only_writer) return;
  auto meant = hashed(*p.only_writer);
  for (const auto& [path, e] : meant) {
    auto there = server.find(path);
    if (there == server.end()) out.push_back({"not what was done", path + " is not on the server, and one user alone acted"});
    else if (!(there->second == e)) out.push_back({"not what was done", path + " is not as the only user left it"});
  }
  for (const auto& [path, e] : server)
    if (!meant.contains(path)) out.push_back({"not what was done", path + " is there, and the only user had left none"});
}

void judge::account(const peace& p, findings& out) {
  std::map<std::string, std::set<std::string>> where;  // content → paths, on any device
  for (const auto& d : p.devices)
    for (const auto& [path, e] : d.disk)
      if (e.kind == kind::file && !e.content.empty()) where[e.content].insert(path);
  std::set<std::string> contents;
  for (const auto& [content, paths] : where) {
    contents.insert(content);
    // Let go of here and edited there, it may be kept twice (I19 speaks of what nobody let go of).
    if (paths.size() > 1 && !p.may_double && !ledger_.let_go(content))
      out.push_back({"doubled", "'" + short_of(content) + "' is at " + *paths.begin() + " and " + *paths.rbegin()});
  }
  for (const auto& c : ledger_.lost(contents)) out.push_back({"lost", short_of(c)});
  for (const auto& c : ledger_.invented(contents)) out.push_back({"invented", short_of(c)});
}

void judge::read_blobs(const peace& p, findings& out) {
  for (const auto& [ref, hash] : history_.blobs()) {
    auto bytes = p.blob(ref);
    if (!bytes) out.push_back({"no such blob", "the server lacks what it refers to"});
    else if (sha256(*bytes) != ref || ref != hash) out.push_back({"wrong blob", "the server gives other bytes"});
  }
}

findings judge::after_rest(const peace& before, const peace& now, std::uint64_t agents_changed) {
  findings out;
  if (now.log.size() != before.log.size())
    out.push_back({"restless", std::to_string(now.log.size() - before.log.size()) + " rows although nobody did anything"});
  if (agents_changed > 0)
    out.push_back({"restless", std::to_string(agents_changed) + " changes of disks although nobody did anything"});
  return out;
}

}  // namespace tinysync::oracle
