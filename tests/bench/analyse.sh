#!/usr/bin/env bash
# plateau show and report on results of 10^4 to 10^6 tasks, beside quantiles by SQLite's window
# functions and by pandas; `scripts/bench analyse` runs it. The options are those of analyse.py.
set -euo pipefail

# shellcheck source=tests/bench/lib.bash
. "$(dirname "$0")/lib.bash"
bench_build 'plateau tests/unit/store/make_campaign' "$@"
exec python3 -B "$top/tests/bench/analyse.py" --build "$build" "$@"
