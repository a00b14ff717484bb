#!/usr/bin/env bash
# plateau run --resume: a run that was killed at any moment is completed to what it would have
# been, more blocks are added, and what has changed meanwhile is refused with its reason. RESUMES
# (default 5) says how many runs are killed, each up to three times.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 pgrep setsid prlimit

export TMPDIR=$work/tmp
mkdir "$TMPDIR"

# Which levels are done in which blocks, by their last attempts.
done_trials() # FILE
{
	query "$1" "select group_concat(block || ':' || concurrency, ' ') from (select block, concurrency
		from last_trial where state in ('done', 'censored') order by block, concurrency)"
}

whole="0:1 0:2 0:3 1:1 1:2 1:3"

# ---- killed, and gone on with -----------------------------------------------------------------
# PLATEAU ARGUMENT...: started, and its engine or its guardian killed after a random time.
cut()
{
	local pid engine whom
	setsid plateau run -q --progress always "$@" >stdout 2>>stderr &
	pid=$!
	sleep "$(awk -v r="$RANDOM" 'BEGIN { print 0.05 + 1.1 * r / 32768 }')"
	engine=$(pgrep -P "$pid" | head -n 1)
	whom=$pid
	[ "$((RANDOM % 2))" -eq 0 ] || whom=${engine:-$pid}
	kill -KILL "$whom" 2>/dev/null
	wait "$pid" 2>/dev/null
	for _ in $(seq 100); do
		[ -d "/proc/${engine:-none}" ] || break
		sleep 0.05
	done
}

# The guardian $pid and its engine.
kill_both()
{
	local engine
	engine=$(pgrep -P "$pid" | head -n 1)
	kill -KILL "$pid" "$engine"
	wait "$pid" 2>/dev/null
	for _ in $(seq 100); do
		[ -d "/proc/${engine:-none}" ] || break
		sleep 0.05
	done
}

rounds=${RESUMES:-5}
before=$tap_failures
begun=0
for round in $(seq "$rounds"); do
	rm -f cut.db cut.db-* stderr
	cut -j 1-3 -r 2 -m 4 -o cut.db -- sleep 0.03
	[ -e cut.db ] || continue # it was ended before there was a result
	begun=$((begun + 1))
	for _ in $(seq $((round % 3))); do
		cut --resume cut.db
	done
	tap_run plateau run --resume cut.db -q
	stored=$(sed -n 's/^stored //p' stderr | tail -n 1)
	kept=$(query cut.db 'select count(*) from task')
	[ "$status" -eq 0 ] || not_ok "round $round: --resume ends with 0" "$status: $stderr"
	[ "$(done_trials cut.db)" = "$whole" ] ||
		not_ok "round $round: the set of trials is the same" "$(done_trials cut.db)"
	[ "$kept" -ge "${stored:-0}" ] ||
		not_ok "round $round: nothing stored is lost" "$stored were told, $kept are there"
	[ "$(query cut.db "select state || (select count(*) from trial where state in ('running', 'pending')) from run")" = done0 ] ||
		not_ok "round $round: the run is done" "$(query cut.db 'select state from run')"
	[ "$(query cut.db 'pragma integrity_check')" = ok ] || not_ok "round $round: sound"
done
is "$begun of $rounds runs had begun, and were completed to the same set of trials" \
	"$tap_failures" "$before"
is "no folder is left" "$(ls -A "$TMPDIR")" ""

# ---- interrupted; the old attempt stays ---------------------------------------------------------
plateau run -j 1,2 -r 1 -w 0 -m 1 -o stopped.db -q -- sleep 1 >stdout 2>stderr &
pid=$!
for _ in $(seq 200); do
	[ ! -e stopped.db ] || break
	sleep 0.05
done
sleep 1.5
kill -TERM "$pid"
wait "$pid"
is "a run that is asked to stop" "$?" 130
tap_run plateau run --resume stopped.db
tap_status 0 "and is gone on with"
is "the attempt that was cut off stays" \
	"$(query stopped.db "select group_concat(attempt || state, ' ') from (select attempt, state from trial where trial=1 order by attempt)")" \
	"1interrupted 2done"
