#!/usr/bin/env bash
# plateau fleet job: what a job does on its node, with Slurm's variables set by hand, and by hand
# without them. What goes wrong is named in state.json; a result comes whole or not at all; nothing
# is left.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/fleet/job.bash
. "${top_srcdir:?tests run through make check}/tests/fleet/job.bash" || exit 99
need pgrep sha256sum flock

# ---- A job that does its work ----

make_fleet fleet "$(sleeping 2 0.02)" rome01 rome02
attempt_folder=fleet/nodes/rome01/attempt-1
SLURM_CPUS_ON_NODE=9999 tap_run node_job fleet rome01 1
tap_status 0 "a job that does its work ends with 0"
tap_stdout_is "" "it prints no answer"
check "its result is whole" whole "$attempt_folder/result.db"
is "its state is done" "$(state stage) $(state exit_code) $(state signal)" "done 0 0"
is "all trials are done" "$(state trials_done) of $(state trials_planned)" "2 of 2"
is "there is nothing to complain of" "$(state reason)$(state is_partial)" "false"
is "the state has the job and the node" "$(state job) $(state node) $(state found_node)" \
	"4711 rome01 rome01"
is "the state has what was granted" "$(state granted_cpu_count)" 9999
is "the state has what the job may use" "$(state cpu_count)" "$(nproc)"
tap_stderr_has "warning: the batch system speaks of 9999 CPUs, and the job may use $(nproc)"
lacks "the log does not speak of the file on the node" "$stderr" "$TMPDIR"
is "the state has what the result is" "$(state result_bytes) $(state result_sha256)" \
	"$(stat -c %s "$attempt_folder/result.db") $(sha256sum <"$attempt_folder/result.db" | cut -d ' ' -f 1)"
is "beside state and result there is nothing" "$(ls -A "$attempt_folder")" "result.db
state.json"
left "a job that does its work"

cp "$attempt_folder/state.json" before.json
tap_run node_job fleet rome01 1
tap_status 2 "the same attempt again is refused"
tap_stderr_has "attempt 1 of node rome01 has its result already"
check "its state stays" cmp before.json "$attempt_folder/state.json"

# A job that was killed between its result and its last word.
sed -i 's/"stage": "done"/"stage": "moving"/' "$attempt_folder/state.json"
tap_run node_job fleet rome01 1
tap_status 2
is "its last word is made good" "$(state stage) $(state result) $(state exit_code)" \
	"done result.db 0"

# ---- Names ----

hostile='no de;$(touch pwned)`x`"'\''\%'
make_fleet names "$(sleeping 1 0.01)" rome01
tap_run node_job names "$hostile" 1
tap_status 0 "a node with a hostile name"
check "nothing was executed" test ! -e pwned
attempt_folder=$(dirname "$(find names -name state.json)")
is "its name is kept" "$(state node)" "$hostile"

sed -i 's/"plateau_version": "[^"]*"/"plateau_version": "9.9"/' names/fleet.json
tap_run node_job names n1 1
tap_status 0 "a fleet of another plateau"
tap_stderr_has "the fleet was begun with 9.9"

# ---- By hand ----

