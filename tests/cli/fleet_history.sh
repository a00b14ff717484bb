#!/usr/bin/env bash
# One node's results over time, from results and from fleet files.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need jq python3

cat >paced.yaml <<EOF
name: paced
task: {command: [sh, -c, 'sleep \$(cat $work/pace)']}
sweep: {levels: [1], repeats: 3, warmup: 0, measured: 2}
EOF
sed 's/name: paced/name: another/; s/measured: 2/measured: 1/' paced.yaml >another.yaml
measure() # SCENARIO PACE RESULT
{
	printf '%s\n' "$2" >pace
	plateau run -q "$1" -o "$3" >/dev/null 2>run.log
}
check "a first result" measure paced.yaml 0.1 first.db
check "one like it" measure paced.yaml 0.1 second.db
check "one of another scenario" measure another.yaml 0.1 other.db
check "one that is slower" measure paced.yaml 0.3 slow.db
tap_run plateau fleet collect --node n07 first.db second.db -o delivery.db
tap_status 0 "a fleet file of the delivery"
tap_run plateau fleet collect --node n07 slow.db other.db -o autumn.db
tap_status 0 "and one of the autumn"

tap_run plateau fleet history n07 delivery.db
tap_status 0 "a node that is as it was: 0"
tap_stdout_has "2 attempts" "both attempts"
tap_stdout_has "the first accepted" "and which is the first"
has "nothing is slower" "$(grep -c slower <<<"$stdout")" 0

COLUMNS=80 tap_run plateau fleet history n07 delivery.db autumn.db
tap_status 3 "a node that got slower: 3"
tap_stdout_has "it got slower" "it says so"
is "in 80 columns" "$(awk 'length > 80' <<<"$stdout")" ""
matches "with the interval" "$stdout" '0\.[34][0-9]{2} \(0\.[0-9]{3}-0\.[0-9]{3}\) slower'
matches "with the path of every result" "$stdout" "4  $work/slow\.db"
tap_stdout_has "it is of another scenario" "what cannot be compared is told"
tap_run plateau fleet history --json n07 delivery.db autumn.db
tap_status 3 "as JSON: 3 as well"
is "attempts in the order of time" "$(jq -c '[.attempts[].began] == ([.attempts[].began] | sort)' <<<"$stdout")" true
is "which of them is slower" "$(jq -c '[.attempts[] | .is_slower]' <<<"$stdout")" '[false,false,false,true]'
is "and the node" "$(jq -c '[.name, .is_slower, .concurrency]' <<<"$stdout")" '["n07",true,1]'
is "the first is 1 by definition" "$(jq -c '.attempts[0] | .relative == 1 and .relative_ci95 == null' <<<"$stdout")" true

tap_run plateau fleet history n8 delivery.db
tap_status 2 "a node that is not there: 2"
tap_stderr_has "there are n07" "and which are"
tap_run plateau fleet history n077 delivery.db
tap_stderr_has "did you mean 'n07'?" "or which may be meant"
tap_run plateau fleet history n07 nothing.db
tap_status 2 "a file that is not there: 2"
tap_run plateau fleet history n07
tap_status 2 "a node alone: 2"
tap_run plateau fleet history n07 other.db
tap_status 2 "a result is of the host that it names"

# ---- What a ranking called slow -------------------------------------------------------------

# attempt NODE NUMBER RESULT: as a job of the fleet rack leaves it.
attempt()
{
	local at
	at=$(date +%s)000000000
	mkdir -p "rack/nodes/$1/attempt-$2"
	python3 "$top_srcdir/tests/fleet/clone.py" "$3" "rack/nodes/$1/attempt-$2/result.db" "$1" $((100 * $2))
	jq -n --arg node "$1" --argjson number "$2" --argjson at "$at" '{schema_version: 1,
		format: "plateau job state", stage: "done", node: $node, attempt: $number, exit_code: 0,
		signal: 0, started_ns: ($at - 1000000000), updated_ns: $at, ended_ns: $at,
		trials_done: 3, trials_planned: 3, cpu_count: 4, granted_cpu_count: 4,
		memory_bytes: null, is_partial: false, result: "result.db"}' \
		>"rack/nodes/$1/attempt-$2/state.json"
}
mkdir rack
jq -n '{schema_version: 1, id: "0123456789abcdef0123456789abcdef", name: "rack",
	plateau_version: "0", plateau_path: "/usr/bin/plateau", scenario_sha256: "0",
	working_folder: "/", created_ns: 1, expected: ["n1", "n2", "n3", "n4", "n5", "n6"]}' \
	>rack/fleet.json
for n in n1 n2 n3 n4 n5; do
	attempt $n 1 first.db
done
attempt n6 1 slow.db
tap_run plateau fleet collect rack
tap_run plateau fleet status rack
tap_status 0 "before the nodes are ranked all pass by themselves"
tap_stdout_has "6 pass by what was measured there alone" "which status says"
tap_run plateau fleet rank rack
tap_status 3 "the ranking finds a slow one"
cp rack/fleet.db before.db
tap_run plateau fleet rank rack
check "ranked again, the fleet file is as it was" cmp before.db rack/fleet.db
tap_run plateau fleet status rack
tap_status 3 "and status says it from then on"
matches "by name" "$stdout" 'n6 +slow'
matches "and why" "$stdout" 'of the median of its'
lacks "nothing is left to be ranked" "$stdout" "measured there alone"
tap_run plateau fleet history n6 rack
tap_status 4 "what is slow is no result to be held against"
tap_stdout_has "none of its results was accepted: the last is slow among its like" "which is said"
attempt n6 2 slow.db
tap_run plateau fleet rank rack
tap_status 3 "slow again"
matches "in both attempts" "$(tr -s '\n ' '  ' <<<"$stdout")" 'slow in both attempts \(0\.[0-9]+ in attempt 1\)'
has "what is to be done is no third run" "$stdout" "they go back to who"
lacks "nor is one offered" "$stdout" "--retry slow"
cp rack/fleet.db before.db
tap_run plateau fleet rank before.db
matches "so it is by the fleet file alone" "$(tr -s '\n ' '  ' <<<"$stdout")" 'slow in both attempts'
check "which is only read" cmp before.db rack/fleet.db
tap_run plateau fleet collect rack
tap_run plateau fleet history --json n6 rack
is "history shows both" "$(jq -c '[.attempts[].verdict]' <<<"$stdout")" '["slow","slow"]'
attempt n6 3 first.db
tap_run plateau fleet rank rack
tap_status 0 "and when it is mended"
tap_run plateau fleet history --json n6 rack
tap_status 0 "it is held against what it does now"
is "and against nothing before" "$(jq -c '[.attempts[].is_first_accepted]' <<<"$stdout")" '[false,false,true]'

tap_done
