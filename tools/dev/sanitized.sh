#!/usr/bin/env bash
# Cores, actors, engine and the world under AddressSanitizer, LeakSanitizer and UBSan. Only what is
# needed for these tests is built; a target that does not exist or fails, fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
targets=(unit_vocabulary unit_engine actors_test unit_platform unit_server scenarios simulated)
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
jobs=$(nproc)
export TINYSYNC_SEEDS=${TINYSYNC_SEEDS:-1..200}

echo "==> building with sanitizers: ${targets[*]}" >&2
cmake --preset asan >/dev/null
cmake --build build/asan -j "$jobs" --target "${targets[@]}" |
  awk '/^\[[0-9]+\/[0-9]+\]/ { if (++n % 50 == 0) { print; fflush() } next } { print; fflush() }'
names=$(IFS='|'; echo "${targets[*]}")
found=$(ctest --test-dir build/asan -N -R "^($names)\$" | sed -n 's/^Total Tests: //p')
[ "$found" = "${#targets[@]}" ] || { echo "sanitized: $found of ${#targets[@]} tests exist" >&2; exit 1; }
ctest --test-dir build/asan -R "^($names)\$" -j "$jobs" --output-on-failure
