#pragma once
// Inside platform/log only: one line of text from one call.

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace tinysync::log {

/// "event key=value cid=<id>"; at most 16 KiB; control bytes and invalid UTF-8 as \xNN. A format
/// that throws becomes part of the line instead.
std::string line_of(std::string_view event, fmt::string_view format, fmt::format_args args,
                    std::string_view correlation);

}  // namespace tinysync::log
