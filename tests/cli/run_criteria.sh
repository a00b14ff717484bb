#!/bin/bash
# `plateau run --criteria FILE` and `--reference RESULT...`: criteria from beside the scenario, which
# the result keeps, so that looks, --resume and `plateau accept RESULT` know them.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 jq

cat >bare.yaml <<END
name: bare
task: {command: [sleep, "0.02"]}
sweep: {levels: [1], repeats: 2, warmup: 0, measured: 2}
counters: {events: []}
END
easy='metric: wall, level: 1, at_most: 10000 s'
impossible='metric: wall, level: 1, at_most: 1 us'
# FILE MAX_REPEATS CRITERION...
criteria()
{
	local file=$1 most=$2 criterion
	shift 2
	{
		[ "$most" = 0 ] || echo "max_repeats: $most"
		echo "criteria:"
		for criterion; do
			echo "  - {$criterion}"
		done
	} >"$file"
}
accept_of() # RESULT FILTER: of the criteria that a result keeps
{
	query "$1" "SELECT scenario_json FROM run" | jq -c ".accept | $2"
}
# How many results are here.
results()
{
	find . -name '*.db' | wc -l
}

criteria easy.yaml 0 "$easy" 'metric: failures, at_most: 0'
criteria strict.yaml 0 "$impossible"

# ---- Judged by the file, and kept --------------------------------------------------------------

tap_run plateau run --accept --criteria easy.yaml bare.yaml -o easy.db
tap_status 0
has "a verdict" "$stdout" "bare on "
is "the result keeps the criteria" \
	"$(accept_of easy.db '[.criteria[].metric]')" '["wall","failures"]'
tap_run plateau accept easy.db
tap_status 0 "judged again without the file"
tap_run plateau run --accept --criteria strict.yaml -o strict.db -r 2 -j 1 -- sleep 0.02
tap_status 3 "a command"
tap_run plateau accept strict.db
tap_status 3

# What the scenario asks itself gives way to the file.
{
	cat bare.yaml
	echo "accept: {max_repeats: 9, criteria: [{$easy}]}"
} >own.yaml
tap_run plateau run --accept --criteria strict.yaml own.yaml -o own.db
tap_status 3 "the file instead of the scenario's own criteria"
is "of which nothing is left" "$(accept_of own.db '[.max_repeats, .criteria[].limit < 0.001]')" '[null,true]'
# A whole scenario is a file of criteria too, and one file serves several scenarios.
mkdir row
sed 's/^name: .*/name: other/' bare.yaml >other.yaml
tap_run plateau run --accept --criteria own.yaml bare.yaml other.yaml -q --json -o row
tap_status 0
is "criteria for both" "$(jq -c '[.acceptance.results[].criteria | length]' stdout)" '[1,1]'

# What `plateau accept` makes is what `plateau run` takes.
tap_run plateau accept --make-criteria easy.db -o made.yaml
tap_status 0
tap_run plateau run --accept --criteria made.yaml bare.yaml -o made.db
matches "criteria of --make-criteria give a verdict" "$status" '^[034]$'
is "all of them" "$(accept_of made.db '.criteria | length')" "$(grep -c 'metric:' made.yaml)"

# ---- max_repeats of the file -------------------------------------------------------------------

# Tasks of a trial take 20 or 400 ms, in turn: what they take stays undecided.
cat >task.sh <<END
#!/bin/bash
if [ "\$PLATEAU_INDEX" = 0 ]; then
	if [ -e $work/slow ]; then rm $work/slow; else touch $work/slow; fi
fi
if [ -e $work/slow ]; then exec sleep 0.4; fi
exec sleep 0.02
END
chmod +x task.sh
criteria unclear.yaml 4 'metric: wall, level: 1, at_most: 110 ms'
tap_run plateau run --accept --criteria unclear.yaml -o unclear.db -r 2 -j 1 -w 0 -m 1 -- "$work/task.sh"
tap_status 4
is "blocks are added up to it, and looks are kept" \
	"$(query unclear.db "SELECT group_concat(cast(value AS INTEGER)) FROM sample
		WHERE name='accept_look' AND value > 0")" "2,3,4"
rm unclear.yaml
tap_run plateau run --resume unclear.db -r 5
tap_status 4 "gone on with, the file is not needed"
tap_run plateau run --resume unclear.db --accept --criteria easy.yaml
tap_status 2 "other criteria for a run that goes on"
tap_stderr_has "--criteria does not go with --resume"
tap_stderr_has "plateau accept RESULT --criteria FILE"
PLATEAU_CRITERIA=easy.yaml tap_run plateau run --resume unclear.db
tap_status 4 "those of the environment are for new runs"

# ---- Without --accept --------------------------------------------------------------------------

tap_run plateau run --criteria strict.yaml bare.yaml -o later.db
tap_status 0 "nothing is judged"
tap_stderr_has "nothing is judged without --accept"
lacks "no verdict" "$stdout" "FAIL"
tap_run plateau accept later.db
tap_status 3 "until somebody asks"

