#!/usr/bin/env bash
# One boot of the emulated node: a sweep of a loop of known length is counted by a PMU, and its
# result file is read on this side.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/emulated/lib.bash
. "${top_srcdir:?}/tests/emulated/lib.bash" || exit 99

# The emulation counts instructions of all CPUs in one counter: a figure is exact where nothing else
# runs meanwhile, so that one is measured with everything on one CPU.
in_node 'plateau plan -j 16 --json -- true >plan.json
events=cycles,instructions,task-clock
taskset 8 plateau run -q -j 1 -r 2 -w 0 -m 1 -e $events -o serial.db -- loop 100 >serial.txt || exit
exec plateau run -q -j 1,2,4 -r 2 -w 0 -m 1 -e $events -o sweep.db -- loop 20'
tap_status 0 "a sweep runs in the emulated node"
plateau show --json out/sweep.db >show.json 2>show.txt || diag "$(cat show.txt)"
is "its result is read here, with all levels" \
	"$(jq -c '[.levels[] | [.concurrency, .failed]]' show.json)" '[[1,0],[2,0],[4,0]]'
for event in cycles instructions; do
	is "$event are counted at every level" \
		"$(jq -r --arg e "$event" '[.levels[].counters[$e].state] | unique | join(" ")' show.json)" ok
	is "$event are counted in every task" "$(states out/sweep.db "$event")" ok
done
near "two cycles for each instruction, as the emulation has it" \
	"$(jq '.levels[2].counters | .instructions.mean / .cycles.mean' show.json)" 0.5 0.01
for count in $(counted out/serial.db instructions | cut -d ' ' -f 2); do
	near "a loop of 100 million instructions counts so many" "$count" 100e6 0.02
done
is "a copy on each of 16 CPUs, on 8 L3s, 4 NUMA nodes and 2 packages" \
	"$(jq -c '.levels[0].slots | [length] + [map(.l3), map(.numa), map(.package) | unique | length]' \
		out/plan.json)" '[16,8,4,2]'
tap_done
