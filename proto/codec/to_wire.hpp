#pragma once
// Values to generated messages and back; inside proto/codec only.

#include "proto/vocabulary/mutation.hpp"
#include "proto/vocabulary/result.hpp"
#include "proto/wire/v1/access.pb.h"
#include "proto/wire/v1/blob.pb.h"
#include "proto/wire/v1/item.pb.h"
#include "proto/wire/v1/log.pb.h"
#include "proto/wire/v1/mutation.pb.h"
#include "proto/wire/v1/position.pb.h"

namespace tinysync::codec {

void to_wire(const position& p, wire::v1::Position& out);
result<position> from_wire(const wire::v1::Position& m);
/// Absent positions (first contact) are zero.
result<position> from_wire_optional(bool present, const wire::v1::Position& m);

void to_wire(const mutation& m, wire::v1::Mutation& out);
result<mutation> from_wire(const wire::v1::Mutation& m);

void to_wire(const outcome& o, wire::v1::Outcome& out);
result<outcome> from_wire(const wire::v1::Outcome& m);

}  // namespace tinysync::codec
