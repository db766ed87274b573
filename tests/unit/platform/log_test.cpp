#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "platform/log/log.hpp"
#include "tests/unit/platform/temporary_folder.hpp"

namespace tinysync::log {
namespace {

TEST(log, a_line_is_level_event_and_pairs) {
  capture c;
  info("vault.accepted", "seq={} item={}", 7, "ab");
  error("disk.full");
  EXPECT_EQ(c.lines(),
            (std::vector<std::string>{"info vault.accepted seq=7 item=ab", "error disk.full"}));
  EXPECT_EQ(c.count("seq=7"), 1u);
}

TEST(log, lines_carry_the_innermost_correlation_of_their_own_thread) {
  capture c;
  correlation_scope outer("one");
  {
    correlation_scope inner("two");
    info("a");
    std::thread([] { info("b"); }).join();
  }
  info("c");
  EXPECT_EQ(c.lines(), (std::vector<std::string>{"info a cid=two", "info b", "info c cid=one"}));
}

TEST(log, one_call_is_one_line_of_valid_text) {
  capture c;
  info("x", "name={}", std::string("a\nb\xff\x1b[31m\xc3\xbc"));
  EXPECT_EQ(c.lines().at(0), "info x name=a\\x0Ab\\xFF\\x1B[31m\xc3\xbc");
  info("y", "{}", std::string(100'000, 'z'));
  EXPECT_LT(c.lines().at(1).size(), 20'000u);
}

TEST(log, the_file_is_private_rotates_and_keeps_the_level) {
  temporary_folder dir;
  auto old = ::umask(0);
  ASSERT_TRUE(start({.least = level::info,
                     .to_stderr = false,
                     .file = dir / "agent.log",
                     .file_bytes = 2000,
                     .files_kept = 2}));
  for (int i = 0; i < 100; ++i) info("tick", "n={}", i), debug("hidden");
  stop();
  ::umask(old);
  for (auto name : {"agent.log", "agent.1.log"}) {
    struct stat st;
    ASSERT_EQ(::stat((dir / name).c_str(), &st), 0) << name;
    EXPECT_EQ(st.st_mode & 0777, 0600u);
    EXPECT_LE(st.st_size, 2000);
  }
  std::stringstream text;
  text << std::ifstream(dir / "agent.log").rdbuf();
  EXPECT_NE(text.str().find("Z info tick n=99\n"), std::string::npos) << text.str();
  EXPECT_EQ(text.str().find("hidden"), std::string::npos);
}

TEST(log, says_when_it_cannot_begin) {
  EXPECT_FALSE(start({.to_stderr = false, .file = "/dev/null/x"}));
  EXPECT_EQ(level_from_name("warn").value(), level::warn);
  EXPECT_EQ(level_from_name("loud").error().code, errc::invalid_argument);
  stop();
}

}  // namespace
}  // namespace tinysync::log
