#!/bin/bash
# Several scenarios in a row: a result of each, one answer, and what stops the row.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 jq

scenario() # NAME COMMAND
{
	cat >"$1.yaml" <<-END
		name: $1
		task:
		  command: $2
		sweep: {levels: [1], repeats: 2, warmup: 0, measured: 2, order: ascending}
		counters: {events: []}
	END
}
scenario first '[sleep, "0.02"]'
scenario second '[sleep, "0.02"]'
scenario failing '["false"]'
scenario long '[sleep, "60"]'
mkdir out

# How many files the arguments name, which are patterns that the shell has seen.
files()
{
	[ -e "$1" ] && echo $# || echo 0
}

tap_run plateau run first.yaml second.yaml
tap_status 0
is "a result of each" "$(files results/first-*) $(files results/second-*)" "1 1"
is "the tables, in order" "$(grep -o '^[a-z]* on .*: done' <<<"$stdout" | sed 's/ .*//' | tr '\n' ' ')" "first second "
tap_stderr_has "scenario 1 of 2: first (first.yaml)"
tap_stderr_has "scenario 2 of 2: second (second.yaml)"

tap_run plateau run -q -o out first.yaml second.yaml --json
tap_status 0
is "one document" "$(jq -sc '[length, (.[0].results | map(.run.name))]' stdout)" '[1,["first","second"]]'
is "in the folder that was named" "$(find out -name '*.db' | wc -l)" 2
tap_run plateau run -q -o out first.yaml --json
is "one alone is what show says" "$(jq -c '[.run.name, has("results")]' stdout)" '["first",false]'
is "and in the folder too" "$(find out -name '*.db' | wc -l)" 3

tap_run plateau run -o one.db first.yaml second.yaml
tap_status 2
tap_stderr_has "name a folder that is there"
is "nothing was run" "$(files one.db)" 0

# Of several that are judged the verdict is not to be looked for behind their tables.
for name in first second; do
	cp "$name.yaml" "judged-$name.yaml"
	printf 'accept:\n  criteria:\n    - {metric: failures, at_most: 0}\n' >>"judged-$name.yaml"
done
tap_run plateau run -q --accept judged-first.yaml judged-second.yaml -o out
tap_status 0
short=$(wc -l <<<"$stdout")
is "throughput of each" "$(grep -c '^ *N  trials  tasks' <<<"$stdout")" 2
is "not all tables" "$(grep -c '^Per task' <<<"$stdout")" 0
is "where they are" "$(grep -c '^ *All tables: plateau show ' <<<"$stdout")" 2
is "and the verdict" "$(grep -c 'PASS' <<<"$stdout")" 1
tap_run plateau run -q -v --accept judged-first.yaml judged-second.yaml -o out
tap_status 0
is "all tables when asked for" "$(grep -c '^Per task' <<<"$stdout")" 2
check "which is longer" [ "$(wc -l <<<"$stdout")" -gt "$short" ]
tap_run plateau run -q --accept judged-first.yaml -o out
is "one alone has its tables" "$(grep -c '^Per task' <<<"$stdout")" 1

# What is wrong with any of them is told before anything runs.
before=$(files results/*)
echo 'name: broken' >broken.yaml
tap_run plateau run first.yaml broken.yaml nowhere.yaml -r 0
tap_status 2
tap_stderr_has "broken.yaml:1:1: task"
tap_stderr_has "nowhere.yaml"
is "the option is told once" "$(grep -c -- '--repeats' <<<"$stderr")" 1
is "nothing was begun" "$(files results/*)" "$before"

# A scenario whose tasks fail does not stop the row, and its code is the row's.
tap_run plateau run -q failing.yaml second.yaml
tap_status 1
is "the next had its turn" "$(files results/second-*)" 2

# A measuring process that is killed does not either.
killing()
{
	scenario killed '[sleep, "0.3"]'
	plateau run -q killed.yaml second.yaml >stdout 2>stderr </dev/null &
	local guardian=$! engine=
	for _ in $(seq 100); do
		engine=$(pgrep -P "$guardian" -x plateau-engine | head -1)
		[ -n "$engine" ] && [ "$(files results/killed-*.db)" = 1 ] && break
		sleep 0.05
	done
	kill -9 "$engine"
	wait "$guardian"
}
killing
is "a killed engine: exit code 1" $? 1
has "it is said" "$(cat stderr)" "the measuring process was ended by signal 9"
is "the next had its turn" "$(files results/second-*)" 3

# An interrupt stops the row; what was not begun is told.
interrupted()
{
	plateau run -q long.yaml first.yaml second.yaml >stdout 2>stderr </dev/null &
	local guardian=$!
	for _ in $(seq 100); do
		[ "$(files results/long-*.db)" = 1 ] && break
		sleep 0.05
	done
	kill -TERM "$guardian"
	wait "$guardian"
}
interrupted
is "interrupted: exit code 130" $? 130
has "what was not begun" "$(cat stderr)" "not begun: first.yaml, second.yaml"
is "it was not begun" "$(files results/second-*)" 3
is "what there is is kept" "$(query results/long-*.db 'SELECT state FROM run')" interrupted

# Plans of several.
tap_run plateau run --dry-run first.yaml second.yaml
tap_status 0
is "both plans" "$(grep '^Plan of' <<<"$stdout" | tr '\n' ' ')" "Plan of first Plan of second "
tap_run plateau plan first.yaml second.yaml --json
tap_status 0
is "a document each" "$(jq -sc 'length' stdout)" 2
tap_run plateau run first.yaml --resume results/first-*.db
tap_status 2

tap_done
