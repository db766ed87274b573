#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "platform/config/document.hpp"
#include "tests/unit/platform/temporary_folder.hpp"

namespace tinysync::config {
namespace {

using namespace std::chrono_literals;

TEST(config, reads_every_kind_of_value_and_falls_back_to_defaults) {
  auto d = document::parse(R"(
name = "x"
[server]
port = 8443
tls = true
idle = "90s"
body = "32MiB"
hosts = ["a", "b"]
[[peer]]
url = "one"
)")
               .value();
  EXPECT_EQ(d.text("name", ""), "x");
  EXPECT_EQ(d.integer("server.port", 1, 1, 65535), 8443);
  EXPECT_TRUE(d.boolean("server.tls", false));
  EXPECT_EQ(d.duration("server.idle", 1s, 1s, 1h), 90s);
  EXPECT_EQ(d.size("server.body", 1, 1, 1ull << 40), 32u << 20);
  EXPECT_EQ(d.texts("server.hosts", {}), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(d.required_text("peer.0.url"), "one");
  EXPECT_EQ(d.integer("server.other", 5, 0, 9), 5);
  EXPECT_TRUE(d.finish());
}

TEST(config, tells_all_complaints_at_once_with_their_lines) {
  auto d =
      document::parse("port = 70000\nname = 5\nidle = \"soon\"\nunknown = 1\n", "a.toml").value();
  EXPECT_EQ(d.integer("port", 80, 1, 65535), 80);
  EXPECT_EQ(d.text("name", "n"), "n");
  EXPECT_EQ(d.duration("idle", 3s, 1s, 9s), 3s);
  d.required_text("secret");
  auto r = d.finish();
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, errc::invalid_argument);
  for (auto part : {"a.toml:1: port: must be from 1 to 65535", "a.toml:2: name: must be a text",
                    "a.toml:3: idle: 'soon'", "a.toml:4: unknown: there is no such setting",
                    "a.toml: secret: is required"})
    EXPECT_NE(r.error().text.find(part), std::string::npos) << part << '\n' << r.error().text;
}

TEST(config, what_is_no_toml_is_refused_and_says_where) {
  auto r = document::parse("a = 1\nb = = 2\n", "x.toml");
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, errc::invalid_argument);
  EXPECT_EQ(r.error().text.rfind("x.toml:2:", 0), 0u) << r.error().text;
}

TEST(config, loads_files_up_to_a_bound) {
  temporary_folder dir;
  EXPECT_EQ(document::load(dir / "none").error().code, errc::missing);
  std::ofstream(dir / "a.toml") << "a = \"b\"\n";
  EXPECT_EQ(document::load(dir / "a.toml").value().text("a", ""), "b");
  std::ofstream(dir / "big.toml") << std::string(2u << 20, '#');
  EXPECT_EQ(document::load(dir / "big.toml").error().code, errc::too_large);
}

TEST(config, a_folder_or_a_pipe_is_no_file_and_is_not_waited_for) {
  temporary_folder dir;
  EXPECT_EQ(document::load(dir.path()).error().code, errc::invalid_argument);
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(document::load(dir / "pipe").error().code, errc::invalid_argument);
}

TEST(config, durations_and_sizes_are_bounded_numbers_with_a_unit) {
  EXPECT_EQ(parse_duration("500ms").value(), 500ms);
  EXPECT_EQ(parse_duration("90d").value(), 24h * 90);
  EXPECT_EQ(parse_duration("2w").value(), 24h * 14);
  for (auto bad : {"", "5", "s", "-5s", "5 s", "5S", "1.5h", "99999999999999999999s", "200000d"})
    EXPECT_FALSE(parse_duration(bad)) << bad;
  EXPECT_EQ(parse_size("4096").value(), 4096u);
  EXPECT_EQ(parse_size("64KiB").value(), 65536u);
  EXPECT_EQ(parse_size("1GB").value(), 1'000'000'000u);
  for (auto bad : {"", "KiB", "-1", "1kb", "1 KiB", "9999999999TiB"})
    EXPECT_FALSE(parse_size(bad)) << bad;
}

}  // namespace
}  // namespace tinysync::config
