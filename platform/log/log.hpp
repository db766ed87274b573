#pragma once
// Logging: log::info("vault.accepted", "seq={} item={}", seq, item). A stable event name first,
// then key=value; the correlation id of the current scope is added by itself. Control bytes and
// invalid UTF-8 come out as \xNN, so one call is one line. Thread-safe.

#include <fmt/core.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/vocabulary/result.hpp"

namespace tinysync::log {

enum class level : std::uint8_t { debug, info, warn, error, off };

struct options {
  level least = level::info;
  bool to_stderr = true;
  std::string file;  ///< empty: none. Created 0600, rotated.
  std::size_t file_bytes = 10u << 20;
  int files_kept = 5;
};

/// Sets the sinks; until then warnings and errors go to stderr. invalid_argument or io_failed if
/// the file cannot be opened. May be called again.
result<void> start(const options& how);
/// Writes out and closes the sinks; logging goes back to stderr.
void stop();
void set_level(level least);
/// "debug", "info", "warn", "error", "off"; invalid_argument otherwise.
result<level> level_from_name(std::string_view name);

namespace detail {
bool wanted(level l);
void emit(level l, std::string_view event, fmt::string_view format, fmt::format_args args);
}  // namespace detail

#define TINYSYNC_LOG_FUNCTION(name)                                                            \
  template <class... Ts>                                                                       \
  void name(std::string_view event, fmt::format_string<Ts...> format, Ts&&... values) {        \
    if (detail::wanted(level::name))                                                           \
      detail::emit(level::name, event, format, fmt::make_format_args(values...));              \
  }                                                                                            \
  inline void name(std::string_view event) {                                                   \
    if (detail::wanted(level::name)) detail::emit(level::name, event, "", fmt::format_args()); \
  }
TINYSYNC_LOG_FUNCTION(debug)
TINYSYNC_LOG_FUNCTION(info)
TINYSYNC_LOG_FUNCTION(warn)
TINYSYNC_LOG_FUNCTION(error)
#undef TINYSYNC_LOG_FUNCTION

/// Lines logged by this thread inside the scope carry cid=<id>. Scopes nest.
class correlation_scope {
 public:
  explicit correlation_scope(std::string id);
  ~correlation_scope();
  correlation_scope(const correlation_scope&) = delete;
  correlation_scope& operator=(const correlation_scope&) = delete;

 private:
  std::string former_;
};
/// The innermost scope's id on this thread, or "".
const std::string& current_correlation();

/// While it lives, every line of every level goes here instead, for tests.
class capture {
 public:
  capture();
  ~capture();
  capture(const capture&) = delete;
  capture& operator=(const capture&) = delete;
  /// "info vault.accepted seq=1 cid=ab", without the time.
  std::vector<std::string> lines() const;
  /// How many lines contain this.
  std::size_t count(std::string_view part) const;

  struct store;

 private:
  std::shared_ptr<store> store_;
};

}  // namespace tinysync::log
