# shellcheck shell=bash
# Causes of slowness, put in on purpose: real tasks (labour) that are slower at N=2 than at N=1 for
# one known reason, and what plateau finds. Source it after lib.sh. Each put_* runs one sweep into
# NAME.db and sets $put_in, the factor or seconds to be found, in words.
#
#   put_nothing  put_competitor  put_work  put_storage  put_memory  put_bandwidth  put_sharing
#
# Sizes: $rounds (1000 is about 2 ms of CPU time), $repeats, $tasks (per slot).

# put_in is for those who print it.
# shellcheck disable=SC2034

labour=$top_builddir/tests/cli/labour
rounds=50000
repeats=3
tasks=8

# The version 1 groups that are made here, and what hinders it.
cause_groups=()
cause_pids=()
no_group=

cause_clean_up()
{
	local group pid
	for pid in "${cause_pids[@]}"; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	cause_pids=()
	for group in "${cause_groups[@]}"; do
		[ ! -d "$group" ] || rmdir "$group"
	done
	cause_groups=()
}

# CONTROLLER: sets $group to a new one below this process's own, or $no_group to the reason.
make_group()
{
	local mount own
	no_group=
	mount=$(awk -v c="$1" '$(NF-2) == "cgroup" && $NF ~ "(^|,)" c "(,|$)" { print $5 }' /proc/self/mountinfo)
	own=$(sed -n "s/^[0-9]*:\([^:]*,\)*$1\(,[^:]*\)*://p" /proc/self/cgroup)
	group=$mount${own%/}/plateau-causes-$$
	if [ -z "$mount" ]; then
		no_group="no $1 hierarchy of control groups, version 1, is mounted"
	elif ! mkdir "$group" 2>/dev/null; then
		no_group="$mount is not writable: run as root"
	else
		cause_groups+=("$group")
	fi
}

# The number of the device under the working folder, as throttling wants it: that of the whole disk.
device_number()
{
	local number disk
	number=$(findmnt -n -o MAJ:MIN -T . | tr -d ' ')
	disk=$(basename "$(readlink -f "/sys/dev/block/$number/..")")
	if [ -e "/sys/dev/block/$number/partition" ] && [ -e "/sys/block/$disk/dev" ]; then
		cat "/sys/block/$disk/dev"
	else
		echo "$number"
	fi
}

# bps BYTES_PER_S, iops READS_PER_S: a group that gets no more of the disk; sets $disk_group or
# $no_group.
slow_disk()
{
	local number
	number=$(device_number)
	make_group blkio
	disk_group=$group
	[ -z "$no_group" ] || return 1
	if [ ! -e "/sys/dev/block/$number" ] ||
		! echo "$number $2" 2>/dev/null >"$group/blkio.throttle.read_$1_device"; then
		no_group="reads of the disk under $PWD cannot be throttled"
		return 1
	fi
}

# NAME COMMAND...: the sweep.
sweep()
{
	local name=$1
	shift
	plateau run -q --here -j 1,2 -r "$repeats" -w "${warmup:-1}" -m "$tasks" -e none -o "$name.db" -- "$@" \
		>/dev/null 2>"$name.err"
}

# NAME GROUP... -- COMMAND...: the sweep, inside of control groups.
sweep_in_groups()
{
	local name=$1 groups=()
	shift
	while [ "$1" != -- ]; do
		groups+=("$1")
		shift
	done
	shift
	(
		for entered in "${groups[@]}"; do
			echo 0 >"$entered/cgroup.procs" || exit 1
		done
		# What other groups have read must be read again, on this one's account.
		for file in "$PWD"/[0-9].dat; do
			[ ! -e "$file" ] || "$labour" drop "$file"
		done
		sweep "$name" "$@"
	)
}

# LEVEL KEY: a field of the attribution at that N, from $found.
of()
{
	python3 - "$1" "$2" <<'PYTHON' "$found"
import json, sys
n, key, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
level = next(l for l in json.load(open(path))["levels"] if l["concurrency"] == n)
value = level["wall_s"]["mean"] if key == "wall_s" else level["attribution"]
if key != "wall_s":
    for part in key.split("."):
        value = value[part] if value is not None else None
if isinstance(value, dict):
    value = value["value"]
print("absent" if value is None else value if isinstance(value, str) else f"{value:.4f}")
PYTHON
}

