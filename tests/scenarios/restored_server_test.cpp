// An older copy of the server's data was put back: what it lost must not look deleted
// (docs/decisions/0005).

#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

bool refuses(world& w, device& d) {
  return w.status_of(d).find("server_integrity") != std::string::npos;
}

TEST(a_restored_server, removes_nothing_from_devices_that_are_ahead) {
  world w{"laptop", "phone"};
  w["laptop"].write("old", "before the backup");
  w["laptop"].write("edited", "v1");
  w.settle();
  auto backup = w.back_up_server();
  w["laptop"].write("new", "after the backup");
  w["laptop"].write("edited", "v2");
  w["phone"].remove("old");
  w.settle();
  auto before = w["laptop"].tree();
  w.restore_server(backup);
  w.run_for(20min);  // polls, whole scans
  for (auto* d : w.devices()) {
    EXPECT_TRUE(refuses(w, *d)) << w.status_of(*d);
    EXPECT_EQ(d->tree(), before);
    EXPECT_EQ(d->staged(), std::vector<std::string>{});
  }
}

TEST(a_restored_server, that_others_wrote_to_since_is_refused_by_its_chain) {
  world w{"laptop", "phone"};
  w["laptop"].write("old", "before the backup");
  w.settle();
  auto backup = w.back_up_server();
  w["phone"].go_offline();
  w["laptop"].write("new", "after the backup");
  w.settle();
  auto laptops = w["laptop"].tree();
  w["laptop"].go_offline();
  w.restore_server(backup);
  // The phone never saw what was lost: for it this is the same history, and it goes on.
  w["phone"].write("other", "after the restore");
  w["phone"].write("another", "after the restore too");
  w["phone"].go_online();
  w.settle();
  EXPECT_FALSE(refuses(w, w["phone"]));
  // The laptop's next seq exists there, with another chain.
  w["laptop"].write("offline", "written in between");
  laptops["offline"] = w["laptop"].tree()["offline"];
  w["laptop"].go_online();
  w.run_for(20min);
  EXPECT_TRUE(refuses(w, w["laptop"])) << w.status_of(w["laptop"]);
  EXPECT_EQ(w["laptop"].tree(), laptops);
  EXPECT_FALSE(w["phone"].exists("offline"));
  EXPECT_EQ(w["phone"].read("other"), "after the restore");
}

}  // namespace
}  // namespace tinysync::test
