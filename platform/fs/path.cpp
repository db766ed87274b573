#include "platform/fs/path.hpp"

#include <algorithm>

#include "proto/vocabulary/names.hpp"

namespace tinysync::fs {
std::string_view name_of(std::string_view path) {
  auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

std::string_view parent_of(std::string_view path) {
  auto slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

bool is_within(std::string_view path, std::string_view folder) {
  return folder.empty() ||
         (path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/'));
}

tl::unexpected<error> path_failure(errc code, std::string_view verb, std::string_view path,
                                   std::string_view why) {
  std::string text(verb);
  text += ' ';
  text += path.empty() ? std::string("the root") : printable(path);
  if (!why.empty()) text.append(": ").append(why);
  return failure(code, std::move(text));
}

result<void> check_path(std::string_view verb, std::string_view path, bool allow_root) {
  auto wrong = [&](std::string_view why) {
    return path_failure(errc::invalid_argument, verb, path, why);
  };
  if (path.empty()) return allow_root ? result<void>() : wrong("the root itself");
  if (path.find('\0') != path.npos) return wrong("a NUL byte");
  for (std::size_t from = 0; from <= path.size();) {
    auto end = std::min(path.find('/', from), path.size());
    auto part = path.substr(from, end - from);
    if (part.empty() || part == "." || part == "..") return wrong("a component that names nothing");
    if (part.size() > 255) return wrong("a component over 255 bytes");
    from = end + 1;
  }
  return {};
}

}  // namespace tinysync::fs
