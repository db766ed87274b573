#include "client/engine/ignore.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "proto/vocabulary/names.hpp"

namespace tinysync::engine {
namespace {

// Names that people do not give. What programs write beside a file and remove again needs no rule:
// changes gather before they are sent.
constexpr std::string_view built_in_rules = R"(# swap files of vim
.*.sw[a-p]
.*.swx
# locks and auto-saves of emacs
.#*
\#*#
# locks of LibreOffice and of Microsoft Office
.~lock.*#
~$*
# unfinished saves of GNOME's programs
.goutputstream-??????
# files deleted while open, on NFS and FUSE
.nfs[0-9a-f]*[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]
.fuse_hidden[0-9a-f]*
)";

bool fits(const std::string& pattern, const std::string& name) {
  return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

/// "**" is any number of folders; at the end, whatever is below: at least one name.
bool fits(const std::vector<std::string>& parts, const std::vector<std::string>& names) {
  const auto n = names.size();
  std::vector<char> reached(n + 1, 0), next(n + 1, 0);  // after so many parts, so many names are used
  reached[0] = 1;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    std::fill(next.begin(), next.end(), 0);
    if (parts[p] == "**") {
      const std::size_t least = p + 1 == parts.size() ? 1 : 0;
      auto first = static_cast<std::size_t>(std::find(reached.begin(), reached.end(), 1) - reached.begin());
      for (auto j = first + least; j <= n; ++j) next[j] = 1;
    } else {
      for (std::size_t i = 0; i < n; ++i) next[i + 1] = reached[i] && fits(parts[p], names[i]);
    }
    reached.swap(next);
  }
  return reached[n] != 0;
}

std::string_view trimmed(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
  return line;
}

}  // namespace

ignore_rules ignore_rules::built_in() {
  ignore_rules out;
  out.add("built in", built_in_rules);
  return out;
}

/// What is wrong with it, or nothing.
std::optional<std::string> ignore_rules::compile(std::string_view line, compiled& out) const {
  if (line.size() > most_pattern_bytes) return "is too long";
  if (rules_.size() >= most_rules) return "comes after " + std::to_string(most_rules) + " others";
  if (line.find('\0') != line.npos) return "contains a zero byte";
  out.rule.pattern = std::string(line);
  out.negated = line.starts_with('!');
  if (out.negated) line.remove_prefix(1);
  out.folders_only = line.ends_with('/');
  out.parts = split_path(line);
  if (out.parts.empty()) return "names nothing";
  auto trailing = line.substr(line.find_last_not_of('\\') + 1);
  if (trailing.size() % 2 == 1) return "ends with a backslash";
  bool anchored = line.substr(0, line.size() - (out.folders_only ? 1 : 0)).find('/') != line.npos;
  out.anywhere = !anchored;
  return std::nullopt;
}

void ignore_rules::add(std::string_view source, std::string_view text) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    auto end = text.find('\n');
    auto line = trimmed(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.empty() || line.starts_with('#')) continue;
    compiled one;
    one.rule.source = std::string(source);
    one.rule.line = number;
    if (auto wrong = compile(line, one))
      complaints_.push_back("line " + std::to_string(number) + " of " + std::string(source) + " " + *wrong);
    else
      rules_.push_back(std::move(one));
  }
}

const ignore_rule* ignore_rules::ignoring_entry(std::string_view path, bool folder) const {
  std::vector<std::string> names;  // split when the first rule needs it
  auto slash = path.rfind('/');
  const std::string name(slash == path.npos ? path : path.substr(slash + 1));
  for (auto i = rules_.rbegin(); i != rules_.rend(); ++i) {
    if (i->folders_only && !folder) continue;
    if (!i->anywhere && names.empty()) names = split_path(path);
    if (i->anywhere ? fits(i->parts.front(), name) : fits(i->parts, names))
      return i->negated ? nullptr : &i->rule;
  }
  return nullptr;
}

const ignore_rule* ignore_rules::ignoring(std::string_view path, bool folder) const {
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1))
    if (auto* rule = ignoring_entry(path.substr(0, slash), true)) return rule;
  return path.empty() ? nullptr : ignoring_entry(path, folder);
}

std::vector<ignore_rule> ignore_rules::all() const {
  std::vector<ignore_rule> out;
  for (const auto& r : rules_) out.push_back(r.rule);
  return out;
}

}  // namespace tinysync::engine
