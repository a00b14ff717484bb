#!/usr/bin/env bash
# plateau run from outside: what it keeps, what it says, how it ends, and what it leaves behind.
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need sqlite3 jq pgrep setsid

export TMPDIR=${work:?}/tmp
mkdir "$TMPDIR" || exit 99

nothing_left() # NAME
{
	is "$1: no temporary folder is left" "$(find "$TMPDIR" -mindepth 1 | head -3)" ""
}

# ---- a plain run -----------------------------------------------------------------------------
tap_run plateau run -j 1,2 -r 2 -m 2 -o plain.db -- sleep 0.02
tap_status 0 "a plain run ends with 0"
tap_stdout_has "Throughput" "the table is on stdout"
is "progress is not on a stderr that is no terminal" "$(grep -c 'trial 1' "$work/stderr")" 0
is "every trial is done" "$(query plain.db "select count(*) from trial where state='done'")" 4
is "the run is done" "$(query plain.db 'select state from run')" "done"
is "the probe is recorded" "$(query plain.db "select count(*) from task where role='probe'")" 1
is "the scenario is inside" "$(query plain.db "select length(scenario_text) > 0 from run")" 1
is "the topology is inside" "$(query plain.db "select topology_xml like '%<topology%' from run")" 1
check "sqlite finds the file sound" test "$(query plain.db 'pragma integrity_check')" = ok
nothing_left "a plain run"

tap_run plateau run -j 1 -r 1 -m 1 -o plain.db -- sleep 0.02
tap_status 2 "an existing result is not overwritten"
tap_stderr_has "plain.db" "and is named"
tap_run plateau run -j 1 -r 1 -m 1 -o plain.db --force -- sleep 0.02
tap_status 0 "--force replaces it"
is "by the new one" "$(query plain.db 'select count(*) from trial')" 1

tap_run plateau run -j 1 -r 1 -m 1 --json -o json.db -- sleep 0.02
tap_status 0 "a run with --json"
check "prints nothing but JSON" jq -e '.schema_version == 1 and .levels[0].concurrency == 1' "$work/stdout"

tap_run plateau run -j 1 -r 1 -m 1 -- sleep 0.02
tap_status 0 "without -o"
is "the result is in results/" "$(find results -name 'sleep-*.db' | wc -l)" 1

# ---- what tasks do to a run ------------------------------------------------------------------
cat >ignores-term <<'SH'
#!/bin/sh
trap '' TERM
while :; do sleep 0.01; done
SH
cat >leaves-daemon <<SH
#!/bin/sh
setsid sleep 987.$$ &
exit 0
SH
cat >not-executable <<'SH'
#!/bin/sh
SH
printf 'neither a script nor a program\n' >no-interpreter
chmod +x ignores-term leaves-daemon no-interpreter

# NAME STATE EXPECTED_DETAIL DETAIL_COLUMN COMMAND...
fails_as()
{
	local name=$1 state=$2 detail=$3 column=$4 timeout=30s
	shift 4
	# A busy machine may need longer than a short timeout for the others.
	[ "$state" != timeout ] || timeout=200ms
	rm -f failing.db
	tap_run plateau run -j 1,2 -r 1 -w 1 -m 1 --timeout "$timeout" -o failing.db -- "$@"
	tap_status 1 "$name: exit code 1"
	is "$name: recorded as $state" "$(query failing.db "select distinct state from task where state != 'ended'")" "$state"
	is "$name: with its detail" \
		"$(query failing.db "select distinct $column from task where role = 'probe'")" "$detail"
	is "$name: the sweep went on to every level" \
		"$(query failing.db "select group_concat(state) from (select state from trial)")" \
		"abandoned,abandoned"
	nothing_left "$name"
}
fails_as "a command that does not exist" not-started 2 start_errno ./does-not-exist
fails_as "one that is not executable" not-started 13 start_errno ./not-executable
fails_as "one without an interpreter" not-started 8 start_errno ./no-interpreter
fails_as "one that exits 3" failed 3 exit_status sh -c 'exit 3'
fails_as "one that dies of SIGSEGV" signaled 11 signal sh -c 'kill -SEGV $$'
fails_as "one that ignores TERM" timeout 9 signal ./ignores-term
fails_as "one that leaves a daemon" left-children 0 exit_status ./leaves-daemon
is "no daemon is left" "$(pgrep -c -f "sleep 987.$$")" 0

