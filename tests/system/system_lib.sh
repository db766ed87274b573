# The nouns of the system runs, over tools/dev/demo_lib.sh: findings, convergence, the tree that is odd.
# Needs $bin, $work. Sourced, not run.

findings=0
note() { printf '  %s\n' "$*"; }
wrong() {
  findings=$((findings + 1))
  printf '  WRONG: %s\n' "$*" >&2
}
# expect WHAT SECONDS CONDITION
expect() { until_true "$2" "$3" && note "$1" || wrong "not within $2 s: $1"; }

# begin NAME [AT_THE_END]: the temporary folder of a run, which goes with it, and a port for its server.
begin() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/tinysync-$1.XXXXXX")
  trap "${2:-end}" EXIT
  trap 'exit 130' INT TERM
  LISTEN=127.0.0.1:$(free_port)
}

# A port nobody listens on, below those that the kernel hands out.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

# unbraked NAME: an agent that has nobody to approve of mass changes.
unbraked() {
  mkdir -m 700 "$work/home-$1"
  printf '[brake]\nitems = 1000000\n' >"$work/home-$1/settings.toml"
}

# A server and two agents with one vault between them, at the roots A and B.
pair() {
  start_server
  start_agent A
  start_agent B
  join A laptop
  join B desktop
  mkdir -p "$work/A" "$work/B"
  A vault create files >/dev/null
  A attach files "$work/A"
  B attach files "$work/B"
}

in_sync() { "$1" wait --synced --timeout 1 >/dev/null 2>&1 || [ $? -eq 4 ]; }
# Both agents say that they are in sync; 4 (a conflict to look at) is in sync, too.
both_synced() {
  local limit=$1 agent code
  for agent in A B A B; do
    code=0
    "$agent" wait --synced --timeout "$limit" >"$work/wait.out" 2>&1 || code=$?
    [ "$code" -eq 0 ] || [ "$code" -eq 4 ] || { wrong "$agent wait: exit $code: $(head -n 3 "$work/wait.out")"; "$agent" status >&2 || true; return 1; }
  done
}

# tree_text without times.
names_and_bytes() { tree_text "$1" | sed -E 's/^f ([01]) [^ ]+ /f \1 /'; }

# converge WHAT SECONDS: in sync, and equal in everything that is synced, or as $text_of has it.
converge() {
  local begin
  begin=$(now)
  both_synced "$2" || { wrong "not in sync: $1"; return 0; }
  "${text_of:-tree_text}" "$work/A" >"$work/A.txt"
  "${text_of:-tree_text}" "$work/B" >"$work/B.txt"
  if cmp -s "$work/A.txt" "$work/B.txt"; then
    note "$1: equal, $(grep -c '^[fld] ' "$work/A.txt") entries, $(since "$begin") s"
  else
    wrong "A and B differ: $1"
    diff "$work/A.txt" "$work/B.txt" | head -n 10 >&2 || true
  fi
}

# as_left WHAT SIDE SECONDS: A and B are equal, and that side is what it was when this began.
as_left() {
  local before=$findings
  "${text_of:-tree_text}" "$work/$2" >"$work/left.txt"
  converge "$1" "$3"
  [ "$findings" -eq "$before" ] || return 0
  cmp -s "$work/left.txt" "$work/$2.txt" && return 0
  wrong "$2 is not what it was left: $1"
  diff "$work/left.txt" "$work/$2.txt" | head -n 10 >&2 || true
}
no_copies() {
  local made
  made=$(find "$work/A" "$work/B" -name '*(conflict *')
  [ -z "$made" ] || wrong "conflict copies, $1: $(head -n 3 <<<"$made" | tr '\n' ' ')"
}

# refused WHAT EXIT WORDS COMMAND…: it ends with that code within 20 s and says these words.
refused() {
  local what=$1 wanted=$2 words=$3 code=0
  shift 3
  timeout -k 1 20 "$@" >"$work/refused.out" 2>&1 || code=$?
  judge "$what" "$wanted" "$words" "$code" "$work/refused.out"
  tell "$what" "$code" "$work/refused.out" "$@"
}
# judge WHAT EXIT WORDS CODE OUTPUT
judge() {
  local said
  said=$(head -c 300 "$5" | tr -d '\0')
  if [ "$4" -ne "$2" ]; then
    wrong "$1: exit $4, not $2: $said"
  elif ! grep -qiE -- "$3" "$5"; then
    wrong "$1: says '$said', not '$3'"
  elif grep -qE 'libprotobuf|an internal error|crashed|budget allows|has ended' "$5"; then
    wrong "$1: says what only programmers understand: '$said'"
  else
    note "$1: exit $4, $(head -n 1 "$5" | cut -c1-200)"
  fi
}
# tell WHAT EXIT OUTPUT COMMAND…: for those who write down what was seen.
tell() { :; }

# Some hundreds of entries, among them every kind of name and file that people and programs make.
odd_tree() {
  local root=$1 i
  mkdir -p "$root/plain" "$root/deep/er/and/deeper" "$root/empty folder" "$root/-dash"
  for i in {1..300}; do echo "file $i" >"$root/plain/f$i.txt"; done
  for i in {1..40}; do echo "deep $i" >"$root/deep/er/and/deeper/f$i"; done
  echo newline >"$root/new"$'\n'"line"
  echo latin1 >"$root/caf"$'\xe9'".txt"
  echo dash >"$root/-dash/--help"
  echo long >"$root/$(printf 'n%.0s' {1..255})"
  echo space >"$root/ spaces "
  echo backslash >"$root/back\\slash"
  echo unicode >"$root/Füße 日本 🙂"
  : >"$root/empty file"
  echo '#!/bin/sh' >"$root/program" && chmod 755 "$root/program"
  echo secret >"$root/private" && chmod 600 "$root/private"
  ln -s plain/f1.txt "$root/link"
  ln -s nowhere "$root/dangling"
  ln -s deep/er "$root/folder link"
  ln -s /etc/hostname "$root/absolute"
  head -c $((20 << 20)) /dev/urandom >"$root/big"
}

# many FOLDER COUNT
many() {
  mkdir "$1"
  (cd "$1" && seq 1 "$2" | split -l 1 -a 4 - f)
}
count() { { find "$1" -type f 2>/dev/null || true; } | wc -l; }
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

# inspects WHAT NAMES COMMAND…: the tree holds an actor of each of these names (a coordinator is named
# by its vault and is one by kind).
inspects() {
  local what=$1 names=$2 name missing=
  shift 2
  "$@" tree --json >"$work/tree.json" || { wrong "$what: tinysync-inspect fails"; return 0; }
  for name in $names; do
    grep -qE "\"(name|kind)\": ?\"$name\"" "$work/tree.json" || missing+=" $name"
  done
  [ -z "$missing" ] && note "$what: $(grep -oE '"name": ?"' "$work/tree.json" | wc -l) actors" ||
    wrong "$what lacks:$missing"
}
