# The nouns of bad_input_run.sh: a refusal and what it must leave alone, many at once, the transcript,
# file systems that are full or read-only, servers that are none. Sourced after system_lib.sh, not run.

# -- the transcript: what a person would have seen ---------------------------------------------

transcript=
# Stable names for what differs from run to run.
as_people_see() {
  sed -E -e "s#$work#~#g" -e 's#(invalid):[0-9]{5}#\1:PORT#g' -e "s#(invite\#)[0-9a-f]{20,40}'#\1…'#g" -e "s#127\.0\.0\.1:(2[0-9]{4}|3[01][0-9]{3})\b#127.0.0.1:PORT#g" \
    -e 's#[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}#ID#g' -e 's#[0-9a-f]{64}#PIN#g' \
    -e 's#PIN\.[A-Za-z0-9_-]{16,}#PIN.CODE#g' -e 's#process [0-9]+#process PID#g' -e 's#\.new-[0-9]+-[0-9]+#.new#g' \
    -e 's#n{50,}#nnn…#g'
}
chapter() {
  head1 "$*"
  [ -z "$transcript" ] || printf '\n```\n\n## %s\n\n```\n' "$*" >>"$transcript"
}
# As one would type it: what the words need to stay words, and no more.
typed() {
  local word out='$'
  for word in "$@"; do
    case $word in
      '' | *[!A-Za-z0-9_./:=~%@,+-]*) case $word in *[!\ -~]*) word=$(printf %q "$word") ;; *) word="'$word'" ;; esac ;;
    esac
    out+=" $word"
  done
  printf '%s\n' "$out"
}
tell() {
  local what=$1 code=$2 out=$3
  shift 3
  [ -n "$transcript" ] || return 0
  {
    [ "$(tail -n 1 "$transcript")" = '```' ] || echo
    printf '# %s\n' "$what"
    typed "$@"
    head -n 12 "$out"
    printf '[exit %s]\n' "$code"
  } | as_people_see >>"$transcript"
}

# -- refusals -----------------------------------------------------------------------------------

# Whose agent the next commands ask.
as() { export TINYSYNC_HOME=$work/home-$1; }

# works WHAT COMMAND…
works() {
  local what=$1 code=0
  shift
  timeout -k 1 30 "$@" >"$work/works.out" 2>&1 || code=$?
  if [ "$code" -eq 0 ]; then note "$what: exit 0, $(head -n 1 "$work/works.out")"; else
    wrong "$what: exit $code: $(head -c 300 "$work/works.out")"; fi
  tell "$what" "$code" "$work/works.out" "$@"
}

# later WHAT EXIT WORDS COMMAND…: as refused, but all of them at the same time; judged by all_later.
laters=0
later() {
  local n=$((laters += 1)) began
  mkdir -p "$work/later"
  printf '%s\0' "$@" >"$work/later/$n"
  shift 3
  began=$(now)
  {
    code=0
    timeout -k 1 30 "$@" >"$work/later/$n.out" 2>&1 || code=$?
    echo "$code $((($(now) - began) / 1000000000))" >"$work/later/$n.code"
  } &
  eval "later_$n=$!"
}
all_later() {
  local i pid words code took longest=0
  for ((i = 1; i <= laters; i++)); do
    pid=later_$i
    wait "${!pid}" || true
    mapfile -d '' -t words <"$work/later/$i"
    read -r code took <"$work/later/$i.code"
    [ "$took" -le "$longest" ] || longest=$took
    judge "${words[0]}" "${words[1]}" "${words[2]}" "$code" "$work/later/$i.out"
    tell "${words[0]}" "$code" "$work/later/$i.out" "${words[@]:3}"
  done
  note "the slowest of these $laters took $longest s"
  rm -r "$work/later"
  laters=0
}

# The folder and all in it, and that it is there at all.
state_of() { [ -e "$1" ] || [ -L "$1" ] || { echo absent; return 0; }; find "$1" -printf '%y %m %s %p %l\n' 2>/dev/null | LC_ALL=C sort; }

# refused_attach WHAT EXIT WORDS VAULT DIR…: and the folder is as before, and nothing is attached to it.
refused_attach() {
  local what=$1 code=$2 words=$3 dir=$5 before listed=0
  shift 3
  before=$(state_of "$dir")
  ! listed "$dir" || listed=1
  refused "$what" "$code" "$words" tinysync attach "$@"
  [ "$(state_of "$dir")" = "$before" ] ||
    wrong "$what: the folder is not as it was: $(diff <(echo "$before") <(state_of "$dir") | head -n 3)"
  [ "$listed" -eq 1 ] || ! listed "$dir" || wrong "$what: status lists $dir"
}
listed() {
  tinysync status --json >"$work/status.json" 2>&1 || true
  grep -qF "\"root\":\"$1\"" "$work/status.json"
}
gone() { [ ! -e "$1" ] && [ ! -L "$1" ] || wrong "$2: $1 is there"; }

# -- file systems ---------------------------------------------------------------------------------

mounted=()
mount_here() { mkdir -p "${*: -1}" && mount "${@:1:$#-1}" "${*: -1}" && mounted+=("${*: -1}"); }
fill() { head -c 100000000 /dev/zero >"$1/filling" 2>/dev/null || true; }
finish() {
  local code=$?
  set +e
  unmount_all
  chmod -R u+rwX "$work" 2>/dev/null
  (exit "$code")
  end
}
unmount_all() {
  local m
  for m in "${mounted[@]}"; do umount -l "$m" 2>/dev/null || true; done
  mounted=()
}
# Where mode bits mean something: root may do what they forbid.
bound=()
[ "$(id -u)" -ne 0 ] || bound=(setpriv --bounding-set=-dac_override,-dac_read_search,-fowner --)

# -- servers that are none ------------------------------------------------------------------------

# listener PORT PERL: what is done with a connection $c.
listener() {
  perl -MIO::Socket::INET -e 'my ($port, $do) = @ARGV; my @kept;
    my $s = IO::Socket::INET->new(Listen => 9, LocalAddr => "127.0.0.1", LocalPort => $port, ReuseAddr => 1) or die $!;
    while (my $c = $s->accept) { eval $do; die $@ if $@ }' "$1" "$2" >>"$work/listeners.log" 2>&1 &
  pids+=($!)
  until_true 10 "(exec 3<>/dev/tcp/127.0.0.1/$1) 2>/dev/null" || { echo "nothing listens at $1" >&2; exit 1; }
}
# https_listener PORT: TLS, and no HTTP behind it; $other_pin is its key's.
https_listener() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$work/other.key" -out "$work/other.pem" \
    -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
  other_pin=$(openssl x509 -in "$work/other.pem" -pubkey -noout | openssl pkey -pubin -outform der | sha256sum | cut -d' ' -f1)
  openssl s_server -accept "127.0.0.1:$1" -key "$work/other.key" -cert "$work/other.pem" -rev -quiet >>"$work/listeners.log" 2>&1 &
  pids+=($!)
  until_true 10 "(exec 3<>/dev/tcp/127.0.0.1/$1) 2>/dev/null" || { echo "nothing listens at $1" >&2; exit 1; }
}
