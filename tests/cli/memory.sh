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

# ---- Every method, on trees whose memory is known ------------------------------------------------
mib=1048576
tree=$top_builddir/tests/memory/memory_tree
# A result of one task with this tree: tree_result NAME OPTIONS...
tree_result()
{
	local name=$1
	shift
	tap_run plateau run -q --here -j 1 -r 1 -w 0 -m 1 -e none -o "$name.db" -- "$tree" "$@"
	tap_status 0 "$name is measured"
}
# The largest that any of its tasks has, in MiB, or "absent".
most()
{
	query "$1.db" "SELECT coalesce(CAST(max($2)/$mib AS INTEGER),'absent') FROM task
		WHERE state='ok'"
}
# between NAME LOW VALUE HIGH
between()
{
	check "$1: $2 <= $3 <= $4 MiB" test "$2" -le "$3" -a "$3" -le "$4"
}
if [ -x "$tree" ]; then
	tree_result apart --children 3 --own 100 --hold 700
	between "3 x 100 MiB: the largest process is one of three" 100 "$(most apart max_rss_bytes)" 110
	between "the tree's RSS is all three" 300 "$(most apart peak_rss_bytes)" 330
	between "and so is its PSS" 300 "$(most apart peak_pss_bytes)" 330
	is "how often they were looked at is known" "$(query apart.db \
		"SELECT count(*) FROM task WHERE rss_samples IS NULL OR pss_samples IS NULL")" 0
	tree_result shared --shared 200 --children 4 --own 50 --hold 700
	between "200 MiB shared by 5, 4 x 50 MiB own: one process" 250 "$(most shared max_rss_bytes)" 260
	between "RSS counts the shared pages five times" 1200 "$(most shared peak_rss_bytes)" 1240
	between "PSS once" 400 "$(most shared peak_pss_bytes)" 430
	matches "show has a column for each" "$(plateau show shared.db)" \
		"max RSS +peak RSS .*at RSS +at PSS"
	is "and JSON" "$(plateau show --json shared.db | python3 -c '
import json, sys
level = json.load(sys.stdin)["levels"][0]
names = ["max_rss_bytes", "peak_rss_bytes", "peak_pss_bytes", "cgroup_peak_bytes",
         "rss_samples", "pss_samples"]
print(all("max" in level[n] and (level[n]["max"] is not None or level[n]["reason"])
          for n in names))')" True
	if [ "$(query apart.db "SELECT count(value) FROM host WHERE name='task_cgroup_peak'")" = 1 ]; then
		between "the group's peak of 3 x 100 MiB" 300 "$(most apart cgroup_peak_bytes)" 330
		between "and of shared pages" 400 "$(most shared cgroup_peak_bytes)" 440
		tree_result flash --children 1 --own 10 --flash 300 --flash-hold 0 --hold 200
		between "a short peak is in the group's" 310 "$(most flash cgroup_peak_bytes)" 340
		printf 'name: never\ntask: {command: ["%s"]}\nsweep: {levels: 1, repeats: 1, warmup: 0, %s}\n%s\n' \
			"$tree" "measured: 1" "sampling: {memory_group: never, memory_interval: 400ms}" >never.yaml
		tap_run plateau run -q --here -o never.db never.yaml
		tap_status 0 "sampling can be set"
		is "no group, no peak" "$(most never cgroup_peak_bytes)" absent
		has "and the reason" "$(plateau show never.db)" "sampling.memory_group is"
		is "looked at once in 400 ms at most" "$(query never.db \
			"SELECT count(*) FROM task WHERE trial IS NOT NULL AND
			rss_samples > (end_ns-start_ns)/400000000+1")" 0
		is "the interval that was reached is told" "$(query never.db \
			"SELECT count(*) FROM sample WHERE name='memory_interval_s' AND value >= 0.39")" 1
		# The next task of the slot does not inherit what the last one left in the page cache.
		cat >files.yaml <<-END
			name: files
			task: {command: [dd, if=/dev/zero, "of={workdir}/{index}", bs=1M, count=40]}
			sweep: {levels: 1, repeats: 1, warmup: 0, measured: 6}
			counters: {events: []}
		END
		tap_run plateau run -q --here -o files.db files.yaml
		tap_status 0 "tasks that leave files"
		between "their peaks are of their own files" 0 "$(most files cgroup_peak_bytes)" 90
	else
		skip "peaks of groups" "$(query apart.db "SELECT reason FROM host WHERE name='task_cgroup_peak'")"
		has "no peak has a reason in show" "$(plateau show apart.db)" "peak of the group ("
	fi
	# An ordinary user may look at his own processes, and may mostly not make groups.
	if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
		chmod 777 .
		tap_run setpriv --reuid 65534 --regid 65534 --clear-groups "$(command -v plateau)" run -q --here \
			-j 1 -r 1 -w 0 -m 1 -e none -o user.db -- "$tree" --children 2 --own 50 --hold 500
		tap_status 0 "an ordinary user measures a tree"
		between "2 x 50 MiB: RSS" 100 "$(most user peak_rss_bytes)" 125
		between "PSS" 100 "$(most user peak_pss_bytes)" 125
		if [ "$(most user cgroup_peak_bytes)" = absent ]; then
			matches "no peak of a group, and why: ordinary user" "$(query user.db \
				"SELECT reason FROM host WHERE name='task_cgroup_peak'")" "cgroup version"
		fi
	else
		skip "an ordinary user" "needs root and setpriv"
	fi
