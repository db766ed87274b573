#include "platform/places/root_folder.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "proto/vocabulary/names.hpp"

namespace tinysync::places {
namespace {

namespace stdfs = std::filesystem;

tl::unexpected<error> failed(const std::string& doing, const stdfs::path& path, const std::error_code& why) {
  auto is = [&](std::errc e) { return why == e; };
  auto code = errc::io_failed;
  if (is(std::errc::permission_denied) || is(std::errc::operation_not_permitted) ||
      is(std::errc::read_only_file_system) || is(std::errc::no_such_file_or_directory))
    code = errc::permission_denied;  // the last: where a file system lets nobody create
  if (is(std::errc::no_space_on_device)) code = errc::disk_full;
  if (is(std::errc::filename_too_long) || is(std::errc::not_a_directory) ||
      is(std::errc::file_exists) || is(std::errc::too_many_symbolic_link_levels))
    code = errc::invalid_argument;
  return failure(code, doing + " " + printable(path.string()) + " (" + why.message() + ")");
}

/// Where the folder is or would be. A link that leads nowhere, or a file on the way, is an error.
result<stdfs::path> resolved(const std::string& wanted) {
  if (wanted.empty()) return failure(errc::invalid_argument, "the folder has no name");
  if (wanted[0] != '/' || wanted.find('\0') != std::string::npos)
    return failure(errc::invalid_argument, printable(wanted) + " is not an absolute path");
  std::error_code why;
  auto path = stdfs::weakly_canonical(wanted, why);
  if (why) return failed("finding", wanted, why);
  while (path.has_parent_path() && !path.has_filename()) path = path.parent_path();
  for (auto at = path; at != at.root_path(); at = at.parent_path()) {
    auto kind = stdfs::symlink_status(at, why).type();
    if (kind == stdfs::file_type::not_found || kind == stdfs::file_type::directory) continue;
    if (kind == stdfs::file_type::none) return failed("finding", at, why);
    return failure(errc::invalid_argument,
                   printable(at.string()) + (kind == stdfs::file_type::symlink ? " is a link that leads nowhere"
                                                                              : " is a file, not a folder"));
  }
  return path;
}

result<void> create(const stdfs::path& path, made_folder& made) {
  std::error_code why;
  if (stdfs::exists(path, why)) return {};
  if (auto above = create(path.parent_path(), made); !above) return above;
  if (!stdfs::create_directory(path, why) && why) return failed("creating", path, why);
  if (made.created.empty()) made.created = path.string();
  return {};
}

}  // namespace

result<made_folder> make_folder(const std::string& wanted, const folder_check& allowed) {
  auto path = resolved(wanted);
  if (!path) return failure(path.error());
  if (auto ok = allowed(path->string()); !ok) return failure(ok.error());
  made_folder made{path->string(), ""};
  auto ok = create(*path, made);
  if (ok && ::access(path->c_str(), R_OK | W_OK | X_OK) != 0)
    ok = failed("reading and writing", *path, std::error_code(errno, std::generic_category()));
  if (ok) return made;
  unmake_folder(made);
  return failure(ok.error());
}

void unmake_folder(const made_folder& made) {
  if (made.created.empty()) return;
  for (auto at = stdfs::path(made.path);; at = at.parent_path()) {
    if (::rmdir(at.c_str()) != 0 && errno != ENOENT) return;
    if (at == made.created) return;
  }
}

}  // namespace tinysync::places
