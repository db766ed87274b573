#!/usr/bin/env bash
# The verbs of ./dev. Every verb works on a bare Debian 12: it installs what it needs first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

jobs=$(nproc)
packages=(g++ cmake ninja-build ccache mold pkg-config protobuf-compiler libprotobuf-dev libcaf-dev
  libboost-dev libsqlite3-dev libssl-dev libspdlog-dev libfmt-dev libgtest-dev libgmock-dev libcli11-dev
  libtomlplusplus-dev libutf8proc-dev libzstd-dev libexpected-dev nlohmann-json3-dev ca-certificates
  git vim rsync sqlite3 zip unzip attr)  # these the system runs let loose on a synced folder

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
[ -t 2 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '==> %s\n' "$*" >&2; }

usage() {
  cat <<'TEXT'
./dev VERB [ARGUMENTS]
  demo [FOLDER]        set up everything, start a server and two agents, sync a folder live
  test                 build and run everything that must pass on every change
  build [PRESET]       dev (default), release, asan, tsan or strict, into build/PRESET
  check [--full]       test, then the sanitizers; --full: also TSan, 20,000 seeds, long runs, a bare Debian
  planted [SEEDS]      let the simulator look for every known mistake; prints the table
  sim [VERB …]         the simulator: run (the default), replay, shrink; ./dev sim --help
  unit BINARY [ARGS]   one test binary: unit_engine --gtest_filter='planner*'
  system               the short runs of the real programs
  format               clang-format over what differs from HEAD
  lint [FILES]         clang-tidy
  install              only install the packages the build needs
TEXT
}

have_packages() {
  local p
  for p in "${packages[@]}"; do
    dpkg-query -W -f='${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed || return 1
  done
}

install_packages() {
  have_packages && return 0
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    echo "dev: packages are missing and neither root nor sudo is at hand. Install them once:" >&2
    echo "  apt-get install ${packages[*]}" >&2
    exit 1
  fi
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  say "installing ${#packages[@]} packages"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
    "${packages[@]}" >/dev/null
}

build() {
  local preset=${1:-dev}
  shift || true
  install_packages
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
  say "building $preset"
  cmake --build "build/$preset" -j "$jobs" ${@:+--target "$@"} 2>&1 | progress
}

# Ninja's own status line on a terminal; a line now and then where output is piped.
progress() {
  if [ -t 1 ]; then cat; else awk '/^\[[0-9]+\/[0-9]+\]/ { if (++n % 50 == 0) { print; fflush() } next } { print; fflush() }'; fi
}

run_tests() {
  local preset=$1
  shift
  (cd "build/$preset" && ctest --output-on-failure -j "$jobs" "$@")
}

verb=${1:-}
shift || true
case "$verb" in
  ""|help|-h|--help) usage ;;
  install) install_packages ;;
  build) build "${1:-dev}" ;;
  demo) build dev >/dev/null && exec bash tools/dev/demo.sh "$@" ;;
  test)
    build dev
    run_tests dev
    ;;
  system) build dev && run_tests dev -R '^(system|scenario|programs)$' ;;
  unit)
    build dev "$1"
    binary=$1
    shift
    exec "build/dev/tests/$binary" "$@"
    ;;
  planted) exec bash tools/dev/planted.sh "$@" ;;
  sim)
    build dev tinysync-sim
    [ $# -gt 0 ] || set -- run
    exec build/dev/bin/tinysync-sim "$@"
    ;;
  check)
    build dev
    run_tests dev
    bash tools/dev/sanitized.sh
    if [ "${1:-}" = --full ]; then
      export TSAN_OPTIONS=suppressions=$PWD/tests/actors/tsan.supp:halt_on_error=1
      build tsan
      # All that has threads, the real programs among it; the small ones run in one.
      run_tests tsan -E '^(style|small_plans|small_stories)$'
      build/dev/bin/tinysync-sim run --seeds 1..20000
      TINYSYNC_CRASH_MOMENTS=140 build/dev/tests/scenarios --gtest_brief=1 --gtest_filter='a_crash.*'
      bash tests/system/scenario_run.sh build/dev/bin
      bash tests/system/programs_run.sh build/dev/bin full
      bash tests/system/crash_run.sh build/dev/bin build/dev/tests/libcrashpoint.so full
      bash tools/dev/bare_debian.sh
    fi
    ;;
  format) git diff --name-only HEAD -- '*.cpp' '*.hpp' | xargs -r clang-format -i ;;
  lint)
    build dev
    if [ $# -eq 0 ]; then mapfile -t sources < <(git ls-files 'proto/*.cpp' 'actors/*.cpp' 'server/*.cpp' 'client/*.cpp'); else sources=("$@"); fi
    clang-tidy-19 -p build/dev --quiet "${sources[@]}"
    ;;
  *)
    echo "dev: unknown verb '$verb'" >&2
    usage >&2
    exit 2
    ;;
esac
