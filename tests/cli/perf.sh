#!/usr/bin/env bash
# What plateau counts against what perf stat counts, on the same multi-process, multi-threaded
# command, alternating, so that a busy machine disturbs both alike.
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need perf sqlite3

events=task-clock,page-faults,context-switches
perf stat -x, -e "$events" true >/dev/null 2>"$work/probe" || skip_all "perf stat does not run here"
grep -q '<not' "$work/probe" && skip_all "perf cannot count software events here"
fork_tree=$top_builddir/tests/unit/run/fork_tree
[ -x "$fork_tree" ] || skip_all "tests/unit/run/fork_tree was not built"

rounds=8
for i in $(seq "$rounds"); do
	perf stat -x, -e "$events" -o "perf.$i" "$fork_tree" 2>/dev/null
	plateau run -q -j 1 -r 1 -w 0 -m 1 --policy none -e "$events" -o "ours.$i.db" -- "$fork_tree" \
		>/dev/null 2>"$work/stderr" || diag "$(cat "$work/stderr")"
done

# median FILE: the middle of the numbers in it.
median()
{
	sort -g "$1" | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

for event in ${events//,/ }; do
	for i in $(seq "$rounds"); do
		awk -F, -v e="$event" '$3 ~ "^" e { print ($2 == "msec" ? $1 * 1e6 : $1) }' "perf.$i" >>"perf.$event"
		query "ours.$i.db" "select raw from counter join counter_event using (event)
			join task using (task) where name = '$event' and role != 'filler'
			and task.state = 'ok' and counter.state = 'ok'" >>"ours.$event"
	done
	diag "$event: perf stat $(median "perf.$event"), plateau $(median "ours.$event") (medians)"
done
near "task-clock agrees with perf stat" "$(median ours.task-clock)" "$(median perf.task-clock)" 0.05
near "page-faults agree with perf stat" "$(median ours.page-faults)" "$(median perf.page-faults)" 0.03
# Switches depend on what else runs: the same order of size is what can be asked.
near "context-switches agree with perf stat" "$(median ours.context-switches)" \
	"$(median perf.context-switches)" 0.5

tap_done
