#!/usr/bin/env bash
# What it costs a command to be followed by `plateau io`, as ratios of its wall time, and how fast a
# log is read; `scripts/bench io` runs it. Commands with few calls, with many, and with many that
# are not followed, alternating.
set -euo pipefail

# shellcheck source=tests/bench/lib.bash
. "$(dirname "$0")/lib.bash"
bench_build "plateau tests/unit/analyse/track_log" "$@"
command -v strace >/dev/null || {
	echo "bench io: strace is not installed (scripts/setup test)" >&2
	exit 2
}
exec python3 -B "$top/tests/bench/io.py" --build "$build" "$@"
