#!/usr/bin/env bash
# Nodes that are made worse on purpose, with counters, L3s and two packages: the slow place is named,
# the healthy node passes; and work that is a tenth more is a tenth more in a comparison.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/emulated/lib.bash
. "${top_srcdir:?}/tests/emulated/lib.bash" || exit 99

cat >places.yaml <<'EOY'
criteria:
  - {metric: failures, at_most: 0}
  - {metric: core_spread, level: cores, at_most: 1.3}
  - {metric: l3_spread, level: cores, at_most: 1.3}
  - {metric: package_spread, level: cores, at_most: 1.3}
  - {metric: frequency, level: cores, at_least: 1 MHz, sources: [cycles]}
EOY
# Busy loops beside the tasks: on one core, on both cores of an L3, on all of a package.
# While one is busy, the guest executes it for every second that plateau waits: nothing is looked at
# besides, and there are as few repeats as a verdict needs.
in_node 'sweep="plateau run -q --preflight off --sampling off -j 16 -w 1 -m 2 -e cycles,instructions,task-clock"
burden() # RESULT REPEATS MASK...
{
	result=$1
	repeats=$2
	shift 2
	for mask; do
		taskset "$mask" sh -c "while :; do :; done" &
		busy="$busy $!"
	done
	$sweep -r "$repeats" -o "$result" -- loop 8 >/dev/null || exit
	[ -z "$busy" ] || kill $busy
	busy=
}
busy=
burden healthy.db 6
burden core.db 6 20
burden l3.db 6 10 20
burden package.db 3 100 200 400 800 1000 2000 4000 8000
alone="taskset 8 plateau run -q --preflight off -j 1 -r 4 -w 0 -m 1 -e cycles,instructions,task-clock"
$alone -o base.db -- loop 100 >/dev/null && exec $alone -o more.db -- loop 110 >/dev/null' --timeout 800
tap_status 0 "five sweeps run in the emulated node"

accept()
{
	tap_run plateau accept "out/$1.db" --criteria places.yaml --json
	printf '%s\n' "$stdout" >accepted.json
}
# METRIC: "VERDICT PLACE" of the criterion
judged()
{
	jq -r --arg m "$1" '.results[0].criteria[] | select(.metric == $m) |
		"\(.verdict) \(.place.worst // "-")"' accepted.json
}
accept healthy
tap_status 0 "the healthy node passes"
is "by the processor's own cycles" \
	"$(jq -r '.results[0].criteria[] | select(.metric == "frequency") | .frequency_source' accepted.json)" cycles
accept core
tap_status 3 "a busy loop on one core fails"
is "by that core" "$(judged core_spread)" "fail 5"
is "which is not its package's fault" "$(judged package_spread | cut -d ' ' -f 1)" pass
accept l3
tap_status 3 "busy loops on both cores of an L3 fail"
is "by that L3" "$(judged l3_spread)" "fail 2"
accept package
tap_status 3 "busy loops on a whole package fail"
is "by that package" "$(judged package_spread)" "fail 1"

tap_run plateau compare out/base.db out/more.db --json
tap_status 0 "a loop of 100 million instructions against one of 110"
printf '%s\n' "$stdout" >compared.json
for measure in instructions cycles; do
	near "$measure: a tenth more" "$(jq --arg m "$measure" '.comparisons[0].levels[0].measures[$m].ratio' \
		compared.json)" 1.10 0.005
done
tap_done
