# shellcheck shell=bash
# shellcheck disable=SC2034 # faults_codes is read in tests/faults/faults.bash
# The command lines that are tried, each with what it needs and what has to hold behind it. Sourced
# behind tests/faults/faults.bash. Of each NAME: case_NAME says the command and makes, once, in
# $work/made, what it reads; prepare_NAME puts it into the folder the command runs in; look_NAME CODE
# prints what is wrong there.

plateau=$top_builddir/plateau
made=$work/made
mkdir -p "$made"
measured="select count(*) from trial where state = 'done'"
# Every process has memory; what the kernel does not tell is absent.
from_nowhere='select count(*) from trial where harness_max_rss_bytes <= 0'

# ask FILE SQL: one value of a copy, into which what stands beside the file is rolled.
ask()
{
	local suffix
	rm -f "${work:?}"/asked.db*
	for suffix in '' -wal -journal; do
		[ ! -e "$1$suffix" ] || cp "$1$suffix" "$work/asked.db$suffix"
	done
	sqlite3 "$work/asked.db" "$2"
}

# look_result FILE TRIALS CODE: it opens; what was told as stored is in it; with code 0 it is whole.
look_result()
{
	local file=$1 trials=$2 code=$3 kept stored
	if [ ! -e "$file" ]; then
		[ "$code" -ne 0 ] || echo "exit code 0 without a result"
		return 0
	fi
	if [ -e "$file-wal" ] || [ -e "$file-journal" ]; then
		# What may not be removed stays.
		[[ $faults_call == unlink* ]] || grep -Eq -- '-(wal|journal)' "$work/stderr" || echo "a log beside the result, and no word of it"
	fi
	if ! plateau export "$file" --csv >"$work/rows" 2>"$work/export.err"; then
		echo "the result does not open: $(cat "$work/export.err")"
		return 0
	fi
	kept=$(tail -n +2 "$work/rows" | wc -l)
	stored=$(sed -n 's/^stored //p' "$work/stderr" | tail -n 1)
	[ "$kept" -ge "${stored:-0}" ] || echo "$stored were told as stored, $kept are there"
	[ "$code" -ne 0 ] || [ "$(ask "$file" "$measured")" = "$trials" ] ||
		echo "exit code 0 with $(ask "$file" "$measured") trials of $trials"
	[ "$(ask "$file" "$from_nowhere")" = 0 ] || echo "a figure that nobody can have told"
}

# look_others NAME...: nothing else is in the folder but what SQLite keeps beside a file: its log or
# journal, of which look_result says more, and the log's index, which is made anew by who opens it.
look_others()
{
	local name others
	[[ $faults_call != unlink* ]] || return 0 # what may not be removed stays
	others=$(ls -A "$work/room")
	for name; do
		others=$(grep -vxF -e "$name" -e "$name-wal" -e "$name-journal" -e "$name-shm" <<<"$others")
	done
	[ -z "$others" ] || echo "left: $others"
}

# ---- plateau run ------------------------------------------------------------------------------

case_run()
{
	faults_command run "$plateau" plateau run -j 2 -r 2 -m 3 --progress always -o run.db -- /bin/true
}
prepare_run() { :; }
look_run()
{
	look_result "$work/room/run.db" 2 "$1"
	look_others run.db
}

case_memory()
{
	cat >"$made/memory.yaml" <<-'YAML'
		name: memory
		task: {command: ["true"], memory_limit: 100 MB}
		sweep: {levels: [1], repeats: 2, warmup: 0, measured: 2}
		counters: {events: [task-clock, page-faults]}
	YAML
	faults_command memory "$plateau" plateau run --progress always -o run.db memory.yaml
}
prepare_memory() { cp "$made/memory.yaml" .; }
look_memory()
{
	look_result "$work/room/run.db" 2 "$1"
	look_others run.db memory.yaml
}

case_phases()
{
	cat >"$made/phases.yaml" <<-'YAML'
		name: phases
		task:
		  command: [sh, -c, 'echo "lsst.isr INFO: first"; echo "n 7"']
		  keep: all
		  phases: {format: lsst-log}
		sweep: {levels: [1], repeats: 2, warmup: 0, measured: 2}
		counters: {events: []}
	YAML
	faults_command phases "$plateau" plateau run --progress always -o run.db phases.yaml
}
prepare_phases() { cp "$made/phases.yaml" .; }
look_phases()
{
	look_result "$work/room/run.db" 2 "$1"
	look_others run.db phases.yaml
}

