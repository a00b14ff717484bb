#!/usr/bin/env bash
# A fleet of sixteen virtual nodes under a real Slurm, without and with accounts: one node is killed
# under its job, one drained beforehand, one has failing tasks, one slower ones, one has not time
# enough, and one is told by hand to end. Each is named for what it was, and the other ten pass.
# Four minutes. The tasks sleep: this is about who gets which job and what becomes of it, not about
# speed.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/fleet/testbed_lib.sh
. "${top_srcdir:?}/tests/fleet/testbed_lib.sh" || exit 99
# shellcheck source=tests/fleet/fleet_lib.sh
. "${top_srcdir:?}/tests/fleet/fleet_lib.sh" || exit 99
need_accounts
need jq sqlite3 xmllint
testbed=$top_srcdir/scripts/slurm-testbed

# NODE... : their jobs measure.
are_running()
{
	local node
	for node in "$@"; do
		[ "$(jq -r .stage "F/nodes/$node/attempt-1/state.json" 2>/dev/null)" = running ] ||
			return 1
	done
}

job_of()
{
	jq -r .job "F/nodes/$1/attempt-1/submitted.json"
}

# Nothing runs, and nothing waits but for a person.
queue_is_still()
{
	local verdicts
	verdicts=$(plateau fleet status F --json | jq -r '.nodes[].verdict') || :
	case " ${verdicts//$'\n'/ } " in
	"  " | *" running "* | *" pending "*) return 1 ;;
	esac
}

put_faults()
{
	rm -f faults/*
	echo wait >faults/rome02
	echo fail >faults/rome04
	echo slow >faults/rome05
	echo wait >faults/rome06
	echo wait >faults/rome07
	"$testbed" drain rome03 "NHC: dimm 'A1'; \$(touch broken)" --dir "$work/$kind/slurm"
}

submit_thrice()
{
	local first second
	plateau fleet submit "$work/scenario.yaml" F --partition all --time 15min >first 2>&1 &
	first=$!
	plateau fleet submit "$work/scenario.yaml" F --partition all --time 15min >second 2>&1 &
	second=$!
	wait $first
	first=$?
	wait $second
	second=$?
	# One of them does it; the other finds the lock, or that all is done.
	if [ $first -eq 0 ] || [ $second -eq 0 ]; then
		ok "$kind: two submits at once: $first and $second"
	else
		not_ok "$kind: two submits at once: $first and $second" "$(cat first second)"
	fi
	plateau fleet submit F >third 2>&1
	is "$kind: fifteen nodes have one job each" \
		"$(squeue -h -t all -o %n | sort | uniq -c | awk '{ print $1 }' | sort | uniq -c | xargs)" \
		"15 1"
	is "$kind: none of them is the drained one" "$(squeue -h -t all -o %n | grep -c rome03)" 0
}

do_harm()
{
	check "$kind: jobs run" within 60 are_running rome02 rome06 rome07 milan08
	"$testbed" kill rome02 --dir "$work/$kind/slurm"
	scontrol update "JobId=$(job_of rome06)" TimeLimit=1
	scancel --batch --signal=TERM "$(job_of rome07)"
	check "$kind: all comes to an end" within 240 queue_is_still
	local_names >killed
	is "$kind: nothing is left running" "$(job_processes "$work/$kind/slurm")" ""
}

expected='milan01 pass
milan02 pass
milan03 pass
milan04 pass
milan05 pass
milan06 pass
milan07 pass
milan08 pass
rome01 pass
rome02 node-fail
rome03 not-run
rome04 fail
rome05 slow
rome06 hung
rome07 no-result
rome08 pass'

look()
{
	plateau fleet status F --json >status.json
	# Only the ranking knows which is slow.
	is "$kind: status" "$(verdicts status.json | sed 's/rome05 pass/rome05 slow/')" "$expected"
	is "$kind: questions to Slurm per look" "$(jq .scheduler.calls status.json)" \
		"$([ "$kind" = plain ] && echo 3 || echo 4)"
	plateau fleet rank F --json -o page.html --junit nodes.xml --drain drain.sh >rank.json
	is "$kind: rank: exit code" $? 3
	is "$kind: rank" "$(verdicts rank.json)" "$expected"
	has "$kind: why rome03 was not run" "$(node_says rank.json rome03 reason)" \
		"NHC: dimm 'A1'; \$(touch broken)"
	is "$kind: a case for each node" "$(xmllint --xpath 'count(//testcase)' nodes.xml)" 16
	check "$kind: drain.sh is a script" bash -n drain.sh
	# More than a fifth of these nodes is bad, so none of them is to be drained.
	is "$kind: the cause is not in the nodes" "$(jq .is_systemic rank.json)" true
	lacks "$kind: no node is to be drained" "$(cat drain.sh)" "State=DRAIN"
	check "$kind: nothing of a reason was run" test ! -e broken
	is "$kind: memory by Slurm" \
		"$(jq '[.nodes[] | select(.attempt.job.max_rss_bytes // .attempt.memory.slurm_max_bytes)] | length > 9' rank.json)" \
		"$([ "$kind" = plain ] && echo false || echo true)"
	diag "$kind: $(plateau fleet status F | tail -n +3)"
}

try_again()
{
	rm -f faults/*
	"$testbed" revive rome02 --dir "$work/$kind/slurm"
	"$testbed" resume rome03 --dir "$work/$kind/slurm"
	all_idle()
	{
		[ "$(sinfo -h -N -p all -o %T | grep -cx idle)" -eq 16 ]
	}
	check "$kind: all nodes are back" within 60 all_idle
	plateau fleet submit F --retry failed,slow,missing >again 2>&1
	is "$kind: run again: exit code" $? 0
	is "$kind: the right ones are run again" \
		"$(find F/nodes -path '*/attempt-2/job.sh' | cut -d / -f 3 | sort | xargs)" \
		"rome02 rome04 rome05 rome06 rome07"
	is "$kind: the drained one for the first time" "$(find F/nodes/rome03 -name job.sh | wc -l)" 1
	check "$kind: all comes to an end again" within 240 queue_is_still
	plateau fleet rank F --json >rank.json
	is "$kind: all pass: exit code" $? 0
	is "$kind: all pass" "$(verdicts rank.json | cut -d ' ' -f 2 | sort | uniq -c | xargs)" "16 pass"
	is "$kind: every attempt is kept" \
		"$(sqlite3 F/fleet.db 'SELECT count(*) FROM attempt' 2>&1)" 21
	is "$kind: nothing is left running at the end" "$(job_processes "$work/$kind/slurm")" ""
	is "$kind: no folder is left, but by the dead node" "$(leftovers "$work/$kind/killed")" ""
}

fleet_prepare 10
for kind in plain accounts; do
	mkdir "$kind"
	cd "$kind" || exit 99
	ln -s ../faults faults
	read -ra options <<<"$([ $kind = plain ] || echo --accounting)"
	tap_run "$testbed" start --dir "$PWD/slurm" --nodes 16 --set SlurmdTimeout=5 "${options[@]}"
	tap_status 0 "$kind: the testbed starts"
	if [ "$status" -ne 0 ]; then
		cd "$work" || exit 99
		continue
	fi
	export SLURM_CONF=$PWD/slurm/slurm.conf
	put_faults
	submit_thrice
	do_harm
	look
	try_again
	tap_run "$testbed" stop --dir "$PWD/slurm"
	tap_status 0 "$kind: the testbed stops"
	cd "$work" || exit 99
done
tap_done
