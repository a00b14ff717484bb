#!/usr/bin/env bash
# Pairs of real runs whose ratio is known: plateau-spin --work 1 against --work 1, and against
# --work 1.10; `scripts/bench compare` runs it. Options are those of compare.py.
set -euo pipefail

# shellcheck source=tests/bench/lib.bash
. "$(dirname "$0")/lib.bash"
bench_build 'plateau plateau-spin' "$@"
exec python3 -B "$top/tests/bench/compare.py" --build "$build" "$@"
