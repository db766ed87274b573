// The contract of blob_storage, on a real disk and on a fake one.

#include <gtest/gtest.h>

#include "platform/crypto/history.hpp"
#include "platform/crypto/randomness.hpp"
#include "platform/fs/fake_disk.hpp"
#include "platform/fs/real_disk.hpp"
#include "server/blobs/blob_directory.hpp"
#include "tests/unit/platform/temporary_folder.hpp"

namespace tinysync::server {
namespace {

enum class disk_kind { real, fake };

struct blob_contract : ::testing::TestWithParam<disk_kind> {
  temporary_folder folder;
  clock::manual_clock clock;
  crypto::seeded_randomness random{1};
  std::shared_ptr<fs::disk> disk;
  std::unique_ptr<blob_directory> blobs;
  upload_key key;

  void SetUp() override {
    if (GetParam() == disk_kind::real)
      disk = std::shared_ptr<fs::disk>(fs::real_disk::open(folder.path()).value());
    else
      disk = std::make_shared<fs::fake_disk>(clock);
    open();
    key.hash = blob_hash_of("0123456789");
    key.device.bytes[0] = 1;
  }
  void open(blob_directory_options o = {}) {
    blobs = blob_directory::open(
                disk,
                [this](std::uint8_t* p, std::size_t n) {
                  random.fill({p, n});
                },
                o)
                .value();
  }
  std::vector<stored_blob> store(const std::vector<std::string>& all) {
    std::vector<incoming_blob> batch;
    for (const auto& b : all) batch.push_back({blob_hash_of(b), b});
    auto done = blobs->store(batch);
    EXPECT_TRUE(done);
    return done.value_or(std::vector<stored_blob>{});
  }
  std::string whole(const stored_blob& b) { return blobs->read(b, 0, b.size).value_or("<unread>"); }
};

TEST_P(blob_contract, what_was_stored_is_read_back_in_any_range) {
  std::string large(3'000'000, 'L');
  large[2'999'999] = '!';
  auto s = store({"small", "", large, "another"});
  ASSERT_EQ(s.size(), 4u);
  EXPECT_EQ(whole(s[0]), "small");
  EXPECT_EQ(whole(s[1]), "");
  EXPECT_EQ(whole(s[2]), large);
  EXPECT_EQ(blobs->read(s[3], 2, 3).value(), "oth");
  EXPECT_EQ(blobs->read(s[2], 2'999'999, 1).value(), "!");
  EXPECT_EQ(blobs->read(s[0], 5, 0).value(), "");
  EXPECT_EQ(blobs->read(s[0], 4, 2).error().code, errc::range_unsatisfiable);
  EXPECT_EQ(blobs->read(s[0], 6, 0).error().code, errc::range_unsatisfiable);
  for (const auto& b : s) EXPECT_TRUE(blobs->verify(b));
}

TEST_P(blob_contract, small_blobs_share_a_segment_and_large_ones_do_not) {
  auto s = store({"a", "b", std::string(2'000'000, 'x')});
  EXPECT_EQ(s[0].where[0].segment, s[1].where[0].segment);
  EXPECT_NE(s[0].where[0].segment, s[2].where[0].segment);
  EXPECT_EQ(disk->list("segments")->size(), 2u);
}

TEST_P(blob_contract, a_segment_ends_when_it_is_full) {
  open({.segment_bytes = 10});
  auto a = store({"123456"}), b = store({"123456"});
  EXPECT_NE(a[0].where[0].segment, b[0].where[0].segment);
}

TEST_P(blob_contract, bytes_without_their_hash_are_left_out) {
  std::vector<incoming_blob> batch{{blob_hash_of("right"), "wrong"},
                                   {blob_hash_of("fine"), "fine"}};
  auto s = blobs->store(batch).value();
  ASSERT_EQ(s.size(), 1u);
  EXPECT_EQ(whole(s[0]), "fine");
}

TEST_P(blob_contract, no_place_is_ever_used_twice) {
  auto a = store({"same"}), b = store({"same"});
  EXPECT_NE(a[0].where, b[0].where);
  open();
  auto c = store({"same"});
  EXPECT_NE(c[0].where[0].segment, a[0].where[0].segment);
  EXPECT_EQ(whole(a[0]), "same");
}

TEST_P(blob_contract, an_upload_in_parts_is_whole_or_nothing) {
  EXPECT_EQ(blobs->progress(key)->received, 0u);
  EXPECT_EQ(blobs->add_part(key, 0, 10, "0123")->received, 4u);
  EXPECT_EQ(blobs->add_part(key, 5, 10, "56789").error().code, errc::range_unsatisfiable);
  EXPECT_EQ(blobs->add_part(key, 0, 10, "0123").error().code, errc::range_unsatisfiable);
  EXPECT_EQ(blobs->add_part(key, 4, 10, "4567890").error().code, errc::range_unsatisfiable);
  auto last = blobs->add_part(key, 4, 10, "456789").value();
  ASSERT_TRUE(last.complete);
  EXPECT_EQ(whole(*last.complete), "0123456789");
  EXPECT_EQ(blobs->read(*last.complete, 3, 3).value(), "345");
  EXPECT_TRUE(blobs->verify(*last.complete));
  EXPECT_EQ(blobs->progress(key)->received, 0u);
  EXPECT_TRUE(disk->list("partial")->empty());
}

TEST_P(blob_contract, an_upload_goes_on_after_a_restart) {
  ASSERT_TRUE(blobs->add_part(key, 0, 10, "0123"));
  ASSERT_TRUE(blobs->add_part(key, 4, 10, "45"));
  open();
  EXPECT_EQ(blobs->progress(key)->received, 6u);
  auto last = blobs->add_part(key, 6, 10, "6789").value();
  ASSERT_TRUE(last.complete);
  EXPECT_EQ(whole(*last.complete), "0123456789");
}

TEST_P(blob_contract, a_whole_without_its_hash_is_dropped) {
  ASSERT_TRUE(blobs->add_part(key, 0, 10, "01234"));
  EXPECT_EQ(blobs->add_part(key, 5, 10, "wrong").error().code, errc::hash_mismatch);
  EXPECT_EQ(blobs->progress(key)->received, 0u);
  ASSERT_TRUE(blobs->add_part(key, 0, 10, "01234"));
  EXPECT_TRUE(blobs->add_part(key, 5, 10, "56789")->complete);
}

TEST_P(blob_contract, uploads_belong_to_a_device_and_a_vault) {
  ASSERT_TRUE(blobs->add_part(key, 0, 10, "0123"));
  auto other = key;
  other.device.bytes[0] = 2;
  EXPECT_EQ(blobs->progress(other)->received, 0u);
  other = key;
  other.vault.bytes[0] = 2;
  EXPECT_EQ(blobs->progress(other)->received, 0u);
}

TEST_P(blob_contract, stale_uploads_are_dropped) {
  ASSERT_TRUE(blobs->add_part(key, 0, 10, "0123"));
  EXPECT_EQ(*blobs->drop_stale(0), 0u);
  EXPECT_EQ(*blobs->drop_stale(INT64_MAX), 1u);
  EXPECT_EQ(blobs->progress(key)->received, 0u);
  ASSERT_TRUE(blobs->add_part(key, 0, 10, "01234"));
  EXPECT_TRUE(blobs->add_part(key, 5, 10, "56789")->complete);
}

TEST_P(blob_contract, a_stream_gets_its_name_at_its_end) {
  auto out = blobs->begin_stream().value();
  ASSERT_TRUE(out->write("01234"));
  ASSERT_TRUE(out->write("56789"));
  auto b = out->finish().value();
  EXPECT_EQ(b.hash, blob_hash_of("0123456789"));
  EXPECT_EQ(whole(b), "0123456789");
}

TEST_P(blob_contract, damage_is_found_when_looked_for) {
  auto s = store({"precious"})[0];
  auto wrong = s;
  wrong.hash = blob_hash_of("other");
  EXPECT_EQ(blobs->verify(wrong).error().code, errc::hash_mismatch);
  auto beyond = s;
  beyond.where[0].offset += 4;
  EXPECT_EQ(blobs->verify(beyond).error().code, errc::io_failed);
  auto nowhere = s;
  nowhere.where[0].segment ^= 1;
  EXPECT_EQ(blobs->verify(nowhere).error().code, errc::io_failed);
}

INSTANTIATE_TEST_SUITE_P(disks, blob_contract, ::testing::Values(disk_kind::real, disk_kind::fake),
                         [](const auto& p) {
                           return p.param == disk_kind::real ? "real" : "fake";
                         });

// -- only a fake disk loses power ----------------------------------------------------------------

struct blobs_and_crashes : ::testing::Test {
  clock::manual_clock clock;
  crypto::seeded_randomness random{1};
  std::shared_ptr<fs::fake_disk> disk = std::make_shared<fs::fake_disk>(clock);

