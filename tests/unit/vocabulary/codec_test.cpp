#include <gtest/gtest.h>

#include <random>

#include "proto/codec/messages.hpp"
#include "proto/wire/v1/item.pb.h"

namespace tinysync {
namespace {

template <class Id>
Id id(std::uint8_t n) {
  Id out;
  out.bytes.fill(n);
  return out;
}

item sample() {
  item it;
  it.id = id<item_id>(1);
  it.at = {id<item_id>(2), "\xffname"};
  it.kind = item_kind::file;
  it.version = 7;
  it.content_op = id<op_id>(3);
  it.place_op = id<op_id>(4);
  it.mode_op = id<op_id>(5);
  it.content_seq = {10};
  it.place_seq = {11};
  it.mode_seq = {12};
  it.what = {id<content_hash>(6), id<blob_hash>(6), 5, -42, {}};
  it.mode = {true, true};
  return it;
}

mutation sample_mutation(change c) {
  mutation m;
  m.op = id<op_id>(20);
  m.item = id<item_id>(1);
  m.after = {id<op_id>(21)};
  m.group = id<batch_id>(22);
  m.because_of = id<item_id>(23);
  m.correlation = "c-1";
  m.change = std::move(c);
  return m;
}

const std::vector<change> all_changes = {
    create_folder{{root_item, "d"}},
    create_file{{root_item, "f"}, {id<content_hash>(6), id<blob_hash>(6), 5, 9, {}}, {true, false}},
    create_symlink{{root_item, "l"}, {{}, {}, 3, 0, "abc"}},
    update_content{id<op_id>(3), {id<content_hash>(7), id<blob_hash>(7), 5, 9, {}}},
    set_mode{id<op_id>(5), {true, false}, {true, false}},
    move_rename{id<op_id>(4), {id<item_id>(9), "to"}},
    delete_item{id<op_id>(3), id<op_id>(4), id<op_id>(5)},
    delete_subtree{id<op_id>(4), {77}},
    restore_item{id<op_id>(8), {root_item, "back"}, {}, {}},
};

TEST(item_codec, canonical_bytes_come_back_as_they_were) {
  auto bytes = codec::encode(sample());
  auto back = codec::decode_item(bytes);
  ASSERT_TRUE(back) << to_string(back.error());
  EXPECT_EQ(codec::encode(*back), bytes);
  EXPECT_TRUE(same_state(*back, sample()));
  EXPECT_EQ(back->what.mtime_ns, -42);
}

TEST(item_codec, fields_of_later_versions_are_kept) {
  auto bytes = codec::encode(sample()) + std::string("\xfa\x3e\x03xyz", 6);  // field 1007, "xyz"
  auto back = codec::decode_item(bytes);
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->extra.empty());
  EXPECT_EQ(codec::encode(*back), bytes);
}

TEST(item_codec, what_cannot_be_an_item_is_refused) {
  auto bad = [](auto edit) {
    auto it = sample();
    edit(it);
    return !codec::decode_item(codec::encode(it)).has_value();
  };
  EXPECT_TRUE(bad([](item& it) { it.id = {}; }));
  EXPECT_TRUE(bad([](item& it) { it.at.name = "a/b"; }));
  EXPECT_TRUE(bad([](item& it) { it.at.name = ""; }));
  EXPECT_TRUE(bad([](item& it) { it.what.ref = {}; }));
  EXPECT_TRUE(bad([](item& it) { it.kind = static_cast<item_kind>(9); }));
  EXPECT_TRUE(bad([](item& it) { it.kind = item_kind::folder; }));
  EXPECT_TRUE(bad([](item& it) { it.kind = item_kind::symlink; }));
}

TEST(mutation_codec, every_kind_travels_and_comes_back) {
  for (const auto& c : all_changes) {
    codec::mutation_request r;
    r.mutations = {sample_mutation(c)};
    r.mutations[0].inline_content = "bytes";
    auto back = codec::decode_mutation_request(codec::encode(r));
    ASSERT_TRUE(back) << name_of(c) << ": " << to_string(back.error());
    ASSERT_EQ(back->mutations.size(), 1u);
    EXPECT_EQ(codec::encode(back->mutations[0]), codec::encode(r.mutations[0])) << name_of(c);
    EXPECT_EQ(back->mutations[0].inline_content, "bytes");
    EXPECT_EQ(back->mutations[0].change.index(), c.index());
  }
}

TEST(mutation_codec, limits_hold) {
  codec::mutation_request r;
  EXPECT_FALSE(codec::decode_mutation_request(codec::encode(r)));
  for (std::size_t i = 0; i < most_mutations + 1; ++i)
    r.mutations.push_back(sample_mutation(all_changes[0]));
  EXPECT_FALSE(codec::decode_mutation_request(codec::encode(r)));
  r.mutations.resize(1);
  r.mutations[0].inline_content = std::string(most_inline_bytes + 1, 'x');
  EXPECT_FALSE(codec::decode_mutation_request(codec::encode(r)));
}

TEST(log_codec, rows_and_pages_come_back) {
  log_row row;
  row.seq = {5};
  row.op = id<op_id>(1);
  row.device = id<device_id>(2);
  row.kind = log_kind::restore;
  row.item = id<item_id>(3);
  row.state = codec::encode(sample());
  row.also = {codec::encode(sample())};
  row.digest = id<digest_sum>(4);
  auto bytes = codec::encode(row);
  auto back = codec::decode_log_row(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(codec::encode(*back), bytes);
  codec::log_page page;
  page.entries = {{bytes, id<chain_hash>(9)}};
  page.at = {id<epoch_id>(1), {5}, id<chain_hash>(9), "seal"};
  page.head = page.at;
  auto page_back = codec::decode_log_page(codec::encode(page));
  ASSERT_TRUE(page_back);
  EXPECT_EQ(page_back->entries[0].row, bytes);
  EXPECT_TRUE(page_back->at.same_place(page.at));
}

TEST(blob_codec, frames_come_back_and_cut_ones_are_refused) {
  std::string body;
  codec::append_frame(body, id<blob_hash>(1), "one", false);
  codec::append_frame(body, id<blob_hash>(2), "", true);
  auto frames = codec::decode_frames(body);
  ASSERT_TRUE(frames);
  ASSERT_EQ(frames->size(), 2u);
  EXPECT_EQ((*frames)[0].content, "one");
  EXPECT_TRUE((*frames)[1].missing);
  for (std::size_t n = 1; n < body.size(); ++n) {
    auto cut = codec::decode_frames(std::string_view(body).substr(0, n));
    EXPECT_TRUE(!cut || cut->size() < 2) << n;
  }
}

TEST(snapshot_codec, records_are_taken_one_by_one_from_any_cut) {
  auto canonical = codec::encode(sample());
  auto stream = codec::encode_snapshot_record(canonical) + codec::encode_snapshot_record(canonical);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    std::string_view left = std::string_view(stream).substr(0, cut);
    int taken = 0;
    for (;;) {
      auto r = codec::take_snapshot_record(left);
      ASSERT_TRUE(r);
      if (!*r) break;
      EXPECT_EQ(**r, canonical);
      ++taken;
    }
    EXPECT_EQ(taken, cut == stream.size() ? 2 : cut >= stream.size() / 2 ? 1 : 0) << cut;
  }
}

TEST(codecs, random_bytes_never_crash_a_decoder) {
  std::mt19937_64 random(7);
  auto seed = codec::encode(sample());
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = i % 2 ? seed : std::string(random() % 64, '\0');
    for (auto n = 1 + random() % 4; n > 0 && !bytes.empty(); --n)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    static_cast<void>(codec::decode_item(bytes));
    static_cast<void>(codec::decode_log_row(bytes));
    static_cast<void>(codec::decode_mutation_request(bytes));
    static_cast<void>(codec::decode_mutation_answer(bytes));
    static_cast<void>(codec::decode_frames(bytes));
    static_cast<void>(codec::decode_log_page(bytes));
    std::string_view view = bytes;
    static_cast<void>(codec::take_snapshot_record(view));
  }
}

}  // namespace
}  // namespace tinysync
