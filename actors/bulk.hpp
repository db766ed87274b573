#pragma once
// Bytes that ride beside a message by reference, never inside it.

#include <memory>
#include <string>
#include <utility>

namespace tinysync::actors {

/// A reference-counted, immutable buffer; null means no attachment. Passing it on never copies
/// bytes.
using bulk = std::shared_ptr<const std::string>;

/// Takes the bytes over without copying them.
inline bulk make_bulk(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace tinysync::actors
