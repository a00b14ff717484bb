#!/usr/bin/env bash
# On 16 CPUs, 8 L3s, 4 NUMA nodes and 2 packages, tasks run where the plan says: each reads its own
# affinity, CPU and memory policy from the kernel.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/emulated/lib.bash
. "${top_srcdir:?}/tests/emulated/lib.bash" || exit 99

# name | levels | options of plan and run
cases()
{
	cat <<'END'
spread         | 1,3,8,16 | --policy spread
pack           | 3,8      | --policy pack
spread-package | 2,5      | --policy spread:package
plane          | 5        | --policy plane:2
map            | 3        | --policy map:15,2,7
by-l3          | 6        | --policy spread --unit l3
by-numa        | 3        | --policy pack --unit numa
by-package     | 3        | --policy spread --unit package
twice          | 20       | --policy spread
interleaved    | 2        | --memory-policy interleave
kernel         | 2        | --memory-policy none
END
}

cases | while IFS='|' read -r name levels options; do
	name=${name// /}
	printf 'mkdir %s\n' "$name"
	printf 'plateau plan %s -j %s --json -- true >%s.json || exit\n' "$options" "$levels" "$name"
	printf 'plateau run -q %s -j %s -r 1 -w 0 -m 1 -e none -o %s.db -- where /guest/%s >/dev/null || exit\n' \
		"$options" "$levels" "$name" "$name"
done >script
in_node "$(cat script)"
tap_status 0 "sweeps under every policy"
while IFS='|' read -r name levels options; do
	name=${name// /}
	as_planned "$name" "out/$name.json" "out/$name"
done < <(cases)

# places FILE: how many L3s, NUMA nodes and packages the highest level uses
places()
{
	jq -c '[.levels[-1].slots | map(.l3), map(.numa), map(.package) | unique | length]' "$1"
}
is "8 spread copies have an L3 each" "$(jq -c '[.levels[2].slots[].l3] | sort' out/spread.json)" \
	'[0,1,2,3,4,5,6,7]'
is "8 packed copies fill one package" "$(places out/pack.json)" '[4,2,1]'
is "memory is local, as is the default" "$(cut -d ' ' -f 5 out/spread/* | sort -u)" local
is "or interleaved" "$(cut -d ' ' -f 5 out/interleaved/* | sort -u)" interleave:0,1,2,3
is "or left to the kernel" "$(cut -d ' ' -f 5 out/kernel/* | sort -u)" default
is "the result says where each slot was" \
	"$(query out/map.db 'select pus from slot order by slot' | xargs)" '15 2 7'
tap_done
