#include <gtest/gtest.h>

#include "proto/vocabulary/ids.hpp"
#include "proto/vocabulary/invite.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync {
namespace {

TEST(names, any_linux_name_is_kept_exactly) {
  for (std::string name : {"a", "A b", "\xff\xfe", "tab\there", "new\nline", "..x", "x..", "con", "é", "e\xcc\x81"})
    ASSERT_TRUE(item_name::from(name)) << printable(name);
  EXPECT_EQ(item_name::from("\xff\xfe")->bytes(), "\xff\xfe");
}

TEST(names, what_linux_forbids_is_refused) {
  EXPECT_FALSE(item_name::from(""));
  EXPECT_FALSE(item_name::from("."));
  EXPECT_FALSE(item_name::from(".."));
  EXPECT_FALSE(item_name::from("a/b"));
  EXPECT_FALSE(item_name::from(std::string("a\0b", 3)));
  EXPECT_TRUE(item_name::from(std::string(255, 'x')));
  EXPECT_FALSE(item_name::from(std::string(256, 'x')));
}

TEST(names, keys_fold_case_and_normalise_and_leave_other_bytes_alone) {
  EXPECT_EQ(name_key("Foo"), name_key("foo"));
  EXPECT_EQ(name_key("\xc3\x89"), name_key("e\xcc\x81"));
  EXPECT_EQ(name_key("Stra\xc3\x9f" "e"), name_key("STRASSE"));
  EXPECT_EQ(name_key("\xff"), "\xff");
}

TEST(names, people_see_bad_bytes_as_escapes) {
  EXPECT_EQ(printable("a\xff z\n\x1b[0m"), "a\\xFF z\\x0A\\x1B[0m");
  EXPECT_EQ(printable("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
}

TEST(conflict_names, say_who_when_and_which_content) {
  conflict_label label{"laptop", 1'772'366'400'000'000'000, "0123abcd"};
  EXPECT_EQ(conflict_name("notes.txt", label), "notes (conflict laptop 2026-03-01, 0123abcd).txt");
  EXPECT_EQ(conflict_name(".profile", label), ".profile (conflict laptop 2026-03-01, 0123abcd)");
  EXPECT_EQ(conflict_name("notes.txt", label, 2), "notes (conflict laptop 2026-03-01, 0123abcd-2).txt");
}

TEST(conflict_names, never_exceed_255_bytes_nor_cut_a_character) {
  std::string longest;
  while (longest.size() + 2 <= 250) longest += "\xc3\xa9";
  conflict_label label{"a device with a really long name", -1, "0123abcd"};
  auto name = conflict_name(longest + ".text", label);
  EXPECT_LE(name.size(), 255u);
  EXPECT_TRUE(valid_utf8(name));
  EXPECT_TRUE(name.ends_with("1969-12-31, 0123abcd).text"));
}

TEST(device_labels, are_safe_in_file_names) {
  EXPECT_EQ(device_label("Anna's laptop/2"), "Anna-s laptop-2");
  EXPECT_EQ(device_label(""), "device");
  EXPECT_LE(device_label(std::string(200, 'x')).size(), 32u);
}

TEST(ids, travel_as_text_and_back) {
  auto id = mint<item_id>([n = std::uint8_t{0}](std::uint8_t* out, std::size_t size) mutable {
    while (size-- > 0) *out++ = ++n;
  });
  EXPECT_EQ(to_string(id), "01020304-0506-4708-890a-0b0c0d0e0f10");
  EXPECT_EQ(id_from_text<item_id>(to_string(id)), id);
  EXPECT_FALSE(id_from_text<item_id>("01020304-0506-4708-890a-0b0c0d0e0f1"));
  EXPECT_FALSE(id_from_text<item_id>("0102030405064708890a0b0c0d0e0f10"));
}

TEST(invites, survive_copy_and_paste) {
  invite i{"https://example.net:8443", {}, "abcdefghijklmnop_-12"};
  i.pin.bytes.fill(0xab);
  auto back = parse_invite("  " + to_string(i) + "\n");
  ASSERT_TRUE(back) << to_string(back.error());
  EXPECT_EQ(back->url, i.url);
  EXPECT_EQ(back->pin, i.pin);
  EXPECT_EQ(back->code, i.code);
}

TEST(invites, cut_or_foreign_text_says_what_is_wrong) {
  invite i{"https://example.net:8443", {}, "abcdefghijklmnop"};
  auto text = to_string(i);
  for (std::size_t n = 0; n < text.size(); ++n) EXPECT_FALSE(parse_invite(text.substr(0, n))) << n;
  EXPECT_FALSE(parse_invite("http://example.net/invite#"));
  EXPECT_FALSE(parse_invite(std::string(5000, 'x')));
}

TEST(errors, every_row_has_a_name_a_sentence_and_comes_back) {
  for (int i = 0; i <= static_cast<int>(errc::escalated); ++i) {
    auto code = static_cast<errc>(i);
    EXPECT_FALSE(name_of(code).empty());
    EXPECT_FALSE(sentence_of(code).empty());
    EXPECT_EQ(errc_from_name(name_of(code)), code);
    EXPECT_GE(http_status_of(code), 400);
    EXPECT_NE(exit_code_of(code), exit_code::ok);
  }
  EXPECT_FALSE(errc_from_name("nonsense"));
}

}  // namespace
}  // namespace tinysync
