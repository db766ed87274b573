#include "platform/crypto/authority.hpp"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

#include "platform/crypto/randomness.hpp"

namespace tinysync::crypto {
namespace {

template <class T, void (*Free)(T*)>
struct freed {
  void operator()(T* p) const { Free(p); }
};
struct bio_freed {
  void operator()(BIO* b) const { BIO_free(b); }
};
struct names_freed {
  void operator()(GENERAL_NAMES* n) const { GENERAL_NAMES_free(n); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed<EVP_PKEY, EVP_PKEY_free>>;
using cert_ptr = std::unique_ptr<X509, freed<X509, X509_free>>;
using bio_ptr = std::unique_ptr<BIO, bio_freed>;

constexpr long hour_s = 3600, day_s = 86400;

tl::unexpected<error> openssl_failure(errc code, std::string what) {
  char why[256] = "no reason given";
  if (auto e = ERR_get_error()) ERR_error_string_n(e, why, sizeof why);
  ERR_clear_error();
  return failure(code, what + ": " + why);
}

bio_ptr reading(std::string_view text) {
  return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO* b) {
  char* data = nullptr;
  long n = BIO_get_mem_data(b, &data);
  return {data, static_cast<std::size_t>(n)};
}

std::string pem_of(X509* cert) {
  bio_ptr b(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(b.get(), cert);
  return text_of(b.get());
}

std::string pem_of(EVP_PKEY* key) {
  bio_ptr b(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(b.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(b.get());
}

result<cert_ptr> certificate_from(std::string_view pem) {
  auto b = reading(pem);
  cert_ptr cert(PEM_read_bio_X509(b.get(), nullptr, nullptr, nullptr));
  if (!cert) return openssl_failure(errc::malformed, "no certificate in this PEM text");
  return cert;
}

result<key_ptr> key_from(std::string_view pem) {
  auto b = reading(pem);
  // An empty password instead of the default callback, which would ask on the terminal.
  key_ptr key(PEM_read_bio_PrivateKey(b.get(), nullptr, nullptr, const_cast<char*>("")));
  if (!key) return openssl_failure(errc::malformed, "no private key in this PEM text");
  return key;
}

result<digest> spki_digest(X509* cert) {
  unsigned char* der = nullptr;
  int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
  if (n <= 0) return openssl_failure(errc::malformed, "the certificate has no public key");
  digest d = sha256({reinterpret_cast<char*>(der), static_cast<std::size_t>(n)});
  OPENSSL_free(der);
  return d;
}

bool add_extension(X509* cert, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  X509_EXTENSION* x = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  bool ok = x && X509_add_ext(cert, x, -1) == 1;
  X509_EXTENSION_free(x);
  return ok;
}

bool set_basics(X509* cert, EVP_PKEY* key, std::int64_t now_s, long valid_s) {
  std::string serial = random_bytes(16);
  serial[0] = static_cast<char>((serial[0] & 0x3f) | 0x40);  // positive, full length
  BIGNUM* n = BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()),
                        static_cast<int>(serial.size()), nullptr);
  bool ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));
  BN_free(n);
  std::time_t from = now_s - hour_s, until = now_s + valid_s;
  return ok && X509_set_version(cert, X509_VERSION_3) == 1 &&
         X509_time_adj_ex(X509_getm_notBefore(cert), 0, 0, &from) &&
         X509_time_adj_ex(X509_getm_notAfter(cert), 0, 0, &until) &&
         X509_set_pubkey(cert, key) == 1;
}

bool set_subject(X509* cert, std::string_view common_name) {
  return X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

// Built as values, not through OpenSSL's configuration text, where a comma in a name would begin
// another one.
result<void> add_names(X509* cert, const server_names& names) {
  std::unique_ptr<GENERAL_NAMES, names_freed> list(GENERAL_NAMES_new());
  auto add = [&](int type, ASN1_STRING* value) {
    GENERAL_NAME* n = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(n, type, value);
    sk_GENERAL_NAME_push(list.get(), n);
  };
  for (const auto& dns : names.dns) {
    ASN1_IA5STRING* s = ASN1_IA5STRING_new();
    ASN1_STRING_set(s, dns.data(), static_cast<int>(dns.size()));
    add(GEN_DNS, s);
  }
  for (const auto& ip : names.ips) {
    unsigned char raw[16];
    int n = inet_pton(AF_INET, ip.c_str(), raw) == 1    ? 4
            : inet_pton(AF_INET6, ip.c_str(), raw) == 1 ? 16
                                                        : 0;
    if (!n) return failure(errc::invalid_argument, "not an IP address: " + ip);
    ASN1_OCTET_STRING* s = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(s, raw, n);
    add(GEN_IPADD, s);
  }
  if (sk_GENERAL_NAME_num(list.get()) == 0)
    return failure(errc::invalid_argument, "a server certificate needs a name");
  if (X509_add1_ext_i2d(cert, NID_subject_alt_name, list.get(), 0, 0) != 1)
    return openssl_failure(errc::internal, "adding names to a certificate");
  return {};
}

}  // namespace

result<authority> authority::create(std::string_view common_name, std::int64_t now_s) {
  key_ptr key(EVP_EC_gen("P-256"));
  cert_ptr cert(X509_new());
  if (!key || !cert) return openssl_failure(errc::internal, "creating a key");
  bool ok =
      set_basics(cert.get(), key.get(), now_s, 3653 * day_s) &&
      set_subject(cert.get(), common_name) &&
      X509_set_issuer_name(cert.get(), X509_get_subject_name(cert.get())) == 1 &&
      add_extension(cert.get(), cert.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(cert.get(), cert.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
      add_extension(cert.get(), cert.get(), NID_subject_key_identifier, "hash") &&
      X509_sign(cert.get(), key.get(), EVP_sha256()) > 0;
  if (!ok) return openssl_failure(errc::internal, "creating the certificate authority");
  auto pin = spki_digest(cert.get());
  if (!pin) return failure(pin.error());
  return authority(pem_of(key.get()), pem_of(cert.get()), *pin);
}

result<authority> authority::load(std::string key_pem, std::string certificate_pem) {
  auto key = key_from(key_pem);
  if (!key) return failure(key.error());
  auto cert = certificate_from(certificate_pem);
  if (!cert) return failure(cert.error());
  if (X509_check_private_key(cert->get(), key->get()) != 1)
    return openssl_failure(errc::malformed, "the key is not the certificate's");
  auto pin = spki_digest(cert->get());
  if (!pin) return failure(pin.error());
  return authority(std::move(key_pem), std::move(certificate_pem), *pin);
}

result<server_certificate> authority::issue(const server_names& names, std::int64_t now_s,
                                            int days) const {
  auto ca_key = key_from(key_pem_);
  if (!ca_key) return failure(ca_key.error());
  auto ca = certificate_from(certificate_pem_);
  if (!ca) return failure(ca.error());
  key_ptr key(EVP_EC_gen("P-256"));
  cert_ptr cert(X509_new());
  if (!key || !cert) return openssl_failure(errc::internal, "creating a key");
  bool ok = set_basics(cert.get(), key.get(), now_s, days * day_s) &&
            set_subject(cert.get(), "tinysync-server") &&
            X509_set_issuer_name(cert.get(), X509_get_subject_name(ca->get())) == 1 &&
            add_extension(cert.get(), ca->get(), NID_basic_constraints, "critical,CA:FALSE") &&
            add_extension(cert.get(), ca->get(), NID_key_usage, "critical,digitalSignature") &&
            add_extension(cert.get(), ca->get(), NID_ext_key_usage, "serverAuth") &&
            add_extension(cert.get(), ca->get(), NID_subject_key_identifier, "hash") &&
            add_extension(cert.get(), ca->get(), NID_authority_key_identifier, "keyid");
  if (!ok) return openssl_failure(errc::internal, "creating a server certificate");
  if (auto added = add_names(cert.get(), names); !added) return failure(added.error());
  if (X509_sign(cert.get(), ca_key->get(), EVP_sha256()) <= 0)
    return openssl_failure(errc::internal, "signing a server certificate");
  return server_certificate{pem_of(cert.get()) + certificate_pem_, pem_of(key.get())};
}

result<digest> fingerprint_of(std::string_view certificate_pem) {
  auto cert = certificate_from(certificate_pem);
  if (!cert) return failure(cert.error());
  return spki_digest(cert->get());
}

result<std::int64_t> expiry_of(std::string_view certificate_pem) {
  auto cert = certificate_from(certificate_pem);
  if (!cert) return failure(cert.error());
  std::tm t{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(cert->get()), &t) != 1)
    return openssl_failure(errc::malformed, "the certificate has no end");
  return static_cast<std::int64_t>(timegm(&t));
}

}  // namespace tinysync::crypto
