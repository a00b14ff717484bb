# shellcheck shell=bash
# A fleet's folder made by hand, and jobs of it with Slurm's variables set by hand: what happens on a
# node needs no Slurm. For tests/fleet/job*.sh and tests/long/fleet_job.sh, after tests/cli/lib.sh.

export TMPDIR=$work/tmp
mkdir -p "$TMPDIR"
unset "${!SLURM@}" SBATCH_EXPORT 2>/dev/null

host=$(hostname)

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
 "name": "job test", "plateau_version": "0", "plateau_path": "/nowhere/plateau",
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

# state KEY [ATTEMPT_FOLDER]: a value of state.json.
state()
{
	python3 -c 'import json, sys
value = json.load(open(sys.argv[2] + "/state.json"))[sys.argv[1]]
print("" if value is None else value)' "$1" "${2:-$attempt_folder}"
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
