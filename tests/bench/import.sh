#!/usr/bin/env bash
# plateau import of many files of perf stat, beside cat of the same files; `scripts/bench import` runs
# it. The options are those of import.py.
set -euo pipefail

# shellcheck source=tests/bench/lib.bash
. "$(dirname "$0")/lib.bash"
bench_build plateau "$@"
exec python3 -B "$top/tests/bench/import.py" --build "$build" "$@"
