#pragma once
// The installation's own certificate authority: made once, signs the server's certificates, and is
// what invites pin. PEM text in and out; the caller keeps the files.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/crypto/sha256.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::crypto {

/// Names a server certificate is valid for. IPs as text: "127.0.0.1", "::1".
struct server_names {
  std::vector<std::string> dns;
  std::vector<std::string> ips;
};

/// What a TLS server needs: the leaf followed by the CA's certificate, and the leaf's key.
struct server_certificate {
  std::string chain_pem;
  std::string key_pem;
};

/// An EC P-256 key with its self-signed certificate.
class authority {
 public:
  /// A new CA, valid from an hour before now_s (unix seconds) for ten years.
  static result<authority> create(std::string_view common_name, std::int64_t now_s);
  /// The CA kept in these PEM texts; malformed unless the key belongs to the certificate.
  static result<authority> load(std::string key_pem, std::string certificate_pem);

  /// A fresh key and certificate for these names, valid from an hour before now_s for `days`.
  result<server_certificate> issue(const server_names& names, std::int64_t now_s,
                                   int days = 365) const;

  const std::string& key_pem() const { return key_pem_; }
  const std::string& certificate_pem() const { return certificate_pem_; }
  /// The pin: SHA-256 of the CA's SubjectPublicKeyInfo (DER).
  const digest& fingerprint() const { return fingerprint_; }

 private:
  authority(std::string key_pem, std::string certificate_pem, digest fingerprint)
      : key_pem_(std::move(key_pem)),
        certificate_pem_(std::move(certificate_pem)),
        fingerprint_(fingerprint) {}
  std::string key_pem_;
  std::string certificate_pem_;
  digest fingerprint_;
};

/// SHA-256 of the SubjectPublicKeyInfo of the first certificate in the PEM text.
result<digest> fingerprint_of(std::string_view certificate_pem);
/// Unix seconds at which the first certificate in the PEM text expires (when to rotate).
result<std::int64_t> expiry_of(std::string_view certificate_pem);

}  // namespace tinysync::crypto
