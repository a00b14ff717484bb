#!/usr/bin/env bash
# What being measured does to a task: a compute-bound one on all PUs, bare and under plateau with
# everything on, in turn; `scripts/bench observer` runs it. The options are those of observer.py.
set -euo pipefail

# shellcheck source=tests/bench/lib.bash
. "$(dirname "$0")/lib.bash"
bench_build 'plateau tests/bench/stamped' "$@"
exec python3 -B "$top/tests/bench/observer.py" --build "$build" "$@"
