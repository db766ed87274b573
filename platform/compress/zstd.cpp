#include "platform/compress/zstd.hpp"

#include <zstd.h>

#include <algorithm>
#include <stdexcept>

namespace tinysync::compress {
namespace {

constexpr std::size_t step = 64u << 10;
// A frame may ask for a window of up to 2 GiB; ours need 8 MiB.
constexpr int window_log_limit = 23;

}  // namespace

std::string compress(std::string_view bytes, int level) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  auto n = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level);
  if (ZSTD_isError(n)) throw std::runtime_error(ZSTD_getErrorName(n));
  out.resize(n);
  return out;
}

result<std::string> decompress(std::string_view frame, std::uint64_t limit) {
  std::string out;
  decompressor d(limit);
  if (auto ok = d.write(frame, out); !ok) return failure(ok.error());
  if (auto ok = d.finish(); !ok) return failure(ok.error());
  return out;
}

struct compressor::state {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ~state() { ZSTD_freeCCtx(context); }

  void run(std::string_view bytes, std::string& out, ZSTD_EndDirective end) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (;;) {
      const auto had = out.size();
      out.resize(had + step);
      ZSTD_outBuffer to{out.data() + had, step, 0};
      auto left = ZSTD_compressStream2(context, &to, &in, end);
      out.resize(had + to.pos);
      if (ZSTD_isError(left)) throw std::runtime_error(ZSTD_getErrorName(left));
      const bool done = end == ZSTD_e_end ? left == 0 : in.pos == in.size;
      if (done) return;
    }
  }
};

compressor::compressor(int level) : state_(std::make_unique<state>()) {
  ZSTD_CCtx_setParameter(state_->context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(state_->context, ZSTD_c_checksumFlag, 1);
}
compressor::~compressor() = default;
compressor::compressor(compressor&&) noexcept = default;
compressor& compressor::operator=(compressor&&) noexcept = default;

void compressor::write(std::string_view bytes, std::string& out) {
  if (!bytes.empty()) state_->run(bytes, out, ZSTD_e_continue);
}

void compressor::finish(std::string& out) { state_->run({}, out, ZSTD_e_end); }

struct decompressor::state {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  std::uint64_t left;
  bool whole = true;  // between frames
  explicit state(std::uint64_t limit) : left(limit) {
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, window_log_limit);
  }
  ~state() { ZSTD_freeDCtx(context); }
};

decompressor::decompressor(std::uint64_t limit) : state_(std::make_unique<state>(limit)) {}
decompressor::~decompressor() = default;
decompressor::decompressor(decompressor&&) noexcept = default;
decompressor& decompressor::operator=(decompressor&&) noexcept = default;

result<void> decompressor::write(std::string_view bytes, std::string& out) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  bool more = !bytes.empty();
  while (more) {
    // One byte past the limit is asked for, to tell "ends exactly there" from "goes on".
    const auto room = static_cast<std::size_t>(
        std::min<std::uint64_t>(step, state_->left == ~0ull ? step : state_->left + 1));
    const auto had = out.size();
    out.resize(had + room);
    ZSTD_outBuffer to{out.data() + had, room, 0};
    auto wanted = ZSTD_decompressStream(state_->context, &to, &in);
    out.resize(had + to.pos);
    if (ZSTD_isError(wanted)) return failure(errc::malformed, ZSTD_getErrorName(wanted));
    if (to.pos > state_->left) return failure(errc::too_large, "decompressed data");
    state_->left -= to.pos;
    state_->whole = wanted == 0;
    // A full output buffer may hide output still inside.
    more = in.pos < in.size || (to.pos == room && !state_->whole);
  }
  return {};
}

result<void> decompressor::finish() {
  if (!state_->whole) return failure(errc::malformed, "the compressed data ends too early");
  return {};
}

}  // namespace tinysync::compress
