#!/usr/bin/env bash
# A million tasks in one result, 1024 slots for an hour, and what reads such a result: plateau's time,
# memory and descriptors; `scripts/bench load` runs it. The options are those of load.py.
set -euo pipefail

# shellcheck source=tests/bench/lib.bash
. "$(dirname "$0")/lib.bash"
bench_build 'plateau' "$@"
exec python3 -B "$top/tests/bench/load.py" --build "$build" "$@"
