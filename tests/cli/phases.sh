#!/usr/bin/env bash
# Phases from the tasks' own logs, from the scenario to the answer: plateau-isr's log, JSON logs, a
# form of the user's own, real lines of the LSST pipelines, and logs that tell nothing.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need sqlite3 jq

# ---- plateau-isr, end to end -----------------------------------------------------------------
cat >isr.yaml <<YAML
name: isr-phases
task:
  type: isr
  command: [plateau-isr, "{input}", "{workdir}/post.fits"]
  inputs: {generate: [plateau-isr, --synthesize, "{count}", "{dir}", --size, "0.1"]}
  keep: all
  phases: {format: lsst-log}
sweep: {levels: [1, 2], repeats: 2, warmup: 1, measured: 2}
counters: {events: []}
YAML
tap_run plateau run -q -o isr.db isr.yaml
tap_status 0 "a run of plateau-isr"
measured="role='measured' and state='ok'"
tasks=$(query isr.db "select count(*) from task where $measured")
is "every measured task has phases" \
	"$(query isr.db "select count(distinct task) from phase join task using(task) where $measured")" "$tasks"
is "only measured tasks and the probe have" \
	"$(query isr.db "select count(*) from phase join task using(task) where role not in ('measured', 'probe')")" 0
is "the phases of a task add up to its wall time, to the nanosecond" \
	"$(query isr.db "select count(*) from task t where $measured and end_ns - start_ns <>
		(select sum(p.end_ns - p.start_ns) from phase p where p.task = t.task)")" 0
is "each begins where the one before it ended" \
	"$(query isr.db "select count(*) from phase p join phase q on q.task = p.task and
		q.phase = p.phase + 1 where q.start_ns <> p.end_ns")" 0
is "no phase is of negative length" "$(query isr.db 'select count(*) from phase where end_ns < start_ns')" 0
is "the classes" "$(query isr.db "select group_concat(class, ' ') from (select distinct class from phase order by class)")" \
	"compute datastore other"
is "sixteen overscans in every task" "$(query isr.db "select count(*) from phase
	where name = 'Corrected overscan for amplifier C#'")" $((16 * (tasks + 1)))
# The task measured itself, by another clock, and says so in its last line: from its first line to
# there is the stretch between the first and the last stamp.
query isr.db "select t.task || ' ' || cast(substr(said, instr(said, ' took ') + 6) as real) || ' ' ||
	(select (max(start_ns) - min(start_ns)) / 1e9 from phase p where p.task = t.task and phase > 0)
	from task t join (select task, cast(head as text) || coalesce(cast(tail as text), '') as said
	from output where stream = 'stderr') using(task) where $measured" |
	awk 'NF == 3 { n++; d = $2 - $3; if (d > 0.25 * $2 + 0.02 || -d > 0.25 * $2 + 0.02) { print; bad++ } }
		END { print n + 0, (bad <= n / 5) ? "few" : bad }' >took.txt
is "and agree with what the task says that it took, but for what lost the CPU in between" \
	"$(tail -1 took.txt)" "$tasks few"

tap_run plateau show isr.db
tap_status 0
tap_stdout_has "Phases  by the tasks' own logs"
tap_stdout_has "Mean time per task by class"
plateau show --json isr.db >isr.json
check "JSON has the classes of every level" jq -e '.phases | .tasks == .tasks_measured and .reason == null and
	([.classes[].class] == ["compute", "datastore", "other"]) and
	([.classes[].levels[].concurrency] == [1, 2, 1, 2, 1, 2])' isr.json
check "shares add up to 1" jq -e '[.phases.classes[].levels[] | select(.concurrency == 2) | .share] | add |
	. > 0.999999 and . < 1.000001' isr.json
check "and mean times to the mean wall time" jq -e '([.phases.classes[].levels[] | select(.concurrency == 1) |
	.seconds.mean] | add) / .levels[0].wall_s.mean | . > 0.999999 and . < 1.000001' isr.json
check "so do those of the phases" jq -e '([.phases.phases[].levels[] | select(.concurrency == 1) |
	.seconds.mean] | add) / .levels[0].wall_s.mean | . > 0.999999 and . < 1.000001' isr.json
check "the baseline is 1" jq -e '[.phases.classes[].levels[] | select(.concurrency == 1) | .relative.value] ==
	[1, 1, 1]' isr.json
