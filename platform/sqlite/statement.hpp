#pragma once
// Prepared statements: typed binding, typed columns. Every failing call throws sqlite::failure.

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "platform/sqlite/failure.hpp"

struct sqlite3_stmt;

namespace tinysync::sqlite {

/// Marks bytes to be bound as BLOB; strings alone are bound as TEXT.
struct blob {
  std::string_view bytes;
  explicit blob(std::string_view b) : bytes(b) {}
  explicit blob(std::span<const std::uint8_t> b)
      : bytes(reinterpret_cast<const char*>(b.data()), b.size()) {}
};

/// One prepared statement. Move-only, one thread at a time, must not outlive its database.
class statement {
 public:
  statement() = default;
  explicit statement(sqlite3_stmt* prepared) : s_(prepared) {}

  /// Resets, then binds ?1, ?2, … : integers, bool, enums, double, text (strings), blob,
  /// nullptr / nullopt (NULL), or an optional of any of these. Copies what it is given.
  /// The number of values must be the number of parameters (internal otherwise).
  template <class... Ts>
  statement& bind(const Ts&... values) {
    reset();
    expect_parameters(sizeof...(Ts));
    int i = 0;
    (bind_at(++i, values), ...);
    return *this;
  }
  /// The next row is there. At the end it resets itself and returns false.
  bool step();
  /// Executes to the end, discarding rows.
  void run();
  /// Ends the execution: releases its read lock.
  void reset();

  bool is_null(int column) const;
  std::int64_t i64(int column) const;  ///< 0 for NULL
  double real(int column) const;
  /// Bytes of a TEXT or BLOB column, valid until the next step or reset; empty for NULL.
  std::string_view bytes(int column) const;
  std::string text(int column) const { return std::string(bytes(column)); }
  std::optional<std::int64_t> maybe_i64(int column) const;
  std::optional<std::string_view> maybe_bytes(int column) const;

 private:
  void expect_parameters(std::size_t n) const;
  void bind_null(int i);
  void bind_i64(int i, std::int64_t v);
  void bind_real(int i, double v);
  void bind_text(int i, std::string_view v);
  void bind_blob(int i, std::string_view v);

  template <class T>
  void bind_at(int i, const T& v) {
    if constexpr (std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, std::nullopt_t>)
      bind_null(i);
    else if constexpr (std::is_same_v<T, blob>)
      bind_blob(i, v.bytes);
    else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>)
      bind_i64(i, static_cast<std::int64_t>(v));
    else if constexpr (std::is_floating_point_v<T>)
      bind_real(i, v);
    else if constexpr (std::is_convertible_v<const T&, std::string_view>)
      bind_text(i, v);
    else if constexpr (std::is_convertible_v<const T&, std::span<const std::uint8_t>>)
      bind_blob(i, blob(std::span<const std::uint8_t>(v)).bytes);
    else if (v)  // an optional
      bind_at(i, *v);
    else
      bind_null(i);
  }

  struct finalize {
    void operator()(sqlite3_stmt* s) const;
  };
  std::unique_ptr<sqlite3_stmt, finalize> s_;
};

}  // namespace tinysync::sqlite
