#!/usr/bin/env bash
# Cores, actors and engine under AddressSanitizer and UBSan.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
[ -f build/asan/build.ninja ] || cmake --preset asan >/dev/null
targets=(unit_vocabulary actors_test)
for t in unit_platform unit_server unit_client scenarios world_seeds; do
  ninja -C build/asan -t targets all 2>/dev/null | grep -q "^tests/$t:\|^$t:" && targets+=("$t")
done
cmake --build build/asan -j "$(nproc)" --target "${targets[@]}" | tail -n 1
status=0
for t in "${targets[@]}"; do
  echo "== asan $t"
  TINYSYNC_SEEDS=${TINYSYNC_SEEDS:-1..100} "build/asan/tests/$t" --gtest_brief=1 || status=1
done
exit $status