make_fleet byhand "$(sleeping 1 0.01)"
tap_run plateau fleet job byhand
tap_status 0 "by hand, on a host of the fleet"
tap_run plateau fleet job byhand --json
tap_status 0 "by hand again: a new attempt"
has "its state is the answer of --json" "$stdout" '"attempt": 2'
is "each attempt has its folder" "$(cd byhand/nodes/*/ && ls)" "attempt-1
attempt-2"
attempt_folder=$(echo byhand/nodes/*/attempt-1)
is "no job's number" "$(state job)" ""
tap_run plateau fleet job byhand --node "$host.example.org"
tap_status 0 "the host's name with a domain is the same node"
is "under the name that the fleet has" "$(ls byhand/nodes)" "$host"

make_fleet strangers "$(sleeping 1 0.01)" elsewhere
tap_run plateau fleet job strangers
tap_status 2 "a host that the fleet does not have"
tap_stderr_has "this host is called $host, and the fleet has no node of that name"
tap_run plateau fleet job strangers --node elsewhere
tap_status 5 "by hand on another node"
tap_stderr_has "this is not node elsewhere but $host"
check "nothing is written there" test ! -e strangers/nodes/elsewhere
tap_run plateau fleet job strangers --node elsewhere --any-host
tap_status 0 "by hand on a host that is called otherwise"
tap_run plateau fleet job strangers --node elsewhere9 --any-host
tap_status 2 "by hand as a node that the fleet does not have"
tap_stderr_has "the fleet has no node elsewhere9" "which is named"
tap_stderr_has "--nodes LIST adds" "with what would add it"
is "it is no node of the fleet now" "$(ls strangers/nodes)" "elsewhere"

# On a node of a batch system, whose commands are in PATH.
make_fleet ruled "$(sleeping 1 0.01 | sed 's/levels: .1./levels: [2]/')"
mkdir batch && printf '#!/bin/sh\n' >batch/pbsnodes && chmod +x batch/pbsnodes
PLATEAU_PREFLIGHT=fast PATH=$work/batch:$PATH tap_run plateau fleet job ruled
tap_status 5 "by hand on a node of a batch system: refused"
tap_stderr_has "or insist with --here" "and how it goes all the same"
tap_stderr_has "no attempt of it is kept"
is "that is no attempt of the node" "$(ls ruled/nodes)" ""
left "a refusal"
PLATEAU_PREFLIGHT=fast PATH=$work/batch:$PATH tap_run plateau fleet job ruled --here
tap_status 0 "with --here it is measured"
is "as the first attempt" "$(cd ruled/nodes/*/ && ls)" "attempt-1"
PLATEAU_PREFLIGHT=fast PATH=$work/batch:$PATH tap_run plateau fleet job ruled
is "a refusal afterwards leaves that alone" "$(cd ruled/nodes/*/ && ls)" "attempt-1"
check "with its result" whole "$(echo ruled/nodes/*/attempt-1/result.db)"

# ---- What is not as it should be ----

# refused NAME CODE REASON SCENARIO: a job of a fleet with this scenario.
refused()
{
	make_fleet bad "$4" n1
	attempt_folder=bad/nodes/n1/attempt-1
	[ -z "${spoil:-}" ] || $spoil
	tap_run node_job bad n1 1
	tap_status "$2" "$1: exit code $2"
	has "$1: it is said" "$stderr" "$3"
	has "$1: the state has it" "$(state reason)" "$3"
	is "$1: the state" "$(state stage) $(state exit_code) $(state result)" "done $2 "
	left "$1"
	rm -rf bad
}

found_node=n2 refused "the wrong node" 5 "this is not node n1 but n2 (host $host)" \
	"$(sleeping 1 0.01)"
refused "a program that the node does not see" 5 \
	"this node does not see the task's program /no/mount/prog: /no is not there (is its file system" \
	'{name: x, task: {command: [/no/mount/prog]}, sweep: {levels: [1]}}'
refused "a program that is not in PATH" 5 \
	"the task's program no-such-program is not in PATH on this node" \
	'{name: x, task: {command: [no-such-program]}, sweep: {levels: [1]}}'
refused "a program that cannot be executed" 5 \
	"this node does not see the task's program /etc/passwd: Permission denied" \
	'{name: x, task: {command: [/etc/passwd]}, sweep: {levels: [1]}}'
refused "inputs that the node does not see" 5 \
	"this node does not see the task's inputs: " \
	'{name: x, task: {command: [cat, "{input}"], inputs: [/no/mount/a]}, sweep: {levels: [1]}}'
refused "a generator that the node does not see" 5 \
	"this node does not see the program that makes the inputs, /no/make" \
	'{name: x, task: {command: [cat, "{input}"], inputs: {generate: [/no/make, "{dir}"]}}, sweep: {levels: [1]}}'
