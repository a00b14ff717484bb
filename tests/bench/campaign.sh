#!/usr/bin/env bash
# A synthetic campaign of 574,472 tasks through plateau, and through sqlite3 and pandas;
# `scripts/bench campaign` runs it. The options are those of campaign.py.
set -euo pipefail

# shellcheck source=tests/bench/lib.bash
. "$(dirname "$0")/lib.bash"
bench_build "plateau tests/campaign/make_campaign" "$@"
exec python3 -B "$top/tests/bench/campaign.py" --build "$build" "$@"
