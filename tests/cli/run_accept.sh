#!/bin/bash
# `plateau run --accept`: the result is judged by its scenario's criteria, blocks are added while
# these are undecided, and every look is in the result before it is used.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 jq

# Tasks of a trial take between 20 and 400 ms, of the next one another time: what they take is known
# within a factor, never more. Seven times, so that trials that are cut off and repeated do not bring
# two alike together.
cat >task.sh <<END
#!/bin/bash
times=(0.02 0.4 0.03 0.3 0.05 0.2 0.1)
count=\$(cat "$work/count" 2>/dev/null || echo 0)
if [ "\$PLATEAU_INDEX" = 0 ]; then
	count=\$(((count + 1) % 7))
	echo "\$count" >"$work/count.new"
	mv "$work/count.new" "$work/count"
fi
exec sleep "\${times[\$count]}"
END
chmod +x task.sh

# NAME COMMAND REPEATS MAX_REPEATS CRITERION...
scenario()
{
	local name=$1 command=$2 repeats=$3 most=$4 criterion
	shift 4
	cat >"$name.yaml" <<-END
		name: $name
		task:
		  command: $command
		sweep: {levels: [1], repeats: $repeats, warmup: 0, measured: 1}
		counters: {events: []}
		accept:
	END
	[ "$most" = 0 ] || echo "  max_repeats: $most" >>"$name.yaml"
	echo "  criteria:" >>"$name.yaml"
	for criterion; do
		echo "    - {$criterion}" >>"$name.yaml"
	done
}
looks() # RESULT
{
	query "$1" "SELECT group_concat(cast(value AS INTEGER)) FROM sample WHERE name='accept_look' AND value > 0"
}
blocks() # RESULT
{
	query "$1" "SELECT count(DISTINCT block) FROM trial WHERE state='done'"
}
unclear='metric: wall, level: 1, at_most: 110 ms'
easy='metric: wall, level: 1, at_most: 10000 s'
impossible='metric: wall, level: 1, at_most: 1 us'
no_failures='metric: failures, at_most: 0'

scenario passing '[sleep, "0.02"]' 2 5 "$easy" "$no_failures"
scenario beaten '[sleep, "0.02"]' 2 5 "$impossible"
scenario unclear "[$work/task.sh]" 2 4 "$unclear"
scenario fixed "[$work/task.sh]" 2 0 "$unclear"
scenario full "[$work/task.sh]" 3 3 "$unclear"
scenario failing '["false"]' 2 4 "$no_failures"
scenario tolerant '["false"]' 2 0 'metric: failures, at_most: 1000'
scenario silent '["false"]' 2 0 'metric: occupancy, level: 1, at_least: 0'
scenario mute '["false"]' 2 4 "$easy"
scenario bare '[sleep, "0.02"]' 1 0 "$easy"
sed -i '/^accept/,$d' bare.yaml

# ---- The verdict is the exit code --------------------------------------------------------------

tap_run plateau run --accept passing.yaml -o passing.db
tap_status 0
has "the table, then the verdict" "$(tr '\n' ' ' <<<"$stdout")" "Throughput "
is "the verdict, once" "$(grep -c '^passing on .*: PASS' <<<"$stdout")" 1
is "what is clear at the first look gets no block more" "$(blocks passing.db)" 2
is "and one look" "$(looks passing.db)" 2

tap_run plateau run --accept beaten.yaml -o beaten.db
tap_status 3
is "a look that says fail ends it" "$(blocks beaten.db)" 2

tap_run plateau run --accept unclear.yaml -o unclear.db
tap_status 4
is "blocks are added up to max_repeats" "$(blocks unclear.db)" 4
is "every look is in the result" "$(looks unclear.db)" "2,3,4"
is "the run is done" "$(query unclear.db 'SELECT state, blocks FROM run')" "done|4"
tap_stderr_has "judged after block 2: 1 of 1 criterion is undecided; another block is run (at most 4 in all"

tap_run plateau accept unclear.db
tap_status 4 "plateau accept says the same of it"
tap_stdout_has "It was looked at"

tap_run plateau run --accept fixed.yaml -o fixed.db
tap_status 4
is "without max_repeats none is added" "$(blocks fixed.db)" 2
is "and there is no look" "$(looks fixed.db)" ""
tap_run plateau run --accept full.yaml -o full.db
tap_status 4
is "nor where there are as many from the start" "$(blocks full.db) $(looks full.db)" "3 "
tap_run plateau run unclear.yaml -o not-asked.db
tap_status 0 "without --accept nothing is judged"
is "and nothing looked at" "$(blocks not-asked.db) $(looks not-asked.db)" "2 "
lacks "no verdict" "$stdout" "INCONCLUSIVE"

