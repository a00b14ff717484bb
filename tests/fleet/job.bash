# shellcheck shell=bash
# A fleet's folder made by hand, and jobs of it with Slurm's variables set by hand: what happens on a
# node needs no Slurm. For tests/fleet/job*.sh and tests/long/fleet_job.sh, after tests/cli/lib.sh.

export TMPDIR=$work/tmp
mkdir -p "$TMPDIR"
unset "${!SLURM@}" SBATCH_EXPORT 2>/dev/null

host=$(uname -n)
version=$(plateau --version | sed -n 's|^plateau ||p')

# make_fleet DIR SCENARIO_TEXT [NODE...]: without nodes, this host.
make_fleet()
{
	local dir=$1 scenario=$2 sum names
	shift 2
	[ $# -gt 0 ] || set -- "$host"
	mkdir -p "$dir/nodes"
	printf '%s\n' "$scenario" >"$dir/scenario.yaml"
	sum=$(sha256sum <"$dir/scenario.yaml")
	names=$(printf '"%s",' "$@")
	cat >"$dir/fleet.json" <<JSON
{"schema_version": 1, "id": "$(printf '%s' "$dir$$" | sha256sum | cut -c 1-32)",
 "name": "job test", "plateau_version": "$version", "plateau_path": "/nowhere/plateau",
 "scenario_path": "$work/scenario.yaml", "scenario_sha256": "${sum%% *}",
 "working_folder": "$work", "created_ns": 1763680000000000000, "accept": ${accept:-false},
 "options": [], "expected": [${names%,}]}
JSON
}

# A scenario of $1 trials that sleep $2 s.
sleeping()
{
	cat <<YAML
name: sleeping
task: {command: [sleep, "$2"]}
sweep: {levels: [1], repeats: $1, warmup: 1, measured: 2}
counters: {events: [task-clock]}
YAML
}

# node_job DIR NODE ATTEMPT [OPTION...]: as Slurm starts it.
node_job()
{
	local dir=$1 node=$2 attempt=$3
	shift 3
	SLURM_JOB_ID=4711 SLURMD_NODENAME=${found_node:-$node} \
		plateau fleet job "$dir" --node "$node" --attempt "$attempt" "$@"
}

# state KEY [ATTEMPT_FOLDER]: a value of state.json, a text without its quotes, null as nothing.
state()
{
	sed -n "s/^ \"$1\": //p" "${2:-$attempt_folder}/state.json" |
		sed 's/,$//; s/^"\(.*\)"$/\1/; s/^null$//; s/\\"/"/g; s/\\\\/\\/g'
}

# left NAME: what jobs must not leave.
left()
{
	local found
	found=$(ls -A "$TMPDIR")
	is "$1: nothing is left on the node" "$found" ""
}

# whole FILE: it can be read, as a result is.
whole()
{
	plateau export "$1" --csv >/dev/null 2>&1
}

# strike_jobs DIR NODE TIMES SECONDS [all]: jobs that are killed with KILL at a random moment of that
# time, again and again on the same attempt, until it has a result; then on the next one. all: with
# every process of theirs at once, as a batch system does it. Prints what is wrong; at the end one job
# is let to its end.
strike_jobs()
{
	local dir=$1 node=$2 times=$3 seconds=$4 attempt=1 i job result
	for i in $(seq "$times"); do
		SLURM_JOB_ID=$i SLURMD_NODENAME=$node setsid plateau fleet job "$dir" --node "$node" \
			--attempt "$attempt" >/dev/null 2>strike.err </dev/null &
		job=$!
		sleep "$(awk -v r="$RANDOM" -v s="$seconds" 'BEGIN { print s * r / 32768 }')"
		if [ "${5:-}" = all ]; then
			# shellcheck disable=SC2046
			kill -KILL "$job" $(pgrep -f "$TMPDIR/plateau-job-") 2>/dev/null
		else
			kill -KILL "$job" 2>/dev/null
		fi
		wait "$job" 2>/dev/null
		wait_for_end || echo "strike $i: processes live on: $(pgrep -af "$work/")"
		# What nobody holds for a minute is known to be dead.
		find "$TMPDIR" -mindepth 1 -maxdepth 1 -exec touch -d '5 minutes ago' {} +
		result=$dir/nodes/$node/attempt-$attempt/result.db
		if [ -e "$result" ]; then
			whole "$result" || echo "strike $i: half of a result"
			node_job "$dir" "$node" "$attempt" 2>/dev/null
			[ "$(state stage "${result%/*}") $(state result "${result%/*}")" = "done result.db" ] ||
				echo "strike $i: its last word is not made good"
			attempt=$((attempt + 1))
		fi
		grep -v -e '^plateau: trial' -e '^plateau: trying' -e '^plateau: node ' \
			-e 'removed what a killed job' -e 'a job of attempt .* was killed before it could' \
			-e 'which was kept on th.* node' -e 'the result is in' strike.err
	done
	node_job "$dir" "$node" "$attempt" >strike.out 2>&1 ||
		echo "the last job: $(cat strike.out)"
	whole "$dir/nodes/$node/attempt-$attempt/result.db" || echo "the last result"
}

# No process of a job's run lives: they end by themselves when the job is killed.
wait_for_end()
{
	local i
	for i in $(seq 200); do
		pgrep -f "$TMPDIR/plateau-job-" >/dev/null || return 0
		sleep 0.05
	done
	return 1
}
