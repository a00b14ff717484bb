#!/usr/bin/env bash
# Two hundred virtual nodes under a real Slurm on one machine, a short task, and five faults: each is
# found, and no other. Prints what submit, status, collect and rank take, and how many questions a look
# costs: the table of docs/fleet.md. Five minutes on two cores, and 2 GB of memory; the tasks sleep.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/fleet/testbed_lib.sh
. "${top_srcdir:?}/tests/fleet/testbed_lib.sh" || exit 99
# shellcheck source=tests/fleet/fleet_lib.sh
. "${top_srcdir:?}/tests/fleet/fleet_lib.sh" || exit 99
need_accounts
need jq xmllint
testbed=$top_srcdir/scripts/slurm-testbed
read -ra options <<<"${TESTBED_OPTIONS:---accounting}"

exec 3>&1

# NAME COMMAND...: how long it takes, in s; its exit code is in `code`.
timed()
{
	local name=$1 begun
	shift
	begun=$(date +%s%N)
	"$@"
	code=$?
	diag "$name: $(awk -v ns=$(($(date +%s%N) - begun)) 'BEGIN { printf "%.2f s", ns / 1e9 }')" >&3
}

# Licenses keep the jobs that run at once at what this machine can bear.
timed "start of the testbed" "$testbed" start --dir "$work/slurm" --nodes 200 \
	--set Licenses=slot:16 --set SlurmdTimeout=30 "${options[@]}" >"$work/environment"
is "the testbed starts" "$code" 0
[ "$code" -eq 0 ] || tap_done
export SLURM_CONF=$work/slurm/slurm.conf
fleet_prepare 10
sed -i 's/repeats: 3/repeats: 2/; s/measured: 4/measured: 3/' scenario.yaml
echo wait >faults/rome007
echo fail >faults/rome042
echo slow >faults/rome088
echo slow >faults/milan013
echo wait >faults/milan077

# These two take longest, so they begin first: a whole minute until the limit, and until Slurm finds
# out that a node is gone.
timed "submit of 2 nodes" plateau fleet submit scenario.yaml F --nodes rome007,milan077 \
	--time 30min >submit.txt 2>&1
is "submit of 2: exit code" "$code" 0
timed "submit of 198 nodes" plateau fleet submit scenario.yaml F --partition all --window 1000 \
	-- --licenses=slot:1 >submit.txt 2>&1
is "submit: exit code" "$code" 0
is "two hundred nodes have one job each" \
	"$(squeue -h -t all -o %n | sort | uniq -c | awk '{ print $1 }' | sort | uniq -c | xargs)" "200 1"
timed "submit again, with nothing to do" plateau fleet submit F >submit.txt 2>&1
is "and it adds none" "$(squeue -h -t all -o %i | wc -l)" 200
timed "status of 200 nodes" plateau fleet status F >status.txt

are_running()
{
	local node
	for node in rome007 milan077; do
		[ "$(jq -r .stage "F/nodes/$node/attempt-1/state.json" 2>/dev/null)" = running ] ||
			return 1
	done
}
check "jobs run" within 60 are_running
"$testbed" kill rome007 --dir "$work/slurm" 2>/dev/null
scontrol update "JobId=$(jq -r .job F/nodes/milan077/attempt-1/submitted.json)" TimeLimit=1

queue_is_still()
{
	sleep 5
	[ -z "$(squeue -h -o %i)" ]
}
check "all comes to an end" within 900 queue_is_still
timed "status of 200 nodes that ended" plateau fleet status F --json >status.json
is "questions to Slurm for a look" "$(jq .scheduler.calls status.json)" \
	"$([ "${options[*]}" = --accounting ] && echo 4 || echo 3)"
timed "collect of 198 results" plateau fleet collect F >collect.txt
timed "collect again" plateau fleet collect F >collect.txt
timed "rank" plateau fleet rank F --json -o page.html --junit nodes.xml --drain drain.sh >rank.json
is "rank: exit code" "$code" 3
is "the five faults, and no other" "$(verdicts rank.json | grep -v ' pass$' | xargs)" \
	"milan013 slow milan077 hung rome007 node-fail rome042 fail rome088 slow"
is "a case for each node" "$(xmllint --xpath 'count(//testcase)' nodes.xml)" 200
diag "page: $(stat -c %s page.html) bytes; fleet file: $(stat -c %s F/fleet.db) bytes"
is "nothing is left running" "$(job_processes "$work/slurm")" ""
timed "stop of the testbed" "$testbed" stop --dir "$work/slurm"
tap_done
