#include "platform/log/line.hpp"

#include <fmt/format.h>

#include "proto/vocabulary/names.hpp"

namespace tinysync::log {
namespace {
constexpr std::size_t line_limit = 16u << 10;
}  // namespace

std::string line_of(std::string_view event, fmt::string_view format, fmt::format_args args,
                    std::string_view correlation) {
  std::string line(event);
  if (format.size() != 0) {
    line += ' ';
    try {
      line += fmt::vformat(format, args);
    } catch (const fmt::format_error& e) {
      line.append("bad_format=").append(e.what());
    }
  }
  if (line.size() > line_limit) line.replace(line_limit, line.npos, "...");
  if (!correlation.empty()) line.append(" cid=").append(correlation);
  return printable(line);
}

}  // namespace tinysync::log