is "what was left out is not counted" \
	"$(plateau show stopped.db --json | tr -d ' \n' | grep -o '"trials":[0-9]*,"trials_in' | sort -u)" '"trials":1,"trials_in'
is "that it was gone on with is told" \
	"$(query stopped.db "select count(*) from event where code='resumed'")" 1
is "one probe is enough" "$(query stopped.db "select count(*) from task where role='probe'")" 1
is "later attempts come later" "$(query stopped.db "select (select end_ns from trial where trial=1 and attempt=1)
	<= (select start_ns from trial where trial=1 and attempt=2)")" 1

# ---- complete, and more blocks -----------------------------------------------------------------
tap_run plateau run -j 1,2 -r 1 -m 1 -o more.db -- sleep 0.02
order=$(query more.db "select group_concat(level) from (select level from trial order by trial)")
sum=$(sha256sum more.db)
tap_run plateau run --resume more.db
tap_status 0 "on a complete file it ends with 0"
tap_stderr_has "complete" "and says so"
tap_stdout_has "Throughput" "the table is printed all the same"
is "the file is not touched" "$(sha256sum more.db)" "$sum"
tap_run plateau run --resume more.db -r 3
tap_status 0 "a higher -r"
is "adds blocks" "$(done_trials more.db)" "0:1 0:2 1:1 1:2 2:1 2:2"
is "behind those that are there" \
	"$(query more.db "select group_concat(level) from (select level from trial where block=0 order by trial)")" "$order"
is "the number of blocks is kept" "$(query more.db 'select blocks from run')" 3
tap_run plateau run --resume more.db
tap_stderr_has "complete" "the higher number is what is complete now"
tap_run env PLATEAU_REPEATS=1 PLATEAU_LEVELS=7 plateau run --resume more.db
tap_status 0 "defaults from the environment are for new runs"

# A kill while the log is rolled in leaves a change that was cut off, and who may only read stumbles
# over it.
cp more.db cut.db
sqlite3 cut.db "PRAGMA cache_size=1; BEGIN; UPDATE host SET value = hex(randomblob(20000));" \
	".shell kill -9 \$PPID" >/dev/null 2>&1
check "a change was cut off" test -s cut.db-journal
tap_run plateau run --resume cut.db
tap_status 0
tap_stderr_has "was complete but for its end; now it is whole"
check "nothing is left beside it" test ! -e cut.db-journal
is "it is as it was" "$(query cut.db "select value from host where name='hostname'")" \
	"$(query more.db "select value from host where name='hostname'")"

# ---- a copy is gone on with while the run itself goes on ------------------------------------------
setsid plateau run -q -j 2 -r 1 -w 0 -m 12 -o orig.db -- \
	sh -c 'sleep 0.25; touch "$0/made"' '{workdir}' >stdout 2>stderr &
pid=$!
for _ in $(seq 200); do
	[ "$(query orig.db "select count(*) from task where role='measured'" 2>/dev/null || echo 0)" -eq 0 ] || break
	cp orig.db cop.db 2>/dev/null && cp orig.db-wal cop.db-wal 2>/dev/null &&
		[ "$(plateau export cop.db --csv 2>/dev/null | wc -l)" -gt 3 ] && break
	sleep 0.05
done
tap_run plateau run --resume cop.db -q
tap_status 0 "a copy of a live result is gone on with"
wait "$pid"
is "the run itself ends with 0" "$?" 0
is "none of its tasks has failed" "$(query orig.db "select count(*) from task where role='measured' and state<>'ok'")" 0
is "no folder of either is left" "$(ls -A "$TMPDIR")" ""

# Both killed: the folder stays, and goes when the run is gone on with, also to a mere end.
setsid plateau run -q -j 1 -r 1 -w 0 -m 3 -o dead.db -- sleep 0.3 >stdout 2>stderr &
pid=$!
for _ in $(seq 200); do
	[ ! -e dead.db ] || break
	sleep 0.05