check "a line of time stamps for each level, of one input" jq -e '.phases.lines | length == 2 and
	.[0].input == .[1].input and (.[0].stamps | length) == (.[1].stamps | length)' isr.json
tap_run plateau show --json --phases-of raw-00001.fits isr.db
tap_status 0
check "of another input, where it is asked for" jq -e '.phases.lines[0].input | endswith("/raw-00001.fits")' stdout
tap_run plateau show --phases-of nothing.fits isr.db
tap_status 2 "of one that is not there"
tap_stderr_has "no input of this run is called nothing.fits"

if command -v gnuplot >/dev/null; then
	plateau report isr.db --plots plots >/dev/null
	is "the plots" "$(cd plots && echo phases-*.svg)" \
		"phases-compute.svg phases-datastore.svg phases-relative.svg phases-stamps.svg"
else
	skip "the plots" "gnuplot is not installed"
fi

# ---- names are texts wherever they are shown ------------------------------------------------------
cp isr.db hostile.db
sqlite3 hostile.db "update phase set name = '<script>alert(1)</script> \$(touch $work/touched) \`touch $work/touched\`
	'' \" \\ ' || char(27) || '[31m %s' where class <> 'other'"
plateau report hostile.db >/dev/null 2>&1
check "in the page" test "$(grep -c '<script>alert' hostile.html)" -eq 0
check "where they are seen" grep -q '&lt;script&gt;alert(1)' hostile.html
tap_run plateau show hostile.db
is "in the terminal" "$(LC_ALL=C grep -c "$(printf '\033')" stdout)" 0
check "in JSON" jq -e '.phases.phases[0].name | startswith("<script>")' <(plateau show --json hostile.db)
check "and nothing of them is run" test ! -e touched

# ---- going on ----------------------------------------------------------------------------------
before=$(query isr.db 'select count(*) from phase')
tap_run plateau run -q --resume isr.db -r 3
tap_status 0 "going on with it"
check "reads logs as before" test "$(query isr.db 'select count(*) from phase')" -gt "$before"
is "the effective values are in the result" \
	"$(query isr.db "select json_extract(scenario_json, '\$.task.phases.format') || ' ' ||
		json_extract(scenario_json, '\$.task.phases.stream') || ' ' ||
		json_extract(scenario_json, '\$.task.phases.datastore[0]') from run")" \
	"lsst-log stderr lsst.daf.butler.*"

# ---- other forms ---------------------------------------------------------------------------------
# run_form NAME PHASES SCRIPT: two measured tasks and more that write their logs by SCRIPT.
run_form()
{
	printf '%s\n' "$3" >"$1.sh"
	cat >"$1.yaml" <<YAML
name: $1
task:
  command: [sh, "$PWD/$1.sh", "{workdir}", "{index}"]
  phases: $2
sweep: {levels: [1], repeats: 1, warmup: 0, measured: 2}
counters: {events: []}
YAML
	tap_run plateau run -q -o "$1.db" "$1.yaml"
	tap_status 0 "$1: a run"
}

# classes_of NAME: the classes and names of the phases of a task, one after the other.
classes_of()
{
	query "$1.db" "select group_concat(class || ':' || name, ', ') from (select class, name from phase
		where task = (select min(task) from task where $measured) order by phase)"
}

expected="other:(before the first stamp), datastore:reading #, compute:step #"
run_form json '{format: json-log, stream: {file: "log-{index}.json"}, compute: [work], datastore: [disk]}' '
say() { date -u "+{\"asctime\": \"%Y-%m-%dT%H:%M:%S.%NZ\", \"name\": \"$1\", \"message\": \"$2\", \"MDC\": {}}"; }
{ say disk "reading 1"; sleep 0.01; say work "step 2"; } >"$1/log-$2.json"'
is "JSON lines in a file" "$(classes_of json)" "$expected"

run_form array '{format: json-log, stream: stdout, compute: [work], datastore: [disk]}' '
say() { date -u "+{\"asctime\": \"%Y-%m-%dT%H:%M:%S.%NZ\", \"name\": \"$1\", \"message\": \"$2\"}"; }
printf "[%s, %s]\n" "$(say disk "reading 1")" "$(sleep 0.01; say work "step 2")"'
is "an array of JSON objects on stdout" "$(classes_of array)" "$expected"

export TZ=XXX-05:30
run_form own '{format: pattern, pattern: "^<([^>]*)> *([a-z]+)\\| (.*)$", time_format: "%d.%m.%Y %H:%M:%S.%f",
  compute: ["step *"], datastore: [disk]}' '
