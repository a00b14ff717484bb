# shellcheck shell=bash
# For tests on the emulated node (scripts/emulate), beside tests/cli/lib.sh. The whole test is
# skipped where what the node needs cannot be fetched; that it does not build is a failure.

tap_run "$top_srcdir/scripts/emulate" --prepare
if [ "$status" -eq 5 ]; then
	skip_all "the emulated node cannot be had here: $(printf '%s' "$stderr" | tail -n 1)"
elif [ "$status" -ne 0 ]; then
	not_ok "the emulated node is built" "$stderr"
	tap_done
fi
need sqlite3 jq

# node ARGUMENT...: scripts/emulate with them; files come into $work/out.
node()
{
	tap_run "$top_srcdir/scripts/emulate" --output "$work/out" \
		--build "$top_srcdir/tests/emulated/loop.c" \
		--build "$top_srcdir/tests/emulated/where.c" "$@"
}

# in_node SCRIPT OPTION...: runs the lines of SCRIPT in the node.
in_node()
{
	local script=$1
	shift
	printf '%s\n' 'set -u' "$script" >"$work/job.sh"
	node --file "$work/job.sh" "$@" -- sh ./job.sh
}

# counted FILE NAME: "STATE VALUE" of an event for every task that was measured, in order
counted()
{
	query "$1" "select c.state || ' ' || c.raw from counter c
		join counter_event e using (event) join task t using (task)
		where e.name = '$2' and t.role = 'measured' order by t.task"
}

# states FILE NAME: the states of an event over the measured tasks, each once
states()
{
	counted "$1" "$2" | cut -d ' ' -f 1 | sort -u | xargs
}

# event_says FILE NAME COLUMN: state, reason, remedy, note, encoded... of an event of the run
event_says()
{
	query "$1" "select coalesce($3, '') from counter_event where name = '$2'"
}

# planned FILE: "LEVEL SLOT CPUS" for every slot of a `plateau plan --json`, CPUs as 0,1,2
planned()
{
	jq -r '.levels[] | .concurrency as $n | .slots[] |
		"\($n) \(.slot) \(.pus | sort | map(tostring) | join(","))"' "$1" | sort -u
}

# Kernel lists of CPUs (0-1,4) on the third word of every line become 0,1,4.
spelled_out()
{
	awk '{
		n = split($3, part, ",")
		list = ""
		for (i = 1; i <= n; i++) {
			if (split(part[i], end, "-") == 1)
				end[2] = end[1]
			for (cpu = end[1]; cpu <= end[2]; cpu++)
				list = list (list == "" ? "" : ",") cpu
		}
		$3 = list
		print
	}'
}

# ran FOLDER: "LEVEL SLOT CPUS", as the tasks (where.c) found it in the kernel
ran()
{
	cat "$1"/* | awk '{ print $1, $2, $4 }' | spelled_out | sort -u
}

# strayed FOLDER: tasks that were on a CPU outside those they were allowed
strayed()
{
	cat "$1"/* | awk '{ print $1, $2, $4, $3 }' | spelled_out |
		awk '{ if (index("," $3 ",", "," $4 ",") == 0) print }'
}

# as_planned NAME PLAN FOLDER: every task was bound to, and ran on, what the plan says.
as_planned()
{
	if [ ! -s "$2" ]; then
		not_ok "$1: there is a plan"
		return
	fi
	is "$1: tasks were bound as planned" "$(ran "$3")" "$(planned "$2")"
	is "$1: and ran there" "$(strayed "$3")" ""
}
