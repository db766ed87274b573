#include "server/blobs/blob_place.hpp"

namespace tinysync::server {
namespace {

void put(std::string& out, std::uint64_t v) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(v >> shift));
}

std::uint64_t get(std::string_view& in) {
  std::uint64_t v = 0;
  for (unsigned char c : in.substr(0, 8)) v = v << 8 | c;
  in.remove_prefix(8);
  return v;
}

}  // namespace

std::string encode_place(const std::vector<extent>& where) {
  std::string out;
  for (const auto& e : where) {
    put(out, e.segment);
    put(out, e.offset);
    put(out, e.size);
  }
  return out;
}

std::optional<std::vector<extent>> decode_place(std::string_view bytes) {
  if (bytes.size() % 24 != 0) return std::nullopt;
  std::vector<extent> out;
  while (!bytes.empty()) {
    extent e;
    e.segment = get(bytes);
    e.offset = get(bytes);
    e.size = get(bytes);
    out.push_back(e);
  }
  return out;
}

}  // namespace tinysync::server
