#!/bin/bash
# plateau fleet submit, against stand-ins for Slurm's commands: that no node gets two jobs whenever
# it is killed, stopped or run beside another, and whatever the scheduler answers.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/cli/fleet_submit.bash
. "${top_srcdir:?}/tests/cli/fleet_submit.bash" || exit 99

# ---- Killed in between ----------------------------------------------------------------------

# age FOLDER: makes what a killed submit left so old that no question to Slurm is under way.
age()
{
	find "$1" -name job.sh -exec touch -d '1 minute ago' {} +
}
new_site
touch site/kill-after
submit s.yaml --partition all F2
is "killed when Slurm had taken the job" "$status" 137
check "it left no answer" test ! -e F2/nodes/n2/attempt-1/submitted.json
submit F2
tap_status 0 "the next submit goes on"
is "no job is there twice" "$(comments)" "n2/attempt-1 n10/attempt-1 n1/attempt-1"
check "and the answer is noted" test -e F2/nodes/n2/attempt-1/submitted.json

new_site
touch site/kill-before
submit s.yaml --partition all F3
is "killed before Slurm had taken it" "$status" 137
check "the lock of a dead process is left" test -e F3/lock
tap_run plateau fleet status F3
lacks "and nobody takes it for one that is at work" "$stdout" "is at work on this fleet"
has "it is said what goes on" "$(printf '%s\n' "$stdout" | xargs)" "plateau fleet submit F3"
has "and with which nodes" "$stdout" "n[1-2], n10"
age F3
submit F3
tap_status 0 "the next submit takes the lock over"
is "and submits that job under the same number" "$(comments)" \
	"n2/attempt-1 n10/attempt-1 n1/attempt-1"

# A scheduler that gives no answer is asked again only when it is sure that the question is over,
# which takes its time: this goes on beside what follows, at a site of its own.
new_site
mv site deaf
touch deaf/silent-sbatch
{
	STANDIN=$work/deaf plateau fleet submit s.yaml --partition all --poll 100ms F8 >deaf.out 2>deaf.err
	echo "$?" >deaf.code # bash forgets codes of long ago
} &
deaf=$!

# Killed at any moment, ten times, at moments that are spread over its time; and that ROUNDS times
# (tests/long/fleet_submit.sh).
for round in $(seq "${ROUNDS:-1}"); do
	new_site
	seq -f 'm%g|all|idle|||rome' 30 >site/nodes
	rm -rf "${work:?}/F4"
	for i in $(seq 10); do
		plateau fleet submit s.yaml --partition all F4 >/dev/null 2>&1 &
		pid=$!
		moment=$(((i * 10 + round * 7) * 37 % 1000))
		sleep "0.$(printf %03d "$moment")"
		kill -9 "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		[ -d F4 ] && age F4
	done
	submit s.yaml --partition all F4
	tap_status 0 "after ten kills it goes on"
	# By the jobs that are there: the stand-in dies with plateau, perhaps before it has written its log.
	is "each node has one job" "$(sed -s -n '3s/^plateau.//p' site/jobs/* | sort -V | xargs)" \
		"$(seq -f 'm%g/attempt-1' 30 | xargs)"
	is "and one attempt" "$(find F4/nodes -name submitted.json | wc -l)" 30
done

# ---- Two at once ----------------------------------------------------------------------------

new_site
seq -f 'm%g|all|idle|||rome' 20 >site/nodes
pids=()
for i in 1 2 3 4; do
	plateau fleet submit s.yaml --partition all F5 >"out$i" 2>&1 &
	pids+=($!)
done
wait "${pids[@]}"
is "of four submits at once each node gets one job" \
	"$(comments | xargs -n 1 | sort -V | xargs)" "$(seq -f 'm%g/attempt-1' 20 | xargs)"
check "one did it" grep -Eq "submitted +20  m" out1 out2 out3 out4
check "another said why it did not" grep -q "another .*submit" out1 out2 out3 out4

hostname >F5/lock
printf 'elsewhere x\n1 1\n2026-01-01T00:00:00.000Z\n' >>F5/lock
submit F5
tap_status 2 "a lock from another machine is kept"
tap_stderr_has "remove $work/F5/lock" "and it is said what to do"
touch -d '1 hour ago' F5/lock
touch -d '1 hour ago' F5/lock.aBcDeF F5/fleet.json.aBcDeF
touch F5/lock.gHiJkL F5/note
submit F5
tap_status 0 "one that nobody has touched for long is not"
is "what killed ones left half done is removed, and nothing else" \
	"$(find F5 -maxdepth 1 -type f -printf '%f\n' | sort | xargs)" \
	"fleet.json lock.gHiJkL note scenario.yaml"