  std::unique_ptr<blob_directory> open() {
    auto b = blob_directory::open(disk, [this](std::uint8_t* p, std::size_t n) {
      random.fill({p, n});
    });
    return b ? std::move(*b) : nullptr;
  }
};

TEST_F(blobs_and_crashes, nothing_acknowledged_is_lost_wherever_the_power_fails) {
  std::string body(3'000'000, 'b');
  for (std::uint64_t dies = 1; dies < 60; ++dies) {
    disk = std::make_shared<fs::fake_disk>(clock);
    auto blobs = open();
    ASSERT_TRUE(blobs);
    disk->die_after(dies);
    std::vector<stored_blob> acknowledged;
    std::uint64_t received = 0;
    upload_key key;
    key.hash = blob_hash_of(body);
    for (int n = 0; n < 6; ++n) {
      auto small = "small " + std::to_string(n);
      std::vector<incoming_blob> batch{{blob_hash_of(small), small}, {key.hash, body}};
      if (auto s = blobs->store(batch))
        acknowledged.insert(acknowledged.end(), s->begin(), s->end());
      auto part = blobs->add_part(key, received, body.size(), body.substr(received, 500'000));
      if (part) received = part->received;
      if (part && part->complete) {
        acknowledged.push_back(*part->complete);
        received = 0;
      }
    }
    // What was not synced is gone, or all of it is there.
    disk->crash([&] { return dies % 2 == 0; });
    auto after = open();
    ASSERT_TRUE(after);
    for (const auto& b : acknowledged) {
      auto fine = after->verify(b);
      EXPECT_TRUE(fine) << "died after " << dies;
    }
    if (received > 0) {
      EXPECT_GE(after->progress(key)->received, received) << "died after " << dies;
    }
    // And what was begun can be finished.
    auto at = after->progress(key)->received;
    auto last = after->add_part(key, at, body.size(), body.substr(at));
    if (at < body.size()) {
      EXPECT_TRUE(last && last->complete) << "died after " << dies;
    }
  }
}

TEST_F(blobs_and_crashes, after_a_failed_write_nothing_is_placed_in_that_segment) {
  auto blobs = open();
  auto put = [&](std::string_view text) {
    incoming_blob b{blob_hash_of(text), text};
    return blobs->store(std::span(&b, 1));
  };
  auto a = put("first").value().at(0);
  disk->fail_next(fs::verb::sync_file, errc::io_failed);
  EXPECT_EQ(put("second").error().code, errc::io_failed);
  auto c = put("third").value().at(0);
  EXPECT_NE(c.where[0].segment, a.where[0].segment);
  EXPECT_TRUE(blobs->verify(a));
  EXPECT_TRUE(blobs->verify(c));
}

}  // namespace
}  // namespace tinysync::server
