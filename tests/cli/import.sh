#!/usr/bin/env bash
# plateau import: records of other tools become results that show, report, compare and export take
# like own ones; what is wrong is told by file and line, and then nothing is imported.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need jq

# FILTER: of the last answer.
answer()
{
	jq -r "$1" "$work/stdout"
}

# TEXT: is not in the last answer.
lacks()
{
	if grep -qF -- "$1" "$work/stdout"; then
		not_ok "the answer lacks $1" "$(grep -F -- "$1" "$work/stdout")"
	else
		ok "the answer lacks $1"
	fi
}

# SECONDS USER SYSTEM: what perf stat says of a job.
perf_job()
{
	printf '\n Performance counter stats for '"'job'"':\n\n'
	printf '%22s      instructions:u\n%22s      cycles:u\n\n' 2,000,000,000 1,000,000,000
	printf '%14s seconds time elapsed\n\n%14s seconds user\n%14s seconds sys\n\n' "$1" "$2" "$3"
}

# ---- perf stat, by the names of folders ----------------------------------------------------------
for n in 1 2 4; do
	for r in 1 2 3; do
		mkdir -p "jobs/n$n/r$r"
		for ((i = 0; i < n; i++)); do
			perf_job "$((10 + n)).$r" 9.0 0.5 >"jobs/n$n/r$r/job$i.txt"
		done
	done
done
echo "what else lay there" >jobs/README
pattern='n{concurrency}/r{repeat}/*.txt'
tap_run plateau import perf-stat jobs --path "$pattern" -o perf.db --json --host rome --source "A, table 1"
tap_status 0
tap_stderr_has "perf.db: 21 tasks at 3 levels, from 21 files"
tap_stderr_has "1 file does not match --path and was passed over"
is "levels" "$(answer '[.levels[].concurrency] | join(" ")')" "1 2 4"
is "trials" "$(answer '[.levels[].trials] | join(" ")')" "3 3 3"
is "tasks" "$(answer '[.levels[].tasks] | join(" ")')" "3 6 12"
is "it says where it comes from" "$(answer '.run | [.imported, .source, .host, .name] | join("|")')" \
	"perf-stat|A, table 1|rome|jobs"
is "nobody knows when" "$(answer '.run.started, .run.finished' | xargs)" "null null"
near "N over the mean wall time" "$(answer '.levels[2].throughput_per_s.value')" 0.28169 0.0001
is "only durations" "$(answer '[.levels[].durations_only] | unique | join(" ")')" true
is "no occupancy" "$(answer '.levels[2].occupancy.held')" null
is "the split by counters" "$(answer '.levels[2].attribution.mode')" user-only
tap_run plateau show perf.db
tap_status 0
tap_stdout_has "jobs on rome: imported"
tap_stdout_has "which imported the records (perf-stat) and measured"
tap_stdout_has "throughput is N over their mean wall time"
lacks "# measured"
lacks "What plateau itself cost"
lacks "Memory of a task"
tap_run plateau report perf.db -o perf.html
tap_status 0
printf 'concurrency,wall_s,state\n1,10,ok\n1,11,failed\n1,12,ok\n' >states.csv
tap_run plateau import csv states.csv -o states.db
tap_status 0
tap_stdout_has "exit status not known"
tap_run plateau export perf.db --csv
tap_status 0
is "a row per task" "$(wc -l <"$work/stdout")" 22
cp "$work/stdout" perf.csv
tap_run plateau import csv perf.csv -o perf-again.db --json -q
tap_status 0
is "exported and imported again: nobody knows when" "$(answer '[.levels[].durations_only] | unique | join(" ")')" true
near "and the throughput is the same" "$(answer '.levels[2].throughput_per_s.value')" 0.28169 0.0001
is "and the counts" "$(answer '.levels[2].counters["cycles:u"].mean')" 1000000000
tap_run plateau compare perf.db perf.db --json
tap_status 0
tap_run plateau run --resume perf.db
tap_status 2
tap_stderr_has "was imported: there is no run to go on with"

