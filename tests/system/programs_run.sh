#!/usr/bin/env bash
# Real programs that save, build and rotate in A's root while B follows. None of them is disturbed: both sides
# become equal to what the program left, without conflict copies and without its lock and swap files.
#   programs_run.sh BIN [short|full]
set -euo pipefail
export LC_ALL=C
bin=$(cd "${1:?the folder of the programs}" && pwd)
extent=${2:-full}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/dev/demo_lib.sh
source tests/system/system_lib.sh
begin programs
AGENT_FLAGS=--no-polling
text_of=names_and_bytes  # what is written once more with the same bytes keeps its former mtime elsewhere
if [ "$extent" = short ]; then commits=1 files=600 rows=300 stopped=15 storm=12000; else commits=4 files=2000 rows=2000 stopped=60 storm=25000; fi

installed() {
  command -v "$1" >/dev/null && return 0
  note "skipped: $1 is not installed"
  return 1
}
# Equal, as A left it, and nobody took the program for a second user.
followed() {
  as_left "$1" A "${2:-60}"
  no_copies "$1"
}
# talk_to NAME COMMAND…: starts a program that reads its commands from a pipe; `tell` sends one, `ended` waits
# for its end after the last.
talk_to() {
  mkfifo "$work/talk"
  "$@" <"$work/talk" >"$work/talk.out" 2>&1 &
  talker=$!
  pids+=($!)
  exec {talk}>"$work/talk"
  rm "$work/talk"
}
tell() { printf '%s\n' "$@" >&"$talk"; }
ended() {
  local code=0
  exec {talk}>&-
  wait "$talker" || code=$?
  [ "$code" -eq 0 ] || wrong "$1 ends with $code: $(head -n 3 "$work/talk.out")"
}

set_up() {
  head1 "A server, two agents, no brake: programs delete and overwrite much"
  unbraked A
  unbraked B
  pair
  mkdir "$work/A/texts" "$work/outside"
}

# Each is saved twice with its swap file beside it, under the names A sees; backupskip has /tmp in it.
with_vim() {
  head1 "vim"
  installed vim || return 0
  local copy file before kinds
  for copy in yes no auto; do
    file="$work/A/texts/vim $copy.txt"
    seq 2000 >"$file"
    followed "a text for backupcopy=$copy"
    before=$(log_end)
    talk_to vim -Nu NONE -es --cmd "set backupcopy=$copy writebackup backupskip= swapfile directory=. updatecount=1" "$file"
    tell 'normal Gofirst save' 'write'
    expect "a first save with backupcopy=$copy" 20 'grep -qs "first save" "$work/B/texts/vim $copy.txt"'
    [ -n "$(find "$work/A/texts" -name '.vim*.sw?')" ] || wrong "vim has no swap file"
    tell 'normal Gosecond save' 'write' 'quit'
    ended vim
    followed "vim with backupcopy=$copy"
    grep -qs "second save" "$work/B/texts/vim $copy.txt" || wrong "the second save is not there"
    kinds=$(A log "texts/vim $copy.txt" --vault files --after "$before" | awk '{ print $3 }' | sort -u | tr '\n' ' ')
    [ "$kinds" = "update_content " ] && note "all of it edits of the file" || wrong "vim is no edit with $copy: $kinds"
  done
}

# How many entries a rule keeps from being synced.
ignored_by() { "$1" status --json | grep -oE '"ignored": ?[0-9]+' | grep -oE '[0-9]+'; }

