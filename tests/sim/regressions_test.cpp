// Scenarios in which something was wrong once: each file says what, and is played as it stands.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tools/sim/play.hpp"

namespace tinysync::sim {
namespace {

std::vector<std::string> stories() {
  std::vector<std::string> out;
  for (const auto& e : std::filesystem::directory_iterator(TINYSYNC_SOURCE_DIR "/tests/sim/regressions"))
    if (e.path().extension() == ".story") out.push_back(e.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

struct regression : testing::TestWithParam<std::string> {};

TEST_P(regression, holds) {
  std::ifstream in(TINYSYNC_SOURCE_DIR "/tests/sim/regressions/" + GetParam() + ".story");
  std::stringstream text;
  text << in.rdbuf();
  auto story = parse_scenario(text.str());
  ASSERT_TRUE(story) << to_string(story.error());
  ASSERT_FALSE(story->steps.empty());
  auto end = play(*story);
  for (const auto& f : end.findings) ADD_FAILURE() << f.rule << ": " << f.text;
}

INSTANTIATE_TEST_SUITE_P(stories, regression, testing::ValuesIn(stories()), [](const auto& p) { return p.param; });

TEST(scenario, is_the_same_as_text_and_played_again) {
  for (std::uint64_t seed : {3u, 17u, 99u}) {
    auto first = play(seed);
    EXPECT_TRUE(first.findings.empty());
    auto text = to_string(first.played);
    auto read = parse_scenario(text);
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(to_string(*read), text);
    EXPECT_EQ(play(*read).trace_hash, first.trace_hash) << "its steps are the run";
    EXPECT_NE(play(seed + 1).trace_hash, first.trace_hash);
  }
}

TEST(scenario, that_is_none_is_refused_with_its_line) {
  EXPECT_EQ(parse_scenario("seed 1\ndevices a\n+x a rm b\n").error().text, "line 3: not a number: x");
  EXPECT_EQ(parse_scenario("seed 1\ndevices a\n+1 a\n").error().text, "line 3: wanted: +PAUSE WHO VERB …");
  EXPECT_EQ(parse_scenario("seed 1\ndevices a\n+1 a rm \\x4\n").error().text, "line 3: not \\xNN: \\x4");
  EXPECT_FALSE(parse_scenario("seed 1\n"));
}

}  // namespace
}  // namespace tinysync::sim