done
kill_both
check "when both are killed a folder is left" test -n "$(ls -A "$TMPDIR")"
cp -r "$TMPDIR" kept
tap_run plateau run --resume dead.db -q
tap_status 0 "the run is gone on with"
is "which clears the folder away" "$(ls -A "$TMPDIR")" ""
cp -r kept/plateau-* "$TMPDIR"
sqlite3 dead.db "update run set state='running'"
tap_run plateau run --resume dead.db -q
tap_stderr_is "" "a run that was killed at its very end"
is "its folder is cleared away too" "$(ls -A "$TMPDIR")" ""
rm -r kept

# ---- refusals ----------------------------------------------------------------------------------
# NAME CODE TEXT ARGUMENT...
refused()
{
	local name=$1 code=$2 text=$3
	shift 3
	tap_run plateau run "$@"
	tap_status "$code" "$name: exit code $code"
	tap_stderr_has "$text" "$name: told"
}
refused "fewer blocks" 2 "3 blocks already" --resume more.db -r 2
refused "a scenario" 2 "neither a scenario nor a command" --resume more.db scenario.yaml
refused "a command" 2 "neither a scenario nor a command" --resume more.db -- sleep 1
for option in "-j 1" "-m 2" "-w 2" "-e none" "--policy pack" "--unit pu" "--timeout 3s" "-o x.db" --force -n; do
	# shellcheck disable=SC2086
	refused "$option" 2 "does not go with --resume" --resume more.db $option
done
refused "no file" 2 "there is no file missing.db" --resume missing.db
printf 'no result' >text
refused "no result" 2 "not a plateau result file" --resume text
refused "a folder" 2 "is a folder" --resume "$TMPDIR"

plateau run -j 1 -r 1 -m 1 -w 0 -o live.db -q -- sleep 2 >/dev/null 2>&1 &
pid=$!
for _ in $(seq 100); do
	[ ! -e live.db ] || break
	sleep 0.05
done
refused "a live file" 2 "is being written by another program (a running plateau, or sqlite3)" --resume live.db
wait "$pid"

# NAME CODE TEXT SQL: the same file, with something else in it.
changed()
{
	rm -f changed.db
	cp more.db changed.db
	sqlite3 changed.db "$4"
	refused "$1" "$2" "$3" --resume changed.db -r 4
}
changed "a newer file" 2 "newer plateau" "pragma user_version=99"
changed "another program's" 2 "database of another program" "pragma application_id=1"
changed "too little in it" 2 "run anew" "update run set program_path=null, working_folder=null"
changed "another node" 5 "was begun on the node elsewhere" \
	"update host set value='elsewhere' where name='hostname'"
changed "another kernel" 5 "under the kernel 2.4.18" \
	"update host set value='2.4.18' where name='kernel'"
changed "other CPUs" 5 "taskset -c 4000" \
	"update host set value='4000' where name='pus_allowed_list'"
changed "other levels" 5 "N=9" "update level set concurrency=9 where level=0"
changed "another order" 5 "in another order" "update trial set block=1 - block where block < 2"
changed "another scenario" 2 "magic" \
	"update run set scenario_json=replace(scenario_json, '\"name\":', '\"magic\":1,\"name\":')"
changed "another command" 5 "SHA-256" "update run set program_sha256='00ff'"
changed "another place of it" 5 "mend PATH" "update run set program_path='/bin/elsewhere'"
# What could be counted and cannot now; what is counted is decided by the codes in the file.
changed "other events" 5 "the event task-clock ok, and now it is not-supported" \
	"update counter_event set config=9999 where name='task-clock'"

changed "an edited scenario" 2 "somebody has changed it" \
	"update run set scenario_json=replace(scenario_json, '\"0.02\"', '\"0.03\"')"