refused "a scenario that is none" 2 "scenario.yaml:1:" "name: [x"

spoil='sed -i s|"working_folder":.*,$|"working_folder":"/no/home","created_ns":1,| bad/fleet.json'
refused "no working folder" 5 "this node does not see the working folder /no/home: /no is not there" \
	"$(sleeping 1 0.01)"
spoil='rm bad/scenario.yaml'
refused "no scenario" 5 "this node does not see the fleet's scenario $work/bad/scenario.yaml" \
	"$(sleeping 1 0.01)"
spoil='sed -i s/0.01/0.02/ bad/scenario.yaml'
refused "another scenario" 2 "is not what was submitted any more" "$(sleeping 1 0.01)"
spoil=

tap_run plateau fleet job not-there
tap_status 5 "a folder that the node does not see"
tap_stderr_has "this node does not see the fleet's folder not-there"
tap_run plateau fleet job "$work/tmp"
tap_status 2 "a folder that is no fleet's"
tap_run plateau fleet job fleet --attempt 0
tap_status 2 "attempts begin at 1"

make_fleet failing '{name: x, task: {command: [sh, -c, exit 3]}, sweep: {levels: [1], repeats: 1, warmup: 0, measured: 3}}' n1
attempt_folder=failing/nodes/n1/attempt-1
tap_run node_job failing n1 1
tap_status 1 "tasks that fail"
matches "the state says how many" "$(state reason)" '^[0-9]+ of [0-9]+ tasks failed$'
check "the result is whole all the same" whole "$attempt_folder/result.db"
has "where to look is where the result will be" "$stderr" \
	"plateau show $work/$attempt_folder/result.db"
lacks "and not where it was" "$stderr" "$TMPDIR"

# ---- A folder on the node ----

make_fleet local "$(sleeping 1 0.01)" n1
TMPDIR=/no/such/folder tap_run node_job local n1 1
tap_status 0 "TMPDIR of another machine"
tap_stderr_has 'TMPDIR is "/no/such/folder", which is no folder on this node that can be used'
TMPDIR=$work/tmp PLATEAU_TREAT_AS_NETWORK=$work tap_run node_job local n1 2
tap_status 0 "TMPDIR and the fleet on a network file system"
check "the result is whole there, too" whole local/nodes/n1/attempt-2/result.db
left "TMPDIR on a network"
TMPDIR=/no/such/folder SLURM_TMPDIR=$work/tmp tap_run node_job local n1 3
tap_status 0 "Slurm's own folder on the node"
tap_stderr_has "$work/tmp is"

echo theirs >junit.xml
PLATEAU_JUNIT=$work/junit.xml PLATEAU_RESUME=$work/no.db PLATEAU_OUTPUT=$work/page.html \
	tap_run node_job local n1 4
tap_status 0 "what the caller's environment says for other commands"
is "another command's files stay as they are" "$(cat junit.xml)$(ls page.html 2>/dev/null)" "theirs"

# ---- A log that nobody takes ----

# Both ends are open, nobody reads, and it is full: who writes into it waits for ever.
make_fleet stuck "$(sleeping 1 0.01)" n1
attempt_folder=stuck/nodes/n1/attempt-1
mkfifo full
exec 7<>full
dd if=/dev/zero of=full bs=4096 oflag=nonblock 2>dd.err
node_job stuck n1 1 2>full &
job=$!
for _ in $(seq 400); do
	kill -0 "$job" 2>/dev/null || break
	sleep 0.05
done
is "a log that nobody takes: the job does its work" "$(state stage) $(state result)" "done result.db"
check "a log that nobody takes: the result is whole" whole "$attempt_folder/result.db"
exec 7<&-
wait "$job"
left "a log that nobody takes"

# ---- Told to end ----

