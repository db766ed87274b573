#pragma once
// The oracle's own way to a hash.

#include <openssl/sha.h>

#include <string>
#include <string_view>

namespace tinysync::oracle {

inline std::string sha256(std::string_view bytes) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

}  // namespace tinysync::oracle
