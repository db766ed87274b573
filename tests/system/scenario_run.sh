#!/usr/bin/env bash
# What people and programs do to names, kinds and contents, on both sides of two synced folders. After each
# group both are equal, and what the side that acted left is what is there.
#   scenario_run.sh BIN [short | FOLDER...]     what goes in first: /usr/include and /usr/share; short: a part
set -euo pipefail
export LC_ALL=C
bin=$(cd "${1:?the folder of the programs}" && pwd)
shift
case ${1:-} in
  "") folders=(/usr/include /usr/share) ;;
  short) folders=(/usr/include/linux /usr/include/c++) ;;
  *) folders=("$@") ;;
esac
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/dev/demo_lib.sh
source tests/system/system_lib.sh
begin scenario
AGENT_FLAGS=--no-polling

# some SIDE COUNT: that many files of what was copied, from all over it. So few of any folder do not ask.
some() {
  find "$work/$1/copied" -type f ! -path $'*\n*' | sort |
    awk -v n="$2" '{ f[NR] = $0 } END { for (i = 1; i <= n && i <= NR; i++) print f[int((i - 0.5) * NR / (n > NR ? NR : n)) + 1] }'
}

# renameat2 with RENAME_EXCHANGE; perl is part of every Debian.
exchange() {
  local number
  case $(uname -m) in x86_64) number=316 ;; *) number=276 ;; esac
  perl -e 'syscall($ARGV[0] + 0, -100, $ARGV[1], -100, $ARGV[2], 2) == 0 or die "renameat2: $!\n"' "$number" "$1" "$2"
}

# Kinds of what the server accepted since, one a line.
rows_after() { A log --vault files --after "$1" | awk '{ print $3 }'; }
only_moves() {
  local rows
  rows=$(rows_after "$2")
  if [ -n "$rows" ] && ! grep -qvx move_rename <<<"$rows"; then
    note "$1: $(wc -l <<<"$rows") moves and nothing else"
  else
    wrong "$1: not by moves alone: $(sort <<<"$rows" | uniq -c | tr -s ' \n' ' ')"
  fi
}

# Everything that changes when a content travels: what those who carry it were asked for, what the server holds.
carried() {
  local side
  for side in A B; do
    "$bin/tinysync-inspect" --home "$work/home-$side" tree | awk '$1 ~ /^(uploader|downloader)$/ { print $1, $4 }'
  done
  find "$work/server/blobs" -type f -printf '%p %s\n' | sort
}

first_copy() {
  head1 "${folders[*]} in at A, out at B"
  local folder begin whole=()
  pair
  mkdir "$work/A/copied" "$work/outside"
  begin=$(now)
  for folder in "${folders[@]}"; do
    cp -a "$folder" "$work/A/copied/" && whole+=("$folder") || note "not all of $folder can be copied"
  done
  note "$(find "$work/A/copied" | wc -l) entries, $(du -sm "$work/A/copied" | cut -f1) MiB, copied into A in $(since "$begin") s"
  both_synced 1800 || wrong "the first copy does not end"
  note "in sync $(since "$begin") s after the copying began"
  text_of=names_and_bytes as_left "first copy" A 60
  same_times
  for folder in "${whole[@]}"; do
    tree_text "$folder" >"$work/source.txt"
    tree_text "$work/B/copied/${folder##*/}" | cmp -s - "$work/source.txt" || wrong "$folder at B is not what it is here"
  done
}

# cp -a sets a file's time when the agent may have read the file already, and a new time alone is no change: how
# often it happens is printed, not judged, and B put right by hand.
same_times() {
  local path n=0
  tree_text "$work/A" >"$work/A.txt"
  while read -r path; do
    touch -r "$work/A/$path" "$work/B/$path"
    n=$((n + 1))
  done < <(tree_text "$work/B" | diff "$work/A.txt" - | sed -nE 's/^> f [01] [^ ]+ - //p')
  note "$n files had the time of their copying at B"
  as_left "with their times" A 60
}

plain_edits() {
  head1 "Plain edits at A"
  local file before
  while read -r file; do echo "and more" >>"$file"; done < <(some A 60)
  some A 61 | xargs -d '\n' truncate -s 100
  some A 15 | xargs -d '\n' chmod a+x
  as_left "60 appended, 61 cut, 15 executable" A 60
  before=$(log_end)
  while read -r file; do
    touch -r "$file" "$work/stamp" && touch -d 2001-02-03T04:05:06.789 "$file"
    A sync-once >/dev/null || wrong "sync-once: exit $?"
    touch -r "$work/stamp" "$file"
  done < <(some A 3)
  [ "$(log_end)" -eq "$before" ] && note "a new mtime alone is no change" || wrong "a touch is a change: $(rows_after "$before")"
  some A 300 | xargs -d '\n' sed -i '1s/^/edited in place /'
  as_left "sed -i on 300 files" A 60
}