# ---- conditions that may differ, but not without a word ----------------------------------------
# NAME TEXT [COMMAND...]: goes on with a copy under other conditions.
warned()
{
	local name=$1 text=$2
	shift 2
	cp more.db conditions.db
	tap_run "$@" plateau run -q --resume conditions.db -r 4
	tap_status 0 "$name: it is gone on with"
	tap_stderr_has "$text" "$name: told"
	has "$name: and put down" "$(query conditions.db \
		"select group_concat(text, ' ') from event where code='condition-changed'")" "$text"
}
warned "threads of a library" "OMP_NUM_THREADS=3" env OMP_NUM_THREADS=3
warned "another variable" "the environment that tasks inherit" env PLEASE=yes
warned "another nice value" "the nice value was $(nice)" nice -n 3
warned "a limit (ulimit)" "stack=4194304" prlimit --stack=4194304
cp more.db conditions.db
tap_run env SSH_TTY=/dev/pts/7 SLURM_JOB_ID=7 plateau run -q --resume conditions.db -r 4
tap_stderr_is "" "what differs between two sessions is no such condition"
is "an unchanged part adds nothing" "$(query conditions.db \
	"select count(*) from event where code='condition-changed'")" 0
cp more.db conditions.db
sqlite3 conditions.db "update host set value='0.5' where name='cpu_quota_cpus'"
tap_run plateau run -q --resume conditions.db -r 4
tap_stderr_has "the CPU quota, in CPUs, was 0.5 when the run was begun" "another CPU quota is told"

tap_run plateau run -j 1 -r 1 -m 1 -o filled.db -q -- '{workdir}/../../bin/none'
tap_run plateau run --resume filled.db -r 2 -q
tap_stdout_has "none" "a program that every task has of its own is no obstacle"

mkdir folder
is "another folder: exit code" "$(cd folder && plateau run --resume ../more.db -r 4 2>../stderr; echo $?)" 2
has "another folder: told" "$(cat stderr)" "change to that folder"

cat >scenario.yaml <<'YAML'
name: inputs
task: {command: [./mine, "{input}"], inputs: [a, b]}
sweep: {levels: [2], repeats: 1, measured: 1}
YAML
touch a b
cp /bin/true mine
tap_run plateau run scenario.yaml -o inputs.db -q
tap_status 0 "a run with inputs"
tap_run plateau run --resume inputs.db -r 2 -q
tap_status 0 "goes on with the same ones"
cp mine kept
printf x >>mine
refused "a command that has changed" 5 "has changed since" --resume inputs.db -r 3
mv kept mine
tap_run plateau run --resume inputs.db -r 3 -q
tap_status 0 "the old one put back, it goes on"
echo longer >b
refused "an input that has changed" 2 "is not the one" --resume inputs.db -r 4
rm b
refused "an input that is gone" 2 "b" --resume inputs.db -r 4

sed -i 's|inputs: .*}|inputs: {generate: [sh, -c, "touch \\"$0/x\\" \\"$0/y\\"", "{dir}"]}}|' scenario.yaml
sed -i 's/name: inputs/name: generated/' scenario.yaml
tap_run plateau run scenario.yaml -o generated.db -q
tap_status 0 "a run with generated inputs"
tap_run plateau run --resume generated.db -r 2 -q
tap_status 0 "generates them again"
is "and is whole" "$(done_trials generated.db)" "0:2 1:2"
is "no folder is left at the end" "$(ls -A "$TMPDIR")" ""

# A script behind an interpreter is no program of its own, but its change is told.
printf 'sleep 0.02\n' >script.sh
tap_run plateau run -j 1 -r 1 -m 2 -o script.db -- sh script.sh
tap_status 0
printf 'sleep 0.03\n' >script.sh
tap_run plateau run --resume script.db -r 2
tap_status 0
tap_stderr_has "of the files that the command's arguments name, one was" "a script that changed is told"
is "and stored" "$(query script.db "select count(*) from event where code='condition-changed'")" 1

tap_done
