#!/usr/bin/env bash
# plateau import makes campaigns: of tables, of what perf stat and time printed; the synthetic campaign
# comes out as it was made; what is wrong is told, and then nothing is made.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need jq sqlite3
make_campaign=${top_builddir:?}/tests/campaign/make_campaign
[ -x "$make_campaign" ] || skip_all "tests/campaign/make_campaign was not built"

# FILTER: of the last answer.
answer()
{
	jq -r "$1" "$work/stdout"
}

# FILE SQL
ask()
{
	sqlite3 -batch "$1" "$2"
}

# ---- The synthetic campaign ----------------------------------------------------------------------
"$make_campaign" made.csv made.json 60000 || exit 99
tap_run plateau import csv made.csv --campaign w_2026_05 --source "made up" -o made.db --json
tap_status 0
tap_stderr_has 'type from "label"'
tap_stderr_has 'columns passed over: "detector", "tract", "patch"'
is "label, format, source" "$(answer '[.label, .format, .source] | join("|")')" "w_2026_05|csv|made up"
is "attempts" "$(answer .attempts)" 60000
is "covariates" "$(answer '[.covariates[] | .name, .kind] | join(" ")')" "band label visits number"
is "attempts by state of every type" \
	"$(answer '.types | sort_by(.type) | map([.type, .states.done, .states.failed, .states["timed-out"],
		.states.lost, .retried, .with_wall, .with_cpu, .with_max_rss] | join(" ")) | .[]')" \
	"$(jq -r '.types | sort_by(.type) | map((.done + .failed + .["timed-out"] + .lost) as $all |
		[.type, .done, .failed, .["timed-out"], .lost, .retried, $all, $all, $all] | join(" ")) | .[]' made.json)"
is "least and largest max RSS of every type, to the byte" \
	"$(ask made.db "SELECT y.name, min(max_rss_bytes), max(max_rss_bytes) FROM task t JOIN type y USING(type)
		WHERE state='done' AND covariate_2 IS NULL GROUP BY y.name ORDER BY y.name")" \
	"$(jq -r '.types[] | select(.max_rss_bytes.min) | [.type, (.max_rss_bytes.min | round),
		(.max_rss_bytes.max | round)] | join("|")' made.json | LC_ALL=C sort)"
is "40 attempts above 6 GB" "$(ask made.db 'SELECT count(*) FROM task WHERE max_rss_bytes>6e9')" 40
is "the upper edge of assembleDeepCoadd is its line" \
	"$(ask made.db "SELECT count(*) FROM (SELECT covariate_2 AS v, max(cpu_ns)/1e9 AS cpu FROM task t
		JOIN type y USING(type) WHERE y.name='assembleDeepCoadd' GROUP BY v)
		WHERE abs(cpu-30-3*v)>1e-5")" 0
is "those that were tried again, and no others" \
	"$(ask made.db "SELECT count(*), sum(state='done'), sum(attempt=1) FROM task WHERE superseded")" \
	"$(jq '[.types[].retried] | add' made.json | sed 's/.*/&|0|&/')"
is "the file says what it is" "$(ask made.db 'PRAGMA application_id; PRAGMA user_version')" "$(printf '1886151533\n1')"
is "its checks hold" "$(ask made.db 'PRAGMA integrity_check')" ok
tap_run plateau show made.db
tap_status 2
tap_stderr_has "\`plateau requirements\` reads it"

# ---- Result or campaign --------------------------------------------------------------------------
cat >own.csv <<'EOF'
label,visit,band,nImage,memory,init_time,run_time,wall_time,state
isr,1,g,,2600000000,1.5,20.5,31.25,COMPLETED
isr,2,r,,2100000000,1.5,20.5,31.25,FAILED
coadd,,r,17,6100000000,1.5,2000.5,3100.25,COMPLETED
EOF
tap_run plateau import csv own.csv -o own.db
tap_status 0
tap_stderr_has 'this makes a campaign: the column "label" names task types'
tap_stdout_has "3 attempts of 2 types"
is "memory is in bytes, run_time is CPU time" "$(ask own.db \
	'SELECT max_rss_bytes, cpu_ns, wall_ns FROM task WHERE task=2')" "6100000000|2000500000000|3100250000000"
tap_run plateau import csv own.csv --concurrency 2 --columns max_rss_bytes=memory:B -o level.db --json
tap_status 0
is "with a concurrency it is a result" "$(answer '.levels[0].concurrency')" 2
tap_run plateau import csv own.csv --concurrency 2 --campaign x -o x.db
tap_status 2
tap_stderr_has "contradict each other"
tap_run plateau import levels own.csv --campaign x -o x.db
tap_status 2
tap_stderr_has "a campaign is of tasks"
tap_run plateau import lsst-metadata own.csv --concurrency 2 -o x.db
tap_status 2
tap_stderr_has "a campaign has no levels"
printf 'wall_s,concurrency\n1,1\n1,1\n' >plain.csv
tap_run plateau import csv plain.csv --campaign plain --task-type isr -o plain.db
tap_status 0
is "a type for all" "$(ask plain.db 'SELECT name FROM type')" isr
is "a concurrency is a covariate" "$(ask plain.db 'SELECT name FROM covariate')" concurrency
tap_run plateau import csv own.csv --columns 'type=band,covariate.visits=nImage,label.which=label' -o mapped.db
tap_status 0
is "mapped" "$(ask mapped.db "SELECT group_concat(name, ' ') FROM type; SELECT group_concat(name, ' ') FROM covariate")" \
	"$(printf 'g r\nwhich visits init_time')"

