#!/usr/bin/env bash
# What Slurm's sacct prints becomes a campaign: each file of tests/import/sacct against the listing of
# what is in it, or of what is wrong with it and where. All but states, cut, bad and without-header
# were written by sacct 22.05.8 of the same jobs: what --units, --noconvert, --delimiter and a fixed
# width change must change nothing but the digits of MaxRSS.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need jq sqlite3
read_campaign=${top_builddir:?}/tests/unit/formats/read_campaign
[ -x "$read_campaign" ] || skip_all "tests/unit/formats/read_campaign was not built"
samples=$top_srcdir/tests/import/sacct
export TZ=UTC

# section FILE: its part of the expected listing.
section()
{
	awk -v name="== $1" '/^== / { on = $0 == name } on' "$samples.expected"
}

for path in "$samples"/*; do
	file=${path##*/}
	{
		printf '== %s\n' "$file"
		(cd "$samples" && "$read_campaign" sacct "$file")
	} >got.txt 2>&1
	is "$file" "$(cat got.txt)" "$(section "$file")"
done

# FILE: its tasks without max RSS and covariates.
tasks()
{
	"$read_campaign" sacct "$samples/$1" | grep ' attempt=' | sed 's/ rss=[^ ]*//; s/ partition=.*//'
}
for file in megabytes gigabytes noconvert fixed; do
	is "$file: the same jobs" "$(tasks $file.txt)" "$(tasks parsable.txt)"
done

# ---- plateau import, and requirements on the spot ------------------------------------------------
tap_run plateau import sacct "$samples/parsable.txt" --campaign night -o night.db --json
tap_status 0
tap_stderr_has "names that differ in a number behind them alone are one type"
tap_stderr_has "start times are read in the time zone of this machine"
is "label, format, attempts" "$(jq -r '[.label, .format, .attempts] | join("|")' stdout)" "night|sacct|16"
is "its covariates" "$(jq -r '[.covariates[].name] | join(" ")' stdout)" "partition nodes waited_s req_mem_bytes"
is "the job of two steps and its script: the largest max RSS, the CPU time once" \
	"$(sqlite3 night.db "SELECT wall_ns, cpu_ns, max_rss_bytes, cores FROM task JOIN type USING(type)
		WHERE name = 'calibrate'")" "3000000000|2751000000|223354880|2"
is "states" "$(sqlite3 night.db 'SELECT state, count(*) FROM task GROUP BY state ORDER BY state')" \
	"$(printf '%s\n' 'done|9' 'failed|1' 'lost|3' 'timed-out|1' 'unfinished|2')"
is "the requeued job: two attempts" \
	"$(sqlite3 night.db "SELECT attempt, state, superseded FROM task JOIN type USING(type)
		WHERE name = 'waits'")" "$(printf '%s\n' '1|lost|1' '2|unfinished|0')"
plateau requirements night.db --json 2>/dev/null | jq -S '.. | objects | select(.type? == "isr")' >imported.json
for file in parsable.txt noconvert.txt; do
	tap_run plateau requirements "$samples/$file" --json
	tap_status 0 "requirements reads $file"
	is "as the campaign that was imported of it" "$(jq -S '.. | objects | select(.type? == "isr")' stdout)" \
		"$(cat imported.json)"
done
is "of which there is something" "$(jq -s 'length > 0' imported.json)" true
cat "$samples/parsable.txt" "$samples/parsable.txt" >twice.txt
tap_run plateau import sacct twice.txt -o twice.db --json
is "tables put together: a job counts once" "$(jq .attempts stdout)" 16
tap_stderr_has "stand in the file more than once"

printf '%s\n' 'JobID|JobName|State|Elapsed' '7|isr|COMPLETED|00:00:09' '7.batch|batch|COMPLETED|00:00:09' >plain.txt
tap_run plateau import csv plain.txt --campaign table -o table.db
tap_status 0 "as a table"
tap_stderr_has "\`plateau import sacct\` joins steps to their jobs"
sed 's/00:00:09/9/; s/^JobID/number/; s/Elapsed/wall_s/' plain.txt >other.txt
tap_run plateau import csv other.txt --campaign table -o other.db
tap_status 0
lacks "another table: not a word of it" "$stderr" "sacct"

tap_run plateau requirements "$samples/default.txt"
tap_status 2 "a table that is cut to its columns is refused"
tap_stderr_has "default.txt:7:1: row: is cut off to fit its column; run: sacct -P -D -o JobID,"
tap_run plateau import sacct "$samples/bad.txt" -o bad.db
tap_status 2
tap_stderr_has 'Elapsed: is no time as sacct writes it'
check "nothing is made then" test ! -e bad.db
tap_run plateau import sacct "$top_srcdir/tests/import/csv/status.csv" -o bad.db
tap_status 2 "another table"
tap_done
