// A61–A71: what is no plain readable file.

#include "tests/scenarios/watched_folder/two_devices.hpp"

namespace tinysync::test {
namespace {

using fs::verb;

TEST(kinds, a61_a_pipe_is_reported_and_never_opened) {
  two_devices t;
  t.begin();
  bool opened = false;
  t.laptop.disk().fail_when([&](verb v, std::string_view path) -> std::optional<errc> {
    opened |= path == "d/pipe" && (v == verb::open_read || v == verb::read || v == verb::lease);
    return std::nullopt;
  });
  t.laptop.write("d/f", "f");
  t.laptop.disk().make_special("d/pipe");
  t.w.settle();
  EXPECT_EQ(line_of(t.phone.tree()), "d/ d/f:f");
  EXPECT_FALSE(opened);
  EXPECT_TRUE(t.says(t.laptop, "special_file")) << t.w.status_of(t.laptop);
  t.laptop.remove("d/pipe");
  t.end_as("d/ d/f:f");
  EXPECT_FALSE(t.says(t.laptop, "special_file")) << t.w.status_of(t.laptop);
}

TEST(kinds, a61_a_file_that_became_a_pipe_is_gone_elsewhere) {
  two_devices t;
  t.laptop.write("f", "f");
  t.laptop.write("g", "g");
  t.begin();
  t.laptop.remove("f");
  t.laptop.disk().make_special("f");
  t.w.settle();
  EXPECT_EQ(line_of(t.phone.tree()), "g:g");
  // And a file of that name from elsewhere replaces nothing.
  t.phone.write("f", "theirs");
  t.w.run_for(1min);
  EXPECT_EQ(line_of(t.laptop.tree()), "f| g:g");
  t.laptop.remove("f");
  t.w.run_for(2min);
  t.end_as("f:theirs g:g");
}

TEST(kinds, a63_links_travel_as_their_text_wherever_they_point) {
  two_devices t;
  t.laptop.write("d/f", "f");
  t.begin();
  const std::map<std::string, std::string> links = {
      {"to_file", "d/f"},   {"to_folder", "d"},       {"dangling", "no/where"}, {"loop", "loop"},
      {"absolute", "/etc"}, {"out", "../../etc/passwd"}, {"bytes", "\xff\n"}, {"d/up", "../d"}};
  for (const auto& [name, target] : links) t.laptop.symlink(target, name);
  t.w.settle();
  auto tree = t.phone.tree();
  for (const auto& [name, target] : links) {
    EXPECT_EQ(tree[name].kind, fs::kind::symlink) << name;
    EXPECT_EQ(tree[name].content, target) << name;
  }
  EXPECT_EQ(tree.size(), links.size() + 2);
  EXPECT_EQ(t.rows(), links.size());
  // Retargeted, and deleted without touching what they point to.
  t.phone.remove("to_folder");
  t.phone.symlink("d/f", "to_folder");
  t.end();
  EXPECT_EQ(t.laptop.tree()["to_folder"].content, "d/f");
  for (const auto& [name, target] : links) t.laptop.remove(name);
  t.end_as("d/ d/f:f");
}

TEST(kinds, a65_setuid_is_never_set_on_receipt) {
  two_devices t;
  t.laptop.write("tool", "v1");
  t.laptop.chmod("tool", 06755);
  t.end_as("tool*:v1");
  EXPECT_EQ(t.phone.disk().stat("tool")->mode, 0755u);
  t.laptop.write("tool", "v2");
  t.end_as("tool*:v2");
  EXPECT_EQ(t.phone.disk().stat("tool")->mode, 0755u);
}

TEST(kinds, a66_permission_bits_do_not_flip_between_devices) {
  two_devices t;
  const std::map<std::string, std::uint32_t> modes = {{"a", 0644}, {"b", 0640}, {"c", 0664},
                                                      {"d", 0600}, {"e", 0755}, {"f", 0775},
                                                      {"g", 0700}, {"h", 0750}};
  for (const auto& [name, mode] : modes) {
    t.laptop.write(name, "v1_of_" + name);
    t.laptop.chmod(name, mode);
  }
  t.begin();
  for (const auto& [name, mode] : modes) t.phone.write(name, "v2_of_" + name);
  t.end();
  EXPECT_EQ(t.rows(), modes.size());
  for (const auto& [name, mode] : modes) {
    EXPECT_EQ(t.laptop.disk().stat(name)->mode, mode) << name;  // theirs to keep
    auto there = t.phone.disk().stat(name).value();
    EXPECT_EQ(there.executable(), (mode & 0100) != 0) << name;
    EXPECT_EQ(there.private_bits(), (mode & 077) == 0) << name;
  }
}

TEST(kinds, a67_a_read_only_file_is_updated_and_stays_read_only) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.begin();
  t.phone.chmod("f", 0444);
  t.laptop.write("f", "v2");
  t.end_as("f:v2");
  EXPECT_EQ(t.phone.disk().stat("f")->mode, 0444u);
}

/// Nothing can be changed below `path` until the folder is writable again.
void protect(device& d, const std::string& path, const bool& active) {
  d.disk().fail_when([path, &active](verb v, std::string_view at) -> std::optional<errc> {
    bool changes = v == verb::rename || v == verb::exchange || v == verb::make_folder ||
                   v == verb::unlink || v == verb::rmdir;
    if (active && changes && fs::parent_of(at) == path) return errc::permission_denied;
    return std::nullopt;
  });
}

TEST(kinds, a68_a_read_only_folder_holds_up_nothing_else) {
  two_devices t;
  t.laptop.write("d/f", "v1");
  t.laptop.write("e/f", "v1_too");
  t.begin();
  bool active = true;
  protect(t.phone, "d", active);
  t.laptop.remove("d/f");
  t.laptop.write("e/f", "v2");
  t.laptop.mkdir("d/new");
  t.w.run_for(1min);
  EXPECT_EQ(t.phone.read("e/f"), "v2");
  EXPECT_EQ(t.phone.read("d/f"), "v1");
  EXPECT_FALSE(t.phone.exists("d/new"));
  EXPECT_TRUE(t.says(t.phone, "permission_denied")) << t.w.status_of(t.phone);
  EXPECT_TRUE(t.says(t.phone, "d/new")) << t.w.status_of(t.phone);
  active = false;
  t.w.run_for(5min);
  EXPECT_FALSE(t.says(t.phone, "permission_denied")) << t.w.status_of(t.phone);
  t.end_as("d/ d/new/ e/ e/f:v2");
}

TEST(kinds, a69_a_file_that_cannot_be_read_is_reported_and_not_deleted) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.begin();
  t.laptop.write("f", "v2");
  t.laptop.disk().make_unreadable("f", true);
  t.laptop.write("other", "o");
  t.w.run_for(30min);
  EXPECT_EQ(line_of(t.phone.tree()), "f:v1 other:o");
  EXPECT_TRUE(t.says(t.laptop, "unreadable")) << t.w.status_of(t.laptop);
  t.laptop.disk().make_unreadable("f", false);
  t.w.run_for(30min);
  t.end_as("f:v2 other:o");
  EXPECT_FALSE(t.says(t.laptop, "unreadable"));
}

