#!/usr/bin/env bash
# plateau-isr against numpy and scipy; `scripts/bench isr` runs it. Builds what is measured in
# build/bench unless --build names a build that is there; the options are those of isr.py.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
build=$top/build/bench
is_built=no
for ((i = 1; i <= $#; i++)); do
	case ${!i} in
	--build)
		next=$((i + 1))
		build=${!next:?--build needs a folder}
		is_built=yes
		;;
	--build=*)
		build=${!i#*=}
		is_built=yes
		;;
	--help | -h) is_built=yes ;;
	esac
done

if [ "$is_built" = no ]; then
	mkdir -p "$build"
	{
		[ -x "$top/configure" ] || (cd "$top" && autoreconf -fi)
		[ -f "$build/Makefile" ] || (cd "$build" && "$top/configure" CFLAGS='-O2 -g')
		make -C "$build" -j "$(nproc)" plateau-isr
	} >"$build/bench.log" 2>&1 || {
		tail -n 30 "$build/bench.log" >&2
		exit 1
	}
fi

for python in /usr/bin/python3 python3; do
	if "$python" -c 'import numpy, scipy, astropy' >/dev/null 2>&1; then
		exec "$python" -B "$top/tests/bench/isr.py" --build "$build" "$@"
	fi
done
echo "bench isr: python3 with numpy, scipy and astropy is not installed (scripts/setup test)" >&2
exit 1
