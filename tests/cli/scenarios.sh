#!/usr/bin/env bash
# The scenarios that are installed: each is planned on machines of 8 to 256 cores and fits there;
# acceptance takes half an hour; what can be run in short is run in short, and the template for
# containers with stand-ins for the container runtime and for pipetask.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need jq

scenarios=$top_srcdir/scenarios
mkdir machines
while read -r name description; do
	"$top_builddir/tests/machines/synthesize" "$description" "machines/$name.xml"
done <<'EOF'
laptop-8 pack:1 [numa(memory=16GB)] l3:1 core:8 pu:2
server-16 pack:2 [numa(memory=32GB)] l3:1 core:8 pu:1
server-64 pack:2 [numa(memory=128GB)] l3:1 core:32 pu:2
rome-128 pack:2 [numa(memory=256GB)] l3:16 core:4 pu:2
milan-128-nps4 pack:2 group:4 [numa(memory=64GB)] l3:2 core:8 pu:2
one-socket-96 pack:1 [numa(memory=384GB)] l3:12 core:8 pu:2
bergamo-256 pack:2 [numa(memory=384GB)] l3:16 core:8 pu:2
EOF

# ---- Plans ----------------------------------------------------------------------------------

for file in "$scenarios"/*.yaml; do
	name=$(basename "$file" .yaml)
	# For plateau capacity, which runs nothing: tests/cli/capacity.sh.
	[[ $name == capacity-* ]] && continue
	problems=
	for machine in machines/*.xml; do
		tap_run plateau plan "$file" --topology "$machine" --assume-time 3s --json
		# Two tasks of 2.6 GB on every core of a node with 2 GB per core do not fit, and that is
		# said; nothing else is left out but levels of more tasks than cores.
		jq -e --arg name "$name" '[.levels[] | select(.skipped)] | length == 0 or
			$name == "isr-occupancy" or $name == "pipetask-container" or
			$name == "bandwidth-curve"' stdout >/dev/null ||
			problems+="$machine: $(jq -c '[.levels[] | select(.skipped) | .spelling]' stdout) "
		[[ $status == 0 && -z $stderr ]] || problems+="$machine: $status $stderr "
	done
	is "$name is planned on every machine, and fits" "$problems" ""
	matches "$name says how to run it" "$(grep -c "^#.*plateau run" "$file")" '^[1-9]'
done
is "README.md has a line for each of them" \
	"$(grep -o '^| \[[^]]*' "$scenarios/README.md" | sed 's/.*\[//' | sort)" \
	"$(cd "$scenarios" && printf '%s\n' *.yaml)"

# ---- acceptance and quick -------------------------------------------------------------------

for machine in machines/*.xml; do
	for task in 1s 3s 5s; do
		tap_run plateau plan "$scenarios/acceptance.yaml" --topology "$machine" \
			--assume-time "$task" --json
		seconds=$(jq '.seconds' stdout)
		check "acceptance on $(basename "$machine" .xml), tasks of $task: $seconds s, half an hour at most" \
			jq -e '.seconds > 600 and .seconds <= 1800' stdout
	done
done
is "acceptance: nothing is left out with 1 GB for each core" "$(
	"$top_builddir/tests/machines/synthesize" "pack:2 [numa(memory=64GB)] core:64 pu:1" lean.xml
	plateau plan "$scenarios/acceptance.yaml" --topology lean.xml --json |
		jq -c '[.levels[].skipped]'
)" "[null,null,null]"
tap_run plateau plan "$scenarios/acceptance.yaml" --topology machines/rome-128.xml --assume-time 3s
tap_stdout_has "criteria   9, judged by \`plateau run --accept\`; while they are in doubt blocks" \
	"the plan says what is judged"
tap_run plateau plan "$scenarios/acceptance.yaml" --topology machines/rome-128.xml --assume-time 3s --json
check "and how long it takes with all blocks" jq -e '
	.seconds == 1545 and .criteria == 9 and .max_repeats == 8 and (.most_seconds - .seconds * 1.6 | fabs) < 0.01' stdout
# Turbo budgets last tens of seconds.
check "acceptance warms up for a minute" grep -q '^  warmup: {.*at_least: 60s}' \
	"$scenarios/acceptance.yaml"
# What a node of another processor cannot keep is not asked.
is "acceptance asks for no speed" "$(grep -cE 'metric: (throughput|wall|user|power|energy)' \
	"$scenarios/acceptance.yaml")" 0
is "what a node may lack is skipped there" "$(awk '
	/metric:/ {metric = $2} /where_absent: skip/ {print metric}' "$scenarios/acceptance.yaml" | sort -u |
	tr '\n' ' ')" "clock_factor core_spread frequency l3_spread package_spread "
tap_run plateau plan "$scenarios/quick.yaml" --topology machines/bergamo-256.xml \
	--assume-time 1s --json
check "quick takes two minutes or so" jq -e '.seconds < 180' stdout

# In short: no least times, small images.
shorten()
{
	sed -E -e 's/at_least: [0-9]+s/at_least: 0s/' -e 's/, --size, "0.5"//' \
		-e 's/"\{dir\}"\]/"{dir}", --size, "0.2"]/' "$scenarios/$1.yaml" >"$1.yaml"
}

shorten quick
tap_run plateau run quick.yaml -j 1,2 -r 2 -m 1 -o quick.db
tap_status 0 "quick runs"
is "quick keeps what it asks in the result" \
	"$(query quick.db "SELECT json_array_length(scenario_json, '\$.accept.criteria') FROM run")" 5
is "tasks of quick end well" \
	"$(query quick.db "SELECT count(*) FROM task WHERE state NOT IN ('ok', 'ended')")" 0

# Judged by acceptance's own criteria: what this machine lacks is skipped, whatever it is, and what it
# has is judged.
tap_run plateau accept quick.db --criteria "$scenarios/acceptance.yaml" --json
matches "a result can be judged by a scenario's criteria" "$status" '^[034]$'
is "a node without counters, or with one socket, is not in doubt for that" "$(jq -r '
	[.results[].criteria[] | select(.verdict == "inconclusive") | .metric] | map(select(
	. == "frequency" or . == "clock_factor" or . == "package_spread" or . == "l3_spread")) |
	unique | join(" ")' stdout)" ""

shorten acceptance
tap_run plateau run acceptance.yaml -j 1 -r 1 -w 0 -m 1 -o acceptance.db
tap_status 0 "the task of acceptance runs"
tap_run plateau run --resume acceptance.db -r 2
tap_status 0 "and a run with criteria can be resumed"
is "which keeps what it asks" \
	"$(query acceptance.db "SELECT json_array_length(scenario_json, '\$.accept.criteria') FROM run")" 9

# ---- pack-or-spread -------------------------------------------------------------------------

tap_run plateau plan "$scenarios/pack-or-spread.yaml" --topology machines/rome-128.xml --json
# How many sockets and L3 caches half of the cores take.
places()
{
	jq -c --arg policy "$1" '.levels[] | select(.concurrency == 64 and .policy == $policy) |
		[([.slots[].package] | unique | length), ([.slots[].l3] | unique | length)]' stdout
}
is "spread: half the tasks are on both sockets and all caches" "$(places spread)" "[2,32]"
is "pack: half the tasks are on one socket and half the caches" "$(places pack)" "[1,16]"
shorten pack-or-spread
tap_run plateau run pack-or-spread.yaml -j 1,2 -r 1 -w 0 -m 1 -o pack-or-spread.db
tap_status 0 "pack-or-spread runs"
is "both policies are in its result" \
	"$(query pack-or-spread.db "SELECT group_concat(p) FROM (SELECT DISTINCT policy AS p
		FROM trial_summary ORDER BY policy)")" "pack,spread"

# ---- io-bound -------------------------------------------------------------------------------

shorten io-bound
tap_run plateau run io-bound.yaml -j 1,4 -r 1 -w 0 -m 1 -o io-bound.db
tap_status 0 "io-bound runs"
is "its tasks end well" \
	"$(query io-bound.db "SELECT count(*) FROM task WHERE state NOT IN ('ok', 'ended')")" 0
is "and write what they read" \
	"$(query io-bound.db "SELECT count(*) FROM task WHERE state = 'ok' AND write_chars < 1000000")" 0

# ---- pipetask-container, with stand-ins -----------------------------------------------------

scratch=$work/scratch
mkdir -p bin "$scratch/queries" stack
for i in 0 1; do
	mkdir "$scratch/butler-$i"
	echo "instrument='LSSTComCam' AND exposure=2024111100090 AND detector=$i" \
		>"$scratch/queries/$i.txt"
done
echo 'setup() { [ "$1" = lsst_distrib ]; }' >stack/loadLSST.bash
cat >bin/apptainer <<'EOF'
#!/bin/bash
# Takes its own options and the image, and runs the rest.
[[ "$1 $2 $3" == "exec --userns --bind" && -n $4 && $5 == *.sif ]] || exit 9
shift 5
exec "$@"
EOF
cat >bin/pipetask <<'EOF'
#!/bin/bash
# One task of pipetask: its arguments as it got them, and a log of the long format.
printf '%s\n' "$@" >>"$ARGUMENTS"
[[ "$1 $2" == "--long-log run" && $3 == -b && -d $4 && $OMP_NUM_THREADS == 1 ]] || exit 8
line()
{
	printf 'INFO %s %s (isr:{detector: 4})(f.py:1) - %s\n' "$(date -u +%Y-%m-%dT%H:%M:%S.%3N+00:00)" \
		"$1" "$2" >&2
}
line lsst.daf.butler.datastores.fileDatastore "Butler get: raw"
sleep 0.02
line lsst.isr "Applying bias correction."
sleep 0.02
line lsst.daf.butler.direct_butler "Butler put: postISRCCD"
EOF
chmod +x bin/*
sed "s|/scratch/plateau|$scratch|g; s|/opt/lsst/software/stack|$work/stack|" \
	"$scenarios/pipetask-container.yaml" >pipetask.yaml
export ARGUMENTS=$work/arguments DRP_PIPE_DIR=/drp
PATH="$work/bin:$PATH" tap_run plateau run pipetask.yaml -j 1,2 -r 1 -o pipetask.db
tap_status 0 "the template for containers runs with stand-ins"
is "its tasks end well" \
	"$(query pipetask.db "SELECT count(*) FROM task WHERE state NOT IN ('ok', 'ended')")" 0
has "the pipeline and the step are one word" "$(cat arguments)" \
	"/drp/pipelines/LSSTComCam/DRP.yaml#isr"
has "so is the data query" "$(cat arguments)" \
	"instrument='LSSTComCam' AND exposure=2024111100090 AND detector=1"
is "each slot has a butler of its own" "$(grep -o 'butler-[0-9]*$' arguments | sort -u | tr '\n' ' ')" \
	"butler-0 butler-1 "
is "no two tasks write the same collection" \
	"$(grep '^plateau/' arguments | sort | uniq -d | wc -l)" 0
check "phases are read from the long log" test \
	"$(query pipetask.db "SELECT count(*) FROM phase")" -gt 0

tap_done
