#!/bin/bash
# What a verdict is told with, and what criteria are made from: the run's own warnings beside the
# verdict, limits that say something, JUnit files that are never those of another run, and folders that
# are not there.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3

mkdir good
for i in 1 2 3; do
	plateau run -j 1,2 -r 3 -m 2 -o "good/$i.db" -- sleep 0.03 >"good/$i.txt" 2>&1
done
cat >pass.yaml <<'YAML'
criteria:
  - {metric: throughput, level: 2, at_least: 0.001 /s}
  - {metric: failures, at_most: 0}
YAML
cat >fail.yaml <<'YAML'
criteria:
  - {metric: throughput, level: 2, at_least: 1000000 /s}
YAML

# ---- What the run warns of itself ----------------------------------------------------------------

# warn FILE CODE TEXT: as a run has it, of its first trial.
warn()
{
	sqlite3 "$1" "INSERT INTO event (at_ns, trial, code, text) VALUES (1, 1, '$2', '$3');"
}
cp good/1.db busy.db
warn busy.db other-load 'other programs used 90.5 % of the CPU <b>time</b> during the trial'
for name in pass fail; do
	tap_run plateau accept busy.db --criteria "$name.yaml" --junit "$name.xml"
	tap_stdout_has "other programs used 90.5 %" "$name: who else used the node"
	check "$name: before the criteria" \
		awk '/90.5 %/ { said = 1 } /^Criteria/ { exit !said }' "$work/stdout"
	check "$name: JUnit has it as a property" grep -q 'name="warning".*90.5 %' "$name.xml"
	check "$name: and for readers of its output" grep -q '<system-err>warning: .*90.5 %' "$name.xml"
done
tap_run plateau accept good/1.db --criteria pass.yaml
lacks "an undisturbed run has nothing of it" "$stdout" "Something was wrong"

# The sentence for the ticket has the units of the table above it.
printf '%s\n' 'criteria:' '  - {metric: wall, level: 2, at_most: 20 ms}' >short.yaml
tap_run plateau accept good/1.db --criteria short.yaml --json
tap_status 3
tap_stdout_has "ms; at most 20 ms is asked" "times below a second are told in ms"
tap_run plateau accept busy.db good/2.db --criteria pass.yaml
tap_stdout_has "! busy.db: " "of several results each that passes is named"
tap_run plateau accept busy.db --criteria pass.yaml --json
has "JSON has it by its code" "$stdout" '"code": "other-load"'
tap_run plateau accept busy.db --criteria pass.yaml -o page.html
if [ "$status" != 5 ]; then
	check "the page has it, as text" grep -q 'CPU &lt;b&gt;time&lt;/b&gt;' page.html
else
	skip "the page has it, as text" "gnuplot is not installed"
fi

# ---- Criteria from good runs ---------------------------------------------------------------------

