#pragma once
// A vault on which mutations are tried, for tests of the core.

#include <gtest/gtest.h>

#include "platform/crypto/history.hpp"
#include "tests/support/vault_table.hpp"

namespace tinysync::server {

/// An id that can be read: id<item_id>(7).
template <class Id>
Id id(int n) {
  Id out;
  out.bytes[0] = static_cast<std::uint8_t>(n);
  out.bytes[1] = static_cast<std::uint8_t>(n >> 8);
  out.bytes[15] = 1;
  return out;
}
inline item_id it(int n) { return id<item_id>(n); }

inline content bytes_of_size(std::uint64_t size) {
  auto text = std::string(size, 'x');
  content c{content_hash_of(text), {}, size, 1, {}};
  if (size > 0) c.ref = blob_hash_of(text);
  return c;
}
inline content text(const std::string& t) {
  content c{content_hash_of(t), {}, t.size(), 1, {}};
  if (!t.empty()) c.ref = blob_hash_of(t);
  return c;
}

/// A vault on which mutations are tried, one after the other.
struct core_fixture : ::testing::Test {
  vault_table vault;
  terms& on = vault.on;
  int ops = 1000;
  op_id last_op;

  mutation change_of(item_id item, change c) {
    mutation m;
    m.op = last_op = id<op_id>(++ops);
    m.item = item;
    m.change = std::move(c);
    return m;
  }
  judgement unit(const std::vector<mutation>& all) { return vault.run(all); }
  decision run(const mutation& m) { return unit({m}).decisions.at(0); }
  decision run(item_id item, change c) { return run(change_of(item, std::move(c))); }
  const item& at(int n) { return vault.items.at(it(n)); }

  void folder(int n, int parent, const std::string& name) {
    ASSERT_EQ(run(it(n), create_folder{{parent ? it(parent) : root_item, name}}).kind,
              verdict::applied);
  }
  void file(int n, int parent, const std::string& name, const std::string& body = "body") {
    hold(body);
    ASSERT_EQ(run(it(n), create_file{{parent ? it(parent) : root_item, name}, text(body), {}}).kind,
              verdict::applied);
  }
  void link(int n, const std::string& name, const std::string& target) {
    ASSERT_EQ(
        run(it(n), create_symlink{{root_item, name}, {{}, {}, target.size(), 0, target}}).kind,
        verdict::applied);
  }
  void hold(const std::string& body) {
    if (!body.empty()) vault.blobs[blob_hash_of(body)] = body.size();
  }
  delete_item removal_of(int n) { return {at(n).content_op, at(n).place_op, at(n).mode_op}; }
  move_rename move_of(int n, int parent, const std::string& name) {
    return {at(n).place_op, {parent ? it(parent) : root_item, name}};
  }
};

#define EXPECT_REFUSED(d, kind_, why_)    \
  do {                                    \
    auto got = (d);                       \
    EXPECT_EQ(name_of(got.why), #why_);   \
    EXPECT_EQ(name_of(got.kind), #kind_); \
  } while (false)

}  // namespace tinysync::server
