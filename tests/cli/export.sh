#!/usr/bin/env bash
# plateau export: rows, formats, errors.
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
make_result="$top_builddir/tests/unit/store/make_result"
[ -x "$make_result" ] || skip_all "the unit tests are not built"
check "a result is made" "$make_result" result.db

tap_run plateau export result.db --csv
tap_status 0
is "a header, the probe and 4 trials of 12 tasks" "$(wc -l <stdout)" 50
golden "first rows of the CSV" <(head -n 4 stdout) "$top_srcdir/tests/cli/export.csv"
is "nothing on stderr" "$stderr" ""

tap_run plateau export result.db --jsonl
tap_status 0
is "a JSON line per task" "$(wc -l <stdout)" 49
golden "first JSON lines" <(head -n 3 stdout) "$top_srcdir/tests/cli/export.jsonl"

# Both formats say the same.
if command -v python3 >/dev/null; then
	plateau export result.db --csv -o rows.csv
	plateau export result.db --jsonl -o rows.jsonl
	check "CSV and JSON lines agree" python3 - <<'PYTHON'
import csv, json
rows = list(csv.DictReader(open("rows.csv", newline="")))
objects = [json.loads(line) for line in open("rows.jsonl")]
assert len(rows) == len(objects) == 49
for row, thing in zip(rows, objects):
    assert list(row) == list(thing)
    for key, text in row.items():
        value = thing[key]
        if value is None:
            assert text == "", (key, text)
        elif isinstance(value, str):
            assert text == value, (key, text, value)
        else:
            assert abs(float(text) - value) <= 1e-9 * max(1, abs(value)), (key, text, value)
PYTHON
else
	skip "CSV and JSON lines agree" "python3 is not installed"
fi

for_locale=$(locale -a 2>/dev/null | grep -m 1 -E '^(de|fr)_.*utf-?8$')
if [ -n "$for_locale" ]; then
	is "the decimal mark is a point in $for_locale" \
		"$(LC_ALL=$for_locale plateau export result.db --csv | cksum)" \
		"$(plateau export result.db --csv | cksum)"
else
	skip "the decimal mark is a point in every locale" "no locale with a comma is installed"
fi

printf 'old' >old.csv
tap_run plateau export result.db --csv -o old.csv
tap_status 0
is "an existing file is replaced" "$(wc -l <old.csv)" 50
rm -f rows.csv rows.jsonl
is "nothing else is left" "$(ls)" "$(printf '%s\n' old.csv result.db stderr stdout)"

tap_run plateau export result.db
tap_status 2
tap_stderr_has "--csv or --jsonl"
tap_run plateau export result.db --csv --jsonl
tap_status 2
tap_run plateau export missing.db --csv
tap_status 2
tap_stderr_has "no file missing.db"
tap_run plateau export old.csv --csv
tap_status 2
tap_stderr_has "not a plateau result file"
tap_run plateau export result.db --csv -o result.db
tap_status 2
tap_run plateau export result.db --csv -o no/such/folder/x.csv
tap_status 1
tap_stderr_has "No such file or directory"

if [ -w /dev/full ]; then
	tap_run plateau export result.db --csv -o /dev/full
	tap_status 1
	tap_stderr_has "No space left"
	status=0
	plateau export result.db --csv >/dev/full 2>stderr || status=$?
	is "a full disk behind stdout: exit code" "$status" 1
	has "a full disk behind stdout is told" "$(cat stderr)" "No space left"
fi
status=0
plateau export result.db --csv >&- 2>stderr || status=$?
is "a closed stdout: exit code" "$status" 1
check "a closed stdout is told" test -s stderr
"$make_result" many.db 3000
plateau export many.db --csv 2>stderr | head -n 1 >/dev/null
is "a reader that goes away: exit code" "${PIPESTATUS[0]}" 1
has "a reader that goes away is told" "$(cat stderr)" "not all tasks were exported"

tap_run plateau export result.db --json
tap_status 2
tap_stderr_has "--jsonl is meant"

tap_done
