#!/usr/bin/env bash
# A node that is made worse on purpose (one core is shared with a busy loop) fails the criteria of
# scenarios/acceptance.yaml, and terminal, page and JUnit name the core; without the loop it passes.
# Small tasks stand in for the scenario's own; with BUSY_CORE=full (tests/long/busy_core.sh) they are
# those, for minutes instead of half an hour. HALF=busy or HALF=healthy makes one half alone. Other
# programs on the machine do what the loop does: an outcome that they may have brought about is tried
# again, and then skipped with the reason.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need taskset jq sqlite3 awk

export PLATEAU_PREFLIGHT=fast
readonly tries=${TRIES:-3} most_load=0.05 half=${HALF:-both}
scenario=$top_srcdir/scenarios/acceptance.yaml

# What else goes on is held off where that is allowed: by priority, and by that of the session where
# the kernel shares the CPUs between sessions first.
session_nice=$(sed -n 's/.* nice //p' /proc/self/autogroup 2>/dev/null)
set_session_nice()
{
	[ -z "$session_nice" ] || { echo "$1" >/proc/self/autogroup; } 2>/dev/null || :
}
renice -n -15 -p $$ >/dev/null 2>&1 || :
set_session_nice -15

tap_cleanup()
{
	stop_loops
	set_session_nice "$session_nice"
}

# ---- The scenario, shorter ---------------------------------------------------------------------

# What is asked stays as it is; only how long it is asked for does not.
if [ "${BUSY_CORE:-}" = full ]; then
	sed 's/{tasks: 1, at_least: 60s}/{tasks: 1}/; s/{tasks: 4, at_least: 40s}/{tasks: 4, at_least: 6s}/' \
		"$scenario" >node.yaml
else
	sed 's/{tasks: 1, at_least: 60s}/{tasks: 1}/; s/{tasks: 4, at_least: 40s}/{tasks: 6}/
		s/^  command: .*/  command: [plateau-spin, --work, "0.06"]/; /^  inputs:/d' \
		"$scenario" >node.yaml
fi
check "the scenario is one" plateau plan node.yaml
is "its criteria are those of acceptance.yaml" \
	"$(sed -n '/^accept:/,$p' node.yaml)" "$(sed -n '/^accept:/,$p' "$scenario")"
lacks "but it is shorter" "$(sed '/^accept:/,$d; /^#/d' node.yaml)" "at_least: 60s"

# The last slot's core, and what of it may be used.
slot=$(plateau plan node.yaml --json 2>/dev/null |
	jq -c '[.levels[] | select(.oversubscribed | not)] | max_by(.concurrency) | .slots[-1]')
core=$(jq .core <<<"$slot")
mapfile -t pus < <(jq '.pus[]' <<<"$slot")
if [ "$core" = 0 ] || [ "$core" = null ]; then
	skip "a node with a busy core fails" "there are no two cores to compare"
	tap_done
fi

# ---- The loop ----------------------------------------------------------------------------------

loops=()
start_loops()
{
	local pu
	for pu in "${pus[@]}"; do
		timeout 900 taskset -c "$pu" bash -c 'while :; do :; done' &
		loops+=($!)
	done
}
stop_loops()
{
	local pid
	for pid in "${loops[@]}"; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	loops=()
}

# The most that a trial of the result lost to programs that are none of ours, of the node's time.
# The loops are ours: they take one core.
other_load() # RESULT LOOPS
{
	local all
	all=$(query "$1" "SELECT coalesce(max(value), 1) FROM sample WHERE name='other_load_share'")
	awk -v a="$all" -v l="$2" -v n="$(nproc)" 'BEGIN { printf "%.3f", a - l / n }'
}

# The places that a criterion says of the last run are too slow: "core 3".
slow_places()
{
	jq -r '[.acceptance.results[0].criteria[] | select(.verdict == "fail" and .place)
		| "\(.place.kind) \(.place.worst)"] | unique | join(", ")' stdout 2>/dev/null
}

# NAME EXPECTED PLACES LOOPS: runs node.yaml until it ends with the exit code and the slow places that
# are expected, or so often that it will not, and makes a check of that. Returns whether it did.
run_until()
{
	local name=$1 expected=$2 places=$3 others=0 load i
	for ((i = 1; i <= tries; i++)); do
		tap_run plateau run --accept node.yaml -o "$name.db" --force --json --junit "$name.xml"
		[ "$status" = "$expected" ] && [ "$(slow_places)" = "$places" ] && break
		[ -e "$name.db" ] || break
		load=$(other_load "$name.db" "$4")
		others=$(awk -v a="$others" -v b="$load" 'BEGIN { print (a > b ? a : b) }')
	done
	local got
	got="$status, slow: $(slow_places)"
	if [ "$got" != "$expected, slow: $places" ] &&
		awk -v o="$others" -v m="$most_load" 'BEGIN { exit !(o > m) }'; then
		skip "$name: exit code $expected" \
			"exit code $got: other programs used up to $others of the node's time"
		return 1
	fi
	is "$name: exit code, and the places that are too slow" "$got" "$expected, slow: $places"
	[ "$got" = "$expected, slow: $places" ]
}

# ---- Both --------------------------------------------------------------------------------------

[ "$half" = healthy ] || start_loops
if [ "$half" != healthy ] && run_until busy 3 "core $core" "${#loops[@]}"; then
	check "JUnit has the failure" grep -q '<failure' busy.xml
	matches "and names the core" "$(grep 'name="no slow core' busy.xml)" "core $core(, the slowest,)? takes"
	tap_run plateau accept busy.db -o busy.html
	tap_status 3 "judged again it fails as well"
	tap_run plateau accept busy.db
	tap_stdout_has "no slow core: core $core" "the terminal names the core"
	matches "and says how much slower it is" "$stdout" "core $core(, the slowest,)? takes [0-9.]+ times"
	matches "so does the page" "$(sed 's/<[^>]*>//g' busy.html | grep 'times as long')" \
		"core $core(, the slowest,)? takes [0-9.]+ times"
fi
stop_loops

if [ "$half" != busy ] && run_until healthy 0 "" 0; then
	check "JUnit has no failure" awk '/<failure/ { exit 1 }' healthy.xml
fi

tap_done
