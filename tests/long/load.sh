#!/usr/bin/env bash
# Much of everything: output, slots, tasks. plateau's own memory and descriptors stay flat, no
# zombie is left standing, and nothing that was printed fills the disk.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 python3

export TMPDIR=$work/tmp
mkdir "$TMPDIR"

at_most() # NAME GOT LIMIT
{
	if awk -v g="$2" -v l="$3" 'BEGIN { exit !(g <= l) }'; then
		ok "$1 ($2)"
	else
		not_ok "$1" "$2, at most $3"
	fi
}

# ---- 1 GiB on stdout by every task -------------------------------------------------------------
plateau run -q -j 2 -r 1 -w 0 -m 1 --policy none -o output.db -- head -c 1073741824 /dev/zero \
	>/dev/null 2>stderr
is "tasks that print 1 GiB each: exit code" $? 0
is "nothing of it is left" "$(find "$TMPDIR" -mindepth 1 | wc -l)" 0

# ---- 256 slots ---------------------------------------------------------------------------------
plateau run -q -j 256 -r 1 -w 1 -m 20 -o wide.db -- true >/dev/null 2>stderr
at_most "own memory at N=256, MB" \
	"$(query wide.db 'select max(harness_max_rss_bytes) / 1e6 from trial')" 25.2

# ---- 1024 slots, many tasks, and what reads them ------------------------------------------------
# What `scripts/bench load` does, in less: every line of what it asks for is a check.
plateau_folder=$(dirname "$(command -v plateau)")
python3 -B "$top_srcdir/tests/bench/load.py" --build "$plateau_folder" --tasks "${LOAD_TASKS:-250000}" \
	--slots 1024 --minutes "${LOAD_MINUTES:-1}" --sleep 10 --every 1 >load 2>stderr
status=$?
sed 's/^/# /' load
check "the benchmark came to its end (exit code $status)" grep -q '^asked for$' load
while read -r line; do
	case $line in
	*' met') ok "$line" ;;
	*' MISSED') not_ok "$line" ;;
	esac
done < <(sed -n '/^asked for$/,$p' load)

tap_done
