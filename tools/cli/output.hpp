#pragma once
// What the CLI prints: text for people, one JSON object for scripts.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "proto/vocabulary/result.hpp"

namespace tinysync::cli {

using json = nlohmann::ordered_json;

/// Adds a name or path under `key`; where it is not valid UTF-8 its exact bytes ride beside it as
/// base64 under `key_bytes`.
void put_bytes(json& to, const std::string& key, const std::string& bytes);
/// "2026-03-01T12:00:00.123Z", or null for 0.
json time_of(std::int64_t ns);
/// UUID text of 16 raw bytes, or "".
std::string id_text(const std::string& raw);

/// Prints one line to stdout; false if stdout is full or closed.
bool print(const json& j);
bool print(const std::string& line);
/// Prints the error to stderr (or as {"error":…} to stdout with --json) and gives its exit code.
int complain(const error& e, bool as_json);
/// "12.3 MiB".
std::string size_text(std::uint64_t bytes);

/// Columns aligned to their longest cell.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace tinysync::cli
