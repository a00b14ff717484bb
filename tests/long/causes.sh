#!/usr/bin/env bash
# Causes of slowness that are put in on purpose are found, with their size, and others are not: the
# table of docs/method.md. Wants a quiet machine, root for control groups of version 1, and
# `sysctl kernel.task_delayacct=1` for waits for the disk and for pages; says what is missing.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
. "${top_srcdir:?}/tests/cli/causes.bash" || exit 99
need sqlite3 python3 taskset
tap_cleanup()
{
	cause_clean_up
}

# NAME GOT LEAST MOST
between()
{
	if awk -v g="$2" -v l="$3" -v m="$4" 'BEGIN { exit !(g + 0 == g && g >= l && g <= m) }'; then
		ok "$1: $2"
	else
		not_ok "$1" "$2 is not between $3 and $4"
	fi
}

# The same for what other programs on the machine would change.
between_if_quiet()
{
	if [ "$is_quiet" = yes ]; then
		between "$@"
	else
		skip "$1: $2" "the machine is not quiet: with nothing put in the time off the CPU changes by $noise"
	fi
}

# EXPRESSION with numbers
reckon()
{
	awk "BEGIN { printf \"%.4f\", $1 }"
}

# NAME: puts it in; 1: it cannot be, and why is said.
put()
{
	"put_$1"
	local status=$?
	if [ $status = 77 ]; then
		skip "$1" "$no_group"
		return 1
	fi
	is "$1: exit code" $status 0
	find_causes "$1"
	table+="$1|$put_in|$(of 2 on_cpu)|$(of 2 off_cpu)"
	for part in run_queue block_io page_in other; do
		table+="|$(of 2 off_cpu_s_split.$part)"
	done
	table+=$'\n'
	diag "$1: $(of 2 sentence)"
}

table=
accounted=no
if [ "$(cat /proc/sys/kernel/task_delayacct 2>/dev/null)" = 1 ] && [ "$(id -u)" = 0 ]; then
	accounted=yes
fi

# ---- Nothing: whatever is found here is the machine's ------------------------------------------
put nothing
between "nothing: CPU time" "$(of 2 on_cpu)" 0.95 1.05
noise=$(of 2 off_cpu)
is_quiet=$(awk -v n="$noise" 'BEGIN { print (n > 0.93 && n < 1.07) ? "yes" : "no" }')
between_if_quiet "nothing: time off the CPU" "$noise" 0.93 1.07

# ---- The run queue -----------------------------------------------------------------------------
put competitor
cpu_s=$(query competitor.db "select avg(user_s + system_s) from task_wide where role='measured'")
between "competitor: CPU time" "$(of 2 on_cpu)" 0.95 1.05
between_if_quiet "competitor: run queue, of a third of the CPU time" \
	"$(reckon "$(of 2 off_cpu_s_split.run_queue) / ($cpu_s / 3)")" 0.6 1.5
between "competitor: everything else off the CPU" "$(reckon "$(of 2 off_cpu_s_split.other) / $cpu_s")" 0 0.05

# ---- More work ---------------------------------------------------------------------------------
put work
between "work: CPU time" "$(of 2 on_cpu)" 1.35 1.45
between_if_quiet "work: time off the CPU" "$(of 2 off_cpu)" 0.9 1.1

# ---- Slow storage ------------------------------------------------------------------------------
if put storage; then
	between_if_quiet "storage: CPU time, of the wall time" \
		"$(reckon "($(of 2 on_cpu) - 1) * $(of 1 wall_s) / $(of 2 wall_s)")" -0.05 0.05
	between_if_quiet "storage: wall time, of what the disk's rate allows" \
		"$(reckon "$(of 2 wall_s) / $storage_s")" 0.9 1.1
	if [ $accounted = yes ]; then
		between_if_quiet "storage: block I/O, of what the disk's rate allows" \
			"$(reckon "$(of 2 off_cpu_s_split.block_io) / $storage_s")" 0.9 1.1
		between "storage: pages" "$(of 2 off_cpu_s_split.page_in)" 0 0.001
	else
		is "storage: without an account it is not 0" "$(of 2 off_cpu_s_split.block_io)" absent
	fi
	between "storage: share of the window in which something waited for a disk" \
		"$(query storage.db "select avg(s.value / e.value) from sample s join sample e using (trial, attempt)
			join last_trial using (trial, attempt)
			where s.name='stall_io_some_s' and e.name='stall_elapsed_s' and concurrency = 2")" 0.9 1.01
fi

# ---- Too little memory -------------------------------------------------------------------------
tasks=4
if [ $accounted = no ]; then
	skip "memory" "the kernel's delay accounting is off, or not to be asked: sysctl kernel.task_delayacct=1, as root"
elif put memory; then
	pages=$(query memory.db "select avg(read_bytes) / 4096 from task_wide
		where role='measured' and concurrency=2")
	waited=$(reckon "$(of 2 off_cpu_s_split.page_in) + $(of 2 off_cpu_s_split.block_io)")
	diag "memory: $pages pages are read again per task, which takes $(reckon "$pages / $memory_iops") to $(reckon "2 * $pages / $memory_iops") s; $waited s are found, $(of 2 off_cpu_s_split.page_in) of them for pages that were in use"
	between_if_quiet "memory: waits, of reading as many pages alone" "$(reckon "$waited * $memory_iops / $pages")" 0.8 2.2
	between "memory: waits for pages, of all" "$(reckon "$(of 2 off_cpu_s_split.page_in) / $waited")" 0.25 1
	is "memory: it fits at N=1" "$(reckon "$(of 1 off_cpu_s_split.page_in) < 0.005")" 1.0000
fi
tasks=8

# ---- The other core ----------------------------------------------------------------------------
put bandwidth
between "bandwidth: CPU time, of what a hog costs without plateau" "$(reckon "$(of 2 on_cpu) / $factor")" 0.95 1.05
put sharing
between_if_quiet "sharing: CPU time, of what a hog costs without plateau" "$(reckon "$(of 2 on_cpu) / $factor")" 0.8 1.25
between_if_quiet "sharing: time off the CPU" "$(of 2 off_cpu)" 0.9 1.1

diag "time off the CPU with nothing put in: $noise"
diag "cause | put in | CPU time | off the CPU | run queue s | block I/O s | pages s | other s"
diag "$table"
tap_done
