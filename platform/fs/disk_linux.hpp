#pragma once
// Inside platform/fs only: real_disk on Linux.

#include <string>

#include "platform/fs/descriptor_linux.hpp"
#include "platform/fs/real_disk.hpp"

namespace tinysync::fs {

class linux_disk final : public real_disk {
 public:
  linux_disk(descriptor root, std::string root_path)
      : root_(std::move(root)), root_path_(std::move(root_path)) {}

  result<file_stat> stat(std::string_view path) override;
  result<std::vector<entry>> list(std::string_view path) override;
  result<std::string> read_link(std::string_view path) override;
  result<std::unique_ptr<reader>> open_read(std::string_view path) override;
  result<std::unique_ptr<writer>> create_staged(std::string_view path, std::uint32_t mode) override;
  result<void> make_folder(std::string_view path, std::uint32_t mode) override;
  result<void> make_symlink(std::string_view target, std::string_view path) override;
  result<void> link_noreplace(std::string_view from, std::string_view to) override;
  result<void> rename_noreplace(std::string_view from, std::string_view to) override;
  result<void> rename_exchange(std::string_view a, std::string_view b) override;
  result<void> unlink(std::string_view path) override;
  result<void> rmdir(std::string_view path) override;
  result<void> set_mode(std::string_view path, std::uint32_t mode) override;
  result<void> set_mtime(std::string_view path, std::int64_t ns) override;
  result<std::unique_ptr<lease>> read_lease(std::string_view path) override;
  result<std::unique_ptr<holder>> hold(std::string_view path) override;
  result<void> carry_attributes(std::string_view from, std::string_view to) override;
  result<void> sync_folder(std::string_view path) override;
  result<void> sync_file(std::string_view path) override;
  result<void> sync_all() override;
  result<space> free_space() override;
  result<root_identity> identity() override;
  result<capabilities> probe(std::string_view staging_folder) override;
  result<int> open_folder_descriptor(std::string_view path) override;
  result<int> open_file_descriptor(std::string_view path) override;
  const std::string& root() const override { return root_path_; }

 private:
  /// The folder of the path's last component, resolved below the root.
  result<place> locate(std::string_view verb, std::string_view path, bool allow_root = false);
  result<descriptor> open_folder(std::string_view verb, std::string_view path, int flags);
  result<descriptor> open_file(std::string_view verb, std::string_view path);
  result<void> rename(std::string_view verb, std::string_view from, std::string_view to,
                      unsigned flags);
  result<void> remove(std::string_view verb, std::string_view path, int flags);

  descriptor root_;
  std::string root_path_;
};

}  // namespace tinysync::fs
