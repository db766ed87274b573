# The parts of bad_input_run.sh about the programs themselves: their files, their homes, who is away.
# Sourced, not run.

# ended PID: SIGTERM, and gone within 15 s.
ended() {
  ! ours "$1" || kill "$1"
  until_true 15 "! ours $1" || { wrong "$1 runs 15 s after SIGTERM"; kill -9 "$1"; }
  wait "$1" 2>/dev/null || true
}

# -- settings, credentials, attachments -----------------------------------------------------------------

# starts_not WHAT EXIT WORDS: the agent on $work/home-x, whose settings.toml is what stdin says.
starts_not() {
  mkdir -p "$work/home-x"
  chmod 700 "$work/home-x"
  cat >"$work/home-x/settings.toml"
  refused "$1" "$2" "$3" tinysyncd --home "$work/home-x"
}

settings() {
  chapter "The agent's settings"
  local file="home-x/settings.toml"
  echo 'brake ]] = {' | starts_not "settings that are garbage" 2 "$file:1:.*expected"
  head -c 3000 /dev/urandom | starts_not "settings that are no text" 2 "$file:1"
  printf '[brake]\nitems = ' | starts_not "settings that were cut off" 2 "$file:2:.*end-of-file"
  printf '[brake]\nitems = "many"\n[trash]\nkeep = 3\n' | starts_not "settings of wrong types" 2 "$file:2: brake.items: must be a whole number"
  printf '[brake]\npercent = 101\n' | starts_not "settings out of range" 2 "$file:2: brake.percent: must be from 1 to 100"
  printf '[brake]\nitms = 3\n' | starts_not "an unknown setting" 2 "$file:2: brake.itms: there is no such setting"
  head -c 2000000 /dev/zero | tr '\0' '#' | starts_not "settings that are huge" 1 "at most 1 MiB"
  rm "$work/$file"
  mkdir "$work/$file"
  refused "settings that are a folder" 2 "settings.toml is a folder, not a file" tinysyncd --home "$work/home-x"
  rmdir "$work/$file"
  mkfifo "$work/$file"
  refused "settings that are a pipe" 2 "settings.toml is not a file" tinysyncd --home "$work/home-x"
  rm "$work/$file"
  : >"$work/$file"
  chmod 000 "$work/$file"
  refused "settings that may not be read" 4 "settings.toml: Permission denied" "${bound[@]}" tinysyncd --home "$work/home-x"
  rm -r "$work/home-x"

  chapter "What the agent keeps"
  mkdir -m 700 "$work/home-x"
  echo '{"attach' >"$work/home-x/attachments.json"
  refused "attachments that were cut off" 7 "attachments.json .*damaged.*backup" tinysyncd --home "$work/home-x"
  echo '{"attachments": [{"vault": "AAAA", "root": "/x", "index": "x.db"}]}' >"$work/home-x/attachments.json"
  refused "an attachment to no vault" 7 "attachments.json .*damaged.*3 bytes, not 16" tinysyncd --home "$work/home-x"
  [ "$(cat "$work/home-x/attachments.json")" = '{"attachments": [{"vault": "AAAA", "root": "/x", "index": "x.db"}]}' ] ||
    wrong "damaged attachments are not left as they are"
  rm "$work/home-x/attachments.json"
  mkdir "$work/home-x/agent.sock"
  refused "a folder where the socket goes" 1 "agent's socket: .*agent.sock is not a socket" tinysyncd --home "$work/home-x"
  rm -r "$work/home-x"
}

