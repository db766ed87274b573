#pragma once
// Inside platform/fs only: what real_disk's open verbs return.

#include <memory>
#include <string>

#include "platform/fs/descriptor_linux.hpp"
#include "platform/fs/disk.hpp"

namespace tinysync::fs {

std::unique_ptr<reader> make_reader(descriptor fd, std::string path);
std::unique_ptr<writer> make_writer(descriptor fd, std::string path);
/// Takes a read lease on the open file.
result<std::unique_ptr<lease>> make_lease(descriptor fd, const std::string& path);
/// Copies user.* attributes and the access ACL.
result<void> copy_attributes(int from, int to, std::string_view path);

}  // namespace tinysync::fs