# begin_job DIR NODE ATTEMPT [OPTION...]: in the background, as $job; waits for its first trial.
begin_job()
{
	rm -f job.err
	setsid env --default-signal=INT,TERM,HUP SLURM_JOB_ID=12 SLURMD_NODENAME="$2" \
		plateau fleet job "$1" --node "$2" --attempt "$3" >job.out 2>job.err </dev/null &
	job=$!
	local i
	for i in $(seq 200); do
		grep -qs 'trial 2 of' job.err && return
		sleep 0.05
	done
	diag "the job did not begin: $(cat job.err)"
}

# end_job: waits for it; $status.
end_job()
{
	status=0
	wait "$job" 2>/dev/null || status=$?
}

make_fleet long "$(sleeping 200 0.05)" n1
attempt_folder=long/nodes/n1/attempt-1
begin_job long n1 1
cp "$attempt_folder/state.json" before.json
tap_run node_job long n1 1
tap_status 2 "a second job of one attempt is refused"
tap_stderr_has "another job is at work on attempt 1 of node n1"
check "the first one's state stays" cmp before.json "$attempt_folder/state.json"
if unshare -n true 2>/dev/null; then
	on_node=$(ls "$TMPDIR")
	SLURM_JOB_ID=13 SLURMD_NODENAME=n1 tap_run unshare -n plateau fleet job long --node n1 --attempt 1
	tap_status 2 "a second job with a network of its own is refused, too"
	tap_stderr_has "another job is at work on attempt 1 of node n1 on this machine"
	is "the first one's folder stays" "$(ls "$TMPDIR")" "$on_node"
else
	skip "a second job with a network of its own" "no name space can be made here"
fi
kill -TERM "$job"
end_job
is "TERM: the exit code is below 128" "$status" 1
check "TERM: what there is so far is handed in" whole "$attempt_folder/result.db"
is "TERM: the state says so" "$(state stage) $(state signal) $(state is_partial) $(state result)" \
	"done 15 true result.db"
is "TERM: the reason" "$(state reason)" "told to end by signal 15 (Terminated)"
check "TERM: the trials are counted" test "$(state trials_done)" -ge 1
is "TERM: no process is left" "$(pgrep -f "$work/")" ""
left TERM

for signal in INT HUP; do
	rm -r long/nodes/n1
	begin_job long n1 1
	kill -$signal "$job"
	end_job
	is "$signal: handed in, too" "$status $(state is_partial)" "1 true"
done

# Where TERM was ignored when the job began, it still means the end; and all of a group may get it.
rm -r long/nodes/n1 job.err
(
	trap '' TERM
	exec setsid plateau fleet job long --node n1 --any-host --attempt 1 2>job.err
) &
job=$!
for _ in $(seq 100); do
	grep -qs 'trial 2 of' job.err && break
	sleep 0.05
done
# shellcheck disable=SC2046
kill -TERM -- "-$job" $(pgrep -P "$job")
end_job
is "TERM to all of the job: handed in, too" "$status $(state is_partial)" "1 true"

# The guarding process of the run, and its engine, are killed: the job goes on and tells.
for whom in guardian engine; do
	rm -r long/nodes/n1
	begin_job long n1 1
	victim=$(pgrep -P "$job")
	[ $whom = guardian ] || victim=$(pgrep -P "$victim")
	kill -KILL "$victim"
	end_job
	is "a killed $whom: the state" "$status $(state stage) $(state is_partial)" "1 done true"
	matches "a killed $whom: the reason" "$(state reason)" 'ended by signal 9 \(Killed\)'
	check "a killed $whom: what there is so far is whole" whole "$attempt_folder/result.db"
	is "a killed $whom: no process is left" "$(pgrep -f "$work/")" ""
	left "a killed $whom"
done

# ---- Killed ----

make_fleet kills "$(sleeping 1 0.02)" n1
kills=${KILLS:-10}
problem=$(strike_jobs kills n1 "$kills" 0.5)
is "killed at random moments, $kills times: a whole result or none" "$problem" ""
is "killed at random moments: a later job leaves nothing" \
	"$(ls -A "$TMPDIR")$(find kills -name '*.new')" ""