say() { date "+<%d.%m.%Y %H:%M:%S.%N> $1| $2" >&2; }
say disk "reading 1"; sleep 0.01; say work "step 2"'
is "a form of the user's own, in local time" "$(classes_of own)" "$expected"
unset TZ

run_form epoch '{format: pattern, pattern: "^\\[([0-9.]+)\\]", time_format: "%s.%f", compute: ["step *"],
  datastore: ["reading *"]}' '
say() { date "+[%s.%N] $1" >&2; }
say "reading 1"; sleep 0.01; say "step 2"'
is "seconds since 1970" "$(classes_of epoch)" "$expected"

# ---- logs that tell nothing --------------------------------------------------------------------
run_form short '{format: lsst-log}' 'echo "lsst.isr INFO: Applying crosstalk correction." >&2'
is "no phases without time stamps" "$(query short.db 'select count(*) from phase')" 0
tap_stderr_has "plateau: " "which is said at once"
has "of the probe" "$(tr -s ' \n' ' ' <stderr)" "the probe's log: the log has no time stamps"
is "and once in the result" "$(query short.db "select count(*) from event where code like 'log-%'")" 1
tap_run plateau show short.db
tap_stdout_has "Phases of tasks are not known"
has "with the remedy" "$(tr -s ' \n' ' ' <stdout)" "give pipetask the option --long-log"
# At the log's place stands what is none: said by name and kind, whatever it is.
not_a_log() { # NAME WORDS COMMAND: the command finds the place in $1
	run_form "$1" '{format: json-log, stream: {file: "log-{index}.json"}}' "set -- \"\$1/log-\$2.json\"; $3"
	has "$1" "$(query "$1.db" "select text from event where code = 'log-without-stamps'")" "$2"
}
not_a_log pipe "log-0.json is a pipe; a log is a plain file" 'mkfifo "$1"'
not_a_log folder "log-0.json is a folder; a log is a plain file" 'mkdir "$1"'
not_a_log link "log-0.json is a symbolic link, which is not followed" 'ln -s /etc/passwd "$1"'
not_a_log nothing "log-0.json: No such file or directory" 'true'
not_a_log large "log-0.json has 3.00 GB, more than is read of all logs of a trial" \
	'truncate -s 3000000000 "$1"'
run_form far '{format: lsst-log}' 'echo "INFO 2001-01-01T00:00:00.000+00:00 a ()(a.c:1) - x" >&2'
is "stamps of another time are none" \
	"$(query far.db "select (select count(*) from phase) || ' ' || group_concat(code) from event where code like 'log-%'")" \
	"0 log-outside-of-task"
run_form shout '{format: lsst-log, stream: stdout}' 'head -c 3000000 /dev/urandom'
is "noise is no log" "$(query shout.db 'select count(*) from phase')" 0
tap_run plateau show shout.db
is "and does not reach the terminal" "$(LC_ALL=C grep -c "$(printf '\033')" stdout)" 0

# ---- real lines, inside prose --------------------------------------------------------------------
samples=$top_srcdir/../shared/data/samples
read_log=$top_builddir/tests/unit/formats/read_log
for sample in pipetask-run source-detection; do
	file=$samples/dp0-2_$sample-printouts.rst
	name="real lines of $sample"
	if [ ! -r "$file" ] || [ ! -x "$read_log" ]; then
		skip "$name" "../shared/data/samples is not here"
		continue
	fi
	"$read_log" lsst-log "$file" >real.txt
	is "$name: every line with a time stamp is one" "$(tail -1 real.txt | grep -o '[0-9]* stamps, [0-9]* others, [0-9]* unreadable' |
		sed 's/, [0-9]* others//')" "$(grep -cE '^ *(INFO|WARNING) 20' "$file") stamps, 0 unreadable"
	is "$name: its time is that of the line" \
		"$(head -1 real.txt | cut -d. -f1)" "$(date -u -d "$(grep -oEm1 '20[0-9-]+T[0-9:]+' "$file")Z" +%s)"
	check "$name: data ids, numbers and paths are out of the names" \
		test "$(cut -f4 real.txt | sed '$d' | grep -vc '[0-9]')" -eq "$(sed '$d' real.txt | grep -c .)"
	check "$name: loggers are of classes" grep -q "^[0-9.]*	compute	lsst\." real.txt
done

tap_done