# stretch FILE FACTOR: as if all of it had been that much slower.
stretch()
{
	sqlite3 "$1" "UPDATE run SET id = id || 'x';
		UPDATE task SET start_ns = start_ns * $2, end_ns = end_ns * $2;
		UPDATE trial SET start_ns = start_ns * $2, end_ns = end_ns * $2,
			window_start_ns = window_start_ns * $2, window_end_ns = window_end_ns * $2;"
}
mkdir noisy
cp good/*.db noisy
if stretch noisy/2.db 9 && stretch noisy/3.db 60; then
	tap_run plateau accept --make-criteria noisy -o noisy.yaml
	tap_status 0 "runs that differ ninefold"
	lacks "have no limit of throughput" "$(grep -v '^#' noisy.yaml)" "metric: throughput"
	tap_stderr_has "every node would pass it" "and that is said"
	check "in the file, too" grep -q "^# No limit for throughput at N=2" noisy.yaml
fi
warn good/3.db other-load 'other programs used 98 % of the CPU time'
tap_run plateau accept --make-criteria good -o warned.yaml
tap_stderr_has "good/3.db is no run of an undisturbed node" "that others used the node is said"
cp good/1.db good/4.db
sqlite3 good/4.db "UPDATE run SET id = id || 'y'; UPDATE trial SET state = 'pending';
	DELETE FROM task;" 2>/dev/null
tap_run plateau accept --make-criteria good -o four.yaml
tap_status 0 "a result without a trial does not stop the others"
tap_stderr_has "good/4.db is left out: it has no trial" "and is told"

check "what they are made of stands in them" grep -q "^# For scenario sleep, command sleep 0.03" warned.yaml
check "each run with its day" grep -q "^# Run: good/2.db of 20" warned.yaml

# ---- Files of criteria ---------------------------------------------------------------------------

tap_run plateau accept good/1.db --criteria good/2.db
tap_status 2 "a result is no file of criteria"
tap_stderr_has "this is a result"
{
	echo "accept:"
	sed 's/^/  /' pass.yaml
} >wrapped.yaml
tap_run plateau accept good/1.db --criteria wrapped.yaml
tap_status 0 "criteria below the key accept, as a scenario has them"
tap_stdout_has "Both criteria are met"
printf 'accept:\n  criteria: []\n' >empty.yaml
tap_run plateau accept good/1.db --criteria empty.yaml
tap_status 2 "none are still none"
tap_run plateau accept good/1.db -criteria pass.yaml
tap_stderr_has "unknown option -criteria; did you mean --criteria?"
echo "no result" >text.db
tap_run plateau accept text.db --criteria pass.yaml
is "a file is named once" "$(grep -o text.db <<<"$stdout" | wc -l)" 1
mkdir one two
cp good/*.db one
for i in 1 2 3; do
	plateau run -j 1,2 -r 3 -m 2 -o "two/$i.db" -- sleep 0.031 >"two/$i.txt" 2>&1
done
cat >refs.yaml <<'YAML'
criteria:
  - {metric: throughput, level: 2, reference: one, at_least: 0.001}
  - {metric: throughput, level: 2, reference: two, at_least: 0.001}
  - {metric: throughput, level: 2, at_least: 0.6 /min}
YAML
cp good/1.db another.db
sqlite3 another.db "UPDATE run SET id = id || 'z'"
tap_run plateau accept another.db --criteria refs.yaml
lacks "references of two criteria are not taken together" "$stderr" "runs of the reference are not alike"
tap_stdout_has "N=2 against one" "criteria of one name are told apart by their references"
tap_stdout_has "0.01 /s" "a limit has the unit of the value"

# ---- JUnit ---------------------------------------------------------------------------------------

cat >asks.yaml <<'YAML'
name: asks
task: {command: [sleep, "5"]}
sweep: {levels: [1], repeats: 3, measured: 2}
accept:
  criteria:
    - {metric: failures, at_most: 0}
YAML
cp pass.xml old.xml
tap_run timeout --preserve-status -s INT 3 plateau run --accept asks.yaml -o interrupted.db --junit old.xml
tap_status 130 "an interrupted run"
check "leaves no verdict, nor that of an earlier run" test ! -e old.xml
cp pass.xml old.xml
tap_run plateau accept good/1.db --criteria gone.yaml --junit old.xml
check "nor does a judgement that cannot begin" test ! -e old.xml
tap_run plateau accept good/1.db --criteria pass.yaml --junit fail.yaml
tap_status 2 "what is no XML is not replaced"
tap_stderr_has "is there already and is no JUnit file"
check "and still there" test -s fail.yaml

# ---- Folders that are not there ------------------------------------------------------------------

tap_run plateau run -o none/1.db -j 1 -r 1 -m 1 -- sleep 0.01
tap_status 2 "a result in a folder that is not there"
tap_stderr_has "there is no folder none; make it first (mkdir -p)"
check "nothing was made" test ! -e none
tap_run env PLATEAU_PREFLIGHT=fast plateau run -o none/1.db -j 1 -r 1 -m 1 -- sleep 0.01
lacks "it is found before anything else" "$stderr" warning
tap_run plateau run -o none/ -j 1 -r 1 -m 1 -- sleep 0.01
tap_stderr_has "there is no folder none/"

# ---- -r with --resume ----------------------------------------------------------------------------

tap_run plateau run --help
matches "is told so" "$(tr -s "\n " " " <<<"$stdout")" "up to N blocks in all"
tap_run plateau run -q --resume busy.db -r 4
is "-r counts all blocks" "$(query busy.db 'SELECT max(block) + 1 FROM trial')" 4

tap_done
