#!/usr/bin/env bash
# What people and programs get wrong, and what they are told: the exit code, the words, that nothing is
# left half done, and that nothing hangs. The real programs, in one temporary folder.
#   bad_input_run.sh BIN [--transcript FILE]     FILE: what was typed and answered, as Markdown
set -euo pipefail
export LC_ALL=C
# Mounts of its own, which nobody else sees and which are gone with it.
if [ -z "${TINYSYNC_OWN_MOUNTS:-}" ]; then
  for how in "-m --propagation private" "-rm --propagation private" "-m --propagation unchanged"; do
    if unshare $how true 2>/dev/null; then TINYSYNC_OWN_MOUNTS=yes exec unshare $how bash "$0" "$@"; fi
  done
fi
bin=$(cd "${1:?the folder of the programs}" && pwd)
keep_transcript=
[ "${2:-}" != --transcript ] || keep_transcript=$(realpath "${3:?a file}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/dev/demo_lib.sh
source tests/system/system_lib.sh
source tests/system/bad_input_lib.sh
source tests/system/bad_input_programs.sh
begin bad-input finish
[ -z "$keep_transcript" ] || begin_transcript
export PATH=$bin:$PATH NO_COLOR=1
port=${LISTEN##*:}
invite() { tinysync-server invite --data "$work/server" "$@" | tail -n 1; }

setting_up() {
  start_server
  start_agent laptop
  start_agent desktop
  start_agent fresh
  used=$(invite)
  laptop register "$used" --name laptop >/dev/null
  join desktop desktop >/dev/null
  laptop vault create photos >/dev/null
  laptop vault create docs >/dev/null
  mkdir -p "$work/Pictures/Photos" "$work/Docs"
  echo picture >"$work/Pictures/Photos/picture"
  laptop attach photos "$work/Pictures/Photos" >/dev/null
  laptop wait --synced --timeout 30 || wrong "the first folder does not sync"
}

# -- joining a server ---------------------------------------------------------------------------------

invites() {
  chapter "Invites"
  as fresh
  local good expired
  good=$(invite)
  expired=$(invite --expires 1ms)
  refused "no agent runs" 6 "start it with: tinysyncd" env TINYSYNC_HOME="$work/home-none" tinysync status
  refused "not registered yet" 4 "tinysync register" tinysync status
  refused "not registered yet, and asked for more" 4 "tinysync register" tinysync vault ls
  refused "something else" 2 "not a TinySync invite.*https://" tinysync register nonsense --name fresh
  refused "an empty invite" 2 "not a TinySync invite" tinysync register "" --name fresh
  refused "an invite that was cut off" 2 "not a TinySync invite.*(cut off|incomplete|digits)" tinysync register "${good:0:60}" --name fresh
  refused "a port that is none" 2 "99999" tinysync register "${good/:$port/:99999}" --name fresh
  refused "a used invite" 1 "unknown, used or expired; ask for a new one" tinysync register "$used" --name fresh
  refused "an expired invite" 1 "unknown, used or expired" tinysync register "$expired" --name fresh
  refused "an unknown invite" 1 "unknown, used or expired" tinysync register "${good%.*}.AAAAAAAAAAAAAAAAAAAAAA" --name fresh
  refused "another server's pin" 7 "not the one pinned" tinysync register "${good%%#*}#$(printf '0%.0s' {1..64}).${good##*.}" --name fresh
  refused "a device without a name" 2 "device name takes 1 to 64" tinysync register "$good" --name ""
  refused "a device name that is too long" 2 "device name takes 1 to 64" tinysync register "$good" --name "$(printf 'n%.0s' {1..65})"
  refused "a device name that is no UTF-8" 2 "not valid UTF-8" tinysync register "$good" --name $'caf\xe9'
  refused "no name at all" 2 "--name is required" tinysync register "$good"

  chapter "Servers that are none"
  local http mute other closed
  http=$(free_port) && listener "$http" 'sysread $c, my $x, 999; print $c "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"; close $c'
  mute=$(free_port) && listener "$mute" 'push @kept, $c'
  other=$(free_port) && https_listener "$other"
  closed=$(free_port)
  refused "a plain HTTP server" 1 "not a TinySync server" tinysync register "${good/:$port/:$http}" --name fresh
  refused "a port that accepts and says nothing" 5 "no answer within 10 s" tinysync register "${good/:$port/:$mute}" --name fresh
  refused "an HTTPS server of something else" 7 "not the one pinned" tinysync register "${good/:$port/:$other}" --name fresh
  refused "the same, with its own pin" 1 "not a TinySync server" tinysync register "https://127.0.0.1:$other/invite#$other_pin.AAAAAAAAAAAAAAAAAAAAAA" --name fresh
  refused "a closed port" 5 "Connection refused: the server cannot be reached" tinysync register "${good/:$port/:$closed}" --name fresh
  refused "an unknown host name" 5 "no-such-host.invalid.*not found" tinysync register "${good/127.0.0.1/no-such-host.invalid}" --name fresh
  works "after all that the good invite is still good" tinysync register "$good" --name fresh
  refused "registered already" 1 "registered with https" tinysync register "$(invite)" --name fresh
}

# -- the folder to attach -------------------------------------------------------------------------------

roots() {
  chapter "Vaults and folders"
  as laptop
  mkdir -p "$work/odd" "$work/Docs/inner"
  : >"$work/a-file"
  ln -s nowhere "$work/odd/leads-nowhere"
  ln -s "$work/Pictures/Photos" "$work/odd/my-photos"
  refused_attach "an unknown vault" 1 "vault 'nowhere' \(see: tinysync vault ls\)" nowhere "$work/New"
  refused_attach "a file" 2 "a-file is a file, not a folder" docs "$work/a-file"
  refused_attach "below a file" 2 "a-file is a file, not a folder" docs "$work/a-file/below"
  refused_attach "a link that leads nowhere" 2 "leads nowhere" docs "$work/odd/leads-nowhere"
  refused_attach "inside another root" 1 "overlaps .*/Photos, the root of vault 'photos'" docs "$work/Pictures/Photos/2024/may"
  refused_attach "inside another root, through a link" 1 "overlaps" docs "$work/odd/my-photos/2024"
  refused_attach "around another root" 1 "overlaps .*/Photos, the root of vault 'photos'" docs "$work/Pictures"
  refused_attach "the root of another vault of this agent" 1 "Photos is the root of vault 'photos'" docs "$work/Pictures/Photos"
  refused_attach "a vault that is attached" 1 "vault 'photos' is attached to" photos "$work/Elsewhere"
  refused_attach "the agent's own folder" 2 "where this agent keeps its own files" docs "$work/home-laptop"
  refused_attach "inside the agent's own folder" 2 "where this agent keeps its own files" docs "$work/home-laptop/sync"
  refused_attach "a name that is too long" 2 "too long" docs "$work/$(printf 'n%.0s' {1..300})"
  refused_attach "a path that is no UTF-8" 2 "not valid UTF-8" docs "$work/"$'caf\xe9'
  gone "$work/caf" "a path that is no UTF-8"
  refused "where nobody can create anything" 1 "preparing /proc: " tinysync attach docs /proc
  refused_attach "on demand" 1 "not built yet" docs "$work/New" --on-demand
  desktop attach docs "$work/Docs" >/dev/null
  desktop wait --synced --timeout 20 || wrong "the folder of another agent does not sync"
  refused_attach "the root of another agent" 1 "another agent is running that keeps .*/Docs in sync; end it, or detach" docs "$work/Docs"
  refused_attach "inside the root of another agent" 1 "inside .*/Docs, a root" docs "$work/Docs/inner"
  desktop detach docs >/dev/null
  mkdir -p "$work/Copied/.tinysync" "$work/Damaged/.tinysync" "$work/Blocked"
  printf '%s\n%s\n' 00000000-0000-4000-8000-000000000000 0123456789abcdef0123456789abcdef >"$work/Copied/.tinysync/marker"
  head -c 60 /dev/urandom >"$work/Damaged/.tinysync/marker"
  : >"$work/Blocked/.tinysync"
  refused_attach "the root of another vault" 1 "root of another vault.*detach that first" docs "$work/Copied"
  refused_attach "a root whose marker is damaged" 1 "marker is damaged.*move .* away" docs "$work/Damaged"
  refused_attach "a folder where a file is called .tinysync" 1 "Blocked.*not a folder" docs "$work/Blocked"
  works "after all that, a good folder" tinysync attach docs "$work/Good"
  refused "detaching what is not attached" 1 "nothing is attached as 'nope' \(see: tinysync status\)" tinysync detach nope
  refused "detaching nothing" 2 "empty" tinysync detach ""
  works "detaching" tinysync detach docs
  [ ! -e "$work/Good/.tinysync" ] || wrong "detaching leaves .tinysync"
  works "attaching again, by the folder" tinysync attach docs "$work/Good"
  mv "$work/Good" "$work/Gone"
  refused "detaching a folder that is gone" 0 "Good, which is gone" tinysync detach docs
}

file_systems() {
  chapter "Folders on file systems that cannot take them"
  as laptop
  mkdir -p "$work/Closed/inner" "$work/source/inner" "$work/home-bound" "$work/Around/other-disk"
  chmod 700 "$work/home-bound"
  if mount_here -t tmpfs -o size=64k none "$work/Full" 2>/dev/null; then
    fill "$work/Full"
    mount_here -t tmpfs -o ro none "$work/ReadOnly"
    mount_here --bind "$work/source" "$work/Bound"
    mount -o remount,ro,bind "$work/Bound"
    refused_attach "a full disk" 4 "Full.*No space left.*make room" docs "$work/Full"
    refused_attach "below a full disk" 4 "Full/new.*No space left" docs "$work/Full/new"
    refused_attach "a read-only file system" 4 "ReadOnly \(Read-only file system\)" docs "$work/ReadOnly"
    refused_attach "a new folder on it" 4 "Read-only file system" docs "$work/ReadOnly/new"
    refused_attach "a read-only bind mount" 4 "Bound \(Read-only file system\)" docs "$work/Bound"
    rm "$work/Full/filling"
    works "the disk has room again" tinysync attach docs "$work/Full"
    tinysync detach docs >/dev/null
    mount_here -t tmpfs none "$work/Around/other-disk"
    echo elsewhere >"$work/Around/other-disk/file"
    tinysync attach docs "$work/Around" >/dev/null
    tinysync wait --synced --timeout 20 || wrong "a folder with another file system in it does not sync"
    works "another file system below the root is said, and left alone" tinysync status
    grep -q "not synced: other-disk" "$work/works.out" || wrong "status does not say that other-disk is not synced"
    tinysync detach docs >/dev/null
    unmount_all
  else
    note "not shown: file systems that are full or read-only (no rights to mount)"
  fi
  chmod 555 "$work/Closed"
  "${bound[@]}" tinysyncd --home "$work/home-bound" >>"$work/agent-bound.log" 2>&1 &
  pids+=($!)
  local bound_pid=$!
  as bound
  until_true 15 'tinysync status >/dev/null 2>&1; [ $? -ne 6 ]'
  tinysync register "$(invite)" --name bound >/dev/null
  refused_attach "a folder one may not write" 4 "Closed \(Permission denied\)" docs "$work/Closed"
  refused_attach "a new folder in it" 4 "creating .*Closed/new \(Permission denied\)" docs "$work/Closed/new"
  works "a folder one may write" tinysync attach docs "$work/Open"
  tinysync detach docs >/dev/null
  ended "$bound_pid"
}

# -- words --------------------------------------------------------------------------------------------------

words() {
  chapter "Verbs, options and numbers"
  as laptop
  refused "no verb" 2 "subcommand is required" tinysync
  refused "an unknown verb" 2 "no 'tinysync frobnicate' \(see: tinysync --help\)" tinysync frobnicate
  refused "an unknown verb of a verb" 2 "no 'tinysync vault frobnicate'" tinysync vault frobnicate
  refused "an unknown option" 2 "not expected: --frobnicate" tinysync status --frobnicate
  refused "a word too many" 2 "not expected: now" tinysync status now
  refused "a word too few" 2 "DIR is required" tinysync attach docs
  refused "an empty home" 2 "--home: it is empty" tinysync --home "" status
  local n
  for n in abc -1 0 1.5 86401 99999999999999999999 ""; do
    refused "a time of '$n'" 2 "--timeout: a whole number from 1 to 86400 is wanted, not '$n'" tinysync wait --synced --timeout "$n"
  done
  refused "a limit of 0" 2 "--limit: a whole number from 1" tinysync log --vault photos --limit 0
  refused "a limit below 0" 2 "--limit: a whole number from 1" tinysync log --vault photos --limit -1
  refused "a seq below 0" 2 "--after: a whole number from 0" tinysync log --vault photos --after -1
  refused "a seq that is none" 2 "--after: a whole number from 0" tinysync log --vault photos --after 18446744073709551616
  refused "an age that is none" 2 "--older-than takes" tinysync trash empty --older-than -3d
  refused "waiting for an unknown vault" 1 "nothing is attached as 'nope'" tinysync wait --synced nope
  refused "the log of an unknown vault" 1 "vault 'nope' \(see: tinysync vault ls\)" tinysync log --vault nope
  refused "the log of which of two" 2 "say which vault" tinysync log
  refused "an unknown conflict" 1 "conflict 'nope' \(see: tinysync conflicts ls\)" tinysync conflicts show nope
  refused "keeping neither" 2 "mine,theirs,both" tinysync conflicts resolve nope --keep neither
  refused "restoring what is not in the trash" 1 "see: tinysync trash ls" tinysync trash restore nope
  refused "a device that is none" 2 "'nope' is no device id \(see: tinysync devices ls\)" tinysync devices revoke nope
  refused "an unknown device" 1 "device 00000000-.*\(see: tinysync devices ls\)" tinysync devices revoke 00000000-0000-0000-0000-000000000000
  refused "removing an unknown vault" 1 "vault 'nope' \(see: tinysync vault ls\)" tinysync vault rm nope
  refused "removing a vault without a name" 2 "which vault" tinysync vault rm ""
  refused "approving for a vault without a name" 2 "VAULT: it is empty" tinysync brake approve ""
  refused "emptying the trash of a vault without a name" 2 "--vault: it is empty" tinysync trash empty --vault ""
  refused "an index of no vault" 1 "no attached vault 'nope'" tinysync panic-resync nope
  refused "an unknown shell" 2 "bash,zsh,fish" tinysync completion cmd

  chapter "Names"
  refused "a vault without a name" 2 "vault name takes 1 to 64" tinysync vault create ""
  refused "a vault name with a slash" 2 "vault name takes 1 to 64" tinysync vault create a/b
  refused "a vault name that is too long" 2 "vault name takes 1 to 64" tinysync vault create "$(printf 'n%.0s' {1..65})"
  refused "a vault name that is no UTF-8" 2 "'caf.xE9' is not valid UTF-8" tinysync vault create $'caf\xe9'
  refused "a vault to detach that is no UTF-8" 2 "'caf.xE9' is not valid UTF-8" tinysync detach $'caf\xe9'
  tinysync vault ls >"$work/vaults"
  ! grep -qE '^caf' "$work/vaults" || wrong "a vault with half a name was created"
  tinysync vault create twice >/dev/null
  tinysync vault create twice >/dev/null
  refused "one name, two vaults" 2 "several vaults are called 'twice': use the id" tinysync vault rm twice
  refused_attach "one name, two vaults, attached" 2 "several vaults are called 'twice': use the id" twice "$work/New"
}

messages() {
  chapter "Messages sent by hand"
  as laptop
  refused "to nobody" 1 "no actor /agent/nobody" tinysync send /agent/nobody ListVaults '{}'
  refused "of no known type" 1 "message type 'Frobnicate'" tinysync send /agent/account Frobnicate '{}'
  refused "of a type that the actor does not take" 1 "does not take that message" tinysync send /agent/account Attach '{}'
  refused "half a JSON" 2 "Expected an object key or }" tinysync send /agent/account ListVaults '{'
  refused "no JSON" 2 "Unexpected token" tinysync send /agent/account ListVaults nonsense
  refused "a field that is none" 2 "frob: Cannot find field" tinysync send /agent/account ListVaults '{"frob": 1}'
  refused "a field of another type" 2 "invalid value 3" tinysync send /agent/account CreateVault '{"name": 3}'
  refused "bytes that are no UTF-8" 2 "not valid UTF-8" tinysync send /agent/account CreateVault $'{"name": "caf\xe9"}'
  refused "a time that is none" 2 "--timeout: a whole number from 1" tinysync send /agent/account ListVaults '{}' --timeout 0
  refused "an attachment without a vault" 2 "0 bytes, not 16" tinysync send /agent/settings PutAttachment '{}'
  refused "a folder without its beginning" 2 "not an absolute path" tinysync send /agent/attachments Attach '{"vault": "docs", "root": "some/where"}'
  refused "a folder with a NUL" 2 "not an absolute path" tinysync send /agent/attachments Attach "{\"vault\": \"docs\", \"root\": \"$work/New\\u0000\"}"
  gone "$work/New" "a folder with a NUL"
  refused "an actor that is none" 1 "actor /nope" tinysync-inspect actor /nope
  refused "the tree of no server" 5 "no server runs on the data folder" tinysync-inspect --server "$work/nowhere" tree
  works "the agent is as it was" tinysync status
}

for part in setting_up invites roots file_systems words messages settings credentials homes server_away agent_away servers; do
  "$part"
done
[ -z "$keep_transcript" ] || end_transcript
[ "$findings" -eq 0 ] || { echo "$findings findings" >&2; exit 1; }
head1 "Everything worked."