# ---- Failed tasks ------------------------------------------------------------------------------

tap_run plateau run --accept failing.yaml
tap_status 3 "failed tasks that a criterion speaks of"
tap_run plateau run --accept tolerant.yaml
tap_status 0 "and allows"
tap_run plateau run tolerant.yaml
tap_status 1 "without --accept they are a failure"
tap_run plateau run --accept silent.yaml
tap_status 1 "failed tasks are a failure where no criterion speaks of them"
tap_run plateau run --accept mute.yaml -o mute.db
tap_status 4 "nothing to judge by: 4 before 1"
tap_stderr_has "no further block would change that"
is "and no block is added" "$(blocks mute.db)" 2

# ---- Before anything runs ----------------------------------------------------------------------

tap_run plateau run --accept passing.yaml bare.yaml -o .
tap_status 2
tap_stderr_has "bare.yaml does not say what the node must be"
tap_stderr_has "name a file of them with --criteria FILE"
is "nothing was run" "$(find . -name 'passing-*.db' | wc -l)" 0
tap_run plateau run --accept -- sleep 0.02
tap_status 2
tap_stderr_has "a command line does not say what the node must be"
scenario missing '[sleep, "0.02"]' 2 0 'metric: throughput, level: 1, reference: nowhere.db, margin: 5%'
tap_run plateau run --accept missing.yaml
tap_status 2
tap_stderr_has "nowhere.db"

# What no run here can decide is told first.
scenario hopeless '[sleep, "0.02"]' 2 0 'metric: throughput, level: 7, at_least: 1' \
	'name: clock, metric: frequency, level: 1, at_least: 1 GHz, sources: [cycles]'
tap_run plateau run --accept hopeless.yaml
tap_status 4
tap_stderr_has 'the criterion "throughput" will be inconclusive: the level N=7 is not among those'
tap_stderr_has 'the criterion "clock" will be inconclusive: cycles is not counted: add it'

# ---- Several -----------------------------------------------------------------------------------

mkdir row
tap_run plateau run --accept passing.yaml beaten.yaml unclear.yaml --json -q -o row --junit row.xml
tap_status 3 "one failed, one unclear: failed"
is "one document" "$(jq -sc '[length, .[0].acceptance.verdict,
	(.[0].acceptance.results | map(.verdict)), (.[0].results | map(.run.name))]' stdout)" \
	'[1,"fail",["pass","fail","inconclusive"],["passing","beaten","unclear"]]'
check "JUnit" grep -q '<testsuite' row.xml
# What the node cannot do comes before what it failed: 5 before 3, whatever the order.
scenario huge '[sleep, "0.02"]' 2 0 "$easy"
sed -i 's/^  command: .*/&\n  memory: 1000 TB/' huge.yaml
tap_run plateau run --accept huge.yaml -o row
tap_status 5 "a scenario that has no room"
for order in "beaten.yaml huge.yaml" "huge.yaml beaten.yaml"; do
	read -ra names <<<"$order"
	tap_run plateau run --accept "${names[@]}" --json -q -o row
	tap_status 5 "5 before 3: $order"
	is "the verdict has the failure" "$(jq -r .acceptance.verdict stdout)" fail
	is "and both have had their turn" "$(jq -r '[.acceptance.results[].verdict] | sort | join(" ")' stdout)" \
		"fail inconclusive"
done
tap_run plateau run --accept passing.yaml --json -q -o row
tap_status 0
is "one alone: what show says, and the verdict" \
	"$(jq -c '[.run.name, .acceptance.verdict]' stdout)" '["passing","pass"]'

# ---- The budget is that of all parts -----------------------------------------------------------

sed 's/repeats: 2/repeats: 2, budget: 1ms/; s/^name: .*/name: poor/' unclear.yaml >poor.yaml
tap_run plateau run --accept poor.yaml -o poor.db
tap_status 4
tap_stderr_has "sweep.budget is spent"
is "no look where no block may follow" "$(looks poor.db)" ""

# ---- Killed, and gone on with ------------------------------------------------------------------

# Ends the engine when the result has a given number of looks, and no sooner.
scenario killed "[$work/task.sh]" 2 6 "$unclear"
killed_after() # LOOKS RESULT
{
	plateau run --accept killed.yaml -o "$2" >stdout 2>stderr </dev/null &
	local guardian=$!
	for _ in $(seq 400); do
		[ "$(grep -c 'judged after' stderr)" -ge "$1" ] && break
		sleep 0.02
	done
	kill -9 "$(pgrep -P "$guardian" -x plateau-engine | head -1)"
	wait "$guardian"
}
killed_after 2 killed.db
is "a killed run" $? 1
tap_run plateau accept killed.db
tap_status 4 "can be judged"
found=$(looks killed.db)
matches "its looks are in it" "$found" "^2,3"
tap_run plateau run --resume killed.db --accept
tap_status 4
is "gone on with: all blocks" "$(blocks killed.db)" 6
is "and every look once" "$(looks killed.db)" "2,3,4,5,6"
tap_run plateau run --resume killed.db --accept
tap_status 4 "a complete one is judged again"
tap_stderr_has "is complete"
is "as it is" "$(blocks killed.db) $(looks killed.db)" "6 2,3,4,5,6"

