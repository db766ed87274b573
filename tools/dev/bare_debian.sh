#!/usr/bin/env bash
# ./dev on a Debian 12 with nothing in it: what a newcomer sees. Makes a minimal root in a temporary
# folder with debootstrap, clones this repository's HEAD into it and runs there, as root,
# `./dev demo /usr/include` and `./dev test`. Needs root. Leaves nothing behind.
#   bare_debian.sh [COMMAND…]     other commands instead, one an argument: './dev demo /usr/include'
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ "$(id -u)" -eq 0 ] || { echo "bare_debian: needs root (chroot, mount)" >&2; exit 1; }
command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq debootstrap >/dev/null; }
[ $# -gt 0 ] || set -- './dev demo /usr/include' './dev test'

root=$(mktemp -d "${TMPDIR:-/tmp}/tinysync-bare.XXXXXX")
mounts=()
clean() {
  local status=$? i
  trap - EXIT
  for ((i = ${#mounts[@]} - 1; i >= 0; i--)); do umount "${mounts[i]}" || umount -l "${mounts[i]}"; done
  # Never across a mount that would not go away.
  rm -rf --one-file-system "$root"
  exit "$status"
}
trap clean EXIT
trap 'exit 130' INT TERM

bring() { [ ! -e "$1" ] || { mkdir -p "$root$(dirname "$1")" && cp -aL "$1" "$root$1"; }; }
attach() { mount "$@" && mounts+=("${*: -1}"); }

# The first Debian archive that the host's own sources name.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
  sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb +(\[[^]]*\] +)?([^ ]+).*/\2/p' | grep -m1 -E '/debian/?$' || true)
mirror=${mirror:-http://deb.debian.org/debian}
echo "==> a minimal Debian 12 from $mirror in $root" >&2
chmod 755 "$root"
debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
  { tail -n 20 "$root.log" >&2; rm -f "$root.log"; exit 1; }
rm -f "$root.log"

# The way to the network is the host's: its names, proxies, certificates and Debian sources.
bring /etc/resolv.conf
bring /etc/hosts
for f in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
  if grep -qsiE '^[^#/]*(proxy|Check-Valid-Until|Check-Date)' "$f"; then bring "$f"; fi
done
if [ -f /etc/apt/sources.list.d/debian.sources ]; then
  rm -f "$root/etc/apt/sources.list"
  bring /etc/apt/sources.list.d/debian.sources
fi
if [ -d /usr/local/share/ca-certificates ]; then
  bring /usr/local/share/ca-certificates
  chroot "$root" update-ca-certificates >/dev/null 2>&1
fi
attach -t proc proc "$root/proc"
attach -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
git clone -q --no-hardlinks . "$root/root/tinysync"

environment=(PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/tmp LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
  [ -z "${!name:-}" ] || environment+=("$name=${!name}")
done
for command in "$@"; do
  echo "==> $command" >&2
  begin=$SECONDS
  chroot "$root" env -i "${environment[@]}" bash -c "cd /root/tinysync && $command" </dev/null
  echo "==> $command took $((SECONDS - begin)) s" >&2
done