case_resume()
{
	# Tasks are named from where they were started.
	mkdir -p "$work/room"
	(cd "$work/room" && plateau run -q -j 2 -r 1 -m 2 -o "$made/first.db" -- /bin/true) \
		>"$work/first" 2>&1 || not_ok "a run to go on with" "$(cat "$work/first")"
	faults_command resume "$plateau" plateau run --resume run.db -r 2 --progress always
}
prepare_resume() { cp "$made/first.db" run.db; }
look_resume()
{
	look_result "$work/room/run.db" 2 "$1"
	[ "$(wc -l <"$work/rows")" -gt 1 ] || echo "the tasks of before are lost"
	look_others run.db
}

case_accept()
{
	cat >"$made/judged.yaml" <<-'YAML'
		name: judged
		task: {command: ["true"]}
		sweep: {levels: [1], repeats: 2, warmup: 0, measured: 2}
		counters: {events: []}
		accept: {max_repeats: 3, criteria: [{metric: failures, at_most: 0}, {metric: wall, level: 1, at_most: 1000 s}]}
	YAML
	faults_command accept "$plateau" plateau run --accept --progress always -o run.db judged.yaml
	faults_codes=' 0 1 2 3 4 5 '
}
prepare_accept() { cp "$made/judged.yaml" .; }
look_accept()
{
	local code=$1
	[ "$code" -ne 0 ] || grep -q ': PASS$' "$work/stdout" || echo "exit code 0 without a pass"
	[ "$code" -ne 3 ] || grep -q ': FAIL$' "$work/stdout" || echo "exit code 3 without a failure"
	[ "$code" -ne 0 ] || [ -e "$work/room/run.db" ] || echo "exit code 0 without a result"
	look_result "$work/room/run.db" 2 1
	look_others run.db judged.yaml
}

# ---- Commands that read --------------------------------------------------------------------------

make_result()
{
	[ -e "$made/read.db" ] ||
		plateau run -q -j 1,2 -r 2 -m 3 -o "$made/read.db" -- /bin/true >"$work/first" 2>&1 ||
		not_ok "a result to read" "$(cat "$work/first")"
}

# The answer is the same as without a fault, or the code is not 0.
look_answer() # CODE
{
	[ "$1" -ne 0 ] || [ -s "$work/stdout" ] || echo "exit code 0 without an answer"
	cmp -s "$made/read.db" "$work/room/read.db" || echo "the file that was read has changed"
}

case_show()
{
	make_result
	faults_command show "$plateau" plateau show --json read.db
}
prepare_show() { cp "$made/read.db" .; }
look_show()
{
	look_answer "$1"
	[ "$1" -ne 0 ] || jq -e . "$work/stdout" >/dev/null 2>&1 || echo "exit code 0 and no JSON"
	look_others read.db
}

case_report()
{
	make_result
	faults_command report "$plateau" plateau report read.db -o page.html
}
prepare_report() { cp "$made/read.db" .; }
look_report()
{
	if [ -e "$work/room/page.html" ]; then
		tail -c 20 "$work/room/page.html" | grep -q '</html>' || echo "half a page"
	elif [ "$1" -eq 0 ]; then
		echo "exit code 0 without a page"
	fi
	look_others read.db page.html
}

case_import()
{
	{
		echo "task_type,visits,attempt,state,max_rss_bytes,wall_s,cpu_s"
		for i in $(seq 200); do
			echo "isr,$((i % 7)),1,COMPLETED,$((i * 1000000)),$i.5,$i"
		done
	} >"$made/tasks.csv"
	faults_command import "$plateau" plateau import csv tasks.csv --campaign c -o c.db
}
prepare_import() { cp "$made/tasks.csv" .; }
look_import()
{
	if [ -e "$work/room/c.db" ]; then
		plateau requirements "$work/room/c.db" >/dev/null 2>"$work/again" ||
			echo "the campaign does not open: $(cat "$work/again")"
	elif [ "$1" -eq 0 ]; then
		echo "exit code 0 without a campaign"
	fi
	look_others tasks.csv c.db
}

case_requirements()
{
	case_import
	plateau import csv "$made/tasks.csv" --campaign c -o "$made/read.c.db" -q >/dev/null 2>&1
	faults_command requirements "$plateau" plateau requirements read.c.db --limit 100MB --json
}
prepare_requirements() { cp "$made/read.c.db" .; }
look_requirements()
{
	[ "$1" -ne 0 ] || jq -e . "$work/stdout" >/dev/null 2>&1 || echo "exit code 0 and no JSON"
	look_others read.c.db
}

# ---- plateau fleet -------------------------------------------------------------------------------