# ---- one file, and --concurrency -----------------------------------------------------------------
cat jobs/n4/r1/*.txt >four.txt
tap_run plateau import perf-stat four.txt --concurrency 4 -o four.db --json -q
tap_status 0
tap_stderr_is ""
is "four jobs of one file" "$(answer '.levels[0] | [.concurrency, .tasks, .trials] | join(" ")')" "4 4 1"

# ---- an existing result is kept, unless --force says otherwise ------------------------------------
cp four.db before.db
tap_run plateau import perf-stat four.txt --concurrency 2 -o four.db
tap_status 2
tap_stderr_has "four.db"
check "the result is as it was" cmp four.db before.db
printf 'no perf here\n' >none.txt
tap_run plateau import perf-stat four.txt none.txt --concurrency 2 -o four.db --force
tap_status 2
tap_stderr_has "nothing was imported: 1 of 2 files has problems"
check "the result is still as it was" cmp four.db before.db
tap_run plateau import perf-stat four.txt --concurrency 2 -o four.db --force --json -q
tap_status 0
is "with --force it is the new one" "$(answer '.levels[0].concurrency')" 2

# ---- what is wrong is told by file and line, and leaves nothing ------------------------------------
sed 's/^ *1,000,000,000/        1.000.000.000,00/' jobs/n1/r1/job0.txt >locale.txt
head -n 6 jobs/n1/r1/job0.txt >cut.txt
: >empty.txt
head -c 4096 /dev/urandom >binary.txt
mkdir folder
for bad in locale cut empty binary; do
	tap_run plateau import perf-stat "$bad.txt" --concurrency 1 -o bad.db
	tap_status 2 "$bad: exit code 2"
	tap_stderr_has "$bad.txt"
	tap_stderr_has "nothing was imported"
	check "$bad: no result" test ! -e bad.db
done
tap_run plateau import perf-stat locale.txt --concurrency 1 -o bad.db
tap_stderr_has "locale.txt:5"
tap_run plateau import perf-stat folder --concurrency 1 -o bad.db
tap_status 2
tap_stderr_has "the folder folder has no files"
tap_run plateau import perf-stat missing.txt --concurrency 1 -o bad.db
tap_status 2
tap_stderr_has "missing.txt"
tap_run plateau import perf-stat four.txt -o bad.db
tap_status 2
tap_stderr_has "four.txt:2: nothing says how many tasks ran at once"
tap_run plateau import perf-stat four.txt --path "$pattern" -o bad.db
tap_status 2
tap_stderr_has "four.txt does not match --path"
tap_run plateau import perf-stat four.txt --path 'n{cores}/*' -o bad.db
tap_status 2
tap_stderr_has "{cores}"
tap_run plateau import perfstat four.txt --concurrency 1 -o bad.db
tap_status 2
tap_stderr_has "did you mean perf-stat?"
tap_run plateau import perf-stat four.txt --concurrency 1
tap_status 2
tap_stderr_has "-o RESULT"
tap_run plateau import perf-stat four.txt --concurrency 0 -o bad.db
tap_status 2
tap_run plateau import perf-stat four.txt --columns a=b -o bad.db
tap_status 2
tap_stderr_has "--columns is for the format csv alone"
tap_run plateau import levels four.txt --concurrency 3 -o bad.db
tap_status 2
check "nothing is left of all that" bash -c '! ls bad.db* 2>/dev/null'
check "no unfinished file either" bash -c '! ls ./*.new-* 2>/dev/null'

# ---- killed while it writes: the whole result or none, and nothing stays for long ------------------
awk 'BEGIN { print "wall_s,user_s,concurrency"; for (i = 0; i < 40000; i++) print 1 + i % 7 / 10 ",1," 2 ^ (i % 4) }' >many.csv
halves=0
for delay in 0.05 0.1 0.15 0.2 0.3 0.4 0.6 0.8; do
	{ timeout -s KILL "$delay" plateau import csv many.csv -o killed.db -q >killed.out 2>&1; } 2>killed.err
	if [ -e killed.db ]; then
		plateau show killed.db --json >killed.json || halves=$((halves + 1))
		rm -f killed.db
	fi
done
is "killed: never half a result" "$halves" 0
# One that is empty may have been made by somebody this moment, for 2 s.
sleep 2.2
tap_run plateau import csv many.csv -o killed.db --json -q
tap_status 0
is "all tasks are there" "$(answer '[.levels[].tasks] | add')" 40000
check "what the killed ones left is gone" bash -c '! ls killed.db.new-* 2>/dev/null'

# ---- a table with times: the window, and N, from when tasks ran ------------------------------------
{
	echo "begin,end,user,memory [MB]"
	# 60 s of 2 slots, a pause, and 60 s of 4 slots; every task 10 s
	for ((t = 0; t < 60; t += 10)); do
		for ((s = 0; s < 2; s++)); do
			echo "$((1700000000 + t + s)),$((1700000010 + t + s)),9.5,100"
		done
	done
	for ((t = 200; t < 260; t += 10)); do
		for ((s = 0; s < 4; s++)); do
			echo "$((1700000000 + t + s)),$((1700000010 + t + s)),9.5,100"
		done
	done
} >times.csv
tap_run plateau import csv times.csv -o times.db --json \
	--columns 'start_s=begin:s,end_s=end:s,user_s=user:s,max_rss_bytes=memory [MB]:MB'
tap_status 0
tap_stderr_has "How many of 36 tasks ran at once was worked out from their times"
is "N from times" "$(answer '[.levels[].concurrency] | join(" ")')" "2 4"
near "throughput in the window where all ran" "$(answer '.levels[1].throughput_per_s.value')" 0.4 1e-9
near "occupancy held" "$(answer '.levels[1].occupancy.held')" 1 1e-9
is "when the first began" "$(answer '.run.started')" 2023-11-14T22:13:20.000Z
is "memory with its unit" "$(answer '.levels[0].max_rss_bytes.max')" 100000000

# ---- CPU time whose split nobody knows ---------------------------------------------------------------
{
	echo 'wall_s,cpu_time_s,concurrency,block,cycles:u,instructions:u'
	for r in 0 1 2; do
		for n in 1 4; do
			for ((i = 0; i < n; i++)); do
				echo "$((36 + 4 * n)).$r,$((28 + 4 * n)),$n,$r,60e9,90e9"
			done
		done
	done
} >cpu.csv
tap_run plateau import csv cpu.csv -o cpu.db --json
tap_status 0
tap_stderr_has "is not parted into user and system time, which stay absent"
is "CPU time, and no user and system time" \
	"$(answer '.levels[1] | [.cpu_s.mean, .user_s.mean, .system_s.mean] | map(tostring) | join(" ")')" \
	"44 null null"
near "time off the CPU" "$(answer '.levels[1].off_cpu_s.mean')" 8.1 0.01
is "no clock from cycles of user mode" "$(answer '.levels[1].frequency_hz.value')" null
near "more CPU time" "$(answer '.levels[1].attribution.on_cpu.value')" 1.375 0.001
tap_run plateau show cpu.db
tap_stdout_has "CPU"
is "an export says the same" "$(plateau export cpu.db --jsonl | jq -s -r '.[0] | [.user_s, .cpu_s] | map(tostring) | join(" ")')" \
	"null 32"
plateau export cpu.db --csv -o cpu-again.csv
tap_run plateau import csv cpu-again.csv -o cpu-again.db --json -q
is "and so it does when imported again" \
	"$(answer '.levels[1] | [.cpu_s.mean, .user_s.mean] | map(tostring) | join(" ")')" "44 null"

# ---- figures that no result can hold are refused before anything is written ----------------------------
cp cpu.db before.db
for row in 'wall_s,user_s/1,3e9' 'wall_s,cpu_s/1,4e9' 'wall_s,read_bytes/1,4000000000000000000'; do
	tr / '\n' <<<"$row" >high.csv
	tap_run plateau import csv high.csv --concurrency 1 -o cpu.db --force
	tap_status 2 "$row is refused"
	tap_stderr_has "high.csv:2: "
	check "the result is as it was" cmp cpu.db before.db
done
printf '%s\n' wall_s,task-clock,cycles 1,4000000000000000000,5 >high.csv
tap_run plateau import csv high.csv --concurrency 1 -o clock.db --json -q
tap_status 0 "a clock that is none"

# ---- GNU time ----------------------------------------------------------------------------------------
for i in 1 2 3; do
	printf '%s elapsed, \n%s user, \n%s system, \n%s memory\n' "0:1$i.00" 9.00 0.50 20000$i
done >time.txt
tap_run plateau import time time.txt --concurrency 3 -o time.db --json -q
tap_status 0
near "wall time" "$(answer '.levels[0].wall_s.mean')" 12 1e-9
is "the largest memory" "$(answer '.levels[0].max_rss_bytes.max')" "$((200003 * 1024))"

# ---- an own result, exported and imported again -------------------------------------------------------
plateau run --levels 1,2 -r 2 -m 12 -w 2 -q -o own.db -- plateau-spin --work 0.01 >/dev/null
plateau export own.db --csv -o own.csv
plateau show own.db --json >own.json
tap_run plateau import csv own.csv -o again.db --json -q
tap_status 0
is "the same levels" "$(answer '[.levels[] | .concurrency, .policy, .trials] | join(" ")')" \
	"$(jq -r '[.levels[] | .concurrency, .policy, .trials] | join(" ")' own.json)"
# The windows do not end at the same moment, and on a busy machine the last tasks can be slow: how
# windows are found is for tests/unit/analyse/test_arrange.
for level in 0 1; do
	near "user time at level $level" "$(answer ".levels[$level].user_s.mean")" \
		"$(jq ".levels[$level].user_s.mean" own.json)" 0.5
done

# ---- figures of levels ------------------------------------------------------------------------------------
cat >levels.csv <<'LEVELS'
# source: table 2 of something
concurrency,figure,statistic,value,error,error_kind
1,throughput,mean,1.0,0.02,reading
2,throughput,mean,1.9,0.02,reading
2,wall,median,1.1 s,,
4,wall,median,1.25 s,0.01,reading
8,off_cpu,mean,0.2 s,,
LEVELS
tap_run plateau import levels levels.csv -o levels.db --json
tap_status 0
tap_stderr_has "levels.db: 5 stated figures at 4 levels, from 1 file"
is "stated" "$(answer '[.levels[].stated] | unique | join(" ")')" true
is "no tasks were seen" "$(answer '[.levels[] | .tasks, .failed] | unique | length')" 1
is "no confidence interval" "$(answer '.levels[1].throughput_per_s.ci95')" null
is "how well it was read" "$(answer '.levels[1].throughput_per_s.read_within | map(. * 100 | round) | join(" ")')" "188 192"
near "N over the median wall time" "$(answer '.levels[2].throughput_per_s.value')" 3.2 1e-9
is "and so it says" "$(answer '.levels[2].throughput_per_s.reason | startswith("N over the median wall time")')" true
is "what is not stated is absent" "$(answer '.levels[3] | .throughput_per_s.value, .efficiency.value' | xargs)" "null null"
near "efficiency" "$(answer '.levels[1].efficiency.value')" 0.95 1e-9
tap_run plateau show levels.db
tap_stdout_has "read within"
tap_stdout_has "# stated, | linear"
tap_stdout_has "are as their source states them"
lacks "measured, |"
tap_run plateau report perf.db levels.db -o both.html
tap_status 0
cells=$(tr -d '\n' <both.html | grep -o '<td[^>]*>[a-z]*</td>')
is "they are imported in the list of results too" "$(grep -c '>done<' <<<"$cells")" 0
check "which says so" grep -q '>imported<' <<<"$cells"
tap_run plateau report levels.db -o levels.html
tap_status 0
tap_run plateau compare levels.db perf.db --json
tap_status 0
tap_run plateau import levels four.txt -o bad.db
tap_status 2
tap_stderr_has "four.txt:"

tap_done
