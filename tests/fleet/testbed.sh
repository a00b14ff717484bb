#!/usr/bin/env bash
# scripts/slurm-testbed: it comes up, twice is once, a node dies as it should, nothing is left
# behind, and what goes wrong is said.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/fleet/testbed_lib.sh
. "${top_srcdir:?}/tests/fleet/testbed_lib.sh" || exit 99
need_slurm
testbed=$top_srcdir/scripts/slurm-testbed

tap_run "$testbed" stop --dir "$work/a"
tap_status 0 "stop of what does not run"
tap_run "$testbed" status --dir "$work/a"
tap_status 1 "status of what does not run"

# Usage.
while IFS='|' read -r name code text arguments; do
	# shellcheck disable=SC2086
	tap_run "$testbed" $arguments
	tap_status "$code" "$name"
	tap_stderr_has "$text" "$name is told"
done <<'END'
no command|2|usage:|
a command that there is not|2|unknown command 'begin'|begin
an option that there is not|2|unknown option '--fast'|start --fast
no nodes|2|--nodes takes 1 to 1000|start --nodes 0
a port that there is not|2|--port-base takes|start --port-base 80
a line of nothing|2|--set takes KEY=VALUE|start --set MinJobAge
a folder's name that Slurm cannot read|2|letters, digits|start --dir ./a%b
kill without a node|2|kill needs a node|kill
a testbed that there is not|1|no testbed in|kill rome01 --dir ./none
END

mkdir "$work/full" && touch "$work/full/file"
tap_run "$testbed" start --dir "$work/full"
tap_status 1 "a folder that somebody uses"
tap_stderr_has "is no testbed of yours" "a folder that somebody uses is told"
tap_run "$testbed" stop --dir "$work/full"
check "and is not removed" test -f "$work/full/file"

# Nothing is told twice, and two in two folders do not disturb each other.
"$testbed" start --dir "$work/b" --nodes 1 >"$work/b.out" 2>"$work/b.err" &
other=$!
# A question to a node that is gone ends after MessageTimeout: the shorter, the sooner Slurm knows.
tap_run "$testbed" start --dir "$work/a" --nodes 3 --set SlurmdTimeout=3 --set MessageTimeout=4
tap_status 0 "start"
tap_stdout_is "export SLURM_CONF=$work/a/slurm.conf" "start says what to export"
first=$(testbed_processes "$work/a")
tap_run "$testbed" start --dir "$work/a" --nodes 3
tap_status 0 "start of what runs"
is "and starts nothing" "$(testbed_processes "$work/a")" "$first"
tap_run "$testbed" start --dir "$work/a" --nodes 4
tap_status 1 "start of what runs otherwise"
tap_stderr_has "stop it first" "start of what runs otherwise is told"
wait $other
is "another in another folder" "$?" 0

export SLURM_CONF=$work/a/slurm.conf
is "nodes, partitions and features" "$(sinfo -h -N -o '%N %R %f %t' | sort | xargs)" \
	"milan01 all milan,ib idle milan01 milan milan,ib idle rome01 all rome,ib idle rome02 all rome,ib idle"
is "the other has its own" "$(SLURM_CONF=$work/b/slurm.conf sinfo -h -N -o %N)" rome01

# A job and what it starts, in another session too, die with the node; the others' go on.
cat >job.sh <<'END'
#!/bin/sh
setsid sleep 6001 &
sleep 6002 &
echo up >"$SLURMD_NODENAME.up"
sleep 6003
END
for node in rome01 milan01; do
	sbatch -w "$node" --exclusive --no-requeue --mem=0 -o /dev/null job.sh >/dev/null
done
is_up()
{
	[ -f rome01.up ] && [ -f milan01.up ]
}
check "jobs run" within 20 is_up
tap_run "$testbed" kill rome01 --dir "$work/a"
tap_status 0 "kill"
is "nothing of the dead node is left" "$(job_processes "$work/a" rome01)" ""
is "the other node's are there" "$(job_processes "$work/a" milan01 | wc -l)" 4
node_is()
{
	[ "$(sinfo -h -N -n "$1" -p all -o %T)" = "$2" ]
}
check "Slurm finds out" within 30 node_is rome01 'down*'
is "the job's state" "$(squeue -h -t all -j 1 -o %T)" NODE_FAIL
tap_run "$testbed" revive rome01 --dir "$work/a"
tap_status 0 "revive"
check "and it is back" within 20 node_is rome01 idle
tap_run "$testbed" drain rome02 "it's \$(broken)" --dir "$work/a"
is "drained, with a reason" "$(sinfo -h -N -n rome02 -p all -o '%T %E')" "drained it's \$(broken)"
tap_run "$testbed" resume rome02 --dir "$work/a"
check "resumed" within 10 node_is rome02 idle
tap_run "$testbed" status --dir "$work/a"
tap_status 0 "status"

tap_run "$testbed" stop --dir "$work/a"
tap_status 0 "stop"
is "no process is left" "$(testbed_processes "$work/a")$(job_processes "$work/a")" ""
check "no folder is left" test ! -e "$work/a"
tap_run "$testbed" stop --dir "$work/a"
tap_status 0 "stop again"
is "the other still runs" "$(SLURM_CONF=$work/b/slurm.conf sinfo -h -o %D)" 1

# It is found again, and ended, when its controller is gone.
kill -KILL "$(cat "$work/b/run/slurmctld.pid")"
tap_run "$testbed" stop --dir "$work/b"
tap_status 0 "stop of what has died"
is "no process of it is left" "$(testbed_processes "$work/b")" ""
check "no folder of it is left" test ! -e "$work/b"

# One that cannot come up leaves nothing either.
tap_run "$testbed" start --dir "$work/a" --nodes 1 --set SelectType=select/none
tap_status 1 "a configuration that Slurm does not take"
tap_stderr_has "it did not come up" "and is told"
is "no process of that is left" "$(testbed_processes "$work/a")" ""
check "no folder of that is left" test ! -e "$work/a"
tap_done
