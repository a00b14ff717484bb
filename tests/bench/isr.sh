#!/usr/bin/env bash
# plateau-isr against numpy and scipy; `scripts/bench isr` runs it. The options are those of isr.py.
set -euo pipefail

# shellcheck source=tests/bench/lib.bash
. "$(dirname "$0")/lib.bash"
bench_build plateau-isr "$@"

for python in /usr/bin/python3 python3; do
	if "$python" -c 'import numpy, scipy, astropy' >/dev/null 2>&1; then
		exec "$python" -B "$top/tests/bench/isr.py" --build "$build" "$@"
	fi
done
echo "bench isr: python3 with numpy, scipy and astropy is not installed (scripts/setup test)" >&2
exit 1