with_emacs() {
  head1 "emacs"
  local file="$work/A/texts/emacs.txt"
  seq 1000 >"$file"
  followed "a text for emacs"
  # What it does, by hand: a lock link, an auto-save, the backup by renaming.
  ln -s "someone@somewhere.123:456" "$work/A/texts/.#emacs.txt"
  seq 1001 >"$work/A/texts/#emacs.txt#"
  A wait --synced --timeout 20 >/dev/null || true
  expect "lock and auto-save are ignored" 20 '[ "$(ignored_by A)" = 2 ] && [ ! -e "$work/B/texts/#emacs.txt#" ]'
  mv "$file" "$file~" && seq 1001 >"$file"
  rm "$work/A/texts/.#emacs.txt" "$work/A/texts/#emacs.txt#"
  followed "its pattern"
  installed emacs || return 0
  local precious
  for precious in nil t; do
    emacs -Q --batch "$file" --eval "(progn (setq file-precious-flag $precious make-backup-files t)
      (goto-char (point-max)) (insert \"precious $precious\\n\") (save-buffer))" >"$work/emacs.out" 2>&1 ||
      wrong "emacs: $(tail -n 1 "$work/emacs.out")"
    followed "emacs with file-precious-flag $precious"
  done
}

# Temporary names and the order of calls as these programs have them.
saved_like_offices() {
  head1 "LibreOffice, VS Code, GNOME and KDE, by their patterns"
  local at="$work/A/texts" i
  head -c 200000 /dev/urandom >"$at/report.odt"
  seq 500 | tee "$at/code.cpp" "$at/notes.md" >"$at/list.txt"
  followed "four documents"
  printf ',someone,somewhere,today,file:///home;' >"$at/.~lock.report.odt#"
  expect "the lock of LibreOffice is ignored" 20 '[ "$(ignored_by A)" = 1 ] && in_sync A'
  [ ! -e "$work/B/texts/.~lock.report.odt#" ] || wrong "B believes that A has locked the report"
  for i in 1 2 3; do
    head -c 200000 /dev/urandom >"$at/lu123$i.tmp" && mv "$at/lu123$i.tmp" "$at/report.odt"  # LibreOffice
    seq $((500 + i)) >"$at/code.cpp"                                                        # VS Code
    seq $((600 + i)) >"$at/code.cpp.vsctmp" && mv "$at/code.cpp.vsctmp" "$at/code.cpp"      # files.atomicSave
    seq $((700 + i)) >"$at/.goutputstream-AB12C$i" && mv "$at/.goutputstream-AB12C$i" "$at/notes.md"
    seq $((800 + i)) >"$at/list.txt.aB3dE$i" && mv "$at/list.txt.aB3dE$i" "$at/list.txt"    # QSaveFile
  done
  rm "$at/.~lock.report.odt#"
  followed "three saves each"
}

git_in() {
  git -c user.name=someone -c user.email=someone@somewhere -c gc.auto=0 -c core.fsync=none -C "$work/A/repository" "$@" >"$work/git.out" 2>&1 ||
    { wrong "git $1: $(tail -n 2 "$work/git.out")"; return 1; }
}
# same_repository WHEN
same_repository() {
  followed "$1" 120
  GIT_OPTIONAL_LOCKS=0 git -C "$work/B/repository" fsck --full --strict >"$work/git.out" 2>&1 || wrong "fsck at B, $1: $(head -n 3 "$work/git.out")"
  git -C "$work/A/repository" log --all --format='%H %s' >"$work/log.A"
  git -C "$work/B/repository" log --all --format='%H %s' | cmp -s - "$work/log.A" || wrong "another git log at B, $1"
  [ -s "$work/log.A" ] || wrong "git log is empty"
}
with_git() {
  head1 "git"
  installed git || return 0
  local i at="$work/A/repository" letters=abcdefgh
  git init -q -b main "$at"
  many "$at/files" "$files"
  git_in add -A && git_in commit -m "$files files"
  for ((i = 1; i <= commits; i++)); do
    sed -i "s/\$/ in commit $i/" "$at/files/faa${letters:i:1}"?
    git_in commit -am "commit $i"
  done
  same_repository "after $((commits + 1)) commits"
  git_in checkout -q -b side HEAD~1
  echo aside >"$at/aside" && git_in add aside && git_in commit -m "aside"
  git_in rebase main
  git_in repack -ad
  git_in gc --prune=now
  same_repository "after rebase, repack and gc"
  note "$(find "$work/B/repository/.git/objects" -type f | wc -l) files of objects"
}

# same_database NAME: the other side's copy is whole and says the same; opened outside, for opening writes.
same_database() {
  local side
  [ -z "$(find "$work/B/data" -name "$1-*")" ] || wrong "left at B: $(find "$work/B/data" -name "$1-*")"
  for side in A B; do
    cp "$work/$side/data/$1" "$work/outside/$side.db"
    sqlite3 "$work/outside/$side.db" .dump >"$work/dump.$side"
  done
  [ "$(sqlite3 "$work/outside/B.db" 'PRAGMA integrity_check')" = ok ] || wrong "B's $1 is damaged"
  cmp -s "$work/dump.A" "$work/dump.B" || wrong "B's $1 says something else"
  note "$(grep -c '^INSERT' "$work/dump.B") rows in $1"
}
with_sqlite() {
  head1 "sqlite3, written while it is synced"
  installed sqlite3 || return 0
  local mode i
  mkdir "$work/A/data"
  for mode in wal delete truncate persist; do
    talk_to sqlite3 "$work/A/data/$mode.db"
    tell "PRAGMA journal_mode=$mode;" "CREATE TABLE t (n INTEGER PRIMARY KEY, text);"
    for ((i = 1; i <= rows; i++)); do
      tell "INSERT INTO t VALUES ($i, hex(randomblob(500)));"
      [ "$i" -ne $((rows / 2)) ] || expect "half of $mode.db at B" 30 '[ -s "$work/B/data/$mode.db" ]'
    done
    tell "DELETE FROM t WHERE n % 7 = 0;" "VACUUM;" "PRAGMA journal_mode=delete;" ".quit"
    ended sqlite3
    followed "$mode.db after it was closed"
    same_database "$mode.db"
  done
}

with_rsync() {
  head1 "rsync"
  installed rsync || return 0
  local from="$work/outside/source"
  many "$from" "$files"
  head -c 5000000 /dev/urandom >"$from/large"
  rsync -a "$from/" "$work/A/mirror/"
  followed "rsync -a"
  sed -i 's/^/changed /' "$from"/faaa? && printf x | dd of="$from/large" bs=1 seek=2500000 conv=notrunc status=none
  rm "$from"/faab? && mkdir "$from/new" && seq 100 >"$from/new/file"
  rsync -a --delete "$from/" "$work/A/mirror/"
  followed "rsync -a --delete after changes"
  sed -i 's/^/again /' "$from"/faaa? && printf y | dd of="$from/large" bs=1 seek=1250000 conv=notrunc status=none
  rsync -ac --inplace --no-whole-file "$from/" "$work/A/mirror/"
  followed "rsync --inplace"
  diff -qr "$from" "$work/B/mirror" >"$work/mirrored" || wrong "B is not what was mirrored: $(head -n 2 "$work/mirrored")"
  sed -i 's/$/ by sed/' "$work/A/mirror"/faac?
  followed "sed -i on $(find "$work/A/mirror" -name 'faac?' | wc -l) files"
}

with_archives() {
  head1 "tar and unzip"
  many "$work/outside/old" "$files"
  find "$work/outside/old" -type f -exec touch -d 1999-12-31T23:59:59 {} +
  tar -C "$work/outside" -cf "$work/outside/old.tar" old
  tar -C "$work/A" -xf "$work/outside/old.tar"
  followed "$files old files out of a tar"
  installed zip && installed unzip || return 0
  (cd "$work/outside" && mv old old-zipped && zip -qr old.zip old-zipped)
  unzip -q "$work/outside/old.zip" -d "$work/A"
  followed "and out of a zip"
}

# A program goes on writing to the log whatever is done to its names.
with_rotation() {
  head1 "Logs that are rotated"
  local at="$work/A/logs" i n
  mkdir "$at"
  for n in moved copied; do
    for i in 1 2 3 4 5; do
      seq "$i" 200 >>"$at/$n.log"
      [ ! -e "$at/$n.log.2" ] || mv "$at/$n.log.2" "$at/$n.log.3"
      [ ! -e "$at/$n.log.1" ] || mv "$at/$n.log.1" "$at/$n.log.2"
      if [ "$n" = moved ]; then
        mv "$at/$n.log" "$at/$n.log.1" && : >"$at/$n.log"
      else
        cp -p "$at/$n.log" "$at/$n.log.1" && : >"$at/$n.log"  # copytruncate
      fi
    done
    gzip -f "$at/$n.log.3"
    echo "after the rotation" >>"$at/$n.log"
  done
  followed "renamed and made anew, copied and truncated, packed"
}

# More events than the kernel keeps, while A's agent does not read them.
storm() {
  head1 "A storm while A's agent is stopped for $stopped s"
  local at="$work/A/storm" begin events most
  many "$at" 200
  followed "a folder that is watched"
  begin=$SECONDS
  kill -STOP "$agent_A"
  (cd "$at" && mkdir in && seq "$storm" | split -l 1 -a 5 - s && rm sa??b? && mv saac?? in/)
  mkdir "$at/new" && seq 100 >"$at/new/file"
  echo edited >"$at/faaaa"
  events=$((2 * storm)) most=$(cat /proc/sys/fs/inotify/max_queued_events 2>/dev/null || echo 16384)
  [ "$events" -lt "$most" ] && note "$events events are less than the $most that are kept"
  until_true "$((stopped + 30))" '[ $((SECONDS - begin)) -ge "$stopped" ]'
  kill -CONT "$agent_A"
  followed "more than $events events later" 180
}

# What programs have only while they run is not there, whatever was seen of it meanwhile.
nothing_left() {
  head1 "What stays of locks and swap files at B"
  local left
  left=$(find "$work/B" -path "$work/B/.tinysync" -prune -o \( -name '.*.sw?' -o -name 4913 -o -name '.~lock.*' -o -name '.#*' \
    -o -name '#*#' -o -name '*.tmp' -o -name '*.vsctmp' -o -name '.goutputstream-*' -o -name '*.lock' -o -name '*.db-*' \
    -o -name 'sed??????' -o -name '.*.??????' -path '*/mirror/*' \) -print)
  [ -z "$left" ] && note nothing || wrong "left: $(head -n 5 <<<"$left" | tr '\n' ' ')"
  [ -z "$(find "$work"/[AB]/.tinysync/staging "$work"/[AB]/.tinysync/parked -mindepth 1)" ] || wrong "something is left in staging"
}

for part in set_up with_vim with_emacs saved_like_offices with_git with_sqlite with_rsync with_archives with_rotation storm nothing_left; do
  "$part"
done
[ "$findings" -eq 0 ] || { echo "$findings findings" >&2; exit 1; }
head1 "Everything worked."
