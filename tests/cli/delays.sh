#!/usr/bin/env bash
# Where time off the CPU goes: sources and reasons as host facts, causes that are put in are found,
# as root and as an ordinary user. Sizes and the others: tests/long/causes.sh.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
. "${top_srcdir:?}/tests/cli/causes.bash" || exit 99
need sqlite3 python3 taskset
tap_cleanup()
{
	cause_clean_up
}
rounds=10000
repeats=2
tasks=3

# NAME SQL: the query gives 1.
holds()
{
	is "$1" "$(query "$2" "$3")" 1
}

# ---- More work: CPU time, whatever else the machine does ---------------------------------------
# Blocks enough for an interval; where something else disturbed them, once more.
for _ in 1 2 3; do
	rm -f work.db
	repeats=4 put_work
	code=$?
	find_causes work
	case $(of 2 sentence) in
	*"from more CPU time"*) break ;;
	esac
done
is "more work at N=2: exit code" "$code" 0
holds "is found as CPU time ($(of 2 on_cpu) for 1.4)" work.db "select abs($(of 2 on_cpu) - 1.4) < 0.15"
matches "and said" "$(of 2 sentence)" "from more CPU time"
is "every source is named, or has a reason" "$(query work.db "select count(*) from host where name in
	('task_run_delay', 'task_block_delay', 'task_page_in_delay', 'pressure_stall')
	and (value is not null and value <> '' or reason is not null and reason <> '')")" 4
holds "a figure is there exactly where its source is" work.db "select min(
	(t.run_delay_ns is null) = (r.value is null)
	and (t.block_delay_ns is null) = (b.value is null)
	and (t.page_in_delay_ns is null) = (p.value is null)) from task t
	join host r on r.name='task_run_delay' join host b on b.name='task_block_delay'
	join host p on p.name='task_page_in_delay'
	where t.state='ok' and not exists (select 1 from event where code='delays-implausible')
	union all select 1 where exists (select 1 from event where code='delays-implausible') limit 1"
holds "stalls of both windows, where there are any" work.db "select count(distinct trial) in (0, 8)
	from sample where name='stall_elapsed_s' and value > 0"

# ---- A competitor on the second slot's PU ------------------------------------------------------
if [ "$(query work.db "select value is null from host where name='task_run_delay'")" = 1 ]; then
	skip "a competitor" "$(query work.db "select reason from host where name='task_run_delay'")"
elif [ "$(nproc)" -lt 2 ]; then
	skip "a competitor" "there is one CPU"
else
	put_competitor
	is "a competitor: exit code" $? 0
	find_causes competitor
	holds "costs the second slot a wait for the CPU, of a third of its CPU time or more" competitor.db \
		"select avg(run_delay_ns) / 1e9 > avg(user_s + system_s) / 3 from task_wide
		where slot = 1 and role = 'measured' and concurrency = 2"
	holds "which is its time off the CPU" competitor.db "select abs(1 - avg(run_delay_ns) / 1e9 /
		avg(wall_s - user_s - system_s)) < 0.1 from task_wide where slot = 1 and role = 'measured'"
	holds "CPU time is what it was" competitor.db "select abs($(of 2 on_cpu) - 1) < 0.15"
fi

# ---- A disk that is slow -----------------------------------------------------------------------
disk_rate=40000000 put_storage
status=$?
if [ $status = 77 ]; then
	skip "a slow disk" "$no_group"
else
	is "a slow disk: exit code" $status 0
	find_causes storage
	holds "the wall time is no less than its rate allows ($(of 2 wall_s) s for $storage_s s)" storage.db \
		"select $(of 2 wall_s) > 0.8 * $storage_s"
	if [ "$(of 2 off_cpu_s_split.block_io)" = absent ]; then
		matches "block I/O is not 0 but absent, with the remedy" \
			"$(of 2 off_cpu_s_split.block_io_reason)" "kernel.task_delayacct=1"
	else
		holds "block I/O is it" storage.db \
			"select $(of 2 off_cpu_s_split.block_io) > 0.6 * $storage_s"
	fi
	if [ "$(query storage.db "select value is not null from host where name='pressure_stall'")" = 1 ]; then
		holds "something waited for a disk most of the time" storage.db \
			"select avg(s.value / e.value) > 0.5 from sample s join sample e using (trial, attempt)
			where s.name='stall_io_some_s' and e.name='stall_elapsed_s'"
		if [ "$(of 2 off_cpu_s_split.block_io)" = absent ]; then
			matches "which show tells for want of more" "$(plateau show storage.db)" \
				"Part of the window in which something waited"
		fi
	fi