TEST(kinds, a70_what_could_not_be_listed_is_not_deleted) {
  two_devices t;
  t.laptop.write("d/e/f", "f");
  t.laptop.write("d/g", "g");
  t.laptop.write("other", "1");
  t.begin();
  auto all = t.phone.tree();
  t.laptop.disk().make_unreadable("d", true);
  t.w.run_for(30min);
  EXPECT_EQ(t.phone.tree(), all);
  EXPECT_TRUE(t.says(t.laptop, "permission_denied")) << t.w.status_of(t.laptop);
  t.laptop.write("other", "2");
  t.w.run_for(1min);
  EXPECT_EQ(t.phone.read("other"), "2");
  t.laptop.disk().make_unreadable("d", false);
  t.w.run_for(30min);
  t.laptop.remove("d/e");
  t.end_as("d/ d/g:g other:2");
}

TEST(kinds, a70_a_listing_that_breaks_off_deletes_nothing) {
  for (const char* where : {"", "d", "d/e"}) {
    two_devices t;
    t.laptop.write("d/e/f", "f");
    t.laptop.write("d/g", "g");
    t.begin();
    bool broken = true;
    t.laptop.disk().fail_when([&](verb v, std::string_view path) -> std::optional<errc> {
      if (broken && v == verb::list && path == where) return errc::io_failed;
      return std::nullopt;
    });
    t.w.run_for(30min);
    EXPECT_EQ(t.rows(), 0u) << where;
    broken = false;
    t.end_as("d/ d/e/ d/e/f:f d/g:g");
  }
}

TEST(kinds, a71_a_file_that_cannot_be_replaced_waits_alone) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.laptop.write("g", "v1_too");
  t.begin();
  bool immutable = true;
  t.phone.disk().fail_when([&](verb v, std::string_view path) -> std::optional<errc> {
    bool refused = immutable && (v == verb::exchange || v == verb::rename) && path == "f";
    bool swap = immutable && v == verb::exchange && t.phone.disk().exists(path) &&
                t.phone.disk().read(path) == "v2";
    return refused || swap ? std::optional(errc::permission_denied) : std::nullopt;
  });
  t.laptop.write("f", "v2");
  t.laptop.write("g", "v2_too");
  t.w.run_for(5min);
  EXPECT_EQ(line_of(t.phone.tree()), "f:v1 g:v2_too");
  EXPECT_NE(t.w.status_of(t.phone).find("dirty: 1"), std::string::npos) << t.w.status_of(t.phone);
  EXPECT_TRUE(t.says(t.phone, "permission_denied")) << t.w.status_of(t.phone);
  immutable = false;
  t.w.run_for(10min);
  EXPECT_FALSE(t.says(t.phone, "permission_denied")) << t.w.status_of(t.phone);
  t.end_as("f:v2 g:v2_too");
}

}  // namespace
}  // namespace tinysync::test
