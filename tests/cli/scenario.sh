#!/usr/bin/env bash
# Scenario files at the command line: every problem of a broken file on stderr, nothing on stdout,
# exit code 2, and nothing run; a mended file is planned.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

broken=$top_srcdir/tests/scenarios/broken
cp "$broken"/*.yaml .

problems_missing()
{
	local line
	while IFS= read -r line; do
		grep -Fqx -- "$line" stderr || printf '%s\n' "$line"
	done <"$1"
}

for expected in "$broken"/*.expected; do
	name=$(basename "$expected" .expected)
	tap_run plateau plan "$name.yaml"
	is "$name: refused, nothing on stdout" "$status:$stdout" "2:"
	is "$name: every problem is told" "$(problems_missing "$expected")" ""
done

# One line more than the problems: how many there were.
name=14-out-of-range
tap_run plateau plan "$name.yaml"
is "the number of lines" "$(wc -l <stderr)" \
	"$(($(wc -l <"$broken/$name.expected") + 1))"
tap_stderr_has "$name.yaml has 9 problems"

tap_run plateau run "$name.yaml" -o result.db
tap_status 2 "run refuses it too"
check "and makes no result" test ! -e result.db

tap_run plateau plan 01-unknown-key.mended.yaml
tap_status 0
tap_stdout_has "Plan of demo"

for file in isr-quick isr-occupancy frequency-curve bandwidth-curve sleep; do
	tap_run plateau plan "$top_srcdir/scenarios/$file.yaml"
	tap_status 0 "$file is planned"
	tap_stdout_has "Plan of $file"
done

tap_run plateau plan no-such-file.yaml
tap_status 2
tap_stderr_has "no-such-file.yaml"
tap_run plateau plan .
tap_status 2 "a folder is no scenario"

tap_done