tap_run plateau run -j 1,2 -r 1 -m 2 -o workdir.db -- sh -c 'test -d "$0" && rm -r "$0"' '{workdir}'
tap_status 0 "a task that removes its working folder is no failure"
is "and it is told" "$(query workdir.db "select count(*) > 0 from event where code='workdir-removed'")" 1

# One in three fails: counted, and the level stands.
cat >sometimes <<'SH'
#!/bin/sh
sleep 0.02
[ $((PLATEAU_INDEX % 3)) -ne 2 ]
SH
chmod +x sometimes
tap_run plateau run -j 2 -r 1 -m 20 -o some.db -- ./sometimes
tap_status 1 "some failing tasks: exit code 1"
is "the trial is done all the same" "$(query some.db 'select state from trial')" "done"
matches "and stderr says how many" "$stderr" '[0-9]+ of [0-9]+ tasks failed'

# ---- output ----------------------------------------------------------------------------------
tap_run plateau run -j 1 -r 1 -m 1 -o failed.db -- sh -c 'echo to stdout; echo to stderr >&2; exit 1'
is "what a failed task printed is kept" \
	"$(query failed.db "select trim(cast(head as text), char(10)) from output where stream = 'stderr' limit 1")" "to stderr"

# ---- inputs ----------------------------------------------------------------------------------
mkdir in
for i in 1 2 3 4; do echo "$i" >"in/$i"; done
# The inputs that tasks of the result got, by name.
used()
{
	query "$1" "select group_concat(distinct replace(path, rtrim(path, '1234'), ''))
		from (select path from task join input using (input) order by path)"
}
inputs_scenario() # INPUTS
{
	printf 'name: inputs\ntask: {command: [cat, "{input}"], inputs: %s}\n' "$1"
	printf 'sweep: {levels: [1], repeats: 1, measured: 6}\n'
}
inputs_scenario '[in/1, in/2, in/3]' >list.yaml
tap_run plateau run list.yaml -o list.db
is "a list of inputs is used whole" "$(used list.db)" "1,2,3"
inputs_scenario '"in/*"' >glob.yaml
tap_run plateau run glob.yaml -o glob.db
is "of a pattern as many as there are copies" "$(used glob.db)" "1"
tap_stderr_has "of 4 input files 1 are used" "and it is told"
inputs_scenario '[in/1, in/nowhere]' >missing.yaml
tap_run plateau run missing.yaml -o missing.db
tap_status 2 "a listed input that is not there"
tap_stderr_has "in/nowhere" "is named"
inputs_scenario '[in/1]' | sed 's/task: {/task: {memory: 900 TB, /' >big.yaml
tap_run plateau run big.yaml -o big.db
tap_status 5 "where no level fits, the node cannot do it"
tap_stderr_has "nothing was measured" "and it is said"
is "and no task was started" "$(query big.db 'select count(*) from task')" 0
tap_run plateau run -j 1 -r 1 -e task-clok -o event.db -- true
tap_stderr_has "task-clok will not be counted" "an unknown event is told at once"
tap_run plateau run -j 1 -r 1 -o command.db -- no-such-program-here
tap_stderr_has "not found in PATH" "a missing command too"

# ---- signals ---------------------------------------------------------------------------------
# Starts plateau in the background with INT not ignored, as a terminal would.
start()
{
	setsid env --default-signal=INT plateau run -j 2 -r 3 -m 400 --progress always \
		-o "$1" -- sh -c "$2" >"$work/stdout" 2>"$work/stderr" &
	pid=$!
}
# Waits until a task of the first trial runs.
await_tasks()
{
	for _ in $(seq 200); do
		[ "$(pgrep -c -f "$1")" -ge 2 ] && return 0
		sleep 0.05
	done
	return 1
}