# A batch system kills all of a job at once: what it leaves is removed by the next job on the node.
dead=$TMPDIR/plateau-0123456789abcdef0123456789abcdef
mkdir "$dead" "$TMPDIR/plateau-job-0123456789abcdef-XYZ" "$dead-01234567" "$TMPDIR/plateau-mine"
touch "$dead/x" "$TMPDIR/plateau-job-0123456789abcdef-XYZ/held"
mkdir "$TMPDIR/plateau-fedcba9876543210fedcba9876543210"
touch -d '5 minutes ago' "$dead" "$dead-01234567" "$TMPDIR"/plateau-job-* "$TMPDIR"/plateau-fed*
exec 9<"$TMPDIR/plateau-fedcba9876543210fedcba9876543210"
flock -n 9
make_fleet after "$(sleeping 1 0.01)" n1
tap_run node_job after n1 1
exec 9<&-
tap_stderr_has "removed what a killed job has left: $dead"
is "what dead jobs and runs have left is removed, and nothing else" "$(ls -A "$TMPDIR")" \
	"plateau-fedcba9876543210fedcba9876543210
plateau-mine"
rmdir "$TMPDIR"/plateau-*

# A job that was killed between the end of its run and the move.
# killed_late ATTEMPT: as if that had happened to this attempt, which is whole.
killed_late()
{
	local mark
	attempt_folder=late/nodes/n1/attempt-$1
	mark=$(printf '%s\nn1\n%u' "$(sed -n 's|.*"id": "\([^"]*\)".*|\1|p' late/fleet.json)" "$1" |
		sha256sum | cut -c 1-16)
	mkdir "$TMPDIR/plateau-job-$mark-abcdef"
	touch "$TMPDIR/plateau-job-$mark-abcdef/held"
	mv "$attempt_folder/result.db" "$TMPDIR/plateau-job-$mark-abcdef"
	sed -i 's/"stage": .*/"stage": "running",/; s/"result": .*/"result": null,/
		s/"trials_done": .*/"trials_done": 0,/; s/"exit_code": .*/"exit_code": -1,/' \
		"$attempt_folder/state.json"
	touch -d '5 minutes ago' "$TMPDIR"/plateau-job-*
}
make_fleet late "$(sleeping 1 0.01)" n1
node_job late n1 1 2>/dev/null
killed_late 1
tap_run node_job late n1 1
tap_status 0 "killed before the move, and the same attempt again"
tap_stderr_has "a job of attempt 1 was killed before it could hand in its result"
lacks "nothing is measured anew" "$stderr" "trial 1"
check "its result is whole, and in its place" whole "$attempt_folder/result.db"
is "its state is made good" "$(state stage) $(state result) $(state trials_done)" "done result.db 1"
left "killed before the move"
killed_late 1
tap_run node_job late n1 2
tap_status 0 "killed before the move, and the next attempt"
check "the earlier result is whole, and in its place" whole "$attempt_folder/result.db"
check "the next attempt has its own" whole "late/nodes/n1/attempt-2/result.db"
left "killed before the move, and the next attempt"

# ---- A target that cannot be written to ----

# Inside a name space of mounts of its own.
in_mounts()
{
	unshare -m "$@" 2>mounts.err || unshare -rm "$@" 2>mounts.err
}
cat >mounted <<'SH'
#!/bin/sh
# KIND: a job whose folder becomes full, or read-only, is full or read-only.
set -e
mount -t tmpfs -o size=$2,mode=755 none target
cp -r small/. target
[ "$1" != again ] || cp -r keeping/. target
[ "$1" != full-node ] || mount -t tmpfs -o size=40k none "$TMPDIR"
[ "$1" != full-here ] || { mount --bind /var/tmp /var/tmp && mount -o remount,bind,ro /var/tmp; }
[ "$1" != read-only ] || mount -o remount,ro target
code=0
SLURM_JOB_ID=1 SLURMD_NODENAME=n1 plateau fleet job target --node n1 --attempt 1 2>job.err || code=$?
echo "$code" >job.code
rm -rf copied
cp -r target copied
SH
chmod +x mounted
mkdir target
make_fleet small "$(sleeping 1 0.01)" n1
sed -i "s|$work/small|$work/target|" small/fleet.json
if in_mounts sh -c 'mount -t tmpfs none target'; then
	unshare=$(unshare -m true 2>/dev/null && echo unshare -m || echo unshare -rm)
	$unshare ./mounted read-only 1m
	is "a read-only target: nothing is measured" "$(cat job.code)" 5
	has "a read-only target: it is said" "$(cat job.err)" "Read-only file system"
	left "a read-only target"
	$unshare ./mounted full 32k
	attempt_folder=copied/nodes/n1/attempt-1
	is "a full target: the job fails" "$(cat job.code)" 1
	has "a full target: the state says why" "$(state reason)" "No space left on device"
	is "a full target: no half of a result" "$(ls "$attempt_folder")" "state.json"
	kept=$(state reason | sed -n 's|.*copy [^:]*:\(/[^ ]*\) to .*|\1|p')
	check "a full target: the result is whole where the state says" whole "${kept:-none}"
	is "a full target: it is kept where no batch system empties" "${kept%/plateau-kept-*}" /var/tmp
	left "a full target"
	cp -r copied keeping
	$unshare ./mounted again 4m
	is "the same attempt again: nothing is measured" "$(cat job.code) $(grep -c trial job.err)" \
		"0 0"
	has "the same attempt again: it is said" "$(cat job.err)" \
		"attempt 1 of node n1 is complete: its result, which was kept on the node, is in its place"
	check "the same attempt again: the result is in its place" whole "$attempt_folder/result.db"
	is "the same attempt again: the state has what it is" "$(state result_sha256)" \
		"$(sha256sum <"$attempt_folder/result.db" | cut -d ' ' -f 1)"
	is "the same attempt again: the state" "$(state stage) $(state result) $(state reason)" \
		"done result.db "
	left "the same attempt again"
	check "the same attempt again: nothing is kept any more" test ! -e "$kept"
	if [ "${work#/var/tmp/}" = "$work" ]; then
		$unshare ./mounted full-here 32k
		has "no room that stays: the doubt is told" "$(state reason)" \
			"kept on the node, unless $TMPDIR is emptied when the job ends"
		rm -r "${TMPDIR:?}"/plateau-kept-*
	else
		skip "no room that stays: the doubt is told" "the test itself works in /var/tmp"
	fi
	$unshare ./mounted full-node 4m
	attempt_folder=copied/nodes/n1/attempt-1
	is "no room on the node: the job fails" "$(cat job.code) $(state stage)" "1 done"
	has "no room on the node: the state says why" "$(state reason)" "the disk is full"
	left "no room on the node"
else
	skip "a target that is full or read-only" "no file system can be mounted here"
fi

# ---- Other hosts ----

make_fleet other "$(sleeping 1 0.01)" n1
mkdir -p other/nodes/n1/attempt-1
attempt_folder=other/nodes/n1/attempt-1
sed 's/"stage": .*/"stage": "running",/; s/"host": .*/"host": "another",/; s/"result": .*/"result": null,/' \
	before.json >"$attempt_folder/state.json"
(
	for i in $(seq 60); do
		sleep 0.3
		sed "s/\"updated_ns\": .*/\"updated_ns\": $i,/" "$attempt_folder/state.json" >"$work/beat"
		mv "$work/beat" "$attempt_folder/state.json"
	done
) &
beating=$!
tap_run node_job other n1 1
kill "$beating"
wait "$beating" 2>/dev/null
tap_status 2 "an attempt that another host is at work on"
tap_stderr_has "another job is at work on attempt 1 of node n1, on host another"

tap_done
