#!/usr/bin/env bash
# Jobs under a real Slurm with accounts: an array, one of two steps, one that fails, one that its time
# limit ends, one that is cancelled, one that is requeued, names with numbers. What sacct prints of
# them is imported, and figures are those that sacct says. About three minutes.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/fleet/testbed_lib.sh
. "${top_srcdir:?}/tests/fleet/testbed_lib.sh" || exit 99
need_accounts
need jq sqlite3
testbed=$top_srcdir/scripts/slurm-testbed

tap_run "$testbed" start --dir "$work/slurm" --nodes 2 --accounting
tap_status 0 "the testbed starts"
export SLURM_CONF=$work/slurm/slurm.conf

# hold MB: takes memory for a while, and ends well.
cat >hold <<'EOF'
#!/bin/sh
head -c "${1}000000" /dev/zero | tail -c "${1}000000" | (sleep 3; cat >/dev/null)
EOF
cat >steps <<'EOF'
#!/bin/sh
srun -n 1 --exact ./hold 40
srun -n 1 --exact ./hold 90
EOF
chmod +x hold steps

# NAME OPTION... -- COMMAND: submits a job, and prints its number.
submit()
{
	local name=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	sbatch --parsable -J "$name" -o /dev/null "${options[@]}" --wrap "$*"
}
{
	submit isr --array 1-3 -- ./hold 60
	submit calibrate -- ./steps
	submit coadd_0001 -- "./hold 20; exit 3"
	submit coadd_0002 -- ./hold 50
	submit slow -t 1 -- sleep 500
} >/dev/null
cancelled=$(submit cancelled -- sleep 500)
again=$(submit again --requeue -- "[ \"\$SLURM_RESTART_COUNT\" ] || sleep 500; ./hold 30")

# NUMBER: it runs, and its first step with it.
runs()
{
	[ "$(squeue -h -j "$1" -o %T)" = RUNNING ] && sacct -n -P -j "$1" -o JobID | grep -q '\.batch$'
}
check "a job runs" within 120 runs "$cancelled"
scancel "$cancelled"
check "another" within 120 runs "$again"
scontrol requeue "$again"
# A requeued job waits for two minutes, unless somebody says otherwise.
all_over()
{
	scontrol update JobId="$again" StartTime=now >/dev/null 2>&1
	[ -z "$(squeue -h)" ] && ! sacct -n -P -X -o State | grep -Eq 'RUNNING|PENDING|COMPLETING'
}
check "all jobs end" within 240 all_over

columns=JobID,JobName,State,ElapsedRaw,TotalCPU,MaxRSS,AllocCPUS,Start
sacct -P -D -o "$columns,Submit,Partition,NodeList" >jobs.txt
sacct -p --delimiter=';;' --units=M -D -o "${columns/ElapsedRaw/Elapsed}" >megabytes.txt
SLURM_TIME_FORMAT=%s sacct -n -P -D --noconvert -o "$columns" >exact.txt
diag "$(cat jobs.txt)"

# What sacct says of each job, worked out of its rows: the largest MaxRSS of a job's rows, the rest of
# the job's own.
awk -F '|' '
	function seconds(text, parts, n, i, sum) {
		n = split(text, parts, /[-:]/)
		for (i = 1; i <= n; i++)
			sum = sum * (text ~ /-/ && i == 2 ? 24 : 60) + parts[i]
		return sum
	}
	$1 !~ /\./ {
		jobs++
		type[jobs] = $2
		sub(/_000[0-9]$/, "", type[jobs])
		rest[jobs] = sprintf("%d|%.3f|%d|%d", $4, seconds($5), $7, $8)
	}
	$6 + 0 > rss[jobs] { rss[jobs] = $6 + 0 }
	END {
		for (i = 1; i <= jobs; i++)
			print type[i] "|" rest[i] "|" (rss[i] ? rss[i] : "")
	}' exact.txt | sort >expected.txt

# FILE MAX_RSS: what became of it.
imported()
{
	sqlite3 "$1" "SELECT name, wall_ns / 1000000000, printf('%.3f', coalesce(cpu_ns, 0) / 1e9), cores,
		start_calendar_ns / 1000000000, $2 FROM task JOIN type USING (type)" | sort
}
tap_run plateau import sacct jobs.txt -o jobs.db
tap_status 0
is "every attempt with sacct's figures" "$(imported jobs.db max_rss_bytes)" "$(cat expected.txt)"
tap_run plateau import sacct megabytes.txt -o megabytes.db
tap_status 0 "in MB, with another delimiter"
is "the same figures" "$(imported megabytes.db "''")" "$(sed 's/[0-9]*$//' expected.txt)"
is "max RSS to 0.01 MiB" "$(sqlite3 jobs.db "ATTACH 'megabytes.db' AS other; SELECT count(*) FROM main.task a
	JOIN other.task b USING (task) WHERE abs(a.max_rss_bytes - b.max_rss_bytes) > 5243")" 0
is "states and attempts" "$(sqlite3 jobs.db "SELECT name, attempt, state, superseded FROM task
	JOIN type USING (type) ORDER BY name, attempt, state")" "$(cat <<'EOF'
again|1|lost|1
again|2|done|0
calibrate|1|done|0
cancelled|1|lost|0
coadd|1|done|0
coadd|1|failed|0
isr|1|done|0
isr|1|done|0
isr|1|done|0
slow|1|timed-out|0
EOF
)"
# Slurm looks every second: the memory of the larger step was seen, and no more than it is.
near "the larger of two steps" \
	"$(sqlite3 jobs.db "SELECT max_rss_bytes / 1e6 FROM task JOIN type USING (type) WHERE name = 'calibrate'")" 93 0.15

tap_run plateau requirements jobs.txt --json
tap_status 0 "requirements reads it on the spot"
cp "$work/stdout" spot.json
plateau requirements jobs.db --json >file.json
is "as from the campaign file" "$(jq -S '.. | objects | select(.type? == "isr")' spot.json)" \
	"$(jq -S '.. | objects | select(.type? == "isr")' file.json)"
tap_run plateau requirements jobs.txt
tap_stdout_has "calibrate"

sacct -D >default.txt
tap_run plateau requirements default.txt
tap_status 0 "sacct's default output is whole where names are short"

tap_run "$testbed" stop --dir "$work/slurm"
tap_status 0 "the testbed stops"
is "and nothing is left" "$(testbed_processes "$work/slurm")" ""
tap_done