# A copy of laptop's home whose credentials somebody spoilt.
credentials() {
  chapter "Credentials"
  local good how
  good=$(invite)
  for how in "garbage:echo xx >credentials.json" "cut off:truncate -s 100 credentials.json" \
    "without the secret:rm device.secret" "with an empty secret:: >device.secret" "of nobody:echo '{}' >credentials.json" \
    "with a secret that is garbage:head -c 40 /dev/urandom >device.secret"; do
    rm -rf "$work/home-spoilt"
    mkdir -m 700 "$work/home-spoilt"
    cp "$work/home-laptop/credentials.json" "$work/home-laptop/device.secret" "$work/home-spoilt"
    (cd "$work/home-spoilt" && eval "${how#*:}" && md5sum -- * >"$work/spoilt.before" 2>/dev/null)
    start_agent spoilt
    as spoilt
    refused "credentials ${how%%:*}" 4 "credentials are damaged: .*backup.*register anew" tinysync status
    if [ "${how%%:*}" = garbage ]; then
      refused "and a question to the server" 4 "credentials are damaged" tinysync vault ls
      refused "and registering over them" 4 "credentials are damaged" tinysync register "$good" --name spoilt
    fi
    (cd "$work/home-spoilt" && md5sum -c --quiet "$work/spoilt.before" >/dev/null) || wrong "credentials ${how%%:*}: the files changed"
    ended "$agent_spoilt"
  done
  start_agent spoilt
  rm "$work/home-spoilt"/{credentials.json,device.secret}
  works "moved away, while the agent runs" tinysync register "$good" --name spoilt
  local device
  tinysync status --json >"$work/status" || true  # it may not be connected yet
  device=$(grep -oE '"id":"[^"]*"' "$work/status" | head -n 1 | cut -d'"' -f4)
  laptop devices revoke "$device" >/dev/null
  refused "a device that was revoked" 4 "credentials are missing, expired or revoked" tinysync vault ls
  refused "and its status" 4 "not connected: .*revoked" tinysync status
  ended "$agent_spoilt"
  cp "$work/home-laptop/credentials.json" "$work/home-spoilt"
  tr 'A-Za-z' 'N-ZA-Mn-za-m' <"$work/home-laptop/device.secret" >"$work/home-spoilt/device.secret"
  start_agent spoilt
  expect "the server refuses a wrong secret" 15 '[[ $(tinysync status 2>&1) == *revoked* ]]'
  refused "a wrong secret" 4 "not connected: .*credentials are missing, expired or revoked" tinysync status
  ended "$agent_spoilt"
}

homes() {
  chapter "The agent's home"
  refused "a second agent on one home" 5 "another agent runs on this home: .*process" tinysyncd --home "$work/home-laptop"
  refused "an empty home" 2 "--home: a folder is wanted" tinysyncd --home ""
  refused "a home that is a file" 2 "a-file is a file, not a folder" tinysyncd --home "$work/a-file"
  refused "a home below a file" 2 "a-file is a file, not a folder" tinysyncd --home "$work/a-file/home"
  refused "a home whose name is too long" 2 "too long" tinysyncd --home "$work/$(printf 'n%.0s' {1..300})"
  refused "no home at all" 2 "HOME is not set" env -u TINYSYNC_HOME -u XDG_CONFIG_HOME HOME= tinysyncd
  refused "an unknown log level" 2 "no log level 'loud'" tinysyncd --home "$work/home-loud" --log-level loud
  mount_here -t tmpfs -o size=512k,mode=700 none "$work/home-full" 2>/dev/null || { note "not shown: homes that are full"; return 0; }
  mount_here -t tmpfs -o ro,mode=700 none "$work/ReadOnly"
  refused "a home on a read-only disk" 4 "ReadOnly/state: Read-only file system" tinysyncd --home "$work/ReadOnly"
  fill "$work/home-full"
  refused "a home on a full disk" 4 "No space left on device.*make room" tinysyncd --home "$work/home-full"
  rm "$work/home-full/filling"
  start_agent full
  as full
  local once
  once=$(invite)
  fill "$work/home-full"
  refused "registering on a full disk" 4 "credentials could not be kept.*No space left" tinysync register "$once" --name full
  rm "$work/home-full/filling"
  works "the disk has room again, and the invite is not used up" tinysync register "$once" --name full
  fill "$work/home-full"
  refused_attach "attaching on a full disk" 4 "attachments.json.*No space left" docs "$work/FromFull"
  rm "$work/home-full/filling"
  works "the disk has room again, for a folder" tinysync attach docs "$work/FromFull"
  tinysync wait --synced --timeout 20 >/dev/null || wrong "the folder of a home that was full does not sync"
  fill "$work/home-full"
  refused "detaching on a full disk" 4 "attachments.json.*No space left" tinysync detach docs
  [ -e "$work/FromFull/.tinysync/marker" ] || wrong "detaching on a full disk removes the marker all the same"
  rm "$work/home-full/filling"
  expect "the vault is there as before" 30 'tinysync status >/dev/null 2>&1'
  works "the disk has room again, for detaching" tinysync detach docs
  ended "$agent_full"
  unmount_all
}

# -- somebody is away -----------------------------------------------------------------------------------