else
	skip "every method" "the test programs are not built"
fi

# A control group of version 1 for what follows.
hierarchy=$(awk '$(NF-2) == "cgroup" && $NF ~ /(^|,)memory(,|$)/ { print $5 }' /proc/self/mountinfo)
own=$hierarchy$(sed -n 's/^[0-9]*:[^:]*\bmemory\b[^:]*://p' /proc/self/cgroup)
group=$own/plateau-test-$$
# Where everything else runs: other runs on this machine make groups beside it, not in it.
home=$own/plateau-test-$$-home
before=$own
tap_cleanup()
{
	if [ -d "$home" ]; then
		echo $$ >"$before/cgroup.procs"
		rmdir "$home"
	fi
	if [ -d "$group" ]; then
		rmdir "$group"
	fi
}
can_group=no
if [ -n "$hierarchy" ] && mkdir "$group" 2>/dev/null; then
	can_group=yes
	mkdir "$home" && echo $$ >"$home/cgroup.procs" && own=$home
fi
groups_left()
{
	find "$own" -maxdepth 1 -name 'plateau-????????*' ! -name 'plateau-test-*' | wc -l
}
# A command in a mount name space of its own, where the hierarchy cannot be written to. Propagation
# stays as it is: to change it, the root must be a mount point, which that of a chroot is not.
# Making a mount read-only is of that mount alone, and does not propagate.
without_groups()
{
	# shellcheck disable=SC2016
	unshare -m --propagation unchanged \
		sh -c 'mount -o remount,bind,ro "$0" && exec "$@"' "$hierarchy" "$@"
}
can_mount=no
if [ -n "$hierarchy" ] && without_groups true 2>/dev/null; then
	can_mount=yes
fi
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

	# Tasks that are batch systems of their own make groups in their group, and leave them.
	cat >nest.sh <<'SH'
hierarchy=$1$(sed -n 's/^[0-9]*:[^:]*\bmemory\b[^:]*://p' /proc/self/cgroup)
mkdir -p "$hierarchy/step/inner"
[ "$2" = left ] || exit 0
setsid env -i /bin/sh -c 'echo 0 >"$0/step/inner/tasks" && exec sleep 60' "$hierarchy" >/dev/null 2>&1 &
sleep 0.2
SH
	tap_run plateau run -q -j 2 -w 0 -m 1 -r 1 -e none -o nest.db -- sh "$PWD/nest.sh" "$hierarchy" none
	tap_status 0 "tasks that make groups in theirs"
	is "these are removed as well" "$(groups_left)" 0
	tap_run plateau run -q -j 2 -w 0 -m 1 -r 1 -e none -o nest.db --force -- \
		sh "$PWD/nest.sh" "$hierarchy" left
	is "and whoever is left in them ended" "$(groups_left)" 0

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
	if [ "$can_mount" = yes ]; then
		tap_run without_groups plateau run -q --resume other.db -r 2
		tap_stderr_has "is by RLIMIT_AS" "gone on with where there are no groups, that is told"
		has "and put down" "$(query other.db "SELECT group_concat(text) FROM event
			WHERE code='memory-limit'")" "RLIMIT_AS"
	else
		skip "gone on with where there are no groups" "no mount namespace can be made here"
	fi
	is "under the same limit as before" "$(query dead.db "SELECT count(DISTINCT text)
		FROM event WHERE code='memory-limit'")" 1
else
	skip "limits by control groups" "no memory group can be made here"
fi

# Without a hierarchy that can be written to.
if [ "$can_group" = yes ] && [ "$can_mount" = yes ]; then
	tap_run without_groups plateau run -q -o space.db limit.yaml
	tap_status 1 "the same by address space"
	has "is told" "$(query space.db "SELECT text FROM event WHERE code='memory-limit'")" "RLIMIT_AS"
	is "tasks beyond it fail by themselves" "$(query space.db \
		"SELECT group_concat(DISTINCT state) FROM task WHERE task_index % 2 = 1")" failed
else
	skip "limits on address space" "no mount namespace can be made here"
fi

tap_done
