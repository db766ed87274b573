#!/usr/bin/env bash
# The main job, once, with everything in one temporary folder: a server, two agents, a real folder.
#   demo.sh [FOLDER]     FOLDER is copied first; yours is not touched
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=$PWD/build/${TINYSYNC_PRESET:-dev}/bin
source tools/dev/demo_lib.sh

folder=${1:-$PWD/docs}
[ -d "$folder" ] || { echo "demo: '$folder' is not a folder" >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/tinysync-demo.XXXXXX")
trap end EXIT
trap 'exit 130' INT TERM

head1 "A server and two agents, in $work"
start_server
start_agent A
start_agent B
join A laptop
join B desktop

head1 "A vault; $folder goes in at A and comes out at B"
mkdir "$work/A" "$work/B"
cp -a "$folder/." "$work/A/" 2>/dev/null || true
files=$(find "$work/A" -mindepth 1 | wc -l)
A vault create demo >/dev/null
begin=$(now)
A attach demo "$work/A"
B attach demo "$work/B"
progress "$files"
A wait --synced --timeout 3000
B wait --synced --timeout 3000
printf '%s items, %s in %s s\n' "$files" "$(du -sh "$work/A" | cut -f1)" "$(since "$begin")"
verify "B is what A is"

head1 "Live: each change on one side, until it is seen on the other"
seq=$(log_end)
live "save on A"       'echo "hello from A" > "$work/A/hello.txt"'    '[ -f "$work/B/hello.txt" ]'
live "edit on B"       'echo "and from B" >> "$work/B/hello.txt"'     'grep -qs "from B" "$work/A/hello.txt"'
live "rename on A"     'mv "$work/A/hello.txt" "$work/A/greeting.txt"' '[ -f "$work/B/greeting.txt" ] && [ ! -e "$work/B/hello.txt" ]'
live "new folder on B" 'mkdir -p "$work/B/new/deep" && echo x > "$work/B/new/deep/file"' '[ -f "$work/A/new/deep/file" ]'
live "move folder on A" 'mv "$work/A/new" "$work/A/moved"'            '[ -f "$work/B/moved/deep/file" ] && [ ! -e "$work/B/new" ]'
live "make executable on B" 'chmod +x "$work/B/greeting.txt"'         '[ -x "$work/A/greeting.txt" ]'
live "delete on A"     'rm -r "$work/A/moved" "$work/A/greeting.txt"' '[ ! -e "$work/B/moved" ] && [ ! -e "$work/B/greeting.txt" ]'
echo "as the server's log has it:"
A log --vault demo --after "$seq" | sed 's/^/  /'
A wait --synced --timeout 60
B wait --synced --timeout 60
verify "and they are still equal"

head1 "The actors, alive"
"$bin/tinysync-inspect" --home "$work/home-A" tree | cut -c1-100

if [ -t 0 ] && [ -t 1 ]; then
  head1 "It goes on: change things in $work/A and $work/B. Enter ends it."
  read -r _ || true
fi
head1 "Everything worked."
