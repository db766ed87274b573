// What an operator may decide, and what is said when it is wrong.

#include "server/serve_config.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/platform/temporary_folder.hpp"

namespace tinysync::server {
namespace {

TEST(serve_config, addresses_to_listen_on) {
  EXPECT_EQ(parse_listen("127.0.0.1:8443")->port, 8443);
  EXPECT_EQ(parse_listen("[::1]:0")->host, "::1");
  EXPECT_EQ(parse_listen("files.example:443")->host, "files.example");
  for (auto bad : {"", "8443", ":8443", "host:", "host:x", "host:70000", "::1:80", "host:-1"})
    EXPECT_EQ(parse_listen(bad).error().code, errc::invalid_argument) << bad;
}

TEST(serve_config, engines_of_a_later_version_are_refused_by_name) {
  serve_config c;
  EXPECT_TRUE(c.validate());
  c.store = "postgres://u@h/db";
  EXPECT_EQ(c.validate().error().code, errc::not_built_yet);
  c.store = "mysql";
  EXPECT_EQ(c.validate().error().code, errc::invalid_argument);
  c = {};
  c.blobs = "s3://bucket";
  EXPECT_EQ(c.validate().error().code, errc::not_built_yet);
  c = {};
  c.public_url = "http://plain";
  EXPECT_EQ(c.validate().error().code, errc::invalid_argument);
}

TEST(serve_config, a_file_sets_what_it_names_and_unknown_keys_are_an_error) {
  temporary_folder folder;
  auto write = [&](const std::string& text) {
    std::ofstream(folder / "server.toml") << text;
    return folder / "server.toml";
  };
  serve_config c;
  ASSERT_TRUE(c.load(
      write("listen = \"0.0.0.0:9000\"\nvault_quota = \"1GiB\"\ntoken_lifetime = \"5m\"\n")));
  EXPECT_EQ(c.listen, "0.0.0.0:9000");
  EXPECT_EQ(c.limits.vault_quota, std::uint64_t{1} << 30);
  EXPECT_EQ(c.limits.token_lifetime, std::chrono::minutes(5));
  EXPECT_EQ(c.store, "sqlite");
  EXPECT_EQ(c.load(write("lisen = \"x:1\"\n")).error().code, errc::invalid_argument);
}

}  // namespace
}  // namespace tinysync::server
