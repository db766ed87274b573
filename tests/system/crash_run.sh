#!/usr/bin/env bash
# kill -9 of the real programs: at random moments of a bulk copy with edits, and at every call by which an
# agent or the server changes its disk. After each the trees become equal, and no content is lost.
#   crash_run.sh BIN CRASHPOINT_LIBRARY [short|full]
# TINYSYNC_CRASH_SEED chooses the random moments; TINYSYNC_CRASH_CALLS=FROM..TO the calls of the sweeps;
# TINYSYNC_CRASH_PARTS some of the parts (see the end).
set -euo pipefail
export LC_ALL=C
bin=$(cd "${1:?the folder of the programs}" && pwd)
library=$(realpath "${2:?the crashpoint library}")
extent=${3:-full}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/dev/demo_lib.sh
source tests/system/system_lib.sh
source tests/system/crash_lib.sh
begin crashes
RANDOM=${TINYSYNC_CRASH_SEED:=$((SRANDOM % 32768))}
if [ "$extent" = short ]; then rounds=4 kills=6 files=150 points=10; else rounds=20 kills=20 files=400 points=0; fi

set_up() {
  head1 "A server, two agents, a small tree; seed $TINYSYNC_CRASH_SEED"
  local i
  unbraked A  # whole folders are removed on purpose
  unbraked B
  mkdir -p "$work/A/docs" "$work/A/old"
  for i in {1..8}; do put A "docs/f$i"; put A "old/f$i"; done
  pair
  settled "the start" 60
}

# One of the three dies at a random moment of what both sides do, and comes again.
random_kills() {
  head1 "kill -9 at $rounds random moments of a bulk copy with edits"
  local round who
  for ((round = 1; round <= rounds; round++)); do
    who=$(pick A B server)
    bulk_put A "bulk$round" "$files" &
    local writer=$!
    put B "docs/by B in $round"
    put B "docs/f$((RANDOM % 4 + 1))"
    put A "old/f$((RANDOM % 4 + 1))"
    move B "docs/by B in $round" "old/by B in $round"
    pause_ms $((RANDOM % 900))
    killed "$who"
    put A "docs/after $round"
    remove B "old/f$((RANDOM % 4 + 5))"
    wait "$writer"
    again "$who"
    settled "round $round, $who" 120
    remove A "bulk$round"  # while the next round begins
  done
  settled "the end of the rounds" 120
}

# One bulk copy after another, and again and again one of the three dies at a random moment of it.
bulk_kills() {
  head1 "kill -9 at $kills random moments of bulk copies that go on meanwhile"
  local n who pause all copies=0 copiers=() begin
  many "$work/source" $((files * 4))
  for n in {1..10}; do head -c 3000000 /dev/urandom >"$work/source/large$n"; done
  all=$(count "$work/source")
  : >"$work/kills"
  for ((n = 1; n <= kills; n++)); do
    if [ "$copies" -eq 0 ] || [ "$(count "$work/B/copy$copies")" -eq "$all" ]; then
      copies=$((copies + 1))
      cp -a "$work/source" "$work/A/copy$copies" &
      copiers+=($!)
    fi
    who=$(pick A B server)
    pause=$((RANDOM % 600))
    pause_ms "$pause"
    killed "$who"
    printf '%d %s %d %d %d ' "$n" "$who" "$copies" "$pause" "$(count "$work/B/copy$copies")" >>"$work/kills"
    begin=$(now)
    again "$who"
    since "$begin" >>"$work/kills"
    echo >>"$work/kills"
  done
  wait "${copiers[@]}"
  settled "the copies" 180
  names_and_bytes "$work/source" >"$work/source.txt"
  for ((n = 1; n <= copies; n++)); do
    names_and_bytes "$work/B/copy$n" | cmp -s - "$work/source.txt" || wrong "copy $n at B is not what was copied"
    remove A "copy$n"
  done
  settled "without the copies" 60
  awk -v all="$all" 'BEGIN { printf "  %4s  %-6s %4s %8s %13s %7s\n", "kill", "of", "copy", "after ms", "files at B", "up in s" }
    { printf "  %4d  %-6s %4d %8d %5d of %4d %7.2f\n", $1, $2, $3, $4, $5, all, $6 }' "$work/kills"
}

