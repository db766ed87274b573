# What demo and the system run share: starting, joining, waiting for a condition, comparing trees.
# Needs $bin and $work. Sourced, not run.

pids=()
head1() { if [ -t 1 ]; then printf '\n\033[1m%s\033[0m\n' "$*"; else printf '\n%s\n' "$*"; fi; }
now() { date +%s%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", (b - a) / 1e9 }'; }

# Nobody ever writes here: reading it with a time limit is a pause that costs no process.
exec {never}<> <(:)

# until_true SECONDS CONDITION: polls the condition; 1 when the time is over.
until_true() {
  local deadline=$(($(now) + $1 * 1000000000))
  until eval "$2"; do
    [ "$(now)" -lt "$deadline" ] || return 1
    read -rt 0.01 -u "$never" _ || true
  done
}

# On any free port, or at $LISTEN.
start_server() {
  rm -f "$work/ready"
  "$bin/tinysync-server" serve --data "$work/server" --listen "${LISTEN:-127.0.0.1:0}" --ready-file "$work/ready" \
    >>"$work/server.log" 2>&1 &
  pids+=($!)
  server_pid=$!
  until_true 30 '[ -s "$work/ready" ]' || { cat "$work/server.log" >&2; echo "the server does not start" >&2; exit 1; }
}

start_agent() {
  local name=$1
  "$bin/tinysyncd" --home "$work/home-$name" ${AGENT_FLAGS:-} >>"$work/agent-$name.log" 2>&1 &
  pids+=($!)
  eval "agent_$name=$!"
  eval "$name() { \"\$bin/tinysync\" --home \"\$work/home-$name\" \"\$@\"; }"
  until_true 15 "$name status >/dev/null 2>&1; [ \$? -ne 6 ]" || { cat "$work/agent-$name.log" >&2; exit 1; }
}

# join AGENT NAME: with an invite that is $used afterwards.
join() {
  used=$("$bin/tinysync-server" invite --data "$work/server" | tail -n 1)
  "$1" register "$used" --name "$2"
}

# One line an entry: type, executable, mtime of files, link target, hash, path. Equal trees, equal text.
tree_text() {
  (cd "$1" && find . -mindepth 1 -path ./.tinysync -prune -o -type f -printf 'f %m %T@ - %p\n' -o -type l -printf 'l - - %l %p\n' -o -type d -printf 'd - - - %p\n' |
    awk '{ if ($1 == "f") { x = int(substr($2, length($2) - 2, 1)) % 2; sub($2, x) } print }' | LC_ALL=C sort -k5)
  (cd "$1" && find . -path ./.tinysync -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum)
}

verify() {
  tree_text "$work/A" >"$work/A.txt"
  tree_text "$work/B" >"$work/B.txt"
  if ! cmp -s "$work/A.txt" "$work/B.txt"; then
    echo "DIFFERENT:" >&2
    diff "$work/A.txt" "$work/B.txt" | head -n 20 >&2
    exit 1
  fi
  echo "verified: $1 (names, types, bytes, executable bits, link targets, file mtimes of $(grep -c '^[fld] ' "$work/A.txt") entries)"
}

# live WHAT DO SEEN
live() {
  local begin
  begin=$(now)
  eval "$2"
  until_true 20 "$3" || { echo "not seen after 20 s: $1" >&2; exit 1; }
  printf '  %-22s %s s\n' "$1" "$(since "$begin")"
}

log_end() { A vault ls --json | sed 's/.*"seq":\([0-9]*\).*/\1/'; }

# A bar on a terminal, a line now and then where output is piped, until B has that many entries.
progress() {
  local wanted=$1 have=0 last=-1
  while have=$(find "$work/B" -mindepth 1 -path "$work/B/.tinysync" -prune -o -mindepth 1 -print | wc -l); [ "$have" -lt "$wanted" ]; do
    kill -0 "$server_pid" 2>/dev/null || { echo "the server ended" >&2; exit 1; }
    if [ -t 1 ]; then
      printf '\r  [%-40s] %s of %s' "$(printf '%*s' $((40 * have / (wanted + 1))) '' | tr ' ' '#')" "$have" "$wanted"
    elif [ $((have * 10 / (wanted + 1))) -ne "$last" ]; then
      last=$((have * 10 / (wanted + 1)))
      echo "  $have of $wanted"
    fi
    read -rt 0.5 -u "$never" _ || true
  done
  if [ -t 1 ]; then printf '\r%60s\r' ''; fi
}

# Ends what was started here, by force after 20 s, and leaves nothing behind.
# Is this still a process of ours? A number is given out again soon after its process has ended.
ours() {
  local pid
  for pid in $(jobs -pr; jobs -ps); do [ "$pid" != "$1" ] || return 0; done
  return 1
}

end() {
  local status=$?
  trap - EXIT
  [ "$status" -eq 0 ] || for f in "$work"/*.log "$work"/home-*/log/*.log; do [ -s "$f" ] && { echo "--- $f"; tail -n 15 "$f"; } >&2; done
  for pid in "${pids[@]}"; do ours "$pid" && kill "$pid" 2>/dev/null && kill -CONT "$pid" 2>/dev/null; done
  for pid in "${pids[@]}"; do
    until_true 20 '! ours "$pid"' || kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
  exit "$status"
}
