#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "platform/places/files.hpp"
#include "platform/places/home.hpp"
#include "platform/places/root_folder.hpp"
#include "tests/unit/platform/temporary_folder.hpp"

namespace tinysync::places {
namespace {

// Sets the environment for one test and puts it back.
class environment {
 public:
  using settings = std::map<std::string, std::string>;
  explicit environment(const settings& set) {
    for (auto name :
         {"HOME", "TINYSYNC_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"}) {
      if (auto v = ::getenv(name)) former_[name] = v;
      ::unsetenv(name);
    }
    for (const auto& [name, value] : set) ::setenv(name.c_str(), value.c_str(), 1);
  }
  ~environment() {
    for (auto name :
         {"HOME", "TINYSYNC_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"})
      ::unsetenv(name);
    for (const auto& [name, value] : former_) ::setenv(name.c_str(), value.c_str(), 1);
  }

 private:
  std::map<std::string, std::string> former_;
};

std::uint32_t mode_of(const std::string& path) {
  struct stat st;
  return ::stat(path.c_str(), &st) == 0 ? st.st_mode & 0777 : 0;
}

TEST(home, by_default_follows_xdg) {
  environment e(environment::settings{{"HOME", "/home/u"}, {"XDG_RUNTIME_DIR", "/run/user/1"}});
  auto h = home_for().value();
  EXPECT_EQ(h.config_dir, "/home/u/.config/tinysync");
  EXPECT_EQ(h.state_dir, "/home/u/.local/state/tinysync");
  EXPECT_EQ(h.socket_path, "/run/user/1/tinysync/agent.sock");
}

TEST(home, an_explicit_folder_holds_everything) {
  environment e(environment::settings{{"HOME", "/home/u"}, {"TINYSYNC_HOME", "/elsewhere"}});
  EXPECT_EQ(home_for().value().config_dir, "/elsewhere");
  auto h = home_for("/x/y/").value();
  EXPECT_EQ(h.config_dir, "/x/y");
  EXPECT_EQ(h.socket_path, "/x/y/agent.sock");
  EXPECT_EQ(home_for("rel").value().config_dir, std::filesystem::current_path() / "rel");
}

TEST(home, a_long_path_gets_a_short_socket_of_its_own) {
  environment e(environment::settings{{"HOME", "/home/u"}});
  auto a = home_for('/' + std::string(200, 'a')).value(),
       b = home_for('/' + std::string(200, 'b')).value();
  EXPECT_LE(a.socket_path.size(), 107u);
  EXPECT_NE(a.socket_path, b.socket_path);
  EXPECT_EQ(a.socket_path, home_for('/' + std::string(200, 'a')).value().socket_path);
}

TEST(home, what_is_not_absolute_is_refused) {
  environment e(environment::settings{{"HOME", "/home/u"}, {"XDG_STATE_HOME", "state"}});
  EXPECT_EQ(home_for().error().code, errc::invalid_argument);
  environment none(environment::settings{});
  EXPECT_EQ(home_for().error().code, errc::invalid_argument);
}

TEST(home, is_made_for_its_owner_only) {
  temporary_folder dir;
  auto old = ::umask(0);
  auto h = home_for(dir / "a/b").value();
  EXPECT_TRUE(make(h));
  ::umask(old);
  for (const auto& p : {h.config_dir, h.state_dir, h.log_dir}) EXPECT_EQ(mode_of(p), 0700u) << p;
  ::chmod(h.state_dir.c_str(), 0755);
  EXPECT_TRUE(make(h));
  EXPECT_EQ(mode_of(h.state_dir), 0700u);
}

TEST(private_files, are_replaced_whole_and_keep_their_bits) {
  temporary_folder dir;
  auto old = ::umask(0);
  EXPECT_TRUE(write_file_durably(dir / "f", "one"));
  EXPECT_TRUE(write_file_durably(dir / "f", "two"));
  ::umask(old);
  EXPECT_EQ(read_file(dir / "f", 100).value(), "two");
  EXPECT_EQ(mode_of(dir / "f"), 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
}

TEST(private_files, say_what_is_wrong) {
  temporary_folder dir;
  EXPECT_EQ(write_file_durably(dir / "no/f", "x").error().code, errc::missing);
  EXPECT_EQ(read_file(dir / "none", 100).error().code, errc::missing);
  EXPECT_EQ(read_file(dir.path(), 100).error().code, errc::unsupported);
  EXPECT_TRUE(write_file_durably(dir / "f", "12345"));
  EXPECT_EQ(read_file(dir / "f", 4).error().code, errc::too_large);
  EXPECT_EQ(read_file(dir / "f", 5).value(), "12345");
  EXPECT_TRUE(remove_file(dir / "f"));
  EXPECT_TRUE(remove_file(dir / "f"));
}

TEST(exclusive_lock, is_held_by_one_and_names_its_holder) {
  temporary_folder dir;
  {
    auto held = exclusive_lock::acquire(dir / "lock").value();
    auto second = exclusive_lock::acquire(dir / "lock");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, errc::busy);
    EXPECT_NE(second.error().text.find(std::to_string(::getpid())), std::string::npos);
  }
  EXPECT_TRUE(exclusive_lock::acquire(dir / "lock"));
}

TEST(exclusive_lock, ends_with_its_process) {
  temporary_folder dir;
  pid_t child = ::fork();
  if (child == 0) {
    auto held = exclusive_lock::acquire(dir / "lock");
    ::_exit(held ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(exclusive_lock::acquire(dir / "lock"));
}

// -- the folder to be synced --------------------------------------------------------------------

result<void> anything(const std::string&) { return {}; }

TEST(root_folder, is_judged_as_the_file_system_knows_it_before_anything_is_created) {
  temporary_folder dir;
  std::filesystem::create_directory(dir / "real");
  std::filesystem::create_directory_symlink(dir / "real", dir / "link");
  std::string judged;
  auto refused = make_folder(dir / "link/a/b", [&](const std::string& path) -> result<void> {
    judged = path;
    return failure(errc::root_in_use, "no");
  });
  EXPECT_EQ(refused.error().code, errc::root_in_use);
  EXPECT_EQ(judged, std::filesystem::canonical(dir.path()).string() + "/real/a/b");
  EXPECT_TRUE(std::filesystem::is_empty(dir / "real"));
}

TEST(root_folder, what_was_created_can_be_undone_and_what_was_there_stays) {
  temporary_folder dir;
  auto made = make_folder(dir / "a/b/c", anything).value();
  EXPECT_TRUE(std::filesystem::is_directory(dir / "a/b/c"));
  unmake_folder(made);
  EXPECT_FALSE(std::filesystem::exists(dir / "a"));
  std::filesystem::create_directory(dir / "mine");
  unmake_folder(make_folder(dir / "mine", anything).value());
  EXPECT_TRUE(std::filesystem::exists(dir / "mine"));
  auto full = make_folder(dir / "x/y", anything).value();
  std::filesystem::create_directory(dir / "x/kept");
  unmake_folder(full);
  EXPECT_TRUE(std::filesystem::exists(dir / "x/kept")) << "somebody put that there meanwhile";
  EXPECT_FALSE(std::filesystem::exists(dir / "x/y"));
}

TEST(root_folder, a_path_that_can_be_no_folder_is_refused) {
  temporary_folder dir;
  std::ofstream(dir / "file") << "x";
  std::filesystem::create_symlink("nowhere", dir / "dangling");
  for (const auto& wanted : {std::string(), std::string("relative"), dir / "file", dir / "file/below",
                             dir / "dangling", dir / std::string(300, 'n'), (dir / "a") + std::string(1, '\0')}) {
    auto made = make_folder(wanted, anything);
    ASSERT_FALSE(made) << wanted;
    EXPECT_EQ(made.error().code, errc::invalid_argument) << to_string(made.error());
  }
}

}  // namespace
}  // namespace tinysync::places
