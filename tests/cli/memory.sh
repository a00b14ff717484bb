#!/usr/bin/env bash
# Memory of tasks: sampled, levels that would not fit left out, limits enforced, no group left.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 python3

query()
{
	sqlite3 "$@"
}

hold='import time; x = bytearray(60000000); time.sleep(0.4)'
tap_run plateau run -q -j 1 -r 1 -w 0 -m 1 -e none -o peak.db -- sh -c "python3 -c '$hold'; :"
tap_status 0 "a task whose child holds 60 MB"
peak=$(query peak.db "SELECT max(peak_pss_bytes) FROM task WHERE trial IS NULL")
check "the probe's peak is known: $peak" test "${peak:-0}" -gt 60000000
matches "and exported" "$(plateau export --csv peak.db)" "^run,.*,max_rss_bytes,peak_pss_bytes,"

# A control group of version 1 for what follows.
hierarchy=$(awk '$(NF-2) == "cgroup" && $NF ~ /(^|,)memory(,|$)/ { print $5 }' /proc/self/mountinfo)
own=$hierarchy$(sed -n 's/^[0-9]*:[^:]*\bmemory\b[^:]*://p' /proc/self/cgroup)
group=$own/plateau-test-$$
tap_cleanup()
{
	if [ -d "$group" ]; then
		rmdir "$group"
	fi
}
can_group=no
if [ -n "$hierarchy" ] && mkdir "$group" 2>/dev/null; then
	can_group=yes
fi
groups_left()
{
	find "$own" -maxdepth 1 -name 'plateau-????????*' ! -name 'plateau-test-*' | wc -l
}
in_group()
{
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$@"
}

if [ "$can_group" = yes ]; then
	echo 250000000 >"$group/memory.limit_in_bytes"
	tap_run in_group plateau run -q -j 1,8 -r 2 -w 0 -m 1 -e none -o fit.db -- python3 -c "$hold"
	tap_status 0 "a level that would not fit is left out, the others run"
	tap_stderr_has "8 copies: needs"
	is "it is skipped in the result" \
		"$(query fit.db "SELECT count(*) FROM level WHERE concurrency=8 AND skipped LIKE 'needs%'")" 1
	is "and its trials" "$(query fit.db "SELECT group_concat(DISTINCT state) FROM trial
		WHERE level=1 AND reason LIKE 'needs%'")" skipped
	is "the small level is done" \
		"$(query fit.db "SELECT group_concat(DISTINCT state) FROM trial WHERE level=0")" "done"
else
	skip "a level that would not fit" "no memory group can be made here"
fi

# Every second task holds 300 MB.
cat >limit.yaml <<'END'
name: limit
task:
  command: [python3, -c, "import sys; x = bytearray(20000000 + int(sys.argv[1]) % 2 * 280000000)", "{index}"]
  memory_limit: 100 MB
sweep: {levels: [2], repeats: 1, warmup: 0, measured: 3, filler: finish}
counters: {events: []}
END
tap_run plateau run -q -o limit.db limit.yaml
tap_status 1 "tasks beyond task.memory_limit fail"
way=$(query limit.db "SELECT text FROM event WHERE code='memory-limit'")
matches "the result says how it is enforced: $way" "$way" "^(cgroup version [12]|RLIMIT_AS):"
is "no task beyond it succeeded" "$(query limit.db "SELECT count(*) FROM task
	WHERE task_index % 2 = 1 AND state='ok'")" 0
check "those below did" test "$(query limit.db "SELECT count(*) FROM task
	WHERE task_index % 2 = 0 AND state='ok'")" -gt 0
if [ "$can_group" = yes ]; then
	matches "by a control group here" "$way" "^cgroup version"
	is "whose kills are marked" "$(query limit.db "SELECT count(*) FROM task
		WHERE state='signaled' AND NOT exceeded_memory_limit")" 0
	is "and told" "$(query limit.db \
		"SELECT count(*) FROM event WHERE code='memory-limit-exceeded'")" 1
	is "no group is left" "$(groups_left)" 0
	sed 's/command: .*/command: [sleep, "30"]/' limit.yaml >long.yaml
	plateau run -q -j 2 -o long.db long.yaml >/dev/null 2>&1 &
	pid=$!
	sleep 1
	is "groups stand while tasks run" "$(groups_left)" 1
	kill -TERM "$pid"
	wait "$pid"
	is "TERM: exit code" $? 130
	is "no group is left after TERM" "$(groups_left)" 0
	plateau run -q -j 2 -o killed.db long.yaml >/dev/null 2>&1 &
	pid=$!
	sleep 1
	kill -KILL "$(pgrep -P "$pid" | head -n 1)"
	wait "$pid"
	is "no group is left when the engine was killed" "$(groups_left)" 0

	# Both killed: the groups of that part go, those of a run of which it is a copy stay.
	sed 's/command: .*/command: [sleep, "0.3"]/; s/measured: 3/measured: 8/' limit.yaml >naps.yaml
	setsid plateau run -q -j 2 -o naps.db naps.yaml >/dev/null 2>&1 &
	pid=$!
	sleep 1
	cp naps.db copy.db && cp naps.db-wal copy.db-wal
	tap_run plateau run -q --resume copy.db
	tap_status 0 "a copy of a live result is gone on with under the limit"
	wait "$pid"
	is "while the run itself goes on, which ends with 0" $? 0
	is "none of its tasks has failed" "$(query naps.db "SELECT count(*) FROM task
		WHERE role='measured' AND state<>'ok'")" 0
	is "no group of either is left" "$(groups_left)" 0
	setsid plateau run -q -j 2 -o dead.db naps.yaml >/dev/null 2>&1 &
	pid=$!
	sleep 1
	engine=$(pgrep -P "$pid" | head -n 1)
	kill -KILL "$pid" "$engine"
	wait "$pid" 2>/dev/null
	for _ in $(seq 100); do
		[ -d "/proc/$engine" ] || break
		sleep 0.05
	done
	is "both killed, the groups are left" "$(groups_left)" 1
	tap_run plateau run -q --resume dead.db
	tap_status 0 "the run is gone on with"
	is "which removes them" "$(groups_left)" 0
	cp dead.db other.db
	tap_run unshare -m sh -c 'mount -o remount,bind,ro "$0" && exec "$@"' "$hierarchy" \
		plateau run -q --resume other.db -r 2
	tap_stderr_has "is by RLIMIT_AS" "gone on with where there are no groups, that is told"
	has "and put down" "$(query other.db "SELECT group_concat(text) FROM event
		WHERE code='memory-limit'")" "RLIMIT_AS"
	is "under the same limit as before" "$(query dead.db "SELECT count(DISTINCT text)
		FROM event WHERE code='memory-limit'")" 1
else
	skip "limits by control groups" "no memory group can be made here"
fi

# Without a hierarchy that can be written to.
if [ "$can_group" = yes ] && unshare -m true 2>/dev/null; then
	tap_run unshare -m sh -c 'mount -o remount,bind,ro "$0" && exec "$@"' "$hierarchy" \
		plateau run -q -o space.db limit.yaml
	tap_status 1 "the same by address space"
	has "is told" "$(query space.db "SELECT text FROM event WHERE code='memory-limit'")" "RLIMIT_AS"
	is "tasks beyond it fail by themselves" "$(query space.db \
		"SELECT group_concat(DISTINCT state) FROM task WHERE task_index % 2 = 1")" failed
else
	skip "limits on address space" "no mount namespace can be made here"
fi

tap_done
