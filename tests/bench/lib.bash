# shellcheck shell=bash
# For the benchmarks of this folder, to be sourced: sets $top and $build, and brings what is measured
# up to date in build/bench unless the arguments name a build that is there (--build DIR).
#   bench_build "TARGET..." "$@"

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$top/build/bench

bench_build()
{
	local targets=$1 is_built=no
	shift
	while [ $# -gt 0 ]; do
		case $1 in
		--build)
			build=${2:?--build needs a folder}
			is_built=yes
			;;
		--build=*)
			build=${1#*=}
			is_built=yes
			;;
		--help | -h) is_built=yes ;;
		esac
		shift
	done
	[ "$is_built" = no ] || return 0
	if [ -f "$top/config.status" ]; then
		echo "plateau was built in the source folder itself, which no other build can share:" >&2
		echo "run 'make distclean' there first, or name that build: --build $top" >&2
		exit 2
	fi
	mkdir -p "$build"
	{
		[ -x "$top/configure" ] || (cd "$top" && autoreconf -fi)
		[ -f "$build/Makefile" ] || (cd "$build" && "$top/configure" CFLAGS='-O2 -g')
		# shellcheck disable=SC2086
		make -C "$build" -j "$(nproc)" $targets
	} >"$build/bench.log" 2>&1 || {
		tail -n 30 "$build/bench.log" >&2
		exit 1
	}
}
