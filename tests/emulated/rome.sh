#!/usr/bin/env bash
# A node shaped like two AMD Rome packages: 128 CPUs, 8 NUMA nodes, 32 L3s of 4 cores.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/emulated/lib.bash
. "${top_srcdir:?}/tests/emulated/lib.bash" || exit 99

in_node 'mkdir spread pack
plateau plan -j 1,8,32,64,128 --json -- true >plan.json
for policy in spread pack; do
	plateau plan --policy $policy -j 32,128 --json -- true >$policy.json
	plateau run -q --policy $policy -j 32,128 -r 1 -w 0 -m 1 -e none -o $policy.db -- \
		where /guest/$policy >/dev/null || exit
done' --machine rome --timeout 1800
tap_status 0 "a node of 128 CPUs boots, plans and places"
is "room for 128 tasks" "$(jq .capacity out/plan.json)" 128
# levels: how many L3s, NUMA nodes and packages each level uses
is "spread copies use all L3s, nodes and packages as soon as they can" \
	"$(jq -c '[.levels[] | [.concurrency] +
		[.slots | map(.l3), map(.numa), map(.package) | unique | length]]' out/plan.json)" \
	'[[1,1,1,1],[8,8,8,2],[32,32,8,2],[64,32,8,2],[128,32,8,2]]'
is "4 of 128 copies share each L3" \
	"$(jq -c '[.levels[4].slots | group_by(.l3)[] | length] | unique' out/plan.json)" '[4]'
is "32 packed copies fill 8 L3s" \
	"$(jq -c '[.levels[0].slots[].l3] | unique | length' out/pack.json)" 8
for policy in spread pack; do
	as_planned "$policy" "out/$policy.json" "out/$policy"
done
tap_done
