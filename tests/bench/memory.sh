#!/usr/bin/env bash
# The memory of tasks that is known by construction, by every method that there is: plateau's, GNU
# time, what ps and top add up, and, with --slurm, Slurm's accounting; `scripts/bench memory` runs it.
set -euo pipefail

usage()
{
	cat <<'END'
usage: scripts/bench memory [--slurm] [--build FOLDER]

Prints a table, in MiB: what tasks hold at their peak, and what each method says.

  --slurm         also Slurm's accounting: starts a slurmctld and a slurmd of its own on loopback
                  for each way of accounting, as root, and stops them again (Debian: slurmd
                  slurmctld slurm-client)
  --build FOLDER  where plateau was built (default ./build or the source folder)
  --help          print this
END
}

wants_slurm=no
for word in "$@"; do
	case $word in
	--slurm) wants_slurm=yes ;;
	--help | -h)
		usage
		exit 0
		;;
	esac
done

# shellcheck source=tests/bench/lib.bash
. "$(dirname "$0")/lib.bash"
bench_build 'plateau tests/memory/memory_tree' "$@"
tree=$build/tests/memory/memory_tree

work=$(mktemp -d "${TMPDIR:-/tmp}/plateau-memory.XXXXXX")
node=plateau$$

say()
{
	printf 'memory: %s\n' "$*" >&2
}

# ---- Slurm -----------------------------------------------------------------------------------------

# The processes that have a file of this run open: its daemons, and the steps that they started.
slurm_processes()
{
	local folder link
	for folder in /proc/[0-9]*; do
		for link in "$folder"/fd/*; do
			case $(readlink "$link" 2>/dev/null) in
			"$work"/slurm/*)
				case $(cat "$folder/comm" 2>/dev/null) in
				slurm*) printf '%s\n' "${folder#/proc/}" ;;
				esac
				break
				;;
			esac
		done
	done
}

slurm_stop()
{
	local pids try
	for try in TERM TERM TERM KILL KILL; do
		pids=$(slurm_processes)
		if [ -z "$pids" ]; then
			break
		fi
		# shellcheck disable=SC2086 # a list of numbers
		kill -s "$try" $pids 2>/dev/null || true
		sleep 1
	done
	find /sys/fs/cgroup -depth -type d \( -path "*/slurm_$node" -o -path "*/slurm_$node/*" -o \
		-path "*/${node}_slurmstepd.scope*" \) -exec rmdir {} \; 2>/dev/null || true
	rm -rf "${work:?}/slurm"
}

