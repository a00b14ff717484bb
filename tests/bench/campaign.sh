#!/usr/bin/env bash
# A synthetic campaign of 574,472 tasks through plateau, and through sqlite3 and pandas;
# `scripts/bench campaign` runs it. The options are those of campaign.py.
set -euo pipefail

# shellcheck source=tests/bench/lib.bash
. "$(dirname "$0")/lib.bash"
bench_build "plateau tests/campaign/make_campaign" "$@"
for python in /usr/bin/python3 python3; do
	if "$python" -c 'import numpy, pandas' >/dev/null 2>&1; then
		exec "$python" -B "$top/tests/bench/campaign.py" --build "$build" "$@"
	fi
done
echo "bench campaign: python3 with numpy and pandas is not installed (scripts/setup test)" >&2
exit 2
