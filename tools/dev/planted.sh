#!/usr/bin/env bash
# Switches on one known mistake after the other and lets the simulator look for it among so many seeds, then the
# general suites. Prints the table of tests/sim/PLANTED.md; fails if one is not found.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
budget=${1:-2000}
only=${2:-}
suites=(simulated unit_engine unit_server matrix watched_folder scenarios)
cmake --preset planted >/dev/null
cmake --build build/planted -j "$(nproc)" --target tinysync-sim "${suites[@]}" >&2
sim=build/planted/bin/tinysync-sim
"$sim" run --seeds 1..200 --twice 0 >/dev/null || { echo "planted: something is found without a mistake" >&2; exit 1; }

# The first test that fails, and its suite.
found_by_suite() {
  local suite test
  for suite in "${suites[@]}"; do
    test=$("build/planted/tests/$suite" --gtest_filter='-seeds.*' --gtest_brief=1 --gtest_fail_fast 2>/dev/null |
      sed -n 's/^\[  FAILED  \] \([A-Za-z0-9_./]*\).*/\1/p' | sed -n 1p || true)
    [ -z "$test" ] || { echo "$suite.$test"; return; }
  done
}

missed=0
echo "| mistake | what is wrong | found as | seed, or test | seconds |"
echo "| --- | --- | --- | --- | --- |"
while IFS=$'\t' read -r name wrong; do
  [ -z "$only" ] || [ "$only" = "$name" ] || continue
  begin=$SECONDS
  export TINYSYNC_MISTAKE=$name
  report=$("$sim" run --seeds "1..$budget" --failures 1 --twice 0 2>/dev/null || true)
  where=$(sed -n 's/^seed //p' <<<"$report" | sed -n 1p)
  rule=$(grep -a -A1 '^seed ' <<<"$report" | sed -n '2s/^  \(.\{16\}\).*/\1/p' | sed 's/ *$//' || true)
  if [ -z "$where" ]; then
    where=$(found_by_suite)
    rule="a failing test"
  fi
  [ -n "$where" ] || { rule="not found"; where="-"; missed=$((missed + 1)); }
  echo "| $name | $wrong | $rule | $where | $((SECONDS - begin)) |"
done < <(sed -n 's/^ *X(\([a-z_]*\), "\(.*\)").*/\1\t\2/p' proto/vocabulary/planted.hpp)
[ "$missed" = 0 ] || { echo "planted: $missed mistakes were not found" >&2; exit 1; }
