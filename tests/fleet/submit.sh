#!/usr/bin/env bash
# plateau fleet submit on a real Slurm: killed at moments spread over its time, and gone on with; a
# window that is smaller than the fleet; what sbatch was told is what Slurm does. What needs no
# Slurm is in tests/cli/fleet_submit.sh and fleet_submit_killed.sh.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/fleet/testbed_lib.sh
. "${top_srcdir:?}/tests/fleet/testbed_lib.sh" || exit 99
need_slurm
testbed=$top_srcdir/scripts/slurm-testbed

tap_run "$testbed" start --dir "$work/slurm" --nodes 6
tap_status 0 "the testbed starts"
export SLURM_CONF=$work/slurm/slurm.conf
"$testbed" drain rome03 'bad DIMM, $(touch hit) "x" | y' --dir "$work/slurm" 2>/dev/null

cat >s.yaml <<'YAML'
name: sleepers
task: {command: [sleep, "0.05"]}
sweep: {levels: [1], repeats: 2}
counters: {events: []}
YAML

# comments FOLDER: which attempts of a fleet Slurm knows, each as often as it is there.
comments()
{
	squeue -h -t all -n "plateau-$(sed -n 's/^ "id": "\(.*\)",$/\1/p' "$1/fleet.json")" -O Comment:60 |
		sed 's/^plateau.//' | sort -V | xargs
}
all="milan01/attempt-1 milan02/attempt-1 milan03/attempt-1 rome01/attempt-1 rome02/attempt-1"

for i in $(seq 6); do
	plateau fleet submit s.yaml --partition all --time 10min F >/dev/null 2>&1 &
	pid=$!
	sleep "0.$((10 + i * 13 % 40))"
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	# The question to Slurm that was under way is over: nothing is to be waited for.
	[ -d F/nodes ] && find F/nodes -name job.sh -exec touch -d '1 minute ago' {} +
done
tap_run plateau fleet submit s.yaml --partition all --time 10min F
tap_status 0 "after six kills"
is "each node has one job, but the drained one" "$(comments F)" "$all"
is "whose ids are noted" "$(find F/nodes -name submitted.json | wc -l)" 5
tap_stdout_has 'drained: bad DIMM, $(touch hit) "x" | y' "the site's reason is told as it is"
job=$(squeue -h -t all -o %i -w rome01 | tail -n 1)
facts=$(scontrol -o show job "$job")
for fact in TimeLimit=00:10:00 Requeue=0 OverSubscribe=NO NumNodes=1 ReqNodeList=rome01; do
	has "the job has $fact" "$facts" "$fact"
done

# Through a window of two, with jobs that end by themselves.
tap_run plateau fleet submit s.yaml --constraint 'rome|milan' --time 10min --window 2 --poll 500ms G
tap_status 0 "a window of two"
tap_stderr_has "this waits for some to end"
is "lets all through in time" "$(comments G)" "$all"

# A node that there is not, a reservation that there is not.
tap_run plateau fleet submit s.yaml --nodes rome01,nix H
tap_status 2 "a node that Slurm does not know"
tap_stderr_has "'nix'"
tap_run plateau fleet submit s.yaml --nodes rome01 --reservation nix H
tap_status 1 "a reservation that there is not"
tap_stderr_has "reservation" "is told in Slurm's words"
tap_run plateau fleet submit s.yaml --partition all --time 10min I -- --begin=now+1hour
tap_status 0 "options of sbatch"
has "reach it" "$(squeue -h -t pending -o %r | sort | uniq | xargs)" "BeginTime"

all_ended()
{
	[ "$(find F G -name result.db | wc -l)" = 10 ]
}
check "every job leaves its result" within 90 all_ended
tap_run plateau fleet submit F
tap_stdout_has "with a whole result" "nothing is to be done for those any more"
is "and nothing was" "$(comments F)" "$all"
tap_run "$testbed" resume rome03 --dir "$work/slurm"
rome03_is_idle()
{
	[ "$(sinfo -h -N -n rome03 -o %T | sort -u)" = idle ]
}
check "the drained node comes back" within 30 rome03_is_idle
tap_run plateau fleet submit F
matches "and gets its job" "$stdout" "submitted +1  rome03"
is "no name was run as a command" "$(find . -name hit | wc -l)" 0

tap_run "$testbed" stop --dir "$work/slurm"
tap_done
