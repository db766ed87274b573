// The page of routes itself, and the small readers of headers.

#include <gtest/gtest.h>

#include "server/http/answers.hpp"
#include "server/http/routes.hpp"

namespace tinysync::http {
namespace {

TEST(routes, each_line_of_the_page_matches_itself) {
  for (const auto& r : routes()) {
    std::string path(r.pattern);
    for (auto open = path.find('{'); open != path.npos; open = path.find('{'))
      path.replace(open, path.find('}') - open + 1, "x1");
    auto m = match(r.method, path);
    ASSERT_TRUE(m) << r.method << " " << path;
    EXPECT_EQ(m->to->pattern, r.pattern);
  }
}

TEST(routes, an_unknown_path_is_not_found_and_a_known_one_names_its_methods) {
  EXPECT_EQ(match("GET", "/v1/nothing").error().code, errc::not_found);
  EXPECT_EQ(match("GET", "").error().code, errc::not_found);
  EXPECT_EQ(match("GET", "/v1/vaults/").error().code, errc::not_found);
  EXPECT_EQ(match("GET", "/v1/vaults/x/log/").error().code, errc::not_found);
  std::string allowed;
  EXPECT_EQ(match("PUT", "/v1/vaults", &allowed).error().code, errc::method_not_allowed);
  EXPECT_EQ(allowed, "POST, GET");
}

TEST(routes, a_verb_behind_a_colon_is_not_a_name) {
  EXPECT_EQ(match("GET", "/v1/vaults/v/blobs/abc:progress")->to->handler, endpoint::blob_progress);
  EXPECT_EQ(match("GET", "/v1/vaults/v/blobs/abc:other").error().code, errc::not_found);
  EXPECT_EQ(match("POST", "/v1/vaults/v/blobs:missing")->parameters.at("v"), "v");
}

TEST(routes, render_as_a_table) {
  auto table = table_of_routes();
  EXPECT_NE(
      table.find("| `POST /v1/vaults/{v}/mutations` | reader | MutationRequest | MutationAnswer |"),
      table.npos);
  EXPECT_NE(table.find("| `GET /l/{t}` | anyone | not built yet |"), table.npos);
}

TEST(ranges, of_a_content) {
  auto range = [](std::string_view h) {
    auto r = range_of(h, 100);
    if (!r) return std::string("outside");
    return *r ? std::to_string((*r)->first) + "+" + std::to_string((*r)->size) : "whole";
  };
  EXPECT_EQ(range(""), "whole");
  EXPECT_EQ(range("bytes=0-9"), "0+10");
  EXPECT_EQ(range("bytes=90-"), "90+10");
  EXPECT_EQ(range("bytes=90-1000"), "90+10");
  EXPECT_EQ(range("bytes=-10"), "90+10");
  EXPECT_EQ(range("bytes=-1000"), "0+100");
  EXPECT_EQ(range("bytes=100-"), "outside");
  EXPECT_EQ(range("bytes=-0"), "outside");
  EXPECT_EQ(range("bytes=9-1"), "whole");
  EXPECT_EQ(range("bytes=0-1,5-6"), "whole");
  EXPECT_EQ(range("lines=0-1"), "whole");
  EXPECT_EQ(range("bytes=99999999999999999999-"), "whole");
}

TEST(ranges, of_a_part) {
  auto p = content_range_of("bytes 8-15/32").value();
  ASSERT_TRUE(p);
  EXPECT_EQ(p->first, 8u);
  EXPECT_EQ(p->size, 8u);
  EXPECT_EQ(p->total, 32u);
  EXPECT_FALSE(content_range_of("").value());
  for (auto bad : {"bytes 8-15", "bytes 15-8/32", "bytes 0-32/32", "bytes a-b/c", "8-15/32"})
    EXPECT_FALSE(content_range_of(bad)) << bad;
}

}  // namespace
}  // namespace tinysync::http
