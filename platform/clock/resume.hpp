#pragma once
// Tells when the machine comes back from a suspend. Costs nothing meanwhile.

#include <functional>
#include <memory>

#include "proto/vocabulary/result.hpp"

namespace tinysync::clock {

/// Its destructor ends the thread, after the last call.
class resume_watch {
 public:
  virtual ~resume_watch() = default;
};

/// Calls `resumed` on a thread of its own after every suspend of more than ten seconds. unsupported where
/// the system does not tell.
result<std::unique_ptr<resume_watch>> watch_resume(std::function<void()> resumed);

}  // namespace tinysync::clock