# ---- The window, limits, silence ------------------------------------------------------------

new_site
seq -f 'm%g|all|idle|||rome' 12 >site/nodes
touch site/end-one
submit s.yaml --partition all --window 3 --poll 100ms F6
tap_status 0 "more nodes than the window has places"
is "each gets its job in time" "$(queue)" 12
is "and there are never more in the queue" "$(sort -n site/live.log | tail -n 1)" 3
is "which is said once" "$(printf '%s\n' "$stderr" | grep -c "this waits for some to end")" 1

new_site
seq -f 'm%g|all|idle|||rome' 6 >site/nodes
touch site/end-one
echo 2 >site/limit
submit s.yaml --partition all --poll 100ms F7
tap_status 0 "a site that takes two jobs at most"
is "gets them all, in time" "$(comments | wc -w)" 6
has "its words are passed on" "$stderr" "AssocMaxSubmitJobLimit"

wait "$deaf"
is "a scheduler that gives no answer is asked again" "$(cat deaf.code)" 0
is "and has each job once" "$(STANDIN=$work/deaf comments)" "n2/attempt-1 n10/attempt-1 n1/attempt-1"
has "and what it said is told" "$(cat deaf.err)" "Socket timed out"

new_site
plateau fleet submit s.yaml --partition all --window 1 --poll 100ms F9 >out 2>err &
pid=$!
for _ in $(seq 100); do
	[ -e F9/nodes/n2/attempt-1/submitted.json ] && break
	sleep 0.1
done
sleep 0.3
kill -INT "$pid" 2>/dev/null
kill -TERM "$pid" 2>/dev/null
wait "$pid"
is "stopped while it waits: 130" "$?" 130
matches "it says what is left" "$(cat out)" "left +2  n1, n10"
has "and how to go on" "$(cat out)" "plateau fleet submit $work/F9"
check "the lock is gone" test ! -e F9/lock
is "one job is there" "$(comments)" "n2/attempt-1"
submit F9
is "run again it goes on" "$(comments)" "n2/attempt-1 n10/attempt-1 n1/attempt-1"

# ---- A scheduler that hangs, and one that is none -------------------------------------------

# Beside what follows, since it asks twice with 10 s in between.
new_site
cp -R site odd
printf 'Submitted; hello\n' >odd/odd-sbatch
STANDIN=$work/odd plateau fleet submit s.yaml --partition all --poll 100ms F9odd >odd.out 2>odd.err &
odd=$!

touch site/hang-sbatch
plateau fleet submit s.yaml --partition all F9hang >out 2>err &
pid=$!
until_there()
{
	local i
	for i in $(seq 100); do
		grep -qs "$1" "$2" && return
		sleep 0.1
	done
	diag "$2 never has $1"
}
until_there sbatch site/calls.log
kill -TERM "$pid"
until_there "told to stop" err
has "told to stop while sbatch hangs: it says what it waits for, and for how long" "$(cat err)" \
	"waiting for the scheduler's answer, at most 180 s; once more ends it now"
check "and waits" kill -0 "$pid"
kill -TERM "$pid"
wait "$pid"
is "told so twice it ends" "$?" 130
rm site/hang-sbatch
check "the lock is gone" test ! -e F9hang/lock

wait "$odd"
is "an sbatch that gives no id and takes no job" "$?" 1
has "is spoken of" "$(cat odd.err)" "this sbatch answers otherwise than Slurm's"
has "with its answer" "$(cat odd.err)" "'Submitted; hello"
is "and not asked for ever" "$(grep -c sbatch odd/calls.log)" 2
submit s.yaml --partition all 'F9\usage'
tap_status 2 "a folder with a backslash in its name, of which sbatch makes another"
tap_stderr_has "Slurm cannot write into a folder with a backslash in its name: $work/F9"
check "is not made" test ! -e 'F9\usage'
new_site
submit s.yaml --partition all $'F9\xff'
has "a folder that is not UTF-8: the commands to copy name it" "$stdout" "\$'$work/F9\\377'"
submit s.yaml --partition all F9usage -- --usage
tap_status 2 "an option that makes sbatch print and end"
check "before a folder is made" test ! -e F9usage

PATH=$plain_path
tap_done
