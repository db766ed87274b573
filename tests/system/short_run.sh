#!/usr/bin/env bash
# The real programs on the real disk: a server, two agents, what users do and what breaks. Everything
# is in one temporary folder. Agents do not poll, so that it is the wakes that work.
#   short_run.sh BIN
set -euo pipefail
export LC_ALL=C
bin=$(cd "${1:?the folder of the programs}" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/dev/demo_lib.sh
source tests/system/system_lib.sh
begin system
AGENT_FLAGS=--no-polling

first_copy() {
  head1 "A tree with odd names goes in at A and comes out at B"
  mkdir "$work/A"
  odd_tree "$work/A"
  pair
  converge "first copy" 120
  [ "$(stat -c %a "$work/B/private")" = 600 ] || wrong "private is $(stat -c %a "$work/B/private"), not 600"
  [ -x "$work/B/program" ] || wrong "program cannot be executed"
  [ "$(readlink "$work/B/dangling")" = nowhere ] || wrong "the dangling link points elsewhere"
}

live_changes() {
  head1 "Live, on both sides"
  echo edited >"$work/A/plain/f1.txt"
  mv "$work/B/plain/f2.txt" "$work/B/renamed.txt"
  rm "$work/A/plain/f3.txt"
  mv "$work/B/deep" "$work/B/moved"
  rm -r "$work/A/-dash"
  mkdir -p "$work/B/new/folders" && echo x >"$work/B/new/folders/file"
  expect "an edit of A at B" 20 'grep -qs edited "$work/B/plain/f1.txt"'
  expect "a rename of B at A" 20 '[ -f "$work/A/renamed.txt" ] && [ ! -e "$work/A/plain/f2.txt" ]'
  expect "a delete of A at B" 20 '[ ! -e "$work/B/plain/f3.txt" ]'
  expect "a moved folder of B at A" 20 '[ -d "$work/A/moved/er" ] && [ ! -e "$work/A/deep" ]'
  expect "a removed folder of A at B" 20 '[ ! -e "$work/B/-dash" ]'
  expect "new folders of B at A" 20 '[ -f "$work/A/new/folders/file" ]'
  converge "live changes" 60
  A log "$work/A/plain/f3.txt" >"$work/log"
  grep -qE "delete .*plain/f3.txt" "$work/log" || wrong "the log does not say where what was deleted had been: $(tail -n 1 "$work/log")"
}

concurrent_edit() {
  head1 "One file edited on both sides while B is stopped"
  echo before >"$work/A/both.txt"
  expect "the file at B" 20 'grep -qs before "$work/B/both.txt"'
  both_synced 60 || true
  kill -STOP "$agent_B"
  echo "from B" >"$work/B/both.txt"
  echo "from A" >"$work/A/both.txt"
  A wait --synced --timeout 60 || wrong "A does not sync while B is stopped"
  kill -CONT "$agent_B"
  converge "after the conflict" 60
  local side
  for side in A B; do
    expect "the first writer keeps the name at $side" 20 "grep -qs 'from A' '$work/$side/both.txt'"
    expect "the other is kept at $side" 20 "cat '$work/$side/both (conflict '* 2>/dev/null | grep -q 'from B'"
  done
}

killed_agent() {
  head1 "kill -9 of B in the middle of a bulk copy"
  many "$work/A/bulk" 2000
  until_true 60 '[ "$(count "$work/B/bulk")" -ge 100 ]' || wrong "the copy does not begin"
  kill -9 "$agent_B"
  wait "$agent_B" 2>/dev/null || true
  note "killed at $(count "$work/B/bulk") of 2000"
  start_agent B
  converge "after the kill" 180
  [ "$(count "$work/B/bulk")" -eq 2000 ] || wrong "B has $(count "$work/B/bulk") of 2000"
  [ -z "$(find "$work/B/.tinysync/staging" -mindepth 1 2>/dev/null)" ] ||
    wrong "left in staging: $(find "$work/B/.tinysync/staging" -mindepth 1 | head -n 3)"
}

killed_server() {
  head1 "kill -9 of the server in the middle of a bulk copy"
  many "$work/B/bulk2" 2000
  until_true 60 '[ "$(count "$work/A/bulk2")" -ge 100 ]' || wrong "the copy does not begin"
  kill -9 "$server_pid"
  wait "$server_pid" 2>/dev/null || true
  note "killed at $(count "$work/A/bulk2") of 2000"
  start_server
  converge "after the kill" 180
  [ "$(count "$work/A/bulk2")" -eq 2000 ] || wrong "A has $(count "$work/A/bulk2") of 2000"
}

# What the index says of B's root.
root_is_missing() {
  B status --json >"$work/status" 2>/dev/null || true
  grep -q root_missing "$work/status"
}

moved_root() {
  head1 "B's root is moved away while both sides go on, and comes back"
  mv "$work/B" "$work/B elsewhere"
  echo "while B was away" >"$work/A/away.txt"
  rm "$work/A/plain/f20.txt"
  expect "B says that its root is missing" 30 root_is_missing
  echo "in the moved folder" >"$work/B elsewhere/moved.txt"
  rm "$work/B elsewhere/plain/f21.txt"
  A wait --synced --timeout 60 >/dev/null || wrong "A is not in sync while B's root is away"
  [ -e "$work/A/plain/f21.txt" ] || wrong "a folder that is not at its path has deleted something"
  [ ! -e "$work/A/moved.txt" ] || wrong "a folder that is not at its path is synced"
  [ ! -e "$work/B" ] || wrong "something was made where the root had been"
  mv "$work/B elsewhere" "$work/B"
  expect "what was done in it meanwhile, at A" 90 '[ -e "$work/A/moved.txt" ] && [ ! -e "$work/A/plain/f21.txt" ]'
  converge "after the root came back" 120
}

# The file of this name is somewhere at B: in either root, or on its way into the trash of the first.
somewhere_at_B() {
  [ -e "$work/B/$1" ] || compgen -G "$work/B/.tinysync/staging/*" >/dev/null ||
    compgen -G "$work/B/.tinysync/trash/*/$1" >/dev/null || [ -e "$work/B second/$1" ]
}

two_vaults() {
  head1 "Two vaults: files move from one to the other; the root of one is attached through a link"
  A vault create second >/dev/null
  mkdir "$work/A second" "$work/B second"
  ln -s "B second" "$work/link to second"
  A attach second "$work/A second"
  B attach second "$work/link to second"
  B status --json >"$work/status" || true
  grep -q "B second" "$work/status" || wrong "the root is not known by its own path"
  rm "$work/link to second"
  local name lost=0 hash
  head -c $((30 << 20)) /dev/urandom >"$work/A/large"
  echo small >"$work/A/small"
  both_synced 60 || true
  for name in small large; do
    hash=$(sha256sum <"$work/A/$name")
    mv "$work/A/$name" "$work/A second/$name"
    until [ -e "$work/B second/$name" ] && [ ! -e "$work/B/$name" ]; do
      somewhere_at_B "$name" || lost=$((lost + 1))
      [ "$lost" -eq 0 ] || break
      [ "$SECONDS" -lt 900 ] || { wrong "$name does not move"; break; }
    done
    [ "$(sha256sum <"$work/B second/$name")" = "$hash" ] && note "$name is in the other vault" || wrong "$name is another in the other vault"
  done
  [ "$lost" -eq 0 ] || wrong "for a moment $name was nowhere at B"
  converge "the first vault" 60
}

attributes() {
  head1 "What does not travel stays: attributes, owners, setuid"
  local file="$work/B/plain/f30.txt"
  both_synced 60 || true
  chmod 4755 "$work/A/plain/f30.txt"
  chown 12345 "$work/A/plain/f30.txt" 2>/dev/null || note "skipped: another owner (not root)"
  expect "the executable bit at B" 20 '[ -x "$work/B/plain/f30.txt" ]'
  [ ! -u "$file" ] || wrong "setuid has travelled"
  [ "$(stat -c %u "$file")" -eq "$(id -u)" ] || wrong "the owner has travelled"
  if setfattr -n user.color -v blue "$file" 2>/dev/null; then
    echo "edited at A" >"$work/A/plain/f30.txt"
    expect "the edit at B" 20 'grep -qs "edited at A" "$work/B/plain/f30.txt"'
    [ "$(getfattr --only-values -n user.color "$file" 2>/dev/null)" = blue ] && note "B's attribute stays on the new content" ||
      wrong "the attribute is gone with the former content"
    [ ! -u "$file" ] || wrong "setuid has travelled with the content"
  else
    note "skipped: this file system takes no attributes of users"
  fi
  converge "attributes" 60
}

# Whatever else there is to look at.
says_rebuilt() {
  "$1" status >"$work/status" 2>&1 || true
  grep -q 'built anew' "$work/status"
}

damaged_index() {
  head1 "B's index is damaged, then gone; A's is built anew on request"
  local index copies how
  index=$(find "$work/home-B" -name '*.db')
  copies=$(find "$work/A" "$work/B" -name '*(conflict *' | wc -l)
  for how in damaged gone; do
    echo "$how" >"$work/A/short-lived"
    expect "a file that will be deleted meanwhile, at B" 20 'grep -qs "$how" "$work/B/short-lived"'
    both_synced 60 || true
    kill -9 "$agent_B"
    wait "$agent_B" 2>/dev/null || true
    rm "$work/A/short-lived"
    echo "while B's index was $how" >"$work/A/plain/f1.txt"
    A wait --synced --timeout 60 >/dev/null || true
    rm -f "$index-wal" "$index-shm"
    if [ "$how" = damaged ]; then
      dd if=/dev/urandom of="$index" bs=4096 seek=3 count=4 conv=notrunc status=none
    else
      rm "$index"
    fi
    start_agent B
    converge "B with its index $how" 120
    [ ! -e "$work/A/short-lived" ] || wrong "what was deleted came back"
    says_rebuilt B || wrong "B's status does not say that its index was built anew"
  done
  A panic-resync files >/dev/null || wrong "panic-resync: exit $?"
  expect "A says that its index was built anew" 60 'says_rebuilt A'
  converge "after panic-resync" 120
  [ "$(find "$work/A" "$work/B" -name '*(conflict *' | wc -l)" -eq "$copies" ] || wrong "conflict copies were made"
}

completion() {
  head1 "The command line completes itself"
  local said
  said=$(PATH=$bin:$PATH bash -c 'source <(tinysync completion bash)
    COMP_WORDS=(tinysync --json conflicts "") COMP_CWORD=3; _tinysync; echo "${COMPREPLY[@]}"
    COMP_WORDS=(tinysync sta) COMP_CWORD=1; _tinysync; echo "${COMPREPLY[@]}"
    COMP_WORDS=(tinysync trash empty --o) COMP_CWORD=3; _tinysync; echo "${COMPREPLY[@]}"')
  [ "$(sed -n 1p <<<"$said" | cut -d' ' -f1-3)" = "ls show resolve" ] || wrong "after conflicts: $said"
  [ "$(sed -n 2p <<<"$said")" = status ] || wrong "after sta: $said"
  [ "$(sed -n 3p <<<"$said")" = --older-than ] || wrong "after trash empty --o: $said"
  "$bin/tinysync" completion fish >"$work/fish"
  grep -q 'seen_subcommand_from conflicts' "$work/fish" || wrong "fish has no conflicts"
  refused "an unknown shell" 2 "bash" "$bin/tinysync" completion cmd
}

trees() {
  head1 "The actors of both programs"
  inspects "agent" "credentials settings cloud_link wake_listener vaults local_store watcher scanner \
    engine log_replayer applier pending_ops uploader downloader hydration_servicer event_stream \
    inspector ipc_server" "$bin/tinysync-inspect" --home "$work/home-A"
  echo awake >"$work/A/awake"  # an idle coordinator ends; this one runs
  A wait --synced --timeout 60 >/dev/null || true
  inspects "server" "metadata_store blob_store access change_feed wake_hub vaults mutation_coordinator \
    janitor inspector http_front" "$bin/tinysync-inspect" --server "$work/server"
}

# How long a save takes to be seen, and what idle programs cost. Printed, not judged.
figures() {
  head1 "Figures"
  local i begin line times=()
  for i in {1..20}; do
    begin=$(now)
    echo "save $i" >"$work/A/saved.txt"
    until_true 20 'read -r line <"$work/B/saved.txt" && [ "$line" = "save $i" ]' 2>/dev/null ||
      { wrong "save $i is not seen"; continue; }
    times+=($((($(now) - begin) / 1000000)))
  done
  [ ${#times[@]} -eq 0 ] || printf '%s\n' "${times[@]}" | sort -n |
    awk '{ t[NR] = $1 } END { printf "  save to visible: median %d ms, max %d ms of %d\n", t[int((NR + 1) / 2)], t[NR], NR }'
  both_synced 60 || true
  local who pid before=() names=(agent-A agent-B server) all=("$agent_A" "$agent_B" "$server_pid")
  for pid in "${all[@]}"; do before+=("$(ticks "$pid")"); done
  sleep 10  # the length of the measurement
  for i in 0 1 2; do
    note "idle ${names[i]}: $((($(ticks "${all[i]}") - before[i]) * 1000 / $(getconf CLK_TCK))) ms of CPU in 10 s"
  done
}

in_order() {
  head1 "SIGTERM ends everything within 15 s"
  local pid name code begin
  for name in agent_A agent_B server_pid; do
    pid=${!name}
    begin=$(now)
    kill "$pid"
    if until_true 15 '! ours "$pid"'; then
      code=0
      wait "$pid" || code=$?
      [ "$code" -eq 0 ] && note "$name: $(since "$begin") s" || wrong "$name ends with $code"
    else
      wrong "$name runs 15 s after SIGTERM"
    fi
  done
}

for part in first_copy live_changes concurrent_edit killed_agent killed_server damaged_index moved_root two_vaults attributes completion trees figures in_order; do
  "$part"
done
[ "$findings" -eq 0 ] || { echo "$findings findings" >&2; exit 1; }
head1 "Everything worked."
