#!/bin/bash
# `plateau accept`: verdicts and their exit codes, where criteria and references come from, several
# results, what cannot be read, and the answers as text, JSON and page. The limits are far from what
# is measured: they hold on a busy machine, too.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

run_sleep()
{
	plateau run -j 1,2 -r 3 -m 2 -o "$1" -- sleep 0.03 >"$1.txt" 2>&1
}
mkdir good
for i in 1 2 3; do
	run_sleep "good/$i.db"
done
run_sleep new.db
is "four results were measured" "$(find . -name '*.db' | wc -l)" 4

# criteria FILE LINE...
criteria()
{
	local file=$1
	shift
	{
		echo "criteria:"
		printf '  - {%s}\n' "$@"
	} >"$file"
}
criteria pass.yaml "metric: throughput, level: 2, at_least: 0.001 /s" \
	"metric: wall, level: 2, statistic: p95, at_most: 1 h" "metric: failures, at_most: 0"
criteria fail.yaml "metric: throughput, level: 2, at_least: 1000000 /s" \
	"metric: failures, at_most: 0"
criteria open.yaml "metric: throughput, level: 64, at_least: 1 /s" "metric: failures, at_most: 0"
criteria both.yaml "metric: throughput, level: 64, at_least: 1 /s" \
	"metric: throughput, level: 2, at_least: 1000000 /s"
criteria skip.yaml "metric: energy_per_task, level: 2, at_most: 1 J, where_absent: skip" \
	"metric: failures, at_most: 0"

tap_run plateau accept new.db --criteria pass.yaml
tap_status 0 "0 where every criterion passes"
tap_stdout_has "PASS"
tap_run plateau accept new.db --criteria fail.yaml
tap_status 3 "3 where one fails"
tap_stdout_has "FAIL"
tap_stdout_has "throughput at N=2"
check "no line is wider than 80 columns" test "$(wc -L <<<"$stdout")" -le 80
tap_run plateau accept new.db --criteria open.yaml
tap_status 4 "4 where one is inconclusive and none fails"
tap_stdout_has "INCONCLUSIVE"
tap_stdout_has "has no level N=64"
tap_run plateau accept new.db --criteria both.yaml
tap_status 3 "a failure outranks what is inconclusive"

# ---- Where criteria come from --------------------------------------------------------------------

tap_run plateau accept new.db
tap_status 2 "a result of which nothing is asked"
tap_stderr_has "does not say what the node must be"
tap_stderr_has "--criteria"
cat >asks.yaml <<'YAML'
name: asks
task: {command: [sleep, "0.03"]}
sweep: {levels: [1, 2], repeats: 3, measured: 2}
accept:
  criteria:
    - {metric: throughput, level: 2, at_least: 1000000 /s}
YAML
plateau run asks.yaml -o asks.db >asks.txt 2>&1
tap_run plateau accept asks.db
tap_status 3 "the scenario's own criteria"
tap_run plateau accept asks.db --criteria pass.yaml
tap_status 0 "a file of criteria takes their place"
tap_run plateau accept new.db --criteria asks.yaml
tap_status 3 "a scenario serves as a file of criteria"
tap_run plateau accept new.db --criteria nothing.yaml
tap_status 2 "no file of criteria"
printf 'criteria:\n  - {metric: throughputt, level: 2, at_least: 1}\n' >broken.yaml
tap_run plateau accept new.db --criteria broken.yaml
tap_status 2 "a broken file of criteria"
tap_stderr_has "broken.yaml:2:"
tap_stderr_has "throughput"
is "and nothing is answered" "$stdout" ""

# ---- References ----------------------------------------------------------------------------------

mkdir criteria
criteria criteria/against.yaml \
	"metric: throughput, level: 2, reference: \"../good/*.db\", at_least: 0.001" \
	"metric: wall, level: 2, reference: ../good, at_most: 9"