fi

# ---- Gone on with ------------------------------------------------------------------------------
plateau run -q --here -j 1 -r 1 -w 0 -m 2 -e none -o more.db -- "$labour" compute 1000 >/dev/null 2>&1
sqlite3 more.db "update host set value='a crystal ball', reason=null where name='task_run_delay'"
tap_run plateau run -q --here --resume more.db -r 2
tap_status 0 "a run whose delays came from elsewhere is gone on with"
holds "and says where they change" more.db "select count(*) = 1 and max(text) like
	'task_run_delay was a crystal ball, and is %' from event where code='delays-changed'"

# Version 2 of the file had none of them, and the two last as samples.
if sqlite3 more.db "create table old(a, b); alter table old drop column b; drop table old" 2>/dev/null; then
	sqlite3 more.db "drop view level_summary; drop view trial_summary; drop view task_wide;
		alter table run drop column imported; alter table run drop column source;
		alter table trial drop column durations_only; drop table stated;
		alter table task drop column cpu_ns;
		delete from event; delete from host where name like 'task_%_delay';
		insert into sample(at_ns, trial, attempt, slot, name, value)
			select end_ns, trial, attempt, slot, 'peak_pss_bytes', 4711.0 from task;
		alter table task drop column run_delay_ns; alter table task drop column block_delay_ns;
		alter table task drop column page_in_delay_ns; alter table task drop column peak_pss_bytes;
		alter table task drop column exceeded_memory_limit;
		alter table task drop column peak_rss_bytes; alter table task drop column cgroup_peak_bytes;
		alter table task drop column rss_samples; alter table task drop column pss_samples;
		alter table trial drop column event_set; alter table sample drop column place;
		alter table counter_event drop column metric; alter table counter_event drop column choice;
		alter table counter_event drop column remedy; alter table counter_event drop column note;
		drop table event_set; drop table figure; pragma user_version=2"
	before=$(query more.db "select count(*) from task")
	tap_run plateau run -q --here --resume more.db -r 3
	tap_status 0 "a file of version 2 is gone on with"
	is "and is one of version 5" "$(query more.db "pragma user_version")" 5
	is "with the memory of its tasks" \
		"$(query more.db "select count(*) from task where peak_pss_bytes = 4711")" "$before"
	is "which are no samples any more" \
		"$(query more.db "select count(*) from sample where name='peak_pss_bytes'")" 0
	is "show reads it" "$(plateau show more.db --json | python3 -c \
		'import json, sys; print(json.load(sys.stdin)["levels"][0]["trials"])')" 3
else
	skip "a file of version 2" "this sqlite3 cannot remove columns"
fi

# ---- As an ordinary user -----------------------------------------------------------------------
if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
	skip "an ordinary user" "needs root and setpriv"
else
	chmod 777 .
	setpriv --reuid 65534 --regid 65534 --clear-groups "$(command -v plateau)" run -q --here -j 2 -r 1 -w 0 -m 2 \
		-e none -o user.db -- "$labour" compute 5000 >/dev/null 2>user.err
	is "an ordinary user: exit code" $? 0
	source=$(query user.db "select coalesce(value, reason) from host where name='task_run_delay'")
	matches "has the run queue from /proc ($source)" "$source" "/proc/PID/schedstat"
	matches "and is told what waits for pages need" \
		"$(query user.db "select reason from host where name='task_page_in_delay'")" \
		"CAP_NET_ADMIN|task_delayacct"
	holds "the figures are there" user.db "select min(run_delay_ns >= 0) from task where state='ok'"
fi
tap_done
