#!/usr/bin/env bash
# Switches on one known mistake after the other and lets the simulator look for it. Prints the table of
# tests/sim/PLANTED.md; fails if one is not found within so many seeds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
budget=${1:-10000}
cmake --preset planted >/dev/null
cmake --build build/planted -j "$(nproc)" --target tinysync-sim >&2
sim=build/planted/bin/tinysync-sim
"$sim" run --seeds 1..200 --twice 0 >/dev/null || { echo "planted: something is found without a mistake" >&2; exit 1; }
missed=0
echo "| mistake | what is wrong | found as | seed | seconds |"
echo "| --- | --- | --- | --- | --- |"
while IFS=$'\t' read -r name wrong; do
  begin=$SECONDS
  report=$(TINYSYNC_MISTAKE=$name "$sim" run --seeds "1..$budget" --failures 1 --twice 0 2>/dev/null || true)
  seed=$(sed -n 's/^seed //p' <<<"$report" | sed -n 1p)
  rule=$(sed -n 's/^  \(.\{16\}\) .*/\1/p' <<<"$report" | sed -n 1p | sed 's/ *$//')
  [ -n "$seed" ] || { rule="not found"; seed="-"; missed=$((missed + 1)); }
  echo "| $name | $wrong | $rule | $seed | $((SECONDS - begin)) |"
done < <(sed -n 's/^ *X(\([a-z_]*\), "\(.*\)").*/\1\t\2/p' proto/vocabulary/planted.hpp)
[ "$missed" = 0 ] || { echo "planted: $missed mistakes were not found" >&2; exit 1; }
