# shellcheck shell=bash
# The machines that scripts/emulate offers, as QEMU's arguments and as a device tree. QEMU's own
# tree has no caches beyond the first level; they are put into it here.

# packages | NUMA nodes | last-level caches | CPUs in each | MiB in all
machine_shape()
{
	case $1 in
	numa) echo "2 4 8 2 2048" ;;
	small) echo "1 1 1 4 1024" ;;
	rome) echo "2 8 32 4 4096" ;;
	*) return 1 ;;
	esac
}

# Sets machine_arguments (an array), machine_l3 (CPUs in one L3) and machine_cpus.
machine_describe() # NAME PMU
{
	local name=$1 pmu=$2 packages nodes l3s per_l3 memory per_node node other distance
	read -r packages nodes l3s per_l3 memory <<<"$(machine_shape "$name")"
	machine_l3=$per_l3
	machine_cpus=$((l3s * per_l3))
	per_node=$((machine_cpus / nodes))
	machine_arguments=(
		-cpu "neoverse-n1,pmu=$pmu"
		-smp "$machine_cpus,sockets=$packages,clusters=$((l3s / packages)),cores=$per_l3,threads=1"
		-m "$memory"
	)
	for ((node = 0; node < nodes; node++)); do
		machine_arguments+=(
			-object "memory-backend-ram,id=memory$node,size=$((memory / nodes))M"
			-numa "node,nodeid=$node,memdev=memory$node,cpus=$((node * per_node))-$(((node + 1) * per_node - 1))"
		)
		for ((other = 0; other < node; other++)); do
			distance=32
			if [ $((other * packages / nodes)) -eq $((node * packages / nodes)) ]; then
				distance=12
			fi
			machine_arguments+=(-numa "dist,src=$other,dst=$node,val=$distance")
		done
	done
}

# Writes the device tree of the machine that machine_describe told of.
machine_tree() # FILE
{
	local file=$1 folder
	folder=$(dirname "$file")
	qemu-system-aarch64 -M "virt,gic-version=3,dumpdtb=dumped.dtb" "${machine_arguments[@]}" \
		-nographic -nodefaults >&2 2>/dev/null || return 1
	dtc -q -I dtb -O dts dumped.dtb | machine_add_caches >caches.dts || return 1
	dtc -q -I dts -O dtb -o caches.dtb caches.dts || return 1
	mkdir -p "$folder" && mv caches.dtb "$file"
}

# dts to dts: an L2 of 1 MiB for every CPU, an L3 of 16 MiB for every machine_l3 of them. The
# order of the nodes cpu@X is that in which Linux numbers the CPUs.
machine_add_caches()
{
	awk -v per_l3="$machine_l3" -v cpus="$machine_cpus" '
		function cache(name, handle, level, size, sets, next_level)
		{
			print "\t\t" name " {"
			print "\t\t\tcompatible = \"cache\";"
			print "\t\t\tphandle = <" handle ">;"
			print "\t\t\tcache-level = <" level ">;"
			print "\t\t\tcache-unified;"
			print "\t\t\tcache-size = <" size ">;"
			print "\t\t\tcache-line-size = <64>;"
			print "\t\t\tcache-sets = <" sets ">;"
			if (next_level)
				print "\t\t\tnext-level-cache = <" next_level ">;"
			print "\t\t};"
		}
		function caches(n)
		{
			for (n = 0; n < cpus; n++)
				cache("l2-cache" n, 65536 + n, 2, 1048576, 2048, 131072 + int(n / per_l3))
			for (n = 0; n < cpus / per_l3; n++)
				cache("l3-cache" n, 131072 + n, 3, 16777216, 16384, 0)
		}
		/^\t\tcpu@[0-9a-f]+ \{/ {
			in_cpu = 1
		}
		{ print }
		in_cpu && /device_type/ { print "\t\t\tnext-level-cache = <" 65536 + number ">;" }
		in_cpu && /^\t\t\};/ {
			in_cpu = 0
			number++
			if (number == cpus)
				caches()
		}'
}