# Every verb that needs the server, and those that do not, at the same time. $1: what an answer says.
all_verbs() {
  local spare=$work/home-spare
  later "registering" 5 "registering at https.*$1" env TINYSYNC_HOME="$spare" tinysync register "$(invite)" --name spare
  later "creating a vault" 5 "$1" tinysync vault create third
  later "listing vaults" 5 "$1" tinysync vault ls
  later "listing vaults, as JSON" 5 '"error".*"text"' tinysync vault ls --json
  later "removing a vault" 5 "$1" tinysync vault rm docs
  later "attaching" 5 "$1" tinysync attach docs "$work/New"
  later "the log" 5 "$1" tinysync log --vault photos
  later "the devices" 5 "$1" tinysync devices ls
  later "revoking a device" 5 "$1" tinysync devices revoke 00000000-0000-0000-0000-000000000000
  later "the doctor" 5 "FAIL  server: .*$1" tinysync doctor
  later "waiting" 3 "." tinysync wait --synced --timeout 3
  later "syncing once" 3 "." tinysync sync-once --timeout 3
  later "status" 3 "photos" tinysync status
  later "conflicts" 0 "no conflicts" tinysync conflicts ls
  later "the brake" 0 "nothing is held back" tinysync brake show
  later "the trash" 0 "the trash is empty" tinysync trash ls
  later "an invite" 0 "https://" tinysync-server invite --data "$work/server"
  all_later
  gone "$work/New" "attaching while the server is away"
  tinysync status --json >"$work/status.json" || true
  ! grep -q '"name":"docs"' "$work/status.json" || wrong "docs is attached, which was refused"
}

server_away() {
  start_agent spare
  as laptop
  chapter "The server does not answer"
  kill -STOP "$server_pid"
  echo "while it is stopped" >"$work/Pictures/Photos/stopped"
  all_verbs "no answer (came in time|within)"
  kill -CONT "$server_pid"
  works "it goes on" tinysync wait --synced --timeout 60
  chapter "The server is dead"
  kill -9 "$server_pid"
  wait "$server_pid" 2>/dev/null || true
  echo "while it is dead" >"$work/Pictures/Photos/dead"
  all_verbs "(refused|reset by peer|truncated|closed).*cannot be reached"
  works "detaching needs no server" tinysync detach photos
  start_server
  works "it is back, and so is the folder" tinysync attach photos "$work/Pictures/Photos"
  works "what was saved meanwhile arrives" tinysync wait --synced --timeout 60
  tinysync log --vault photos >"$work/log"
  grep -q "stopped" "$work/log" && grep -q "dead" "$work/log" || wrong "the log lacks what was saved meanwhile"
  ended "$agent_spare"
}

agent_away() {
  chapter "The agent does not answer"
  as laptop
  kill -STOP "$agent_laptop"
  later "status" 5 "agent.sock.*stopped" tinysync status
  later "waiting" 5 "agent.sock.*stopped" tinysync wait --synced --timeout 3
  later "listing vaults" 5 "agent.sock.*stopped" tinysync vault ls
  later "the doctor" 5 "FAIL  agent" tinysync doctor
  later "its actors" 5 "agent.sock.*stopped" tinysync-inspect tree
  later "another agent" 5 "another agent runs on this home" tinysyncd --home "$work/home-laptop"
  all_later
  kill -CONT "$agent_laptop"
  works "it goes on" tinysync status
}

# -- the server's own -----------------------------------------------------------------------------------

serves_not() {
  local what=$1 code=$2 words=$3
  shift 3
  refused "$what" "$code" "$words" tinysync-server serve --listen 127.0.0.1:0 "$@"
}
serves_not_at() { refused "listening at '$3'" "$1" "$2" tinysync-server serve --data "$work/New" --listen "$3"; }