atomic_saves() {
  head1 "Saves by renaming at B"
  local file i=0
  while read -r file; do
    { cat "$file"; echo "saved"; } >"$file.tmp$$"
    mv "$file.tmp$$" "$file"
  done < <(some B 40)
  as_left "40 written beside and renamed over" B 60
  while read -r file; do
    mv "$file" "$file~"
    { cat "$file~"; echo "saved with a backup"; } >"$file"
    [ $((i++ % 2)) -eq 0 ] || rm "$file~"
  done < <(some B 41)
  as_left "41 moved to a backup and written anew, 21 backups stay" B 60
}

swaps() {
  head1 "Swaps, chains and circles at A"
  local at="$work/A/names" before i
  mkdir -p "$at/left" "$at/right"
  for i in a b c d e f one two three; do echo "I was $i" >"$at/$i"; done
  head -c 300000 /dev/urandom >"$at/large"
  for i in left right; do echo "in $i" >"$at/$i/file"; echo "only in $i" >"$at/$i/$i"; done
  as_left "names to play with" A 60
  before=$(log_end)
  mv "$at/a" "$at/tmp" && mv "$at/b" "$at/a" && mv "$at/tmp" "$at/b"
  exchange "$at/c" "$at/large"
  mv "$at/f" "$at/g" && mv "$at/e" "$at/f" && mv "$at/d" "$at/e"
  mv "$at/one" "$at/tmp" && mv "$at/three" "$at/one" && mv "$at/two" "$at/three" && mv "$at/tmp" "$at/two"
  as_left "two files through a third name, two at once, a chain, a circle" A 60
  exchange "$at/left" "$at/right"
  as_left "two folders at once" A 60
  mv "$at/left" "$at/tmp" && mv "$at/right" "$at/left" && mv "$at/tmp" "$at/right"
  as_left "and back through a third name" A 60
  only_moves "swaps" "$before"
}

case_renames() {
  head1 "Renames of case alone at B"
  local at="$work/B/names" before
  echo file >"$at/File" && mkdir "$at/Folder" && echo inside >"$at/Folder/Inside"
  as_left "a file and a folder" B 60
  before=$(log_end)
  mv "$at/File" "$at/file" && mv "$at/Folder" "$at/folder" && mv "$at/folder/Inside" "$at/folder/INSIDE"
  as_left "their names in small letters" B 60
  only_moves "case" "$before"
  expect "A has them in exactly these letters" 1 '[ "$(cd "$work/A/names" && echo [Ff]ile [Ff]older/*)" = "file folder/INSIDE" ]'
}

