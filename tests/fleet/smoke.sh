#!/usr/bin/env bash
# A fleet of four nodes under a real Slurm, the whole way: submitted (twice at once), one node drained
# beforehand and one killed under its job; status, collect, rank; and run again when both are back.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/fleet/testbed_lib.sh
. "${top_srcdir:?}/tests/fleet/testbed_lib.sh" || exit 99
# shellcheck source=tests/fleet/fleet_lib.sh
. "${top_srcdir:?}/tests/fleet/fleet_lib.sh" || exit 99
need_slurm
need jq sqlite3
testbed=$top_srcdir/scripts/slurm-testbed

tap_run "$testbed" start --dir "$work/slurm" --nodes 4
tap_status 0 "the testbed starts"
export SLURM_CONF=$work/slurm/slurm.conf
fleet_prepare 1
# shellcheck disable=SC2016
"$testbed" drain milan02 'NHC: "dimm" $(touch broken) | <b>' --dir "$work/slurm"
echo wait >faults/rome02

# shellcheck disable=SC2016
for partition in '$(touch broken)' 'a b' "all';touch broken;'"; do
	tap_run plateau fleet submit scenario.yaml G --partition "$partition"
	tap_status 2 "a partition called $partition"
done
# shellcheck disable=SC2016
account='it'"'"'s $(touch broken) "|" %s'
plateau fleet submit scenario.yaml F --partition all --time 10min --account "$account" --json >first.json 2>first.err &
first=$!
plateau fleet submit scenario.yaml F --partition all --time 10min --account "$account" --json >second.json 2>second.err
second=$?
wait $first
first=$?
codes=$(printf '%s\n' $first $second | sort -n | xargs)
case $codes in
"0 0" | "0 4" | "4 4" | "0 2" | "2 4" | "0 1") ok "two submits at once end with $codes" ;;
*) not_ok "two submits at once" "$codes: $(cat first.err second.err)" ;;
esac
tap_run plateau fleet submit F
is "three nodes have one job each" "$(squeue -h -t all -o %n | sort | xargs)" "milan01 rome01 rome02"

is "an account is text" "$(squeue -h -t all -o %a | sort -u)" "$account"

# For Slurm, too: a job whose node dies while it is launched is put back into the queue.
is_running()
{
	[ "$(jq -r .stage F/nodes/rome02/attempt-1/state.json 2>/dev/null)" = running ] &&
		[ "$(squeue -h -w rome02 -o %T)" = RUNNING ]
}
check "a job runs on rome02" within 30 is_running
"$testbed" kill rome02 --dir "$work/slurm" 2>/dev/null
# Slurm finds out by itself (tests/fleet/testbed.sh), but not soon: a node's watchdog tells it.
scontrol update NodeName=rome02 State=DOWN Reason="watchdog: dead"
check "the others end" within 60 queue_is_empty
local_names >killed
is "nothing runs" "$(job_processes "$work/slurm")" ""

plateau fleet status F --json >status.json
is "status: exit code" $? 3
is "status: rome02" "$(node_says status.json rome02 verdict)" node-fail
is "status: milan02" "$(node_says status.json milan02 verdict)" not-run
has "status: milan02 with the site's reason" "$(node_says status.json milan02 reason)" \
	'NHC: "dimm" $(touch broken) | <b>'
is "status: the others" "$(node_says status.json rome01 verdict) $(node_says status.json milan01 verdict)" \
	"pass pass"
tap_run plateau fleet status F
tap_stdout_has "node failed" "status for people names what failed"

tap_run plateau fleet collect F
tap_status 0
is "collected" "$(sqlite3 F/fleet.db 'PRAGMA integrity_check')" ok
sum=$(sha256sum <F/fleet.db)
tap_run plateau fleet collect F
is "collecting again changes nothing" "$(sha256sum <F/fleet.db)" "$sum"

plateau fleet rank F --json -o page.html --junit nodes.xml --drain drain.sh >rank.json
is "rank: exit code" $? 3
is "rank: rome02 and milan02" "$(node_says rank.json rome02 verdict) $(node_says rank.json milan02 verdict)" \
	"node-fail not-run"
is "rank: the others" "$(node_says rank.json rome01 verdict) $(node_says rank.json milan01 verdict)" \
	"pass pass"
# Two nodes are too few to say which is slow: they pass by their criteria.
is "rank: their class" "$(jq -r '.classes[].is_ranked' rank.json)" false
lacks "the page: a reason is text" "$(cat page.html)" '<b>"'
is "a case for each node" "$(grep -c '<testcase' nodes.xml)" 4
check "drain.sh is a script" bash -n drain.sh
check "and nothing of it was run" test ! -e broken
lacks "milan02's reason is the site's" "$(grep -v '^#' drain.sh)" milan02

rm faults/rome02
"$testbed" revive rome02 --dir "$work/slurm"
"$testbed" resume rome02 --dir "$work/slurm"
"$testbed" resume milan02 --dir "$work/slurm"
all_idle()
{
	[ "$(sinfo -h -N -p all -o %T | grep -cx idle)" -eq 4 ]
}
check "both are back" within 30 all_idle
tap_run plateau fleet submit F --retry failed,missing
tap_status 0 "run again"
is "the right ones" "$(squeue -h -t all -o %n | sort | xargs)" "milan01 milan02 rome01 rome02 rome02"
all_done()
{
	[ "$(find F/nodes -name result.db | wc -l)" -eq 4 ] && queue_is_empty
}
check "all have a result" within 60 all_done
plateau fleet status F --json >status.json
is "all pass" "$(verdicts status.json | cut -d ' ' -f 2 | sort -u)" pass
is "status: exit code when all pass" "$(plateau fleet status F >/dev/null; echo $?)" 0
is "no process is left" "$(job_processes "$work/slurm")" ""
is "no folder is left, but by the dead node" "$(leftovers killed)" ""
tap_done
