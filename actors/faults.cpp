#include "actors/faults.hpp"

#include "actors/detail/binding.hpp"
#include "actors/detail/faults.hpp"
#include "actors/detail/incarnation.hpp"
#include "actors/detail/runtime.hpp"
#include "proto/actors/common.pb.h"

namespace tinysync::actors {

crash_requests crash_requests_of_this_build() {
#ifdef TINYSYNC_OBEYS_CRASH
  return crash_requests::obeyed;
#else
  return crash_requests::refused;
#endif
}

namespace detail {
namespace {

void crash(void*, const google::protobuf::Message& raw, context& self) {
  const auto& m = static_cast<const common::Crash&>(raw);
  if (self.life().home().crashes() == crash_requests::refused)
    return self.answer_raw({failure(errc::development_only, "Crash to " + self.path()), {}});
  auto as = m.as().empty() ? errc::crashed : errc_from_name(m.as()).value_or(errc::internal);
  bool known = as == errc::crashed || as == errc::integrity_violation || as == errc::local_state_corrupt;
  if (!known)
    return self.answer_raw({failure(errc::invalid_argument, "nothing dies of '" + m.as() + "'"), {}});
  throw asked_to_crash(as);
}

}  // namespace

table_entry crash_entry() {
  return {{common::Crash::descriptor(), common::Crashed::descriptor()}, &crash};
}

}  // namespace detail
}  // namespace tinysync::actors
