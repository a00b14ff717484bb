# shellcheck shell=bash
# Fleets on a testbed; source it behind tests/fleet/testbed_lib.sh. Nodes do what faults/NODE says
# (fail, slow, wait); the tasks sleep, so that sixteen nodes are as fast as one on two processors.

# Where jobs write node-local: so that what they leave is seen. NAP: of a task, in tenths of a second.
fleet_prepare()
{
	local nap=$1
	mkdir -p "$work/local" "$work/faults"
	export TMPDIR=$work/local
	cat >"$work/task.sh" <<-END
		#!/bin/sh
		fault=\$(cat "$work/faults/\$SLURMD_NODENAME" 2>/dev/null)
		case \$fault in
		fail) exit 3 ;;
		slow) exec sleep $((nap * 3 / 2 / 10)).$((nap * 3 / 2 % 10)) ;;
		wait) exec sleep 600 ;;
		esac
		exec sleep $((nap / 10)).$((nap % 10))
	END
	chmod +x "$work/task.sh"
	cat >"$work/scenario.yaml" <<-END
		name: fleet
		task:
		  command: [$work/task.sh]
		sweep:
		  levels: [1, 2]
		  repeats: 3
		  warmup: 1
		  measured: 4
		accept:
		  criteria:
		    - name: no task failed
		      metric: failures
		      at_most: 0
	END
}

# What --json says of a node: FLEET NODE KEY
node_says()
{
	jq -r --arg node "$2" --arg key "$3" '.nodes[] | select((.name // .node) == $node) | .[$key]' "$1"
}

# "NODE VERDICT" of all, by name.
verdicts()
{
	jq -r '.nodes[] | "\(.name // .node) \(.verdict)"' "$1" | LC_ALL=C sort
}

# Nothing runs or waits in the queue, but for what nobody can start.
queue_is_empty()
{
	local left
	# A controller that does not answer for once has not said that nothing runs.
	left=$(squeue -h -t running,completing,configuring,suspended -o %i) && [ -z "$left" ]
}

# What jobs have left where they write node-local.
local_names()
{
	find "$work/local" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort
}

# The same, but for what is in FILE: nodes that died had no time to clear up, and the next job there
# does when it is sure that nobody uses it.
leftovers()
{
	local_names | LC_ALL=C comm -23 - "$1"
}
