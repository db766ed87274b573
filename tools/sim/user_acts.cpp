// What the users of a scenario do to their files.

#include "tools/sim/stage_state.hpp"

namespace tinysync::sim {
namespace {

std::string parent_of(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

bool within(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

bool is(const tree& t, const std::string& path, fs::kind kind) {
  auto at = t.find(path);
  return at != t.end() && at->second.kind == kind;
}

/// Is there a folder for it, or can there be one?
bool has_room(const tree& t, const std::string& path) {
  for (auto at = parent_of(path); !at.empty(); at = parent_of(at))
    if (t.contains(at) && !is(t, at, fs::kind::folder)) return false;
  return !path.empty() && !within(path, ".tinysync");
}

bool takes_a_file(const tree& t, const std::string& path) {
  return has_room(t, path) && (!t.contains(path) || is(t, path, fs::kind::file));
}

bool folder_is_there(const tree& t, const std::string& path) {
  auto parent = parent_of(path);
  return parent.empty() || is(t, parent, fs::kind::folder);
}

/// `write PATH TOKEN SIZE`: the token, and x's up to the size.
std::string content_of(const step& s) {
  auto out = s.args.at(1);
  auto size = s.args.size() > 2 ? std::stoull(s.args[2]) : 0;
  if (out.size() < size) out.append(size - out.size(), 'x');
  return out;
}

}  // namespace

const std::map<std::string, stage::performer, std::less<>>& stage::user_verbs() {
  static const std::map<std::string, performer, std::less<>> table = {
      {"write", &stage::write},          // PATH TOKEN [SIZE], in place
      {"save", &stage::save},            // PATH TOKEN [SIZE], a new file renamed over it
      {"append", &stage::append},        // PATH TOKEN
      {"rm", &stage::remove},            // PATH, and what is below
      {"mv", &stage::move},              // PATH PATH
      {"swap", &stage::exchange},        // PATH PATH
      {"mkdir", &stage::make_folder},    // PATH
      {"chmod", &stage::change_mode},    // PATH OCTAL
      {"ln", &stage::make_link},         // TARGET PATH
      {"hold", &stage::hold},            // PATH: a program opens it for writing
      {"write-held", &stage::write_held},  // PATH TOKEN
      {"release", &stage::release},      // PATH
  };
  return table;
}

bool stage::write(device& d, const step& s) {
  if (!takes_a_file(d.tree(), s.args.at(0))) return false;
  d.write(s.args[0], content_of(s));
  return true;
}

bool stage::save(device& d, const step& s) {
  if (!takes_a_file(d.tree(), s.args.at(0))) return false;
  d.save(s.args[0], content_of(s));
  return true;
}

bool stage::append(device& d, const step& s) {
  if (!is(d.tree(), s.args.at(0), fs::kind::file)) return false;
  d.append(s.args[0], s.args.at(1));
  return true;
}

bool stage::remove(device& d, const step& s) {
  if (!d.tree().contains(s.args.at(0))) return false;
  d.remove(s.args[0]);
  return true;
}

bool stage::move(device& d, const step& s) {
  auto t = d.tree();
  const auto &from = s.args.at(0), &to = s.args.at(1);
  if (!t.contains(from) || !folder_is_there(t, to) || !has_room(t, to) || within(to, from)) return false;
  if (t.contains(to) && !(is(t, from, fs::kind::file) && is(t, to, fs::kind::file))) return false;
  d.move(from, to);
  return true;
}

bool stage::exchange(device& d, const step& s) {
  auto t = d.tree();
  const auto &a = s.args.at(0), &b = s.args.at(1);
  if (!t.contains(a) || !t.contains(b) || within(a, b) || within(b, a)) return false;
  d.exchange(a, b);
  return true;
}

bool stage::make_folder(device& d, const step& s) {
  auto t = d.tree();
  if (t.contains(s.args.at(0)) || !has_room(t, s.args[0])) return false;
  d.mkdir(s.args[0]);
  return true;
}

bool stage::change_mode(device& d, const step& s) {
  if (!is(d.tree(), s.args.at(0), fs::kind::file)) return false;
  d.chmod(s.args[0], static_cast<std::uint32_t>(std::stoul(s.args.at(1), nullptr, 8)));
  return true;
}

bool stage::make_link(device& d, const step& s) {
  auto t = d.tree();
  if (t.contains(s.args.at(1)) || !has_room(t, s.args[1]) || !folder_is_there(t, s.args[1])) return false;
  d.symlink(s.args[0], s.args[1]);
  return true;
}

bool stage::hold(device& d, const step& s) {
  if (!is(d.tree(), s.args.at(0), fs::kind::file)) return false;
  if (!states_[d.name()]->held.insert(s.args[0]).second) return false;
  d.disk().hold_for_writing(s.args[0]);
  return true;
}

/// Whatever the file is called by now, or whether it has a name at all.
bool stage::write_held(device& d, const step& s) {
  if (!states_[d.name()]->held.contains(s.args.at(0))) return false;
  return d.append_held(s.args[0], s.args.at(1));
}

bool stage::release(device& d, const step& s) {
  if (states_[d.name()]->held.erase(s.args.at(0)) == 0) return false;
  d.disk().release_writer(s.args[0]);
  return true;
}

}  // namespace tinysync::sim
