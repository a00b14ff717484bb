#!/usr/bin/env bash
# Much of everything: output, slots, tasks. plateau's own memory and descriptors stay flat, no
# zombie is left standing, and nothing that was printed fills the disk.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 pgrep

export TMPDIR=$work/tmp
mkdir "$TMPDIR"

# Watches the engine of the run in the background every second until it ends: the most of its
# memory (kB) and descriptors in each half of its life go to the file watch.
watch()
{
	local engine rss fds
	for _ in $(seq 100); do
		engine=$(pgrep -P "$1" | head -n 1)
		[ -n "$engine" ] && break
		sleep 0.05
	done
	while kill -0 "$1" 2>/dev/null; do
		rss=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$engine/status" 2>/dev/null)
		fds=$(find "/proc/$engine/fd" -mindepth 1 2>/dev/null | wc -l)
		zombies=$(pgrep -c -P "$engine" --runstates Z)
		[ -z "$rss" ] || echo "$rss $fds $zombies"
		sleep 1
	done >watch
}

# COLUMN: the largest of the second half over the largest of the first half of what was watched.
growth()
{
	awk -v c="$1" '{ v[NR] = $c } END {
		for (i = 1; i <= NR; i++) { if (i <= NR / 2) { if (v[i] > a) a = v[i] } else if (v[i] > b) b = v[i] }
		printf "%.3f\n", b / a }' watch
}

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

# ---- 1024 slots --------------------------------------------------------------------------------
plateau run -q -j 1024 -r 1 -w 1 -m 1 -e task-clock -o slots.db -- sleep 10 >/dev/null 2>stderr &
pid=$!
watch $pid
wait $pid
is "1024 slots of sleep: exit code" $? 0
held=$(query slots.db "select occupancy from level_summary")
diag "occupancy held: $held; memory $(sort -n watch | tail -n 1 | cut -d ' ' -f 1) kB"
is "every slot had its tasks" "$(query slots.db "select count(distinct slot) from task where trial = 1")" 1024

# ---- 256 slots, and many tasks -----------------------------------------------------------------
plateau run -q -j 256 -r 1 -w 1 -m 20 -o wide.db -- true >/dev/null 2>stderr &
pid=$!
watch $pid
wait $pid
at_most "own memory at N=256, MB" \
	"$(query wide.db 'select max(harness_max_rss_bytes) / 1e6 from trial')" 25.2

# A window that makes about 250,000 tasks, and a run of a tenth beside it, in which caches have
# filled. Its length is fixed by the warm-up, which is long enough to see what a busy machine does.
# What is asked for is plateau's memory while tasks run; to print a result it is loaded whole
# afterwards.
tasks=${LOAD_TASKS:-250000}
plateau run -q -j 16 -r 1 -w 1 -m 1500 -o few.db -- true >/dev/null 2>stderr
plateau run -q -j 16 -r 1 -w 500 -m $((tasks / 16)) -o many.db -- true >/dev/null 2>stderr &
pid=$!
watch $pid
wait $pid
is "many tasks: exit code" $? 0
few=$(query few.db 'select count(*) from task')
many=$(query many.db 'select count(*) from task')
few_bytes=$(query few.db 'select max(harness_max_rss_bytes) from trial')
many_bytes=$(query many.db 'select max(harness_max_rss_bytes) from trial')
diag "$few tasks: $few_bytes B of memory; $many tasks: $many_bytes B"
check "about as many as were asked for" test "$many" -ge $((tasks / 3))
at_most "memory does not grow with the number of tasks" \
	"$(awk -v a="$many_bytes" -v b="$few_bytes" 'BEGIN { printf "%.3f", a / b }')" 1.2
at_most "nor do descriptors (second half over first)" "$(growth 2)" 1.05
at_most "zombies at any look" "$(sort -n -k 3 watch | tail -n 1 | cut -d ' ' -f 3)" 16

tap_done