servers() {
  chapter "The server"
  serves_not "data that is a file" 2 "a-file is a file, not a folder" --data "$work/a-file"
  serves_not "data below a file" 2 "a-file is a file, not a folder" --data "$work/a-file/data"
  serves_not "data without a name" 2 "data takes a folder" --data ""
  serves_not "no data" 2 "--data is required"
  serves_not "a second server on the same data" 5 "another server runs on this folder: .*process" --data "$work/server"
  local at
  for at in nonsense 127.0.0.1 127.0.0.1:99999 127.0.0.1:-1 :443 ""; do
    serves_not_at 2 "--listen takes HOST:PORT, not '$at'" "$at"
  done
  gone "$work/New" "a bad --listen"
  serves_not_at 2 "no-such-host.invalid.*not found" no-such-host.invalid:0
  serves_not_at 2 "192.0.2.1:.*Cannot assign" 192.0.2.1:18443
  serves_not_at 5 "Address already in use" "127.0.0.1:$port"
  serves_not "an unknown store" 2 "--store takes sqlite, not 'mysql'" --data "$work/New" --store mysql
  serves_not "a store of later" 1 "later version; use sqlite" --data "$work/New" --store postgres://db/tinysync
  serves_not "blobs of later" 1 "later version; use dir" --data "$work/New" --blobs s3://bucket
  serves_not "a URL that is none" 2 "not like https://" --data "$work/New" --public-url http://drive.example
  serves_not "settings that are missing" 1 "nowhere.toml: No such file" --data "$work/New" --config "$work/nowhere.toml"
  serves_not "settings that are a folder" 2 "a folder, not a file" --data "$work/New" --config "$work/odd"
  echo 'listn = "x"' >"$work/serve.toml"
  serves_not "an unknown setting" 2 "serve.toml:1: listn: there is no such setting" --data "$work/New" --config "$work/serve.toml"
  serves_not "a ready file that is a folder" 2 "odd: Is a directory" --data "$work/New" --ready-file "$work/odd"
  refused "an unknown verb" 2 "no 'tinysync-server frobnicate'" tinysync-server frobnicate
  refused "an invite of a folder that is no server's" 2 "no server has served .*nowhere yet" tinysync-server invite --data "$work/nowhere"
  gone "$work/nowhere" "an invite of a folder that is no server's"
  refused "an invite for no device" 2 "--uses takes at least 1" tinysync-server invite --data "$work/server" --uses 0
  refused "an invite to an unknown role" 2 "reader, writer or owner" tinysync-server invite --data "$work/server" --role king
  refused "an invite that never expires" 2 "--expires takes a time" tinysync-server invite --data "$work/server" --expires never
  refused "a group that is no UTF-8" 2 "--group takes 1 to 64 bytes of UTF-8" tinysync-server invite --data "$work/server" --group $'caf\xe9'

  chapter "The server's data"
  ended "$server_pid"
  local copy=$work/copy
  fresh_copy() { rm -rf "$copy" && cp -a "$work/server" "$copy"; }
  fresh_copy
  printf '\0\0\047\017' | dd of="$copy/tinysync.db" bs=1 seek=60 conv=notrunc status=none  # the schema's number
  serves_not "data of a newer version" 4 "copy/tinysync.db: .*schema 9999.*too old.*update" --data "$copy"
  refused "and an invite" 4 "schema 9999" tinysync-server invite --data "$copy"
  fresh_copy
  head -c 20000 /dev/urandom | dd of="$copy/tinysync.db" conv=notrunc status=none
  serves_not "a damaged database" 7 "copy/tinysync.db: .*not a database.*damaged" --data "$copy"
  fresh_copy
  rm "$copy/ca.pem"
  serves_not "the authority's certificate is gone" 7 "ca.pem, by which devices know this server, is missing; bring it back" --data "$copy"
  cmp -s "$copy/ca.key" "$work/server/ca.key" || wrong "the authority's key was replaced"
  fresh_copy
  rm "$copy/ca.key"
  serves_not "the authority's key is gone" 7 "ca.key, by which devices know this server, is missing" --data "$copy"
  fresh_copy
  echo x >"$copy/ca.pem"
  serves_not "the authority's certificate is damaged" 7 "ca.pem with ca.key, .*damaged.*backup" --data "$copy"
  rm -r "$copy"
  if mount_here -t tmpfs -o size=256k,mode=700 none "$work/Full" 2>/dev/null; then
    mount_here -t tmpfs -o ro,mode=700 none "$work/ReadOnly"
    serves_not "data on a read-only disk" 4 "ReadOnly.*Read-only file system" --data "$work/ReadOnly"
    fill "$work/Full"
    serves_not "data on a full disk" 4 "Full.*No space left.*make room" --data "$work/Full"
    rm "$work/Full/filling"
    serves_not "data on a disk that is too small" 4 "(No space left|disk is full)" --data "$work/Full"
    unmount_all
  fi
  start_server
  as laptop
  works "and the good server is as it was" tinysync vault ls
}

# -- the transcript -------------------------------------------------------------------------------------

begin_transcript() {
  transcript=$work/transcript
  cat >"$transcript" <<'TEXT'
# Bad input

What the programs answer to what people, scripts and broken disks give them. Written by
`tests/system/bad_input_run.sh BIN --transcript docs/bad-input.md`, which the test `bad_input` runs: it judges
every exit code and the words, and that nothing is left behind by what was refused (no marker in the folder, nothing
in `status`, no folder that was not there, no invite used up).

Exit codes: 0 ok · 1 error · 2 usage · 3 not in sync yet · 4 needs attention · 5 temporary, try again · 6 agent not
running · 7 integrity. Every answer comes within 20 s, also where the server or the agent is stopped. `~` is a folder
made for the run; `TINYSYNC_HOME` names the agent's home where no `--home` does.
TEXT
}
end_transcript() {
  # The first heading closes no block; none ends with an empty line.
  { cat "$transcript"; printf '```\n'; } | cat -s | awk '
    /^```$/ && !closed++ { next }
    $0 == "" { empty = 1; next }
    empty && !(inside && $0 == "```") { print "" }
    { empty = 0; if ($0 == "```") inside = !inside; print }' >"$keep_transcript"
}