case_submit()
{
	local name
	mkdir -p "$work/slurm/bin"
	for name in sbatch squeue sinfo scontrol scancel; do
		ln -sf "$top_srcdir/tests/cli/slurm_queue.bash" "$work/slurm/bin/$name"
	done
	cat >"$made/s.yaml" <<-'YAML'
		name: sleepers
		task: {command: [sleep, "0.1"]}
		sweep: {levels: [1, 2], repeats: 2}
		counters: {events: []}
	YAML
	export STANDIN=$work/room/site
	faults_command submit "$plateau" env "PATH=$work/slurm/bin:$PATH" plateau fleet submit s.yaml --nodes n2,n10 F
}
prepare_submit()
{
	mkdir -p site/jobs
	printf '%s|all|idle|||rome\n' n2 n10 >site/nodes
	cp "$made/s.yaml" .
}
look_submit()
{
	local jobs
	jobs=$(find "$work/room/site/jobs" -type f | wc -l)
	[ "$1" -ne 0 ] || [ "$jobs" = 2 ] || echo "exit code 0 with $jobs jobs"
	look_others F site s.yaml
	# Gone on with, every node has one job.
	if [ -e "$work/room/F/fleet.json" ]; then
		(cd "$work/room" && PATH=$work/slurm/bin:$PATH plateau fleet submit F) >"$work/again" 2>&1 ||
			echo "cannot be gone on with: $(cat "$work/again")"
		jobs=$(find "$work/room/site/jobs" -type f | wc -l)
		[ "$jobs" = 2 ] || echo "$jobs jobs of 2 nodes"
	fi
}

case_job()
{
	cat >"$made/s.yaml" <<-'YAML'
		name: one
		task: {command: ["true"]}
		sweep: {levels: [1], repeats: 2, warmup: 0, measured: 2}
		counters: {events: [task-clock]}
	YAML
	faults_command job "$plateau" plateau fleet job F --node n1 --any-host --attempt 1
}
prepare_job()
{
	local sum
	mkdir -p F/nodes
	cp "$made/s.yaml" F/scenario.yaml
	sum=$(sha256sum <F/scenario.yaml)
	cat >F/fleet.json <<-JSON
		{"schema_version": 1, "id": "0123456789abcdef0123456789abcdef", "name": "job test",
		 "plateau_version": "$(plateau --version | sed -n 's|^plateau ||p')",
		 "plateau_path": "/nowhere/plateau", "scenario_path": "$work/scenario.yaml",
		 "scenario_sha256": "${sum%% *}", "working_folder": "$work",
		 "created_ns": 1763680000000000000, "accept": false, "options": [], "expected": ["n1"]}
	JSON
}
look_job()
{
	local folder=$work/room/F/nodes/n1/attempt-1
	[ ! -e "$folder/result.db" ] || plateau export "$folder/result.db" --csv >/dev/null 2>&1 ||
		echo "half a result"
	[ "$1" -ne 0 ] || [ -e "$folder/result.db" ] || echo "exit code 0 without a result"
	[ ! -e "$folder/state.json" ] || jq -e . "$folder/state.json" >/dev/null 2>&1 || echo "half a state"
	# Its result is there: the next attempt, or a look at the fleet, makes the last word good.
	[ "$1" -ne 0 ] || grep -q '"stage": "done"' "$folder/state.json" ||
		grep -q 'state of the job could not be written' "$work/stderr" || echo "exit code 0, not done"
	look_others F
}

case_collect()
{
	make_result
	faults_command collect "$plateau" plateau fleet collect r -o f.db
}
prepare_collect()
{
	mkdir r
	cp "$made/read.db" r/one.db
}
look_collect()
{
	if [ -e "$work/room/f.db" ]; then
		plateau fleet rank "$work/room/f.db" >"$work/again" 2>&1
		[ $? -le 4 ] || echo "the fleet file does not open: $(cat "$work/again")"
	elif [ "$1" -eq 0 ]; then
		echo "exit code 0 without a fleet file"
	fi
	look_others r f.db
}

case_rank()
{
	case_collect
	mkdir -p "$made/r"
	cp "$made/read.db" "$made/r/"
	plateau fleet collect "$made/r" -o "$made/f.db" -q >"$work/first" 2>&1
	faults_command rank "$plateau" plateau fleet rank f.db --json
	faults_codes=' 0 1 2 3 4 '
	faults_plain=4 # of one node nothing can be told
}
prepare_rank() { cp "$made/f.db" .; }
look_rank()
{
	[ "$1" -ne 0 ] || jq -e . "$work/stdout" >/dev/null 2>&1 || echo "exit code 0 and no JSON"
	look_others f.db
}