# Every actor of the live agent B is told to crash while something is under way: threads and disks are real
# here. The root takes the process with it.
told_to_crash() {
  head1 "Every actor of a running agent told to crash"
  local path code n=0
  "$bin/tinysync-inspect" --home "$work/home-B" tree --json | grep -oE '"path": ?"[^"]+"' | cut -d'"' -f4 >"$work/actors"
  [ "$(wc -l <"$work/actors")" -ge 21 ] || wrong "only $(wc -l <"$work/actors") actors"
  while read -r path; do
    put A "docs/f1" && put A "docs/told $((n += 1))" && put B "old/told $n"
    code=0
    B send "$path" Crash '{}' >"$work/said" 2>&1 </dev/null || code=$?
    case $path in
      /agent | */ipc_server) ;;  # takes the answer's way with it
      *) [ "$code" -eq 0 ] || wrong "send $path Crash: exit $code, $(head -n 1 "$work/said")" ;;
    esac
    if [ "$path" != /agent ] && [ $((n % 4)) -eq 0 ]; then  # more at once is more than a budget allows
      stopped B
      again B
    elif [ "$path" = /agent ]; then
      until_true 20 'gone "$agent_B"' || wrong "the process outlives its root"
      wait "$agent_B" 2>/dev/null || true
      again B
    fi
    quietly=1 settled "a crash of $path" 60
  done <"$work/actors"
  note "$n actors"
}

# Both sides change while the victim is away; what follows is the small sync of which every call is met.
small_changes() {
  local n=$1
  put A "docs/new $n" && put A "docs/f1" && put A "docs/f2"
  mkdir "$work/A/folder $n" && put A "folder $n/inside"
  move A "docs/new $((n - 1))" "old/moved $n"
  remove A "old/moved $((n - 2))"
  remove A "folder $((n - 2))"
  chmod $((n % 2 ? 755 : 644)) "$work/A/docs/f3"
  put_large A "docs/large"
  put B "docs/f1"  # a conflict
  put B "docs/B's $n" && put B "docs/f4"
  move B "docs/B's $((n - 1))" "old/B's $n"
  remove B "old/B's $((n - 2))"
  [ "$victim" != B ] || A wait --synced --timeout 60 >/dev/null || [ $? -eq 4 ] || wrong "A alone is not in sync"
}

# preloaded NUMBER WHEN: the victim under the library until it dies or has done everything.
preloaded() {
  rm -f "$work/calls"
  export CRASHPOINT_LOG="$work/calls" CRASHPOINT_AT=$1 CRASHPOINT_WHEN=$2
  if [ "$victim" = B ]; then
    CRASHPOINT_BELOW="$work/B:$work/home-B" LD_PRELOAD=$library "$bin/tinysyncd" --home "$work/home-B" >>"$work/agent-B.log" 2>&1 &
    agent_B=$!
  else
    CRASHPOINT_BELOW="$work/server" LD_PRELOAD=$library "$bin/tinysync-server" serve --data "$work/server" --listen "$LISTEN" \
      --ready-file "$work/ready" >>"$work/server.log" 2>&1 &
    server_pid=$!
  fi
  pids+=($!)
  export -n CRASHPOINT_LOG CRASHPOINT_AT CRASHPOINT_WHEN
  until_true 90 'gone "$(pid_of "$victim")" || { in_sync B && { [ "$victim" = B ] || in_sync A; }; }' ||
    wrong "neither dead nor in sync: call $1 of $victim"
}

# sweep VICTIM POINTS: B's agent or the server; so many of its calls, 0: all.
sweep() {
  local victim=$1 points=$2 total number when step=1 first=1 last n=$changes
  stopped "$victim"
  small_changes $((n += 1))
  preloaded 0 before
  total=$(wc -l <"$work/calls")
  cp "$work/calls" "$work/all_calls"
  stopped "$victim"
  last=$total
  if [ "$points" -gt 0 ]; then step=$(((total + points - 1) / points)) first=$((RANDOM % step + 1)); fi
  if [ -n "${TINYSYNC_CRASH_CALLS:-}" ]; then first=${TINYSYNC_CRASH_CALLS%..*} last=${TINYSYNC_CRASH_CALLS#*..} step=1; fi
  head1 "kill -9 of $victim before, in and after calls $first to $last, every ${step}th, of the $total of a small sync"
  : >"$work/outcomes"
  for ((number = first; number <= last; number += step)); do
    [ $((number % 25)) -ne 0 ] || note "call $number, $findings findings"
    for when in $(moments_of "$number"); do
      small_changes $((n += 1))
      preloaded "$number" "$when"
      outcome "$number" "$when"
    done
  done
  table
  again "$victim"
  changes=$n
}

sweep_of_B() { sweep B "$points"; }
sweep_of_server() { sweep server "$points"; }

set_up
changes=3
for part in ${TINYSYNC_CRASH_PARTS:-random_kills bulk_kills told_to_crash sweep_of_B sweep_of_server}; do "$part"; done
[ "$findings" -eq 0 ] || { echo "$findings findings (TINYSYNC_CRASH_SEED=$TINYSYNC_CRASH_SEED)" >&2; exit 1; }
head1 "Nothing was lost."
