#!/usr/bin/env bash
# One node's results over time, from results and from fleet files.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need jq

cat >paced.yaml <<EOF
name: paced
task: {command: [sh, -c, 'sleep \$(cat $work/pace)']}
sweep: {levels: [1], repeats: 3, warmup: 1, measured: 3}
EOF
sed 's/name: paced/name: another/; s/measured: 3/measured: 2/' paced.yaml >another.yaml
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
matches "with the interval" "$stdout" '0\.3[0-9]{2} \(0\.[0-9]{3}-0\.[0-9]{3}\) slower'
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

tap_done
