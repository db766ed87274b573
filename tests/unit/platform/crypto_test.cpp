#include <gtest/gtest.h>

#include "platform/crypto/authority.hpp"
#include "platform/crypto/encoding.hpp"
#include "platform/crypto/randomness.hpp"
#include "platform/crypto/sha256.hpp"

namespace tinysync::crypto {
namespace {

TEST(sha256, known_answers_of_fips_180) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(sha256, a_stream_in_pieces_hashes_as_the_whole_and_the_hasher_starts_afresh) {
  hasher h;
  for (int round = 0; round < 2; ++round) {
    h.update("a");
    h.update(std::string_view("bc"));
    EXPECT_EQ(h.finish(), sha256("abc"));
  }
}

TEST(sha256, hmac_answers_of_rfc_4231) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(sha256, comparing_secrets_needs_equal_length_and_bytes) {
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "ab"));
  EXPECT_TRUE(equal_constant_time("", ""));
}

TEST(encoding, base64url_round_trips_every_length) {
  seeded_randomness r(1);
  for (std::size_t n = 0; n < 70; ++n) {
    auto bytes = r.bytes(n);
    auto text = to_base64url(bytes);
    EXPECT_EQ(text.find_first_of("+/="), text.npos);
    EXPECT_EQ(from_base64url(text).value(), bytes);
  }
}

TEST(encoding, one_byte_string_has_one_text) {
  for (std::string_view bad : {"A", "AB", "AA=", "AA==", "A A", "AAAA+", "AAB", "_\n", "é"})
    EXPECT_FALSE(from_base64url(bad)) << bad;
  EXPECT_EQ(from_base64url("AA").value(), std::string(1, '\0'));
  auto d = sha256("x");
  EXPECT_EQ(digest_from_hex(to_hex(d)).value(), d);
  auto upper = to_hex(d);
  upper[0] = 'F', upper[1] = 'F';
  EXPECT_FALSE(digest_from_hex(upper));
  EXPECT_FALSE(digest_from_hex(to_hex(d) + "00"));
  EXPECT_FALSE(digest_from_bytes("short"));
}

TEST(randomness, one_seed_gives_one_stream) {
  seeded_randomness a(7), b(7), c(8);
  auto x = a.bytes(100);
  EXPECT_EQ(x, b.bytes(100));
  EXPECT_NE(x, c.bytes(100));
  for (int i = 0; i < 1000; ++i) EXPECT_LT(a.below(3), 3u);
}

TEST(randomness, the_systems_bytes_do_not_repeat) { EXPECT_NE(random_bytes(32), random_bytes(32)); }

constexpr std::int64_t now_s = 1'770'000'000;

TEST(authority, survives_being_kept_as_text) {
  auto ca = authority::create("TinySync", now_s).value();
  auto again = authority::load(ca.key_pem(), ca.certificate_pem()).value();
  EXPECT_EQ(again.fingerprint(), ca.fingerprint());
  EXPECT_EQ(fingerprint_of(ca.certificate_pem()).value(), ca.fingerprint());
  EXPECT_GT(expiry_of(ca.certificate_pem()).value(), now_s + 3650 * 86400ll);
}

TEST(authority, two_installations_have_two_pins_and_keys_do_not_mix) {
  auto a = authority::create("a", now_s).value(), b = authority::create("b", now_s).value();
  EXPECT_NE(a.fingerprint(), b.fingerprint());
  EXPECT_EQ(authority::load(a.key_pem(), b.certificate_pem()).error().code, errc::malformed);
  EXPECT_EQ(authority::load("no pem", a.certificate_pem()).error().code, errc::malformed);
}

TEST(authority, issues_certificates_for_names_and_addresses) {
  auto ca = authority::create("TinySync", now_s).value();
  auto cert = ca.issue({{"localhost"}, {"127.0.0.1", "::1"}}, now_s).value();
  EXPECT_EQ(expiry_of(cert.chain_pem).value(), now_s + 365 * 86400ll);
  EXPECT_NE(cert.chain_pem.find(ca.certificate_pem()), std::string::npos);
  EXPECT_NE(fingerprint_of(cert.chain_pem).value(), ca.fingerprint());
}

TEST(authority, refuses_certificates_without_a_good_name) {
  auto ca = authority::create("TinySync", now_s).value();
  EXPECT_EQ(ca.issue({}, now_s).error().code, errc::invalid_argument);
  EXPECT_EQ(ca.issue({{}, {"300.1.1.1"}}, now_s).error().code, errc::invalid_argument);
}

}  // namespace
}  // namespace tinysync::crypto
