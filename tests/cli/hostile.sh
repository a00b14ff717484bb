#!/bin/bash
# Names of hosts, runs, commands and files come from anywhere: whatever they hold, no answer steers the
# terminal, begins a line with them, or turns the direction of writing.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3
echo x | grep -qP x 2>/dev/null || skip_all "grep has no -P"

# A red word, a line of its own, a C1 control, a mark that turns the direction, and one beyond 16 bits.
evil=$(printf 'e\033[31mv\nFAKE: pass\302\233x\342\200\256y\363\240\200\201z')
plateau run -q -j 1,2 -r 3 -m 2 -o good.db -- sleep 0.02 >run.txt 2>&1
cp good.db "$evil.db"
sqlite3 "$evil.db" "UPDATE run SET name = '$evil', id = id || 'z', command = '$evil';
	UPDATE host SET value = '$evil' WHERE name IN ('hostname', 'processor', 'kernel');"
cat >pass.yaml <<'YAML'
criteria:
  - {metric: throughput, level: 2, at_least: 0.001 /s}
YAML

# is_harmless FILE: whether a terminal may be shown it.
is_harmless()
{
	LC_ALL=C grep -qaP '[\x01-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xf3\xa0\x80|^FAKE' "$1"
	[ $? -eq 1 ]
}
for steers in '\033[31m' 'x\nFAKE' '\302\233' '\342\200\256' '\363\240\200\201'; do
	# shellcheck disable=SC2059 # escapes
	printf "a$steers\n" >steering
	is "what steers a terminal is found: $steers" "$(is_harmless steering || echo found)" found
done
printf 'a table\n\tof \303\244 words\n' >plain
check "and nothing in plain words" is_harmless plain

# tells WHAT WORD...: runs it; its answer and its talk are clean, and the answer is not empty.
tells()
{
	local what=$1
	shift
	tap_run "$@"
	check "$what says something" test -s "$work/stdout"
	check "$what: the answer is harmless" is_harmless "$work/stdout"
	check "$what: the talk is harmless" is_harmless "$work/stderr"
}
tells "accept" plateau accept "$evil.db" --criteria pass.yaml
tells "accept of several" plateau accept good.db "$evil.db" --criteria pass.yaml
tells "accept of what is not there" plateau accept "gone$evil.db" "$evil.db" --criteria pass.yaml
tells "accept as JSON" plateau accept "$evil.db" --criteria pass.yaml --json
if command -v python3 >/dev/null 2>&1; then
	name=$(python3 -c 'import json, sys
print(json.load(sys.stdin)["results"][0]["run"]["name"])' <"$work/stdout")
	is "which means the same" "$name" "$evil"
else
	skip "which means the same" "python3 is not installed"
fi
tells "criteria" plateau accept --make-criteria "$evil.db"
cp "$work/stdout" "$evil.yaml"
tap_run plateau accept "$evil.db" --criteria "$evil.yaml"
check "which are read again, and lead to a verdict" test "$status" = 0 -o "$status" = 4
tells "criteria of such a name" plateau accept good.db --criteria "$evil.yaml"
tells "show" plateau show "$evil.db"
tells "show as JSON" plateau show "$evil.db" --json
tells "compare" plateau compare good.db "$evil.db"
tells "compare with it as base" plateau compare "$evil.db" good.db
tells "compare as JSON" plateau compare good.db "$evil.db" --json
tells "fit" plateau fit "$evil.db"

# Rows go to a terminal as well as into a file; names of types, of files and what tasks print come along.
sqlite3 "$evil.db" "UPDATE run SET task_type = '$evil'; UPDATE trial SET reason = '$evil';
	INSERT INTO event(at_ns, code, text) VALUES(1, '$evil', '$evil');"
tells "rows as CSV" plateau export "$evil.db" --csv
tells "rows as JSON lines" plateau export "$evil.db" --jsonl
tells "an event's text" plateau show -v "$evil.db"
# shellcheck disable=SC2016 # for the task's shell
tells "what a failed task prints" plateau run -j 1 -r 1 -m 2 -o failed.db -- sh -c 'printf "$0"; exit 3' \
	'\033[31m\nFAKE: x\302\233'
printf 'task,type,wall_s,max_rss_bytes\na,"%s",1,100000\nb,"%s",3,200000\n' "$evil" "x$evil" >types.csv
plateau import csv types.csv --campaign "label$evil" -o types.db >import.txt 2>&1
check "names of types say nothing at import" is_harmless import.txt
tells "requirements" plateau requirements types.db
tells "requirements as JSON" plateau requirements types.db --json
printf '1 1.0 openat(AT_FDCWD, "/tmp/\033[31m\\33[31m%s", O_RDONLY) = 3 <0.1>\n' "x" >log
tells "a log of strace" plateau io --log log
for said in "plan $evil.yaml" "run --$evil" "$evil" "run -j $evil -- true"; do
	# shellcheck disable=SC2086 # words of a command
	plateau $said >said.txt 2>&1
	check "a complaint about a command line" is_harmless said.txt
done

# The path of what was written is an answer, too: on a terminal it is cleaned, for programs it stays.
export evil
if command -v script >/dev/null 2>&1; then
	script -qec 'plateau accept --make-criteria good.db -o "made$evil"' /dev/null </dev/null \
		>terminal.txt 2>&1
	tr -d '\r' <terminal.txt >shown.txt
	check "the path is shown" grep -q 'made.*FAKE' shown.txt
	check "a path on a terminal" is_harmless shown.txt
else
	skip "a path on a terminal" "there is no script (package bsdutils)"
fi
check "for a program the path is what it is" \
	test "$(plateau accept --make-criteria good.db -q --force -o "made$evil" 2>/dev/null)" = "made$evil"
tap_done
