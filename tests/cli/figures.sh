#!/usr/bin/env bash
# Numbers that tasks print, from the scenario to every answer; and the clock, with the source named.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need sqlite3 jq

# A task that prints its index in every form, more than is kept of it, and nonsense now and then.
cat >task.sh <<'SH'
sleep 0.05
echo "index 999"
seq 20000
echo "index $1"
echo "clock_hz: 3.2 GHz"
printf '\033[32mbytes_per_s\033[0m = %s000000\r\n' "$((100 + $1))"
echo "{\"a\": {\"b_s\": 0.$1}, \"text\": \"rate 3\"}"
[ "$1" -lt 2 ] && echo "odd=nan" || echo "odd=$1"
SH
cat >figures.yaml <<'YAML'
name: figures
task:
  command: [sh, task.sh, "{index}"]
  figures: {names: [index, clock_hz, bytes_per_s, a.b_s, odd, never]}
sweep: {levels: [1, 2], repeats: 2, warmup: 1, measured: 4}
counters: {events: [task-clock]}
YAML
tap_run plateau run -q -o f.db figures.yaml
tap_status 0 "a run of tasks that print figures"
tap_stdout_has "Printed by the tasks"
tap_stderr_has 'the probe printed no finite number as odd, but "odd=nan": it has no such figure'
measured="t.role = 'measured' and t.state = 'ok'"
tasks=$(query f.db "select count(*) from task t where $measured")
is "every measured task has its own figure" \
	"$(query f.db "select count(*) from task t join figure f using(task) where $measured
		and f.name = 'index' and f.value = t.task_index")" "$tasks"
is "in plain units" "$(query f.db "select count(*) from task t join figure f using(task) where $measured
		and f.name = 'clock_hz' and f.value = 3.2e9")" "$tasks"
is "colours and carriage returns are no part of it" \
	"$(query f.db "select count(*) from task t join figure f using(task) where $measured
		and f.name = 'bytes_per_s' and f.value = 1e8 + 1e6 * t.task_index")" "$tasks"
is "points lead into JSON objects" \
	"$(query f.db "select count(*) from task t join figure f using(task) where $measured
		and f.name = 'a.b_s'")" "$tasks"
is "nonsense is absent" "$(query f.db "select count(*) from task t join figure f using(task)
	where f.name = 'odd' and t.task_index < 2")" 0
is "what is said of it, once for each figure" \
	"$(query f.db "select group_concat(code, ' ') from (select code from event where code like 'figure%' order by code)")" \
	"figure-not-a-number figure-not-printed"
is "only measured tasks and the probe have figures" \
	"$(query f.db "select count(*) from task join figure using(task) where role not in ('measured', 'probe')")" 0
is "nothing of the output is kept" "$(query f.db 'select count(*) from output')" 0
is "the figures stand in the effective scenario" \
	"$(query f.db "select json_extract(scenario_json, '\$.task.figures.names[3]') || ' ' ||
		json_extract(scenario_json, '\$.task.figures.stream') from run")" "a.b_s stdout"

tap_run plateau show --json f.db
tap_status 0
check "JSON has them per level" jq -e '[.levels[].figures | keys] ==
	[["a.b_s", "bytes_per_s", "clock_hz", "index", "odd"], ["a.b_s", "bytes_per_s", "clock_hz", "index", "odd"]]' stdout
check "with units" jq -e '.levels[1].figures | [.clock_hz.unit, .bytes_per_s.unit, ."a.b_s".unit, .index.unit] ==
	["Hz", "B/s", "s", null]' stdout
check "a steady figure has its value" jq -e '.levels[] | .figures.clock_hz | .value == 3.2e9 and .ci95 == [3.2e9, 3.2e9] and .n == 2' stdout
check "a rate adds up over tasks" jq -e '.levels[1].figures.bytes_per_s | .total.value / .value | . > 1.999999 and . < 2.000001' stdout
check "and nothing else does" jq -e '.levels[1].figures.clock_hz.total | .value == null and .reason' stdout
check "tasks without a figure are counted" jq -e '[.levels[] | .figures.odd.tasks_without] | add > 0' stdout
check "the mean is that of the tasks" jq -e '.levels[0].figures.index | .p5 <= .median and .median <= .p95' stdout

plateau export f.db --csv >rows.csv
check "export has a column of each" grep -q 'figure_bytes_per_s' <(head -1 rows.csv)
plateau export f.db --jsonl >rows.jsonl
check "and a row's own value" jq -se 'map(select(.role == "measured" and .state == "ok")) |
	length > 0 and all(.figure_index == .task_index)' rows.jsonl

if command -v gnuplot >/dev/null; then
	tap_run plateau report f.db -o f.html --plots plots
	tap_status 0
	is "a plot of each as the scenario orders them, and of what tasks do together" "$(cd plots && echo figure-*.svg)" \
		"figure-1-index.svg figure-2-clock-hz.svg figure-3-bytes-per-s-total.svg figure-3-bytes-per-s.svg figure-4-a-b-s.svg figure-5-odd.svg"
	check "the page has the section" grep -q 'Printed by the tasks' f.html
else
	skip "a plot of each" "gnuplot is not installed"
fi

# ---- Nobody is misled by what is printed -------------------------------------------------------
cat >hostile.yaml <<'YAML'
name: hostile
task:
  command: [sh, -c, "printf 'x_hz \\033]0;own\\007<script>alert(1)</script>\\n'; printf 'y_s 1\\n'"]
  figures: {names: [x_hz, y_s]}
sweep: {levels: [1], repeats: 1, warmup: 0, measured: 2}
counters: {events: []}
YAML
tap_run plateau run -q -o hostile.db hostile.yaml
tap_status 0 "a hostile line"
check "nothing of it reaches the terminal" grep -qv "$(printf '\033')" stdout
is "no escape sequence in the warning" "$(query hostile.db "select count(*) from event where text like '%' || char(27) || '%'")" 0
plateau report hostile.db -o hostile.html >/dev/null
is "and none is markup in the page" "$(grep -c '<script>alert' hostile.html)" 0

# ---- The clock of plateau-spin is one of the node ----------------------------------------------
cat >spin.yaml <<'YAML'
name: spin
task:
  command: [plateau-spin, --seconds, "0.2"]
  figures: {names: [frequency_hz_p50, frequency_hz_max]}
sweep: {levels: [1], repeats: 2, warmup: 0, measured: 2}
counters: {events: []}
YAML
tap_run plateau run -q -o spin.db spin.yaml
plateau show --json spin.db >spin.json
if jq -e '.levels[0].figures.frequency_hz_p50.value' spin.json >/dev/null; then
	check "it is the level's frequency, by its name" jq -e '.levels[0].frequency_hz |
		.source == "chain" and .by_source.chain.of == "node" and .by_source.cycles.value == null' spin.json
	check "and within a plausible range" jq -e '.levels[0].frequency_hz.value | . > 2e8 and . < 2e10' spin.json
	tap_run plateau show spin.db
	tap_stdout_has "of the node: no counter tells it of the tasks"
	check "it is no factor of the causes" jq -e '.levels[0].attribution | .clock == null' spin.json
else
	skip "the clock by plateau-spin" "its chains do not agree on this machine now"
fi
tap_done