tap_run plateau accept new.db --criteria criteria/against.yaml
tap_status 0 "references are found from where the criteria stand, by pattern and folder"
(cd criteria && plateau accept ../new.db --criteria against.yaml >there.txt 2>&1)
is "wherever it is called" "$?" 0
tap_run plateau accept good/1.db --criteria criteria/against.yaml
tap_status 4 "a result is not held against itself"
tap_stdout_has "3 runs"
criteria two.yaml "metric: throughput, level: 2, reference: [good/1.db, good/2.db], at_least: 0.001"
tap_run plateau accept new.db --criteria two.yaml
tap_status 4 "two runs are no reference"
tap_run plateau accept new.db --criteria two.yaml --reference good/*.db
tap_status 0 "--reference takes their place, with a shell's pattern"
tap_run plateau accept --reference good/1.db good/2.db good/3.db --criteria two.yaml -- new.db
tap_status 0 "it ends at the next option"
tap_run plateau accept --criteria two.yaml --reference good/*.db new.db
tap_status 2 "and else takes the result, too"
plateau run -j 1,2 -r 3 -m 2 -o other.db -- sleep 0.04 >other.txt 2>&1
tap_run plateau accept other.db --criteria two.yaml --reference good/*.db
tap_stderr_has "commands differ" "a reference that did other work is told"
cp good/1.db copy.db
cp good/1.db again.db
tap_run plateau accept new.db --criteria two.yaml --reference good/1.db copy.db again.db
tap_status 4 "copies of one run are one run"
criteria gone.yaml "metric: throughput, level: 2, reference: gone.db, at_least: 0.9" \
	"metric: failures, at_most: 0"
tap_run plateau accept new.db --criteria gone.yaml
tap_status 4 "a reference that is not there decides nothing"
tap_stdout_has "there is no file"
tap_run plateau accept new.db --criteria two.yaml --reference gone.db
tap_status 2 "but is a mistake on the command line"
tap_stderr_has "--reference: there is no file gone.db"
tap_run plateau accept new.db --criteria two.yaml --reference pass.yaml
tap_status 2 "so is one that is no result"

# ---- Several results -----------------------------------------------------------------------------

tap_run plateau accept good new.db --criteria pass.yaml
tap_status 0 "several results, a folder among them, have one verdict"
tap_stdout_has "4 results: PASS"
tap_run plateau accept new.db asks.db
tap_status 2 "each has its own criteria, or that is told"
# A copy of a run is no further result, unless it says something else.
cp new.db again.db
tap_run plateau accept new.db again.db --criteria pass.yaml
tap_status 0 "a result and a copy of it"
tap_stdout_has "sleep on" "are one result"
lacks "and not two" "$stdout" "2 results"
tap_stdout_has "! again.db is a copy of the run that new.db holds: one run counts once" "told in the answer"
tap_stderr_has "again.db is a copy of a run that new.db holds"
tap_run plateau accept new.db again.db --criteria pass.yaml --json --junit copies.xml
has "JSON names it" "$(tr -d ' \n' <"$work/stdout")" '"copies":[{"path":"again.db","of":"new.db"}]'
is "JUnit has one suite" "$(grep -c '<testsuite ' copies.xml)" 1
sqlite3 again.db "UPDATE trial SET state = 'pending'; DELETE FROM task;" 2>/dev/null
tap_run plateau accept new.db again.db --criteria pass.yaml
tap_stdout_has "2 results: INCONCLUSIVE" "of one run with two verdicts neither is hidden"
tap_stderr_has "come to different verdicts"
echo "no result" >text.db
tap_run plateau accept new.db gone.db text.db --criteria pass.yaml --json
tap_status 2 "what cannot be read outranks verdicts"
tap_stderr_has "there is no file gone.db"
tap_stderr_has "text.db"
if command -v python3 >/dev/null 2>&1; then
	cat >look.py <<'PY'
import json, sys
answer = json.load(sys.stdin, parse_constant=lambda c: sys.exit("not JSON: " + c))
assert answer["schema_version"] == 1 and answer["verdict"] == "inconclusive"
assert [u["path"] for u in answer["unjudged"]] == ["gone.db", "text.db"]
result, = answer["results"]
assert result["verdict"] == "pass" and result["criteria_path"] == "pass.yaml"
assert result["in_verdict"] == {"pass": 3, "fail": 0, "inconclusive": 0, "skipped": 0}
assert result["blocks"] == 3 and result["run"]["name"] == "sleep"
throughput, wall, failures = result["criteria"]
assert throughput["metric"] == "throughput" and throughput["level"]["concurrency"] == 2
assert throughput["decisive_bound"] <= throughput["value"]["value"] and throughput["confidence"] == 0.95
assert throughput["reference"] is None and throughput["compared_is"] == "value"
assert wall["statistic"] == "quantile" and wall["quantile"] == 0.95 and wall["limit"] == 3600
assert failures["level"] is None and failures["value"]["value"] == 0 and failures["confidence"] is None
PY
	check "the JSON is sound, and names what could not be judged" python3 look.py <<<"$stdout"
	plateau accept new.db --criteria two.yaml --reference good --json >reference.json
	check "so is that of a reference" python3 - <<'PY'
import json
answer = json.load(open("reference.json"))
result, = answer["results"]
assert answer["verdict"] == "pass" and len(result["references"]) == 3, result["references"]
criterion, = result["criteria"]
assert criterion["reference"]["n"] == 3 and criterion["compared_is"] == "ratio"
assert abs(criterion["value"]["value"] / criterion["reference"]["value"] - criterion["compared"]["value"]) < 1e-6
PY
else
	skip "the JSON is sound" "python3 is not installed"
	skip "so is that of a reference" "python3 is not installed"
fi

# ---- A page, and where answers go ----------------------------------------------------------------

tap_run plateau accept new.db --criteria fail.yaml -o page.html
if [ "$status" = 5 ]; then
	skip "a page with the verdict" "gnuplot is not installed"
else
	tap_status 3 "a page with the verdict"
fi
check "it stands alone and says so" grep -q "FAIL" page.html
tap_run plateau accept good --criteria pass.yaml -o page.html
tap_stdout_has "3 results: PASS" "an earlier page is replaced; the answer is the verdict"
# Several results of one node are told apart by their files, and those that fail come first. What
# decides is no time: neighbours on the machine have no say in it.
mkdir rack
for i in 1 2 3 4 5; do
	plateau run -q --here -w 0 -m 1 -j 1 -r 2 -e none --sampling off -o "rack/n$i.db" -- sh -c 'exit 1' \
		>said 2>&1
done
plateau run -q --here -w 0 -m 1 -j 1 -r 2 -e none --sampling off -o a-good.db -- sh -c 'exit 0' >said 2>&1
criteria whole.yaml "metric: failures, level: 1, at_most: 0"
tap_run plateau accept a-good.db rack --criteria whole.yaml -o rack.html
tap_status 3
page=$(tr -d '\n' <rack.html | sed 's/<[^>]*>/ /g')
has "tiles name files" "$page" "rack/n1.db: failed tasks at N=1: FAIL"
has "how many are not in tiles" "$page" "1 more result fails: all stand in the table."
is "contents name files, what fails first" \
	"$(grep -o '<a href="#r[0-9]*-result">[^<]*' rack.html | sed 's/.*, //' | sed 1d | tr '\n' ' ')" \
	"rack/n1.db rack/n2.db rack/n3.db rack/n4.db rack/n5.db a-good.db "
is "each begins with its file" "$(grep -o '<p class="file">[^<]*' rack.html | sed 's/.*>//' | tr '\n' ' ')" \
	"rack/n1.db rack/n2.db rack/n3.db rack/n4.db rack/n5.db a-good.db "

tap_run plateau accept new.db --criteria pass.yaml --reference good
tap_stderr_has "--reference changes nothing" "references that no criterion asks for are told"
tap_run plateau accept nothere.db --criteria pass.yaml -o nothing.html --junit nothing.xml
tap_status 2 "a page, though nothing could be judged"
check "which says so" grep -q "Not judged: nothere.db" nothing.html
check "and a JUnit file with an error" grep -q 'errors="1"' nothing.xml
plateau accept nothere.db --criteria pass.yaml -o - >nothing.txt 2>&1
is "so it is on stdout" "$?" 2
tap_run plateau accept nothere.db new.db --criteria pass.yaml -o nothing.html
check "a page of one result tells of the one that is missing" grep -q "Not judged: nothere.db" \
	nothing.html
tap_run plateau accept new.db --criteria pass.yaml -o asks.txt
tap_status 2 "nobody's file is replaced"
tap_stderr_has "--force"
tap_run plateau accept new.db --criteria pass.yaml -o new.db --force
tap_status 2 "nor the result"
tap_run plateau accept new.db --criteria pass.yaml --json --junit -
tap_status 2 "stdout is for one answer"
tap_run plateau accept new.db --criteria pass.yaml --junit no/such/folder.xml
tap_status 2 "a JUnit file that cannot be written"
tap_run plateau accept
tap_status 2 "a result is needed"

# ---- Criteria from a good node -------------------------------------------------------------------

tap_run plateau accept --make-criteria good -o made.yaml
tap_status 0 "criteria from three runs of a good node"
is "the answer is where they are" "$stdout" made.yaml
check "what they rest on is said" grep -q "^# From 3 runs" made.yaml
tap_run plateau accept good/1.db --criteria made.yaml
tap_status 0 "the good node passes them"
check "which task they are for is a key of the file" grep -qx '  command: "sleep 0.03"' made.yaml
plateau run -j 1,2 -r 3 -m 2 -q -o shorter.db -- sleep 0.02 >shorter.txt 2>&1
tap_run plateau accept shorter.db --criteria made.yaml --json
tap_status 4 "a shorter task does not pass limits that were made from a longer one"
has "the reason is the command" "$stdout" "made from runs of another command, so it can fail"
has "and stands before the verdict" "$stdout" '"code": "made-from-command"'
has "JSON says what they were made from" "$stdout" '"command": "sleep 0.03"'
tap_run plateau accept shorter.db --criteria made.yaml
tap_stdout_has "made from runs of another command: sleep 0.03;" "and so does the text"
sed '/^  command:/d; s/^  scenario:.*/  scenario: "a\u001b[31mb\u000ac"/' made.yaml >others.yaml
tap_run plateau accept good/1.db --criteria others.yaml
tap_status 0 "what is taken out is not looked at"
tap_stdout_has "another scenario: a" "another scenario is told"
check "without what it would do to a terminal" eval '! grep -q "$(printf "\033")" "$work/stdout"'
plateau accept --make-criteria good >stdout.yaml
check "without -o they come on stdout" cmp stdout.yaml made.yaml
tap_run plateau accept --make-criteria good -o made.yaml
tap_status 2 "they replace no file"
tap_stderr_has "--force"
tap_run plateau accept --make-criteria good/1.db -o made.yaml --force
tap_status 0 "but for --force"
check "one run is said to be little" grep -q "^# From 1 run" made.yaml
mkdir copies
cp good/1.db copies/a.db
cp good/1.db copies/b.db
tap_run plateau accept --make-criteria copies
tap_status 0
has "copies of a run count once" "$stdout" "# From 1 run,"
tap_stderr_has "copies/b.db is a copy of a run"
plateau run -j 1,2 -r 3 -m 2 -q -o copies/other.db -- sleep 0.06 >other.txt 2>&1
tap_run plateau accept --make-criteria copies
tap_status 2 "runs of another command give no limits together"
tap_stderr_has "copies/other.db: it has another command than"
plateau run -j 1,2 -r 2 -m 2 -o two.db -- sleep 0.03 >two.txt 2>&1
tap_run plateau accept --make-criteria two.db
tap_status 0 "two repeats of one run"
lacks "give no limits that are none" "$stdout" nan
has "and it is said why" "$stdout" "fewer than three repeats"
tap_run plateau accept --make-criteria good --criteria pass.yaml
tap_status 2 "making criteria judges nothing"
tap_run plateau accept --make-criteria text.db
tap_status 2 "nor are there criteria from what is no result"

# What was imported says so before its verdict, and throughput that nobody counted does not pass.
{
	echo concurrency,block,wall_s
	for block in 0 1 2 3; do
		for task in 1 2 3 4; do
			echo "2,$block,10.$block$task"
		done
	done
} >durations.csv
plateau import csv durations.csv -o imported.db >import.txt 2>&1
criteria imported.yaml "metric: throughput, level: 2, at_least: 0.001 /s" \
	"metric: wall, level: 2, at_most: 1 h"
tap_run plateau accept imported.db --criteria imported.yaml --junit imported.xml
tap_status 4 "durations alone leave throughput open"
tap_stdout_has "These figures were imported (csv)"
tap_stdout_has "it is known how long they took, but not when they ran"
tap_stdout_has "1 of 2 criteria is inconclusive, 1 is met"
check "JUnit has where they come from" grep -q '<property name="imported" value="csv">' imported.xml
check "and what has to be known of them" grep -q '<property name="note" value="These figures' imported.xml
check "not when they were imported as the time of the run" \
	grep -q 'timestamp="1970-01-01T00:00:00" time="0.000"' imported.xml
tap_run plateau accept imported.db --criteria imported.yaml --json
has "so has JSON" "$stdout" '"code": "durations-only"'

tap_done
