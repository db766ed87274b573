#include "client/agent_settings.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/platform/temporary_folder.hpp"

namespace tinysync::client {
namespace {

struct agent_settings : ::testing::Test {
  temporary_folder folder;
  result<agent_config> with(const std::string& text) {
    std::ofstream(folder / "settings.toml") << text;
    return load_settings(folder / "settings.toml");
  }
};

TEST_F(agent_settings, without_a_file_are_the_defaults) {
  auto c = load_settings(folder / "settings.toml");
  ASSERT_TRUE(c);
  EXPECT_EQ(c->brake.items, 50u);
  EXPECT_EQ(c->brake.percent, 30u);
  EXPECT_EQ(c->brake.most, 10'000u);
}

TEST_F(agent_settings, set_what_they_name) {
  auto c = with("[brake]\nitems = 500\nmost = 1_000_000\n[trash]\nkeep = \"2w\"\n");
  ASSERT_TRUE(c);
  EXPECT_EQ(c->brake.items, 500u);
  EXPECT_EQ(c->brake.percent, 30u);
  EXPECT_EQ(c->brake.most, 1'000'000u);
  EXPECT_EQ(c->trash_for, std::chrono::hours(14 * 24));
}

TEST_F(agent_settings, that_are_wrong_name_the_key_and_the_line) {
  for (auto bad : {"[brake]\npercent = 0\n", "[brake]\npercent = 101\n", "[brake]\nitems = \"many\"\n",
                   "[brake]\nitmes = 5\n"}) {
    auto c = with(bad);
    ASSERT_FALSE(c) << bad;
    EXPECT_EQ(c.error().code, errc::invalid_argument) << bad;
    EXPECT_NE(c.error().text.find("settings.toml:2"), std::string::npos) << c.error().text;
  }
  EXPECT_EQ(with("[brake").error().code, errc::invalid_argument);
}

}  // namespace
}  // namespace tinysync::client