# ---- What is wrong is told before anything runs ------------------------------------------------

before=$(results)
printf 'max_repeats: 0\ncriteria:\n  - {metric: wal, at_most: 1 s}\n  - {metric: wall, at_most: 1 kg}\n' \
	>wrong.yaml
for command in "run --accept" "run --accept --dry-run" "run" "plan"; do
	# shellcheck disable=SC2086
	tap_run plateau $command --criteria wrong.yaml bare.yaml
	tap_status 2 "$command: a wrong file"
	tap_stderr_has "wrong.yaml:1:14: max_repeats"
	tap_stderr_has "wrong.yaml:3:14: criteria[0].metric"
	tap_stderr_has "wrong.yaml:4:29: criteria[1].at_most"
	# shellcheck disable=SC2086
	tap_run plateau $command --criteria nowhere.yaml bare.yaml
	tap_status 2 "$command: no file"
	tap_stderr_has "nowhere.yaml"
done
tap_run plateau run --accept --criteria wrong.yaml -r 0 bare.yaml other.yaml nowhere.yaml
tap_status 2 "all at once"
is "the file is told once" "$(grep -c 'wrong.yaml:1:' <<<"$stderr")" 1
tap_stderr_has "--repeats"
tap_stderr_has "nowhere.yaml"
tap_run plateau run --accept bare.yaml
tap_status 2 "no criteria"
tap_stderr_has "name a file of them with --criteria FILE"
is "nothing was run" "$(results)" "$before"

# ---- plan --------------------------------------------------------------------------------------

criteria more.yaml 8 "$easy" 'metric: throughput, level: 7, at_least: 1'
tap_run plateau plan --criteria more.yaml bare.yaml
tap_status 0
has "how many criteria, and up to how many blocks" "$(tr -s ' \n' ' ' <<<"$stdout")" \
	"2, judged by \`plateau run --accept\`; while they are in doubt blocks are added, up to 8"
tap_stderr_has 'the criterion "throughput" will be inconclusive: the level N=7'
tap_run plateau plan --criteria more.yaml --json -- true
is "as JSON" "$(jq -c '[.criteria, .max_repeats]' stdout)" '[2,8]'
tap_run plateau run --accept --dry-run --criteria more.yaml bare.yaml
tap_status 0
tap_stdout_has "up to 8" "--dry-run shows the same"
is "and runs nothing" "$(results)" "$before"

# ---- References --------------------------------------------------------------------------------

mkdir -p site/good elsewhere
for i in 1 2 3; do
	plateau run bare.yaml -q -o "site/good/$i.db" >/dev/null 2>&1
done
criteria site/relative.yaml 0 'metric: wall, level: 1, reference: good, at_most: 5'
cd elsewhere || exit 99
tap_run plateau run --accept --criteria ../site/relative.yaml ../bare.yaml -o new.db --json
tap_status 0 "a reference is found from where the criteria file is"
is "all three" "$(jq '.acceptance.results[0].references | length' "$work/stdout")" 3
cd /
tap_run plateau accept "$work/elsewhere/new.db"
tap_status 0 "and later from anywhere"
cd "$work" || exit 99
before=$(results)
criteria lost.yaml 0 'metric: wall, level: 1, reference: good, at_most: 5'
tap_run plateau run --accept --criteria lost.yaml bare.yaml
tap_status 2 "a reference that is not there"
tap_stderr_has "the reference of the criterion wall cannot be had"

criteria margin.yaml 0 'metric: wall, level: 1, margin: 90%' "$easy"
tap_run plateau run --accept --criteria margin.yaml bare.yaml
tap_status 2 "a margin to nothing"
tap_stderr_has "margin.yaml:2:38: criteria[0].margin: a margin is to a reference"
tap_run plateau run --accept --criteria lost.yaml --reference nowhere/*.db --quiet bare.yaml
tap_status 2 "--reference that is not there"
tap_stderr_has "nowhere/"
is "nothing was run" "$(results)" "$before"
criteria mixed.yaml 0 'metric: wall, level: 1, reference: nowhere, margin: 90%' "$easy"
tap_run plateau run --accept --criteria mixed.yaml --reference site/good/*.db -o given.db -- sleep 0.02
matches "--reference" "$status" '^[034]$'
is "is kept in full, where it is needed" "$(accept_of given.db '[.criteria[].reference]')" \
	"[[\"$work/site/good/1.db\",\"$work/site/good/2.db\",\"$work/site/good/3.db\"],[]]"
tap_run plateau run --accept --criteria lost.yaml -o folder.db --reference site/good bare.yaml
tap_status 2 "a list of words takes the scenario too"
tap_run plateau run --accept --criteria lost.yaml bare.yaml -o folder.db --reference site/good
matches "a folder, instead of what the criteria name" "$status" '^[034]$'
tap_run plateau run --accept --criteria easy.yaml bare.yaml -o idle.db --reference site/good
tap_status 0
tap_stderr_has "--reference changes nothing"

tap_done
