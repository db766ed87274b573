# The nouns of crash_run.sh: a ledger of contents, programs that die and come again, the table of calls.
# Sourced after demo_lib.sh and system_lib.sh, not run.

# -- the ledger: every content is a token of its own, in a file of its own ------------------------

tokens=0
# A content is let go of when a user overwrites or removes it where it is on the disk.
written() { echo "$1" >>"$work/written"; }
let_go() { [ ! -e "$1" ] || find "$1" -type f -exec cat {} + | grep -aoE 'token-[A-Z]-[0-9]+\b' >>"$work/let_go" || true; }

# put SIDE PATH: saves a new content by a rename, as editors do.
put() {
  local token="token-$1-$((tokens += 1))" file="$work/$1/$2"
  echo "$token" >"$work/saving-$1"
  let_go "$file"
  written "$token"
  mv "$work/saving-$1" "$file"
}
put_large() {
  let_go "$work/$1/$2"
  written "token-$1-$((tokens += 1))"
  { echo "token-$1-$tokens"; head -c 200000 /dev/urandom; } >"$work/$1/$2"
}
# bulk_put SIDE FOLDER COUNT: contents with a letter of their own; in the background.
bulk_put() {
  local i
  mkdir "$work/$1/$2"
  for ((i = 1; i <= $3; i++)); do
    written "token-Z-${2//[^0-9]/}0000$i"
    echo "token-Z-${2//[^0-9]/}0000$i" >"$work/$1/$2/f$i"
  done
}
remove() {
  let_go "$work/$1/$2"
  rm -rf "${work:?}/$1/$2"
}
move() { [ ! -e "$work/$1/$2" ] || mv "$work/$1/$2" "$work/$1/$3"; }

# Equal trees, every content that nobody let go of, nothing temporary.
settled() {
  local what=$1 lost side left before=$findings
  converge "$what" "$2" >"$work/converged"
  [ "$findings" -eq "$before" ] || { status_of_both; return 0; }
  sort -u "$work/let_go" 2>/dev/null >"$work/let_go.sorted" || true
  find "$work/A" -path "$work/A/.tinysync" -prune -o -type f -exec cat {} + | grep -aoE 'token-[A-Z]-[0-9]+\b' | sort -u >"$work/there"
  lost=$(sort -u "$work/written" | comm -23 - "$work/let_go.sorted" | comm -23 - "$work/there")
  if [ -n "$lost" ]; then
    wrong "lost after $what: $(wc -w <<<"$lost") contents, $(head -n 3 <<<"$lost" | tr '\n' ' ')"
    echo "$lost" >>"$work/let_go"  # said once
  fi
  for side in A B; do
    left=$(find "$work/$side/.tinysync/staging" "$work/$side/.tinysync/parked" -mindepth 1; find "$work/$side/.tinysync" -name '*.new')
    [ -z "$left" ] || wrong "left after $what: $(head -n 3 <<<"$left")"
  done
  [ "$findings" -ne "$before" ] || [ -n "${quietly:-}" ] || cat "$work/converged"
}
status_of_both() { A status >&2 || true; B status >&2 || true; }

# -- dying and coming again ---------------------------------------------------------------------

gone() { ! ours "$1"; }
pid_of() { case $1 in server) echo "$server_pid" ;; A) echo "$agent_A" ;; B) echo "$agent_B" ;; esac; }
pick() { local -a of=("$@"); echo "${of[RANDOM % $#]}"; }
# The random moment: the length of the pause is what is being tried.
pause_ms() { read -rt "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))" -u "$never" _ || true; }

killed() {
  local pid
  pid=$(pid_of "$1")
  kill -9 "$pid"
  wait "$pid" 2>/dev/null || true
}
again() { if [ "$1" = server ]; then start_server; else start_agent "$1"; fi; }
stopped() {
  local pid
  pid=$(pid_of "$1")
  ours "$pid" || return 0
  kill "$pid"
  wait "$pid" || wrong "$1 ends with $?"
}

# -- the table ----------------------------------------------------------------------------------

# Calls that write are also cut in the middle. Runs differ a little: what is no write dies before it then.
moments_of() {
  local call
  call=$(awk -v n="$1" '$1 == n { print $2 }' "$work/all_calls")
  case $call in write | pwrite*) echo before half after ;; *) echo before after ;; esac
}

# What kind of file a path is of, without its numbers.
kind_of() {
  sed -E "s#^$work/##; s#^home-B/.*\.db-wal\$#index's log#; s#^home-B/.*\.db(-journal)?\$#index#; s#^home-B/.*#home#
    s#^server/.*\.db-wal\$#database's log#; s#^server/.*\.db(-journal|-shm)?\$#database#; s#^server/.*(blob|segment).*#blobs#; s#^server.*#data folder#
    s#^B/\.tinysync/(staging|trash|parked)(/.*)?\$#\1#; s#^B/\.tinysync.*#own folder#; s#^B(/.*)?\$#synced folder#"
}

# outcome NUMBER WHEN: what the dead agent was at, and whether everything is well after it.
outcome() {
  local call path before=$findings code=0
  ! ours "$(pid_of "$victim")" || kill "$(pid_of "$victim")"  # it may have got to the end without making that many calls
  wait "$(pid_of "$victim")" 2>/dev/null || code=$?
  read -r _ call path < <(tail -n 1 "$work/calls")
  again "$victim"
  quietly=1 settled "call $1 of $victim, $2: $call $path" 180
  stopped "$victim"
  case $code in  # of 128 + SIGKILL
    137) ;;
    0) return 0 ;;
    *) wrong "$victim ends with $code at call $1" ;;
  esac
  printf '%s\t%s\t%s\t%s\n' "$call" "$(kind_of <<<"$path")" "$2" "$([ "$findings" -eq "$before" ] && echo well || echo WRONG)" >>"$work/outcomes"
}

table() {
  awk '{ print $2 "\t" $0 }' "$work/all_calls" | while IFS=$'\t' read -r call line; do
    printf '%s\t%s\n' "$call" "$(cut -d' ' -f3- <<<"$line" | kind_of)"
  done >"$work/kinds"
  awk -F'\t' 'NR == FNR { made[$1 "\t" $2]++; next }
    { key = $1 "\t" $2; made[key] += 0; n[key, $3]++; all++; if ($4 == "well") well[key]++; else bad++ }
    END {
      printf "  %-12s %-14s %6s %7s %5s %6s %6s\n", "call", "on", "made", "before", "half", "after", "well"
      for (key in made) { split(key, k, "\t")
        printf "  %-12s %-14s %6d %7d %5d %6d %6d\n", k[1], k[2], made[key], n[key, "before"], n[key, "half"], n[key, "after"], well[key] | "sort" }
      close("sort")
      printf "  %d kills, %d wrong\n", all, bad }' "$work/kinds" "$work/outcomes"
}
