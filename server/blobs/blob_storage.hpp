#pragma once
// The bytes of blobs: an interface with one contract, whatever keeps them.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "proto/vocabulary/result.hpp"
#include "server/blobs/blob_place.hpp"

namespace tinysync::server {

/// Bytes to be kept under the hash they claim.
struct incoming_blob {
  blob_hash hash;
  std::string_view bytes;
};

/// Whose partial upload of what: a device's, in one vault.
struct upload_key {
  device_id device;
  vault_id vault;
  blob_hash hash;
  auto operator<=>(const upload_key&) const = default;
};

struct upload_progress {
  std::uint64_t received = 0;           ///< bytes that are durable; go on here
  std::optional<stored_blob> complete;  ///< the whole is there and has its hash
};

/// A blob written as it is made, whose hash is known only at its end.
class blob_stream {
 public:
  virtual ~blob_stream() = default;
  virtual result<void> write(std::string_view bytes) = 0;
  /// Durable when it returns.
  virtual result<stored_blob> finish() = 0;
};

/// One thread at a time.
class blob_storage {
 public:
  virtual ~blob_storage() = default;

  /// Keeps all that have the hash they claim, each once; durable when it returns. Others are left
  /// out of the answer. disk_full and io_failed concern the whole batch: nothing of it is answered.
  virtual result<std::vector<stored_blob>> store(std::span<const incoming_blob> blobs) = 0;
  /// Bytes [offset, offset + size) of a blob; range_unsatisfiable past its end, io_failed if the
  /// disk has less than it was told to keep.
  virtual result<std::string> read(const stored_blob& blob, std::uint64_t offset,
                                   std::uint64_t size) = 0;

  /// Adds a part that begins at `offset` of `total` bytes; range_unsatisfiable unless that is where
  /// the upload goes on. The last part verifies the whole: hash_mismatch drops it all.
  virtual result<upload_progress> add_part(const upload_key& key, std::uint64_t offset,
                                           std::uint64_t total, std::string_view bytes) = 0;
  virtual result<upload_progress> progress(const upload_key& key) = 0;
  /// Drops partial uploads that nobody added to since then; how many.
  virtual result<std::uint64_t> drop_stale(std::int64_t older_than_ns) = 0;

  virtual result<std::unique_ptr<blob_stream>> begin_stream() = 0;
  /// Reads the whole blob; hash_mismatch or io_failed if it is damaged.
  virtual result<void> verify(const stored_blob& blob) = 0;
};

}  // namespace tinysync::server