# NAME: what plateau says of it.
find_causes()
{
	found=$PWD/$1.json
	plateau show "$1.db" --json >"$found"
}

put_nothing()
{
	put_in="nothing"
	sweep nothing "$labour" compute "$rounds"
}

# The first slot is on a PU of its own at N=1 and at N=2; the second one shares its PU.
put_competitor()
{
	local pu
	pu=$(plateau plan -j 2 --json -- true |
		python3 -c 'import json, sys; print(json.load(sys.stdin)["levels"][0]["slots"][1]["pus"][0])')
	taskset -c "$pu" "$labour" spin 1000 &
	cause_pids+=("$!")
	put_in="a competitor with half of the second slot's PU: 4/3"
	sweep competitor "$labour" compute "$rounds"
	local status=$?
	cause_clean_up
	return $status
}

put_work()
{
	put_in="40 % more arithmetic at N=2: 1.4"
	sweep work "$labour" more "$rounds" 40
}

# Reads that fill the disk's rate at N=2: everything that is not computing is waiting for it.
put_storage()
{
	local bytes=4000000 rate=${disk_rate:-10000000} slot
	slow_disk bps "$rate" || return 77
	for slot in 0 1; do
		"$labour" make "$slot.dat" $((bytes / 1000000))
	done
	storage_s=$(awk -v b=$bytes -v r="$rate" 'BEGIN { print 2 * b / r }')
	put_in="reads of 4 MB by both at $((rate / 1000000)) MB/s: $storage_s s"
	sweep_in_groups storage "$disk_group" -- "$labour" read "$PWD/{slot}.dat" 1000
	local status=$?
	cause_clean_up
	return $status
}

# A working set that fits into the group's memory at N=1, and is twice as large at N=2: pages that
# were in use are read again, one by one, from a disk that both keep busy.
put_memory()
{
	local memory_group limit=62000000
	memory_iops=10000
	slow_disk iops $memory_iops || return 77
	make_group memory
	memory_group=$group
	if [ -z "$no_group" ] && ! echo "$limit" 2>/dev/null >"$memory_group/memory.limit_in_bytes"; then
		no_group="memory cannot be limited"
	fi
	[ -z "$no_group" ] || return 77
	"$labour" make 0.dat 80
	put_in="a working set of 80 MB, 40 MB at N=1, in $((limit / 1000000)) MB of memory"
	warmup=8 sweep_in_groups memory "$disk_group" "$memory_group" -- \
		"$labour" touch "$PWD/0.dat" 6000 10000
	local status=$?
	cause_clean_up
	return $status
}

# COMMAND...: its CPU time in s, the median of five.
cpu_time_of()
{
	python3 - "$@" <<'PYTHON'
import os, statistics, subprocess, sys, resource
def once():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(sys.argv[1:], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(statistics.median(once() for _ in range(5)))
PYTHON
}

# NAME HOG... -- COMMAND...: what a hog on the second PU costs the command on the first one, in CPU
# time, without plateau: sets $factor. Then the sweep, in which each copy is the other's hog.
beside_a_hog()
{
	local name=$1 hog=() first second alone beside
	shift
	while [ "$1" != -- ]; do
		hog+=("$1")
		shift
	done
	shift
	read -r first second <<<"$(plateau plan -j 2 --json -- true | python3 -c '
import json, sys
print(*(s["pus"][0] for s in json.load(sys.stdin)["levels"][0]["slots"]))')"
	alone=$(cpu_time_of taskset -c "$first" "$@")
	taskset -c "$second" "${hog[@]}" &
	cause_pids+=("$!")
	sleep 0.5
	beside=$(cpu_time_of taskset -c "$first" "$@")
	cause_clean_up
	factor=$(awk -v a="$alone" -v b="$beside" 'BEGIN { printf "%.2f", b / a }')
	sweep "$name" "$@"
}

# Arrays that no cache holds.
put_bandwidth()
{
	beside_a_hog bandwidth "$labour" stream 400 100000 -- "$labour" stream 400 5
	local status=$?
	put_in="a hog of memory bandwidth on the other core, which alone costs $factor of CPU time"
	return $status
}

# One cache line, to which both write.
put_sharing()
{
	beside_a_hog sharing "$labour" share "$PWD/line" 100000000 -- \
		"$labour" share "$PWD/line" "$rounds"
	local status=$?
	put_in="a cache line that the other core writes to, which alone costs $factor of CPU time"
	return $status
}