leave()
{
	local code=$?
	trap - EXIT
	slurm_stop
	rm -rf "${work:?}"
	exit "$code"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

is_port_free()
{
	! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# slurm_start PLUGIN PARAMETERS SECONDS: false when it does not come up.
slurm_start()
{
	local folder=$work/slurm host port=$((20000 + $$ % 5000))
	host=$(hostname -s)
	while ! is_port_free $port || ! is_port_free $((port + 1)); do
		port=$((port + 2))
	done
	mkdir -p "$folder/state" "$folder/spool"
	cat >"$folder/slurm.conf" <<END
ClusterName=memory
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/none
CredType=cred/none
MpiDefault=none
SlurmctldPort=$port
SlurmctldPidFile=$folder/slurmctld.pid
SlurmctldLogFile=$folder/slurmctld.log
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmdPidFile=$folder/slurmd.pid
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/$([ "$1" = cgroup ] && echo cgroup || echo linuxproc)
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/$1
JobAcctGatherFrequency=task=$3
SlurmdDebug=debug2
DebugFlags=JobAccountGather
${2:+JobAcctGatherParams=$2}
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
ReturnToService=2
NodeName=$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=2 RealMemory=4000
PartitionName=all Nodes=ALL Default=YES State=UP
END
	printf '%s\n' CgroupPlugin=autodetect CgroupAutomount=no ConstrainRAMSpace=no \
		>"$folder/cgroup.conf"
	export SLURM_CONF=$folder/slurm.conf
	PATH=$PATH:/usr/sbin:/sbin
	slurmctld -f "$SLURM_CONF" >"$folder/out" 2>&1 || return 1
	slurmd -N "$node" -f "$SLURM_CONF" >>"$folder/out" 2>&1 || return 1
	for _ in $(seq 50); do
		if [ "$(sinfo -h -o %t 2>/dev/null)" = idle ]; then
			return 0
		fi
		sleep 0.1
	done
	return 1
}

# One step: "MAX LAST" of what the accounting has recorded, by its own log. sstat would make it take a
# sample whenever it is asked.
slurm_step()
{
	local log=$work/slurm/slurmd.log before
	before=$(wc -l <"$log")
	timeout 60 srun -Q -n1 "$tree" "$@" >"$work/out" 2>&1 || return 1
	sleep 1
	tail -n "+$((before + 1))" "$log" | awk '
		function mib(bytes) {
			if (bytes >= 1048576) return sprintf("%.0f", bytes / 1048576)
			return bytes > 0 ? sprintf("%.1f", bytes / 1048576) : "blank"
		}
		match($0, /mem size\/max [0-9]+\/[0-9]+/) {
			split(substr($0, RSTART + 13, RLENGTH - 13), figure, "/")
			last = figure[1]
			if (figure[2] + 0 > most) most = figure[2]
		}
		END { print mib(most), mib(last) }'
}

# ---- Other methods ---------------------------------------------------------------------------------

# The measured tasks of a run: the largest of each of plateau's figures.
by_plateau()
{
	local options
	options=("$build/plateau" run -q --here -j 1 -r 1 -w 0 -m 1 -e none -o "$work/run.db")
	rm -f "$work"/run.db*
	"${options[@]}" -- "$tree" "$@" >/dev/null 2>"$work/out"
	"$build/plateau" export --csv "$work/run.db" | python3 -c '
import csv, sys
rows = [r for r in csv.DictReader(sys.stdin) if r["role"] == "measured" and r["state"] == "ok"]
for name in ("max_rss_bytes", "peak_rss_bytes", "peak_pss_bytes", "cgroup_peak_bytes"):
    values = [int(r[name]) for r in rows if r[name]]
    print(round(max(values) / 2**20) if values else "absent")'
}

by_time()
{
	if [ ! -x /usr/bin/time ]; then
		echo "-"
		return
	fi
	/usr/bin/time -f %M -o "$work/time" "$tree" "$@" >/dev/null
	awk '{ printf "%.0f\n", $1 / 1024 }' "$work/time"
}

# What somebody sees who watches ps or top once a second: the sum of RSS, and the largest.
by_ps()
{
	local pid
	"$tree" "$@" >/dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sleep 1
		ps -o rss= -p "$pid" --ppid "$pid" 2>/dev/null |
			awk '{ s += $1; if ($1 > m) m = $1 } END { if (s) printf "%.0f %.0f\n", s / 1024, m / 1024 }'
	done | awk '{ if ($1 > s) s = $1; if ($2 > m) m = $2 } END { print s + 0, m + 0 }'
	wait "$pid"
}

# ---- The table -------------------------------------------------------------------------------------

tasks=(
	"--children 3 --own 100 --hold 3500"
	"--children 4 --own 100 --hold 3500"
	"--shared 200 --children 4 --own 50 --hold 3500"
	"--children 1 --own 50 --flash 350 --flash-hold 0 --hold 2000"
)
heads=("3 x 100" "4 x 100" "200 + 4 x 50" "50, a flash of 350")

declare -A cell
rows=()
row()
{
	local name=$1 column=$2 value=$3
	if [ -z "${cell["$name,0"]:-}" ] && [ -z "${cell["$name,$column"]:-}" ]; then
		rows+=("$name")
	fi
	cell["$name,$column"]=$value
}

for i in "${!tasks[@]}"; do
	read -ra words <<<"${tasks[i]}"
	say "${heads[i]}"
	row "true, by construction" "$i" "$("$tree" "${words[@]}" --hold 0 | awk '{ print $2 / 1048576 }')"
	mapfile -t figures < <(by_plateau "${words[@]}")
	row "plateau: max RSS of a process" "$i" "${figures[0]}"
	row "plateau: RSS of the tree" "$i" "${figures[1]}"
	row "plateau: PSS of the tree" "$i" "${figures[2]}"
	row "plateau: peak of the group" "$i" "${figures[3]}"
	row "GNU time, %M" "$i" "$(by_time "${words[@]}")"
	read -r sum largest < <(by_ps "${words[@]}")
	row "ps, once a second: sum of RSS" "$i" "$sum"
	row "top, once a second: largest RES" "$i" "$largest"
done

# slurm_rows NAME PLUGIN PARAMETERS SECONDS
slurm_rows()
{
	local i words max last
	if ! slurm_start "$2" "$3" "$4"; then
		say "Slurm with jobacct_gather/$2 does not come up here: $(tail -n 1 "$work/slurm/out" 2>/dev/null)"
		slurm_stop
		return
	fi
	for i in "${!tasks[@]}"; do
		read -ra words <<<"${tasks[i]}"
		say "${heads[i]}: $1"
		read -r max last < <(slurm_step "${words[@]}" || echo "- -")
		row "$1: MaxRSS" "$i" "$max"
		if [ "$2$3$4" = linux1 ]; then
			row "$1: last sample" "$i" "$last"
		fi
	done
	slurm_stop
}

if [ "$wants_slurm" = yes ]; then
	PATH=$PATH:/usr/sbin:/sbin
	if [ "$(id -u)" != 0 ] || ! command -v slurmctld slurmd srun sstat >/dev/null; then
		say "--slurm needs root, and slurmd, slurmctld and slurm-client (scripts/setup slurm)"
		exit 5
	fi
	slurm_rows "Slurm linux, every 1 s" linux "" 1
	slurm_rows "Slurm linux, UsePss, 1 s" linux UsePss 1
	slurm_rows "Slurm cgroup, every 1 s" cgroup "" 1
	slurm_rows "Slurm linux, every 30 s" linux "" 30
fi

printf '| MiB |'
printf ' %s |' "${heads[@]}"
printf '\n|---|'
for i in "${!tasks[@]}"; do
	printf '%s' '---:|'
done
printf '\n'
for name in "${rows[@]}"; do
	printf '| %s |' "$name"
	for i in "${!tasks[@]}"; do
		printf ' %s |' "${cell["$name,$i"]:--}"
	done
	printf '\n'
done
