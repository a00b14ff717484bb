#!/bin/sh
# The first process of the emulated guest (scripts/emulate): busybox runs it. It reads what is to
# be done from /job, runs the command in /guest, and hands streams, files and exit code to the host
# through serial ports: vport0p1 and vport0p2 are the command's streams, vport0p3 takes an archive
# of the files that it made, vport0p4 the exit code; vport0p5 is written to when the command begins.
export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin

stop()
{
	sync
	poweroff -f
	sleep 60
}

/bin/busybox --install -s /bin
mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mkdir -p /dev/shm /tmp /guest /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs tmpfs /guest
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ln -sf /proc/self/fd /dev/fd
for number in 0:stdin 1:stdout 2:stderr; do
	ln -sf "/proc/self/fd/${number%:*}" "/dev/${number#*:}"
done
hostname emulated
ip link set lo up 2>/dev/null

# shellcheck source=/dev/null
. /job/settings
date -u -s "@$now" >/dev/null

for module in virtio_ring virtio virtio_mmio virtio_console; do
	insmod "/lib/modules/$module.ko" || stop
done
tries=0
while [ ! -e /dev/vport0p5 ]; do
	tries=$((tries + 1))
	if [ "$tries" -gt 100 ]; then
		echo "emulate: no serial ports"
		stop
	fi
	sleep 0.1
done

# "3,8-11" as one number on each line
numbers()
{
	echo "$1" | tr ',' '\n' | while IFS=- read -r first last; do
		if [ -n "$first" ]; then
			seq "$first" "${last:-$first}"
		fi
	done
}

if [ -e /proc/sys/kernel/perf_event_paranoid ]; then
	echo "$paranoid" >/proc/sys/kernel/perf_event_paranoid
fi
for cpu in $(numbers "$offline"); do
	echo 0 >"/sys/devices/system/cpu/cpu$cpu/online" || echo "emulate: CPU $cpu stays online"
done
if [ -n "$cpuset" ]; then
	echo +cpuset >/sys/fs/cgroup/cgroup.subtree_control
	mkdir /sys/fs/cgroup/job
	echo "$cpuset" >/sys/fs/cgroup/job/cpuset.cpus || echo "emulate: no cpuset $cpuset"
fi
if [ -d /job/files ]; then
	cp -R /job/files/. /guest/
fi
if [ "$user" = yes ]; then
	chown -R user: /guest
fi

mkfifo /run/stdout /run/stderr
cat /run/stdout >/dev/vport0p1 &
copy_1=$!
cat /run/stderr >/dev/vport0p2 &
copy_2=$!
# find tells times by seconds: what was put there is made older than what comes.
begun=$(date +%s)
find /guest -exec touch -d "@$((begun - 20))" {} +
touch -d "@$((begun - 10))" /run/begun
(
	if [ -n "$cpuset" ]; then
		echo 0 >/sys/fs/cgroup/job/cgroup.procs
	fi
	cd /guest || exit 125
	echo up >/dev/vport0p5
	if [ "$user" = yes ]; then
		exec su -p user -s /bin/sh /job/command
	fi
	exec sh /job/command
) </dev/null >/run/stdout 2>/run/stderr
code=$?

# Children that outlive the command may hold its streams open.
(
	sleep 2
	kill "$copy_1" "$copy_2"
) 2>/dev/null &
wait "$copy_1" "$copy_2"

cd /guest && find . -newer /run/begun ! -type d ! -type s ! -type p |
	cpio -o -H newc >/dev/vport0p3 2>/dev/null
echo "$code" >/dev/vport0p4
stop