flips() {
  head1 "Files, folders and links become each other at A"
  local at="$work/A/kinds" i
  mkdir -p "$at/folder to file/in/side" "$at/folder to link" "$at/target"
  for i in "file to folder" "file to link" "folder to file/in/side/f" "folder to link/f" "target/f"; do echo "$i" >"$at/$i"; done
  ln -s target "$at/link to folder"
  ln -s target/f "$at/link to file"
  as_left "seven of them" A 60
  tree_text "$at" >"$work/kinds.txt"
  cp -a "$at" "$work/outside/kinds"
  rm -r "$at/folder to file" && echo "a file now" >"$at/folder to file"
  rm -r "$at/folder to link" && ln -s target "$at/folder to link"
  rm "$at/file to folder" && mkdir "$at/file to folder" && echo in >"$at/file to folder/in"
  rm "$at/file to link" && ln -s target/f "$at/file to link"
  rm "$at/link to folder" && mkdir "$at/link to folder" && echo in >"$at/link to folder/in"
  rm "$at/link to file" && echo "a file now" >"$at/link to file"
  as_left "all flipped" A 60
  rm -r "${at:?}"/*\ to\ * && mv "$work/outside/kinds"/*\ to\ * "$at/"
  rm -r "$work/outside/kinds"
  as_left "and back" A 60
  tree_text "$work/B/kinds" | cmp -s - "$work/kinds.txt" || wrong "the kinds are not what they were"
}

deletes() {
  head1 "Deletes at B"
  local gone
  mkdir -p "$work/B/doomed/a/b/c" "$work/B/doomed/empty"
  many "$work/B/doomed/a/b/files" 5
  as_left "a folder to delete" B 60
  gone=$(some B 15)
  xargs -d '\n' rm <<<"$gone"
  rm -r "$work/B/doomed"
  rm "$work/B/names/g" "$work/B/kinds/link to file"
  as_left "15 files, a tree, a link" B 60
  expect "the tree is gone at A" 1 '[ ! -e "$work/A/doomed" ]'
}

outside() {
  head1 "Trees come in and go out at A"
  many "$work/outside/came" 1000
  mkdir -p "$work/outside/came/deep/er" && echo x >"$work/outside/came/deep/er/file"
  mv "$work/outside/came" "$work/A/came"
  as_left "1,000 files moved in" A 60
  mv "$work/A/came/deep" "$work/A/kinds" "$work/A/names/large" "$work/outside/"
  as_left "two folders and a file moved out" A 60
  expect "gone at B, too" 1 '[ ! -e "$work/B/came/deep" ] && [ ! -e "$work/B/kinds" ] && [ ! -e "$work/B/names/large" ]'
  echo "edited outside" >"$work/outside/deep/er/file"
  mv "$work/outside/deep" "$work/outside/kinds" "$work/outside/large" "$work/A/"
  as_left "edited there and moved in again, elsewhere" A 60
}

# changes SIDE ROOT: what one of two does where the other does likewise; nothing of it is the same item.
changes() {
  local me=$1 at=$2 i
  for i in {1..30}; do echo "by $me" >>"$at/$me-edit$i"; done
  for i in {1..30}; do mv "$at/$me-move$i" "$at/to-$((i % 3))/$me-moved$i"; done
  for i in {1..15}; do rm "$at/$me-rm$i"; done
  mkdir -p "$at/$me-new/in" && seq 100 | (cd "$at/$me-new/in" && split -l 1 -a 2)
  mv "$at/$me-folder" "$at/to-0/$me-folder"
  chmod 755 "$at/$me-edit1"
}

both_at_once() {
  head1 "Both sides at once in the same folders"
  local at="$work/A/shared" me i pid
  mkdir -p "$at"/to-{0,1,2} "$at"/{a,b}-folder
  for me in a b; do
    for i in {1..30}; do echo "$me $i" | tee "$at/$me-edit$i" "$at/$me-move$i" "$at/$me-rm$i" >"$at/$me-folder/$i"; done
  done
  as_left "a folder to share" A 60
  cp -a "$at" "$work/outside/shared"
  changes a "$work/A/shared" &
  pid=$!
  changes b "$work/B/shared"
  wait "$pid"
  converge "30 edits, 31 moves, 15 deletes, 100 new files on each side" 120
  changes a "$work/outside/shared"
  changes b "$work/outside/shared"
  names_and_bytes "$work/A/shared" >"$work/have.txt"
  names_and_bytes "$work/outside/shared" | cmp -s - "$work/have.txt" || wrong "not what both did together"
  no_copies "both at once"
}

# one_move SIDE OTHER FROM TO: one row, no content travels, and the other side has it within 3 s.
one_move() {
  local from="$2/$3" to="$2/$4" before had rows begin
  before=$(log_end)
  carried >"$work/carried.before"
  had=$(find "$work/$1/$3" -type f | wc -l)
  begin=$(now)
  mv "$work/$1/$3" "$work/$1/$4"
  expect "$had files renamed at $1, all seen at $2" 3 "[ ! -e '$work/$from' ] && [ -d '$work/$to' ]"
  note "seen after $(since "$begin") s"
  as_left "the renamed folder" "$1" 60
  rows=$(rows_after "$before")
  [ "$rows" = move_rename ] && note "one mutation" || wrong "not one move: $(sort <<<"$rows" | uniq -c | head -n 5 | tr -s ' \n' ' ')"
  carried >"$work/carried.after"
  if cmp -s "$work/carried.before" "$work/carried.after"; then
    note "no content travelled"
  else
    wrong "contents travelled: $(diff "$work/carried.before" "$work/carried.after" | head -n 4 | tr '\n' ' ')"
  fi
}

renamed_folder() {
  head1 "A folder of 10,000 files"
  local i
  many "$work/A/ten thousand" 9980
  mkdir "$work/A/ten thousand/large"
  for i in {1..20}; do head -c 100000 /dev/urandom >"$work/A/ten thousand/large/$i"; done
  as_left "10,000 new files" A 300
  one_move A B "ten thousand" "other name"
  one_move B A "other name" "names/moved deeper"
}

held_back() {
  head1 "A big delete asks first"
  local big="names/moved deeper" code=0
  rm -r "$work/A/$big"
  expect "brake show: exit 4" 120 'code=0; A brake show >"$work/brake" 2>&1 || code=$?; [ $code -eq 4 ]'
  tail -n 2 "$work/brake" | sed 's/^/    /'
  code=0
  A wait --synced --timeout 60 >/dev/null 2>&1 || code=$?
  [ "$code" -eq 4 ] && note "wait: exit 4" || wrong "wait: exit $code"
  code=0
  A status >"$work/status" || code=$?
  [ "$code" -eq 4 ] && note "status: exit 4" || wrong "status: exit $code"
  grep -q "$big" "$work/brake" || wrong "brake show does not name $big"
  # 30 % pass before it asks, if the agent looks that often while rm is at it.
  [ "$(count "$work/B/$big")" -ge 7000 ] && note "B has $(count "$work/B/$big") of it" || wrong "B has only $(count "$work/B/$big") of it"
  echo meanwhile >"$work/A/meanwhile"
  expect "a save flows meanwhile" 20 '[ -s "$work/B/meanwhile" ]'
  A brake approve >"$work/said" && note "approve: $(cat "$work/said")" || wrong "approve: exit $?"
  as_left "approved" A 120
  expect "the folder is gone at B" 1 '[ ! -e "$work/B/$big" ]'
  A brake show >/dev/null || wrong "after it brake show: exit $?"
  rm -r "$work/A/came"
  expect "another one asks" 60 'code=0; A brake show >/dev/null 2>&1 || code=$?; [ $code -eq 4 ]'
  A brake reject >"$work/said" && note "reject: $(cat "$work/said")" || wrong "reject: exit $?"
  converge "rejected" 60
  [ "$(count "$work/A/came")" -ge 700 ] && note "$(count "$work/A/came") files are back at A" || wrong "only $(count "$work/A/came") files are back at A"
}

# Not more than 50 items, however many folders they are in and however often the agent looks meanwhile.
small_deletes() {
  head1 "A delete that is too small to ask, at B"
  local at="$work/B/twenty-six"
  mkdir -p "$at/a/b/c" "$at/empty"
  many "$at/a/b/files" 20
  as_left "a folder of 26" B 60
  rm -r "$at"
  as_left "deleted" B 60
  B brake show >"$work/brake" || { wrong "26 items ask: $(grep -h 'items here' "$work/brake")"; B brake approve >/dev/null; converge "approved" 60; }
}

# Nothing that happened so far is worth a warning.
quiet_logs() {
  head1 "What the agents complained about"
  local said
  said=$(grep -hE '^[^ ]+ (warning|error|critical) ' "$work"/home-?/log/*.log | cut -d' ' -f2- | sort | uniq -c | sort -rn || true)
  [ -z "$said" ] && note "nothing" || wrong "$(head -n 5 <<<"$said")"
}

# Folders that are replaced by others of their name, as by those who unpack or build anew.
replaced_folders() {
  head1 "Folders replaced at A by others of their name"
  local at="$work/A/replaced" how
  for how in copied moved other; do
    mkdir -p "$at/$how/below"
    echo one | tee "$at/$how/f" >"$at/$how/below/f"
  done
  as_left "three folders" A 60
  cp -a "$at" "$work/outside/"
  echo more | tee -a "$work/outside/replaced/copied/f" >>"$work/outside/replaced/copied/below/f"
  rm -r "$at/copied" && cp -r "$work/outside/replaced/copied" "$at/copied"
  rm -r "$at/moved" && mv "$work/outside/replaced/moved" "$at/moved"
  echo two | tee "$work/outside/replaced/other/f" >"$work/outside/replaced/other/new"
  exchange "$work/outside/replaced/other" "$at/other"
  as_left "one copied, one moved in, one exchanged" A 60
}

for part in first_copy plain_edits atomic_saves swaps case_renames flips deletes outside both_at_once renamed_folder held_back \
  small_deletes quiet_logs replaced_folders; do
  "$part"
done
[ "$findings" -eq 0 ] || { echo "$findings findings" >&2; exit 1; }
head1 "Everything worked."
