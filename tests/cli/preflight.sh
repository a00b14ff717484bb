#!/usr/bin/env bash
# What plateau looks at before it measures: how long, what it says, and where it refuses.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3
unset PLATEAU_PREFLIGHT

query()
{
	sqlite3 "$@"
}

# A run that no judgement of shares can stop, with what a test adds.
cat >quick.yaml <<'END'
name: quick
task: {command: [sleep, "0.02"]}
sweep: {levels: [1, 2], repeats: 1, warmup: 0, measured: 2}
counters: {events: []}
preflight: {warn: {load: never, psi: never, steal: never}}
END
sed 's/\[1, 2\]/[1]/' quick.yaml >alone.yaml

# On a shared node every run below would be refused, and rightly.
tap_run plateau run -q -o try.db quick.yaml
if [ "$status" -eq 5 ]; then
	skip_all "this node is not ours alone: $stderr"
fi
tap_status 0 "a run with the preflight"
is "what else went on during each trial is kept" \
	"$(query try.db "SELECT count(*) FROM sample WHERE name='other_load_share'")" 2

tap_run plateau run -q --preflight off -o off.db quick.yaml
tap_status 0 "--preflight off"
is "nothing is looked at then" \
	"$(query off.db "SELECT count(*) FROM sample WHERE name='other_load_share'")" 0
tap_run plateau run --preflight full -o full.db alone.yaml
tap_status 0 "--preflight full"
tap_stderr_has "looking at the node for 3 s"
tap_run plateau run --preflight slow -o no.db quick.yaml
tap_status 2 "--preflight with another word"

# A CPU quota, by a control group of version 1.
hierarchy=$(awk '$(NF-2) == "cgroup" && $NF ~ /(^|,)cpu(,|$)/ { print $5 }' /proc/self/mountinfo)
group=$hierarchy$(sed -n 's/^[0-9]*:\([^:]*,\)*cpu\(,[^:]*\)*://p' /proc/self/cgroup)/plateau-test-$$
tap_cleanup()
{
	if [ -d "$group" ]; then
		rmdir "$group"
	fi
}
if [ -n "$hierarchy" ] && mkdir "$group" 2>/dev/null && echo 20000 >"$group/cpu.cfs_quota_us"; then
	tap_run sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" plateau run -q \
		-j 1 -r 1 -w 0 -m 1 -e none -o quota.db -- \
		sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'
	tap_stderr_has "0.2 CPUs' worth"
	is "the quota is in the result" \
		"$(query quota.db "SELECT count(*) FROM event WHERE code='cpu-quota'")" 1
	is "and so is what it did" \
		"$(query quota.db "SELECT count(*) FROM event WHERE code='cpu-throttled' AND trial=1")" 1
else
	skip "a CPU quota" "no cpu group can be made here"
fi

# A batch system.
mkdir bin
printf '#!/bin/sh\n' >bin/sbatch
chmod +x bin/sbatch
export PATH=$work/bin:$PATH
unset SLURM_JOB_ID PBS_JOBID LSB_JOBID JOB_ID
tap_run plateau run -q -o login.db quick.yaml
tap_status 5 "a node of a batch system, outside an allocation"
tap_stderr_has "batch system (Slurm)"
tap_stderr_has "--here"
check "nothing was created" test ! -e login.db
tap_run plateau run -q -o one.db alone.yaml
tap_status 0 "one copy alone may run there"
tap_stderr_has "batch system (Slurm)"
is "with a warning in the result" \
	"$(query one.db "SELECT count(*) FROM event WHERE code='no-allocation'")" 1
tap_run plateau run -q --here -o here.db quick.yaml
tap_status 0 "--here insists"
tap_run env SLURM_JOB_ID=7 plateau run -q -o job.db quick.yaml
tap_status 0 "inside an allocation"
tap_stderr_is ""
rm -f bin/sbatch

# Limits of the scenario: something busy beside us.
sed 's/warn: {load: never/refuse: {load: 1%}, warn: {load: never/' quick.yaml >strict.yaml
count=0
while [ "$count" -lt "$(nproc)" ]; do
	timeout 60 sh -c 'while :; do :; done' &
	count=$((count + 1))
done
busy=$(jobs -p)
sleep 0.3
tap_run plateau run -q --preflight full -o strict.db strict.yaml
tap_status 5 "load above preflight.refuse.load"
tap_stderr_has "preflight.refuse.load is 1 %"
sed 's/load: never/load: 1%/' quick.yaml >warned.yaml
tap_run plateau run -q --preflight full -m 20 -o warned.db warned.yaml
tap_status 0 "load above preflight.warn.load"
tap_stderr_has "other programs use"
is "is in the result, for the run and its trials" \
	"$(query warned.db "SELECT count(DISTINCT trial IS NULL) FROM event WHERE code='other-load'")" 2
# shellcheck disable=SC2086
kill $busy
wait 2>/dev/null

tap_done
