# The processes of a testbed: started, found again, ended; sourced by scripts/slurm-testbed. Every
# daemon carries PLATEAU_TESTBED in its environment; what Slurm starts for a job carries SLURM_CONF
# and SLURMD_NODENAME. So they are found however the testbed came to its end, and nobody else's are.
# shellcheck shell=bash
# The variables are those of scripts/slurm-testbed.
# shellcheck disable=SC2154

# The pids among the arguments' environments that have this line.
having()
{
	grep -lzsxF -- "$1" "${@:2}" | cut -d / -f 3
}

daemons()
{
	having "PLATEAU_TESTBED=$dir" /proc/[0-9]*/environ
}

# The pids that Slurm started for jobs: all, or one node's, their descendants too. A slurmstepd is
# told by its name, and its node by the log that it has open.
job_processes()
{
	local node=${1:-} pid all=()
	for pid in $(having "SLURM_CONF=$dir/slurm.conf" /proc/[0-9]*/environ); do
		if [ "$(tr '\0' ' ' <"/proc/$pid/cmdline" | cut -d : -f 1)" = slurmstepd ]; then
			[ -z "$node" ] || readlink "/proc/$pid/fd/"* | grep -xF "$dir/log/$node.log" >/dev/null ||
				continue
		elif [ -n "$node" ]; then
			[ -n "$(having "SLURMD_NODENAME=$node" "/proc/$pid/environ")" ] || continue
		else
			grep -qzs '^SLURMD_NODENAME=' "/proc/$pid/environ" || continue
		fi
		all+=("$pid")
	done 2>/dev/null
	[ ${#all[@]} -eq 0 ] || descend "${all[@]}"
}

# The pids, and those of all their descendants.
descend()
{
	ps -e -o pid=,ppid= | awk -v roots="$*" '
		{ parent[$1] = $2 }
		END {
			n = split(roots, list, " ")
			for (i = 1; i <= n; i++)
				found[list[i]] = 1
			for (pid in parent)
				for (p = pid; p > 1; p = parent[p])
					if (p in found) {
						print pid
						break
					}
		}'
}

# Ends what FUNCTION lists by SIGKILL until it lists nothing. Returns 1 when something is left.
kill_all()
{
	local pids try
	for ((try = 0; try < 100; try++)); do
		pids=$("$@" | xargs)
		[ -n "$pids" ] || return 0
		# shellcheck disable=SC2086
		kill -KILL $pids 2>/dev/null
		sleep 0.05
	done
	say "left: $pids"
	return 1
}

start_node()
{
	local pid
	pid=$(cat "$dir/run/$1.pid" 2>/dev/null)
	if [ -n "$pid" ] && [ -n "$(having "PLATEAU_TESTBED=$dir" "/proc/$pid/environ")" ]; then
		return 0
	fi
	mkdir -p "$dir/spool/$1"
	PLATEAU_TESTBED=$dir PLATEAU_TESTBED_NODE=$1 SLURM_CONF=$dir/slurm.conf \
		slurmd -N "$1" -f "$dir/slurm.conf" >>"$dir/log/start.log" 2>&1 </dev/null
}

node_daemon()
{
	local pids
	mapfile -t pids < <(daemons)
	[ ${#pids[@]} -gt 0 ] || return 0
	having "PLATEAU_TESTBED_NODE=$1" "${pids[@]/*//proc/&/environ}"
}

node_processes()
{
	node_daemon "$1"
	job_processes "$1"
}

# As when its power goes: the daemon first, so that it tells nobody.
end_node()
{
	local pids
	pids=$(node_daemon "$1" | xargs)
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill -KILL $pids
	kill_all node_processes "$1"
}

answers()
{
	SLURM_CONF=$dir/slurm.conf timeout 20 scontrol ping 2>/dev/null | grep 'is UP' >/dev/null
}

# A controller goes into the background before it has read all of its configuration. A process that
# forks while it does so may be missed once.
answers_or_ended()
{
	local try
	for try in 1 2 3; do
		if answers; then
			has_answered=yes
			return 0
		fi
		if [ -n "$(daemons)" ]; then
			return 1
		fi
		sleep 0.2
	done
	[ "$try" -eq 3 ]
}

# Waits until COMMAND succeeds, for at most SECONDS.
wait_for()
{
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

all_nodes_idle()
{
	[ "$(SLURM_CONF=$dir/slurm.conf timeout 20 sinfo -h -p all -t idle -o %D -N 2>/dev/null |
		wc -l)" -eq "$nodes" ] &&
		! SLURM_CONF=$dir/slurm.conf timeout 20 sinfo -h -p all -o %T 2>/dev/null |
			grep '\*' >/dev/null
}

say_why()
{
	local file
	for file in start slurmctld slurmdbd mariadb munged; do
		[ -s "$dir/log/$file.log" ] || continue
		printf -- '--- %s\n' "$dir/log/$file.log"
		grep -v -e pmix -e 'MPI:' "$dir/log/$file.log" | tail -n 8
	done >&2
}

find_programs()
{
	local program missing=() wanted=(slurmctld slurmd sinfo squeue scontrol ps awk)
	[ "$accounting" = no ] || wanted+=(slurmdbd munged mariadbd sacctmgr)
	for program in "${wanted[@]}"; do
		command -v "$program" >/dev/null 2>&1 || missing+=("$program")
	done
	[ ${#missing[@]} -eq 0 ] || {
		say "missing: ${missing[*]} (install them with scripts/setup slurm)"
		return 5
	}
}

start_daemons()
{
	local node
	if [ "$accounting" = yes ]; then
		start_accounts || return 1
	fi
	PLATEAU_TESTBED=$dir SLURM_CONF=$dir/slurm.conf slurmctld -f "$dir/slurm.conf" \
		>>"$dir/log/start.log" 2>&1 </dev/null || return 1
	has_answered=no
	wait_for 20 answers_or_ended
	[ "$has_answered" = yes ] || return 1
	while read -r node; do
		start_node "$node" || {
			say "slurmd of $node does not start"
			return 1
		}
	done <"$dir/nodes"
	wait_for $((30 + nodes / 5)) all_nodes_idle
}

start()
{
	local settings="nodes=$nodes accounting=$accounting"
	find_programs || return 5
	if is_ours; then
		if answers; then
			[ "$(xargs <"$dir/testbed")" = "$settings" ] || {
				say "another testbed runs in $dir ($(xargs <"$dir/testbed")): stop it first"
				return 1
			}
			say "runs already in $dir"
			print_environment
			return 0
		fi
		stop || return 1
	fi
	choose_ports && make_folder || return 1
	trap 'stop; exit 130' INT
	trap 'stop; exit 143' TERM HUP
	if ! write_configuration >"$dir/slurm.conf" || ! start_daemons; then
		say "it did not come up:"
		say_why
		stop
		return 1
	fi
	trap - INT TERM HUP
	say "nodes: $nodes, in $dir, ports $base to $((base + nodes + 9))"
	print_environment
}

stop()
{
	local pids try
	if ! is_ours; then
		return 0
	fi
	# Nodes first, so that nothing new is started for jobs that end.
	pids=$(daemons | xargs)
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill -TERM $pids 2>/dev/null
	kill_all job_processes
	for ((try = 0; try < 100; try++)); do
		[ -n "$(daemons)" ] || break
		sleep 0.1
	done
	kill_all daemons && kill_all job_processes || return 1
	rm -rf -- "${dir:?}"
}

status()
{
	if ! is_ours || ! answers; then
		say "no testbed runs in $dir"
		return 1
	fi
	export SLURM_CONF=$dir/slurm.conf
	sinfo -p all -N -o '%10N %10T %20E' && squeue
}
