#!/usr/bin/env bash
# How a fleet stands, watched from beginning to end under a real Slurm that forgets its jobs at once
# and keeps no accounts: the controller goes away and comes back, a node dies and its job is
# forgotten, a job waits behind another, is held, let go and cancelled. About two minutes.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/fleet/testbed_lib.sh
. "${top_srcdir:?}/tests/fleet/testbed_lib.sh" || exit 99
# shellcheck source=tests/fleet/fleet_lib.sh
. "${top_srcdir:?}/tests/fleet/fleet_lib.sh" || exit 99
need_slurm
need jq
testbed=$top_srcdir/scripts/slurm-testbed

tap_run "$testbed" start --dir "$work/slurm" --nodes 4 --set SlurmdTimeout=3 --set MinJobAge=2
tap_status 0 "the testbed starts"
export SLURM_CONF=$work/slurm/slurm.conf
fleet_prepare 2
echo wait >faults/rome02
echo wait >faults/milan01

tap_run plateau fleet submit scenario.yaml F --partition all --time 30min
tap_status 0 "four nodes are submitted"
timeout 250 plateau fleet status F --watch --every 5s >watched 2>watched.err &
watcher=$!
watched_has()
{
	grep -q -- "$1" watched
}
check "the watch begins" within 30 watched_has '4 nodes: '
check "two nodes pass" within 60 watched_has 'rome01: pass'

# ---- Waiting behind another job ------------------------------------------------------------

now_says() # FLEET NODE KEY
{
	plateau fleet status "$1" --json >now.json
	node_says now.json "$2" "$3"
}
says() # FLEET NODE KEY TEXT
{
	[ "$(now_says "$1" "$2" "$3")" = "$4" ]
}
tap_run plateau fleet submit scenario.yaml G --nodes rome02 --time 30min
tap_status 0 "a second fleet on a node that is busy"
check "it is pending" within 30 says G rome02 verdict pending
has "and waits for the node" "$(now_says G rome02 reason)" "waits for the node to become free (Resources)"
job=$(jq -r '.nodes[0].attempts[0].job.id' now.json)
scontrol hold "$job"
check "held: held" within 30 says G rome02 verdict held
has "and how to let it go" "$(now_says G rome02 reason)" "scontrol release $job"
scontrol release "$job"
check "let go: pending" within 30 says G rome02 verdict pending
scancel "$job"
check "cancelled, and forgotten: no result" within 90 says G rome02 verdict no-result
tap_run plateau fleet status G
tap_status 4 "which fails nobody: 4"

# ---- The controller goes away --------------------------------------------------------------

controller=$(cat "$work/slurm/run/slurmctld.pid")
kill -9 "$controller"
check "the watch says that Slurm does not answer" within 60 watched_has 'does not answer'
tap_run plateau fleet status F
tap_status 4 "a look by the folder alone: two pass, two run"
tap_stdout_has "does not answer" "which is said"
PLATEAU_TESTBED=$work/slurm slurmctld -f "$SLURM_CONF" >/dev/null 2>&1
check "and that it answers again" within 60 watched_has 'answers again'

# ---- A node dies, and its job is forgotten -------------------------------------------------

"$testbed" kill milan01 --dir "$work/slurm" 2>/dev/null
check "the watch names the node that died" within 90 watched_has 'milan01: node failed'
is_forgotten()
{
	[ -z "$(squeue -h -t all -w milan01 -o %i)" ]
}
check "Slurm forgets the job" within 60 is_forgotten
is "it is a node that failed all the same" "$(now_says F milan01 verdict)" node-fail

# ---- Told to end by hand: the watch ends ---------------------------------------------------

scancel --batch --signal=TERM "$(squeue -h -t running -w rome02 -o %i)"
status=0
wait $watcher || status=$?
is "the watch ends when nothing runs any more: 3" "$status" 3
is "with nothing on stderr" "$(cat watched.err)" ""
is "what it says of every node at the end" \
	"$(plateau fleet status F --json >now.json; verdicts now.json | xargs)" \
	"milan01 node-fail milan02 pass rome01 pass rome02 no-result"
matches "the one that was told to end is named for that" "$(cat watched)" \
	'rome02: no result, it was told to end \(signal 15\)'
is "no node is told twice of one thing" "$(grep -c 'rome02: no result' watched)" 1

tap_done
