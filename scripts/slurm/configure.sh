# The folder of a testbed and the files in it; sourced by scripts/slurm-testbed.
# shellcheck shell=bash
# The variables are those of scripts/slurm-testbed.
# shellcheck disable=SC2154

# Whether there is a testbed in the folder, made by this user.
is_ours()
{
	[ -O "$dir" ] && [ -f "$dir/testbed" ] && [ ! -L "$dir" ]
}

print_environment()
{
	printf 'export SLURM_CONF=%q\n' "$dir/slurm.conf"
}

make_folder()
{
	if [ -e "$dir" ] || [ -L "$dir" ]; then
		if ! [ -d "$dir" ] || ! [ -O "$dir" ] || [ -n "$(ls -A "$dir")" ]; then
			say "$dir is there and is no testbed of yours: choose another folder with --dir"
			return 1
		fi
	fi
	mkdir -p "$dir" || return 1
	chmod 0700 "$dir" || return 1
	printf 'nodes=%s\naccounting=%s\n' "$nodes" "$accounting" >"$dir/testbed" || return 1
	mkdir "$dir/state" "$dir/spool" "$dir/log" "$dir/run"
}

# The ports that somebody listens on, in decimal, one a line.
ports_taken()
{
	awk '$4 == "0A" { split($2, a, ":"); print a[2] }' /proc/net/tcp /proc/net/tcp6 2>/dev/null |
		while read -r port; do printf '%d\n' "0x$port"; done
}

# Finds `base` where none was given: where to begin to look is told by the folder's name, so that
# two testbeds that start at the same time do not look in the same place.
choose_ports()
{
	local count=$((nodes + 10)) try taken port is_free
	[ -z "$base" ] || return 0
	taken=" $(ports_taken | xargs) "
	try=$(printf '%s' "$dir" | cksum)
	try=$((10000 + ${try%% *} % 200 * 100))
	while [ $((try + count)) -lt 32768 ]; do
		is_free=yes
		for ((port = try; port < try + count; port++)); do
			case $taken in *" $port "*) is_free=no ;; esac
		done
		if [ $is_free = yes ]; then
			base=$try
			return 0
		fi
		try=$((try + 100))
	done
	say "no $count free ports in a row were found: choose them with --port-base"
	return 1
}

# One line of nodes: the kind, how many, and the first one's port.
node_line()
{
	local kind=$1 count=$2 port=$3 cores=$4 width=2
	[ "$nodes" -lt 100 ] || width=3
	[ "$count" -gt 0 ] || return 0
	printf 'NodeName=%s[%0*d-%0*d] NodeHostname=%s NodeAddr=127.0.0.1 Port=[%d-%d] ' \
		"$kind" "$width" 1 "$width" "$count" "$host" "$port" $((port + count - 1))
	printf 'Sockets=2 CoresPerSocket=%d ThreadsPerCore=2 RealMemory=512000 Feature=%s,ib\n' \
		"$cores" "$kind"
	for ((number = 1; number <= count; number++)); do
		printf '%s%0*d\n' "$kind" "$width" "$number" >>"$dir/nodes"
	done
}

write_configuration()
{
	local host user milans=$((nodes / 2)) romes line
	romes=$((nodes - milans))
	host=$(hostname -s) || return 1
	user=$(id -un) || return 1
	cat <<-EOF
		ClusterName=testbed
		SlurmctldHost=$host(127.0.0.1)
		SlurmctldPort=$base
		CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
		SlurmUser=$user
		SlurmdUser=$user
		StateSaveLocation=$dir/state
		SlurmctldPidFile=$dir/run/slurmctld.pid
		SlurmctldLogFile=$dir/log/slurmctld.log
		SlurmdSpoolDir=$dir/spool/%n
		SlurmdPidFile=$dir/run/%n.pid
		SlurmdLogFile=$dir/log/%n.log
		MailProg=/bin/true
		MpiDefault=none
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		JobAcctGatherType=jobacct_gather/linux
		JobAcctGatherFrequency=task=1
		SelectType=select/cons_tres
		SelectTypeParameters=CR_Core_Memory
		SlurmdParameters=config_overrides
		ReturnToService=2
		SlurmdTimeout=10
		KillWait=5
		MinJobAge=600
	EOF
	if [ "$accounting" = yes ]; then
		accounts_lines
	else
		printf 'AuthType=auth/none\nCredType=cred/none\n'
	fi
	for line in "${lines[@]}"; do
		printf '%s\n' "$line"
	done
	node_line rome "$romes" $((base + 10)) 64
	node_line milan "$milans" $((base + 10 + romes)) 32
	printf 'PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n'
	if [ "$milans" -gt 0 ]; then
		printf 'PartitionName=milan Nodes=milan[%0*d-%0*d] MaxTime=1-0 State=UP\n' \
			$((nodes < 100 ? 2 : 3)) 1 $((nodes < 100 ? 2 : 3)) "$milans"
	fi
}