start int.db "sleep 0.0511$$"
await_tasks "sleep 0.0511$$"
sleep 0.5
kill -INT "$pid"
wait "$pid"
is "INT ends a run with 130" $? 130
is "the result is kept and says so" "$(query int.db 'select state from run')" interrupted
is "the trial too" "$(query int.db "select group_concat(state) from trial where trial = 1")" interrupted
has "the table is printed" "$(cat "$work/stdout")" "interrupted"
is "no log is left beside it" "$(find . -maxdepth 1 -name 'int.db-*')" ""
nothing_left "an interrupted run"

start int2.db "trap '' TERM; while :; do sleep 0.0522$$; done"
await_tasks "sleep 0.0522$$"
kill -INT "$pid"
sleep 0.5
kill -INT "$pid"
wait "$pid"
is "a second INT ends tasks that ignore TERM" $? 130
is "none is left" "$(pgrep -c -f "sleep 0.0522$$")" 0
nothing_left "a run interrupted twice"

start killed.db "sleep 0.0533$$"
await_tasks "sleep 0.0533$$"
sleep 1
kill -KILL "$pid"
wait "$pid" 2>/dev/null
sleep 0.3
is "kill -9 leaves no task" "$(pgrep -c -f "sleep 0.0533$$")" 0
tap_run plateau show killed.db
tap_status 0 "and a result that opens"
rm -rf "${work:?}/tmp"
mkdir "$TMPDIR"

# ---- stdout that cannot be written -------------------------------------------------------------
plateau run -j 1 -r 1 -m 1 -o full.db -- sleep 0.01 >/dev/full 2>"$work/stderr"
is "a full stdout is an error" $? 1
matches "and is said" "$(cat "$work/stderr")" "cannot (write|print)"
check "the result is there all the same" test "$(query full.db 'select state from run')" = "done"

# ---- what tasks begin with ---------------------------------------------------------------------
# plateau itself asks for a short slice: tasks must not inherit it. (The last task is ended in the
# middle of what it does, so the file appears whole.)
slice=$(grep -s '^se.slice' /proc/self/sched)
for way in shared gate; do
	if [ -z "$slice" ]; then
		skip "a task has the slice that plateau was started with ($way)" "no /proc/self/sched here"
		continue
	fi
	PLATEAU_LAUNCH=$way plateau run -q -j 1 -r 1 -w 0 -m 1 -o "slice-$way.db" -- \
		sh -c "grep '^se.slice' /proc/self/sched >$work/slice.\$\$ && mv $work/slice.\$\$ $work/slice" \
		>/dev/null
	is "a task has the slice that plateau was started with ($way)" "$(cat "$work/slice")" "$slice"
done

# ---- bad use -----------------------------------------------------------------------------------
tap_run plateau run
tap_status 2 "nothing to run"
tap_run plateau run -j 0 -- true
tap_status 2 "a level of 0"
tap_run plateau run -j 1 --policy sideways -- true
tap_status 2 "an unknown policy"
tap_run plateau run no-such-file.yaml
tap_status 2 "a scenario that is not there"
tap_stderr_has "no-such-file.yaml" "is named"

# On a terminal a line moves within a trial, and is gone at its end.
if command -v script >/dev/null 2>&1; then
	said=$(TERM=xterm script -qec 'plateau run -j 1 -r 1 -m 3 -o moved.db -- sleep 0.5' /dev/null \
		</dev/null)
	has "a terminal: the trial's line moves" "$said" "tasks in the result"
	has "a terminal: it is erased" "$said" $'\r\033[Kplateau: the result is in moved.db'
	said=$(TERM=dumb script -qec 'plateau run -j 1 -r 1 -m 3 -o dumb.db -- sleep 0.5' /dev/null \
		</dev/null)
	lacks "a terminal that cannot move: no such line" "$said" "tasks in the result"
else
	skip "a terminal: the trial's line moves" "there is no script(1)"
fi

tap_done
