#!/usr/bin/env bash
# What a PMU counts: a loop of known length, more events than counters by turns and by
# multiplexing, events that the hardware does not have, and no PMU at all.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/emulated/lib.bash
. "${top_srcdir:?}/tests/emulated/lib.bash" || exit 99

many=cycles,cycles:u,cycles:k,instructions,instructions:u,instructions:k,arm_n1::INST_RETIRED
many+=,arm_n1::CPU_CYCLES,arm_n1::INST_RETIRED:u,arm_n1::CPU_CYCLES:u
absent=LLC-load-misses,cache-misses,arm_n1::L2D_CACHE_REFILL,arm_n1::LL_CACHE_MISS_RD

# Everything on one CPU: the emulation has one counter of instructions for all of them.
in_node "many=$many absent=$absent
sweep()
{
	name=\$1
	shift
	taskset 8 plateau run -q -j 1 -w 0 -o \$name.db \"\$@\" >\$name.txt || exit
}
sweep known -r 2 -m 2 -e cycles,instructions,instructions:u,task-clock -- loop 100
sweep longer -r 2 -m 2 -e instructions:u -- loop 200
sweep turns -r 4 -m 1 -e \$many,task-clock -- loop 40
sweep shared --overflow multiplex -r 2 -m 2 -e \$many,task-clock -- loop 40
sweep absent -r 2 -m 1 -e cycles,\$absent -- loop 10
plateau node --json >node.json"
tap_status 0 "sweeps on a node with a PMU"

# median, of the numbers on stdin
median()
{
	sort -g | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# value FILE EVENT [STATE]: the median over measured tasks, scaled up where the event shared a counter
value()
{
	query "$1" "select 1.0 * c.raw * c.enabled_ns / c.running_ns from counter c
		join counter_event e using (event) join task t using (task)
		where e.name = '$2' and t.role = 'measured' and c.running_ns > 0" | median
}

# A loop of known length
for event in cycles instructions instructions:u; do
	is "$event of a loop are counted" "$(states out/known.db $event)" ok
done
for count in $(counted out/known.db instructions | cut -d ' ' -f 2); do
	near "100 million instructions in a loop" "$count" 100e6 0.02
done
near "twice the loop, twice the instructions" \
	"$(awk -v a="$(value out/longer.db instructions:u)" -v b="$(value out/known.db instructions:u)" \
		'BEGIN { print a - b }')" 100e6 0.01
near "half an instruction for each cycle" \
	"$(plateau show --json out/known.db | jq '.levels[0].counters |
		.instructions.mean / .cycles.mean')" 0.5 0.001
is "the frequency is that of cycles" \
	"$(plateau show --json out/known.db | jq -r '.levels[0].frequency_hz.source')" cycles
near "1 GHz, as the emulation has it" \
	"$(plateau show --json out/known.db | jq '.levels[0].frequency_hz.value')" 1e9 0.01

# More events than counters, by turns
is "events take turns: each trial counts a set of them" \
	"$(query out/turns.db 'select count(distinct event_set) > 1 from trial')" 1
query out/turns.db 'select event_set, group_concat(name, " ") from event_set
	join counter_event using (event) group by event_set' >sets
diag "$(cat sets)"
for event in ${many//,/ }; do
	is "by turns, $event is counted all of the time" "$(states out/turns.db "$event")" ok
done
is "by turns, every event has its trials" \
	"$(query out/turns.db "select count(distinct event) from counter join task using (task)
		where role = 'measured'")" 11
near "instructions by turns" "$(value out/turns.db instructions)" 40e6 0.03

# By multiplexing
for event in ${many//,/ }; do
	is "multiplexed, $event is scaled" "$(states out/shared.db "$event")" scaled
done
is "each was counted part of the time" \
	"$(query out/shared.db "select sum(running_ns < enabled_ns and running_ns > 0) = count(*)
		from counter join task using (task) join counter_event using (event)
		where role = 'measured' and name != 'task-clock'")" 1
near "scaled instructions" "$(value out/shared.db instructions)" 40e6 0.05
near "scaled instructions in user mode" "$(value out/shared.db instructions:u)" 40e6 0.05
has "the table says that they are scaled" "$(tr -s ' \n' '  ' <out/shared.txt)" "scaled"

# Events that open and count nothing, and such that do not open
for event in ${absent//,/ }; do
	said=$(event_says out/absent.db "$event" state)
	case $said in
	implausible | not-supported) ok "$event: $said" ;;
	*) not_ok "$event is not counted here" "state: $said" ;;
	esac
	matches "$event: a reason in words" "$(event_says out/absent.db "$event" reason)" '[a-z]+ [a-z]+'
	lacks "$event: no figure" "$(states out/absent.db "$event")" ok
done
is "cycles beside them are counted" "$(states out/absent.db cycles)" ok

# No PMU
in_node 'plateau run -q -j 1 -r 1 -w 0 -m 1 -e cycles,instructions,LLC-load-misses,task-clock \
	-o none.db -- loop 10 >none.txt' --pmu off
tap_status 0 "a sweep on a node without a PMU"
for event in cycles instructions LLC-load-misses; do
	is "without a PMU, $event: not supported" "$(event_says out/none.db "$event" state)" not-supported
	matches "without a PMU, $event: a remedy" "$(event_says out/none.db "$event" remedy)" '[a-z]+ [a-z]+'
done
is "without a PMU, task-clock is counted" "$(states out/none.db task-clock)" ok
tap_done
