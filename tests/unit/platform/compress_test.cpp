#include <gtest/gtest.h>

#include "platform/compress/zstd.hpp"
#include "platform/crypto/randomness.hpp"

namespace tinysync::compress {
namespace {

TEST(zstd, gives_back_what_it_got) {
  crypto::seeded_randomness r(3);
  for (const auto& bytes :
       {std::string(), std::string("x"), std::string(1u << 20, 'a'), r.bytes(300'000)})
    EXPECT_EQ(decompress(compress(bytes), bytes.size()).value(), bytes);
  EXPECT_LT(compress(std::string(1u << 20, 'a')).size(), 1000u);
}

TEST(zstd, a_small_frame_never_becomes_a_large_memory) {
  auto bomb = compress(std::string(100u << 20, '\0'));
  EXPECT_LT(bomb.size(), 64u << 10);
  EXPECT_EQ(decompress(bomb, 1u << 20).error().code, errc::too_large);
  EXPECT_EQ(decompress(compress("ab"), 1).error().code, errc::too_large);
  EXPECT_EQ(decompress(compress("ab"), 0).error().code, errc::too_large);
}

TEST(zstd, damage_is_malformed) {
  compressor c;
  std::string frame;
  c.write(std::string(1000, 'x') + "tail", frame);
  c.finish(frame);
  EXPECT_EQ(decompress("not zstd at all", 100).error().code, errc::malformed);
  EXPECT_EQ(decompress(frame.substr(0, frame.size() - 3), 2000).error().code, errc::malformed);
  auto flipped = frame;
  flipped[frame.size() / 2] ^= 1;
  EXPECT_FALSE(decompress(flipped, 2000));
}

TEST(zstd, streams_in_pieces_of_any_size) {
  crypto::seeded_randomness r(4);
  const auto bytes = r.bytes(200'000) + std::string(500'000, 'q');
  compressor c;
  std::string frame;
  for (std::size_t i = 0; i < bytes.size(); i += 7777)
    c.write(std::string_view(bytes).substr(i, 7777), frame);
  c.finish(frame);
  decompressor d(bytes.size());
  std::string out;
  for (std::size_t i = 0; i < frame.size(); i += 1000)
    ASSERT_TRUE(d.write(std::string_view(frame).substr(i, 1000), out));
  EXPECT_TRUE(d.finish());
  EXPECT_EQ(out, bytes);
}

TEST(zstd, frames_may_follow_each_other) {
  EXPECT_EQ(decompress(compress("one") + compress("two"), 6).value(), "onetwo");
}

}  // namespace
}  // namespace tinysync::compress
