#pragma once
// zstd with bounded output: a small input can never become a large memory.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "proto/vocabulary/result.hpp"

namespace tinysync::compress {

/// One frame. level 1 (fast) .. 19.
std::string compress(std::string_view bytes, int level = 1);
/// All frames of the input; too_large past `limit` output bytes, malformed otherwise.
result<std::string> decompress(std::string_view frame, std::uint64_t limit);

/// Compresses a stream; appends to `out` what is ready.
class compressor {
 public:
  explicit compressor(int level = 1);
  ~compressor();
  compressor(compressor&&) noexcept;
  compressor& operator=(compressor&&) noexcept;
  void write(std::string_view bytes, std::string& out);
  /// Ends the frame; the next write begins a new one.
  void finish(std::string& out);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Decompresses a stream of frames; appends to `out`. After an error it is of no further use.
class decompressor {
 public:
  /// `limit`: output bytes over its whole life (too_large beyond).
  explicit decompressor(std::uint64_t limit);
  ~decompressor();
  decompressor(decompressor&&) noexcept;
  decompressor& operator=(decompressor&&) noexcept;
  result<void> write(std::string_view bytes, std::string& out);
  /// malformed if the input ended inside a frame.
  result<void> finish();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace tinysync::compress
