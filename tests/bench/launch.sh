#!/usr/bin/env bash
# plateau with everything on against a bare vfork loop, xargs, perf stat and Python's process pool;
# `scripts/bench launch` runs it. The options are those of launch.py.
set -euo pipefail

# shellcheck source=tests/bench/lib.bash
. "$(dirname "$0")/lib.bash"
bench_build 'plateau tests/bench/spawn_loop' "$@"
exec python3 -B "$top/tests/bench/launch.py" --build "$build" "$@"