tap_run plateau run --resume killed.db -r 7
tap_status 4 "and without a word of it"
tap_stderr_has "killed.db was begun with --accept, and is judged again"
is "with a look at the further block" "$(blocks killed.db) $(looks killed.db)" "7 2,3,4,5,6,7"

# Killed before anything was looked at: what was asked for is known all the same.
scenario early '[sleep, "1"]' 2 4 "$impossible"
killed_at_first()
{
	plateau run --accept early.yaml -o early.db >stdout 2>stderr </dev/null &
	local guardian=$!
	for _ in $(seq 400); do
		[ -e early.db ] && break
		sleep 0.02
	done
	sleep 0.4
	kill -9 "$(pgrep -P "$guardian" -x plateau-engine | head -1)"
	wait "$guardian"
}
killed_at_first
is "killed in its first blocks: no look" "$(looks early.db)" ""
tap_run plateau run --resume early.db --json --junit early.xml
tap_status 3 "gone on with it judges by itself"
is "in the document as well" "$(jq -c '.acceptance.verdict' stdout)" '"fail"'
check "and as JUnit" grep -q '<failure' early.xml
is "the look was put down" "$(looks early.db)" 2
tap_run plateau run --resume fixed.db
tap_status 4 "one that has no looks at all, and is complete, is judged"
tap_stderr_has "fixed.db was begun with --accept"

# References that are gone leave a verdict open, and keep nothing from being measured.
scenario orphan '[sleep, "0.02"]' 2 0 "metric: throughput, level: 1, reference: good.db, margin: 90%"
cp passing.db good.db
tap_run plateau run --accept orphan.yaml -o orphan.db
rm good.db
tap_run plateau run --resume orphan.db -r 3
tap_status 4 "a reference is gone"
is "it was measured" "$(blocks orphan.db)" 3
tap_stdout_has "good.db"
tap_run plateau run --resume orphan.db -r 4 --accept
tap_status 2 "what is asked for anew is refused"

# Killed again and again, at any moment: no look is lost, and none is there twice.
killed_at() # SECONDS COMMAND...
{
	local seconds=$1
	shift
	"$@" >stdout 2>stderr </dev/null &
	local guardian=$!
	sleep "$seconds"
	kill -9 "$(pgrep -P "$guardian" -x plateau-engine | head -1)" 2>/dev/null
	wait "$guardian"
}
killed_at 0.8 plateau run --accept killed.yaml -o worn.db
for seconds in 0.25 0.4 0.55 0.7 0.85; do
	killed_at "$seconds" plateau run --accept --resume worn.db
done
tap_run plateau run --accept --resume worn.db
tap_status 4 "killed six times"
is "all blocks" "$(blocks worn.db)" 6
is "all looks, each once" "$(looks worn.db)" "2,3,4,5,6"
is "nothing is left in TMPDIR" "$(find "${TMPDIR:-/tmp}" -maxdepth 2 -name look.db -newer killed.yaml 2>/dev/null | wc -l)" 0

# A run without --accept is judged from its first look on when it is gone on with.
tap_run plateau run --resume not-asked.db --accept
tap_status 4
is "blocks are added to it" "$(blocks not-asked.db) $(looks not-asked.db)" "4 2,3,4"
# One that is decided is left alone.
tap_run plateau run --resume passing.db --accept
tap_status 0
tap_stderr_has "is complete"
is "no block more" "$(blocks passing.db)" 2

interrupted()
{
	plateau run --accept killed.yaml passing.yaml -o row >stdout 2>stderr </dev/null &
	local guardian=$!
	for _ in $(seq 400); do
		grep -q 'judged after block 2' stderr && break
		sleep 0.02
	done
	kill -INT "$guardian"
	kill -TERM "$guardian"
	wait "$guardian"
}
interrupted
is "interrupted: exit code 130" $? 130
has "how to go on" "$(cat stderr)" "plateau run --resume row/killed-"
lacks "no verdict" "$(cat stdout)" "INCONCLUSIVE"
has "and what was not begun" "$(cat stderr)" "not begun: passing.yaml"

tap_done
