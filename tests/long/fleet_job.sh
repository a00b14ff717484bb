#!/usr/bin/env bash
# plateau fleet job, killed at hundreds of random moments (KILLS, default 300), and an attempt that a
# host left which is dead by now.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/fleet/job.bash
. "${top_srcdir:?tests run through make check}/tests/fleet/job.bash" || exit 99
need pgrep sha256sum hostname

kills=${KILLS:-300}
make_fleet kills "$(sleeping 3 0.02)" n1
problem=$(strike_jobs kills n1 "$kills" 1.2)
is "killed at random moments, $kills times: a whole result or none" "$problem" ""
left "killed at random moments"
is "killed at random moments: nothing is left in the fleet's folder" \
	"$(find kills -name '*.new')" ""

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

tap_done