# ---- What others printed -------------------------------------------------------------------------
printf '0:31.50 elapsed, \n20.00 user, \n1.50 system, \n2600000 memory\n' >job1.txt
printf '0:32.50 elapsed, \n20.00 user, \n1.50 system, \n2700000 memory\n' >job2.txt
mkdir -p jobs && mv job1.txt job2.txt jobs
tap_run plateau import time jobs --campaign jobs --task-type isr -o jobs.db
tap_status 0
is "time: both files" "$(ask jobs.db 'SELECT wall_ns/1e9, cpu_ns/1e9, max_rss_bytes FROM task ORDER BY wall_ns')" \
	"$(printf '31.5|21.5|2662400000\n32.5|21.5|2764800000')"
is "what memory is of" "$(ask jobs.db 'SELECT max_rss_of FROM campaign')" "the largest process of a command"

# ---- Any file, by its content --------------------------------------------------------------------
tap_run plateau requirements own.csv jobs/job1.txt --json
tap_status 0
is "a table and a job" "$(answer '[.campaigns[].format] | join(" ")')" "csv time"
tap_run plateau requirements jobs
tap_status 0
tap_stdout_has "2 attempts of 1 type"
mkdir -p empty
tap_run plateau requirements empty
tap_status 2
tap_stderr_has "has no files"
plateau run -j 1,2 -r 2 -w 1 -m 2 -o result.db -q -- sleep 0.05 >/dev/null 2>&1
measured=$(ask result.db "SELECT count(*) FROM task WHERE role='measured'")
tap_run plateau requirements result.db
tap_status 0
tap_stdout_has "$measured attempt"

# ---- What is wrong -------------------------------------------------------------------------------
tap_run plateau import csv own.csv -o own.db
tap_status 2
tap_stderr_has "exists already"
tap_run plateau import csv own.csv --force -o own.csv
tap_status 2
is "the table is as it was" "$(wc -l <own.csv | tr -d ' ')" 4
mkdir -p many
cp own.csv many/a.csv
sed 's/FAILED/MELTED/; s/31.25/x/' own.csv >many/b.csv
tap_run plateau import csv many --campaign many -o many.db
tap_status 2
tap_stderr_has 'many/b.csv:3:'
tap_stderr_has '"MELTED" is no state that is known'
tap_stderr_has "nothing was imported: 1 of 2 files has problems"
ok_missing=yes
[ -e many.db ] && ok_missing=no
is "nothing is left" "$ok_missing" yes
head -c 60 own.csv >cut.csv
tap_run plateau import csv cut.csv --campaign cut -o cut.db
tap_status 2
tap_run plateau requirements cut.csv
tap_status 2
tap_run plateau requirements missing.csv
tap_status 2

# ---- Archives that are cut, or bombs -------------------------------------------------------------
printf '%s' '{"scalars":{},"arrays":{},"metadata":{"quantum":{"scalars":{"__version__":1},"arrays":{
"startUtc":["2026-02-05T17:52:58"],"endUtc":["2026-02-05T17:53:57"],"startCpuTime":[1.5],
"endCpuTime":[50.5],"endMaxResidentSetSize":[2000000000]},"metadata":{}}}}' >isr_metadata.json
cp isr_metadata.json warp_metadata.json
tar -cf whole.tar isr_metadata.json warp_metadata.json
tap_run plateau import lsst-metadata whole.tar -o whole.db
tap_status 0
head -c 1024 whole.tar >cut.tar
tap_run plateau import lsst-metadata cut.tar -o cut.db
tap_status 2
tap_stderr_has "it may be cut off behind its entry 1"
head -c 300000000 /dev/zero >other.bin
tar -czf bomb.tgz isr_metadata.json other.bin
rm other.bin
tap_run plateau import lsst-metadata bomb.tgz -o bomb.db
tap_status 2
tap_stderr_has "bomb.tgz unpacks to more than 500 times its size"

# ---- Names from outside --------------------------------------------------------------------------
# A campaign that nobody named is called as its file, without what says how it is written.
mkdir v30.0.0
cp own.csv v30.0.0/own.csv
tap_run plateau requirements "$PWD/v30.0.0/" --json
tap_status 0
is "the folder of a release keeps its whole name" "$(answer '.campaigns[0].label')" v30.0.0
printf 'label,wall_s,"a""b); DROP TABLE task; --",c\n"\033[31mred\033[0m""; DROP TABLE task",1,2,<b>\nx,1,3,&amp;\n' >odd.csv
tap_run plateau import csv odd.csv -o odd.db
tap_status 0
esc=$(printf '\033')
if grep -q "$esc" "$work/stdout" "$work/stderr"; then
	not_ok "no escape sequence reaches a terminal"
else
	ok "no escape sequence reaches a terminal"
fi
is "names are values" "$(ask odd.db 'SELECT count(*) FROM task; SELECT name FROM covariate WHERE covariate=1')" \
	"$(printf '2\na"b); DROP TABLE task; --')"
tap_done
