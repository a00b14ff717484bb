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
