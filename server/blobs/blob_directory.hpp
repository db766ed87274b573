#pragma once
// Blobs in a directory: segments/<16 hex> and partial/<device>-<vault>-<hash>/<offset>-<size>.

#include <map>

#include "platform/crypto/sha256.hpp"
#include "platform/fs/disk.hpp"
#include "server/blobs/blob_storage.hpp"

namespace tinysync::server {

struct blob_directory_options {
  std::uint64_t packed_bytes = 1024 * 1024;        ///< blobs up to this share a segment
  std::uint64_t segment_bytes = 64 * 1024 * 1024;  ///< then the next one is begun
  std::size_t open_readers = 64;
};

class blob_directory final : public blob_storage {
 public:
  /// Makes its folders. Segments get random names; those of an earlier run are never written again.
  static result<std::unique_ptr<blob_directory>> open(std::shared_ptr<fs::disk> disk,
                                                      random_source random,
                                                      blob_directory_options options = {});

  result<std::vector<stored_blob>> store(std::span<const incoming_blob> blobs) override;
  result<std::string> read(const stored_blob& blob, std::uint64_t offset,
                           std::uint64_t size) override;
  result<upload_progress> add_part(const upload_key& key, std::uint64_t offset, std::uint64_t total,
                                   std::string_view bytes) override;
  result<upload_progress> progress(const upload_key& key) override;
  result<std::uint64_t> drop_stale(std::int64_t older_than_ns) override;
  result<std::unique_ptr<blob_stream>> begin_stream() override;
  result<void> verify(const stored_blob& blob) override;

 private:
  struct part {
    std::uint64_t offset = 0, size = 0;
    std::string name;
  };
  struct segment {
    std::uint64_t id = 0, end = 0;
    std::unique_ptr<fs::writer> out;
  };
  class stream;

  blob_directory(std::shared_ptr<fs::disk> disk, random_source random,
                 blob_directory_options options);
  static std::string path_of(std::uint64_t id);
  std::uint64_t fresh_id();
  result<segment> new_segment();
  result<void> append(segment& to, std::string_view bytes, bool sync);
  result<void> read_extent(const extent& e, std::uint64_t from, std::span<char> out);
  result<std::vector<part>> parts_of(const std::string& folder);
  result<upload_progress> complete(const upload_key& key, const std::string& folder,
                                   const std::vector<part>& parts);
  result<void> drop_folder(const std::string& folder);

  std::shared_ptr<fs::disk> disk_;
  random_source random_;
  blob_directory_options options_;
  std::optional<segment> pack_;  // the segment small blobs are appended to
  std::map<std::uint64_t, std::unique_ptr<fs::reader>> readers_;
  // Hashes of uploads under way, so that the whole is not read again at the end.
  std::map<upload_key, std::pair<std::uint64_t, crypto::hasher>> hashing_;
};

}  // namespace tinysync::server
