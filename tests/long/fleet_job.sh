#!/usr/bin/env bash
# plateau fleet job, killed at hundreds of random moments (KILLS, default 200), and an attempt that a
# host left which is dead by now.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/fleet/job.bash
. "${top_srcdir:?tests run through make check}/tests/fleet/job.bash" || exit 99
need pgrep sha256sum

kills=${KILLS:-200}
make_fleet kills "$(sleeping 3 0.02)" n1
problem=$(strike_jobs kills n1 "$kills" 1.2)
is "killed at random moments, $kills times: a whole result or none" "$problem" ""
left "killed at random moments"
is "killed at random moments: nothing is left in the fleet's folder" \
	"$(find kills -name '*.new')" ""

make_fleet all "$(sleeping 3 0.02)" n1
problem=$(strike_jobs all n1 "$((kills / 3))" 1.2 all)
is "killed with all processes, $((kills / 3)) times: a whole result or none" "$problem" ""
left "killed with all processes"

# A state file of another host that does not change any more, by a clock that is a year ahead.
make_fleet other "$(sleeping 1 0.01)" n1
node_job other n1 1 2>/dev/null
attempt_folder=other/nodes/n1/attempt-1
rm "$attempt_folder/result.db"
sed -i 's/"stage": .*/"stage": "running",/; s/"host": .*/"host": "another",/
	s/"updated_ns": [0-9]*/"updated_ns": 1999999999000000000/' "$attempt_folder/state.json"
tap_run node_job other n1 1
tap_status 0 "an attempt whose host is silent is taken over"
tap_stderr_has "host another was at work on this attempt: looking for 25 s whether it still is"
is "its state is this job's" "$(state stage) $(state host)" "done $host"

# The state file is written anew about every 10 s, with the trials that are done.
make_fleet beats "$(sleeping 1000 0.02)" n1
attempt_folder=beats/nodes/n1/attempt-1
SLURM_JOB_ID=1 SLURMD_NODENAME=n1 setsid plateau fleet job beats --node n1 --attempt 1 2>/dev/null &
job=$!
times=
for _ in $(seq 33); do
	sleep 1
	times+="$(state updated_ns) $(state trials_done)
"
done
kill -TERM "$job"
wait "$job"
is "TERM ends it" "$?" 1
beats=$(printf '%s' "$times" | sort -u | wc -l)
check "the state file is written every 10 s, and not more often: $beats times in 33 s" \
	test "$beats" -ge 3 -a "$beats" -le 5
check "the trials that are done are in it" test "$(printf '%s' "$times" | tail -n 1 | cut -d ' ' -f 2)" -ge 10
left "a long job"

tap_done
