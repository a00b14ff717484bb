#!/usr/bin/env bash
# The queries of docs/result-file.md work on a real file, and the page names every table, column
# and view.
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need sqlite3
make_result="$top_builddir/tests/unit/store/make_result"
[ -x "$make_result" ] || skip_all "the unit tests are not built"
page="$top_srcdir/docs/result-file.md"

check "a result is made" "$make_result" result.db

awk -v work="$work" '
	/^```sql$/ { n++; inside = 1; next }
	/^```$/ { inside = 0 }
	inside { print > (work "/query-" n ".sql") }
' "$page"
queries=0
for query in query-*.sql; do
	queries=$((queries + 1))
	name="query: $(tr '\n' ' ' <"$query" | cut -c 1-60)"
	tap_run sqlite3 -readonly -bail result.db ".read $query"
	if [ "$status" -eq 0 ] && [ -n "$stdout" ] && [ -z "$stderr" ]; then
		ok "$name"
	else
		not_ok "$name" "$stdout$stderr"
	fi
done
check "the page has queries" test "$queries" -ge 10

is "throughput of level_summary" \
	"$(query result.db 'SELECT round(throughput_per_s, 6) FROM level_summary')" $'20.0\n37.5'
is "failed tasks" \
	"$(query result.db 'SELECT sum(failed) FROM level_summary')" 1

for table in $(query result.db \
	"SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'"); do
	has "the page names $table" "$(cat "$page")" "\`$table\`"
done
missing=
for column in $(query result.db \
	"SELECT c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type='table'"); do
	grep -qw -- "$column" "$page" || missing="$missing $column"
done
is "the page names every column" "$missing" ""
is "application_id is that of the page" "$(query result.db 'PRAGMA application_id')" \
	"$(grep -o 'application_id` is [0-9]*' "$page" | grep -o '[0-9]*$')"
is "the file is whole" "$(query result.db 'PRAGMA integrity_check')" ok
is "references hold" "$(query result.db 'PRAGMA foreign_key_check')" ""

# Another program has it: nobody says that plateau runs.
coproc sqlite3 result.db
held=
echo "BEGIN EXCLUSIVE; SELECT 'held';" >&"${COPROC[1]}"
read -r -t 20 held <&"${COPROC[0]}"
is "sqlite3 holds the file" "$held" held
tap_run plateau show result.db
tap_status 2 "a file that is held is not read"
tap_stderr_has "by another program (a running plateau, or sqlite3)" "and why is said"
echo "ROLLBACK;" >&"${COPROC[1]}"
eval "exec ${COPROC[1]}>&-"
wait
tap_run plateau show result.db
tap_status 0 "it is read again"

tap_done
