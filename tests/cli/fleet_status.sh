#!/usr/bin/env bash
# How a fleet stands: from recorded folders and stand-ins for Slurm's commands.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/cli/slurm_answers.bash
. "${top_srcdir:?tests run through make check}/tests/cli/slurm_answers.bash" || exit 99
need awk jq

now=$(date +%s)
id=0123456789abcdef0123456789abcdef

# manifest DIR NODE...
manifest()
{
	local dir=$1
	shift
	mkdir -p "$dir/nodes"
	jq -n --arg id "$id" --argjson created "$(((now - 3600) * 1000000000))" --args '{schema_version: 1, id: $id,
		name: "isr-occupancy", plateau_version: "0", plateau_path: "/usr/bin/plateau",
		scenario_sha256: "0", working_folder: "/", created_ns: $created,
		expected: $ARGS.positional}' "$@" >"$dir/fleet.json"
}

# submitted DIR NODE ATTEMPT JOB [AGE]: what submit notes.
submitted()
{
	mkdir -p "$1/nodes/$2/attempt-$3"
	jq -n --arg node "$2" --argjson attempt "$3" --arg job "$4" \
		--argjson at "$(((now - ${5:-600}) * 1000000000))" \
		'{schema_version: 1, node: $node, attempt: $attempt, job: $job, submitted_ns: $at}' \
		>"$1/nodes/$2/attempt-$3/submitted.json"
}

# report DIR NODE ATTEMPT STAGE AGE [JQ]: what a job says of itself; JQ changes it.
report()
{
	mkdir -p "$1/nodes/$2/attempt-$3"
	jq -n --arg node "$2" --argjson attempt "$3" --arg stage "$4" \
		--argjson at "$(((now - $5) * 1000000000))" \
		'{schema_version: 1, format: "plateau job state", stage: $stage, node: $node,
		attempt: $attempt, exit_code: -1, signal: 0, started_ns: ($at - 60000000000),
		updated_ns: $at, ended_ns: null, trials_done: 0, trials_planned: 0,
		cpu_count: 4, granted_cpu_count: 4, memory_bytes: null, is_partial: false} | '"${6:-.}" >"$1/nodes/$2/attempt-$3/state.json"
}

# result DIR NODE ATTEMPT: something lies where the result belongs.
result()
{
	printf 'a result\n' >"$1/nodes/$2/attempt-$3/result.db"
}

done_well='.exit_code = 0 | .ended_ns = .updated_ns | .result = "result.db"'

# ---- No fleet, wrong words -----------------------------------------------------------------

mkdir none
tap_run plateau fleet status none
tap_status 2 "a folder that is no fleet is refused"
tap_stderr_has "none is no fleet" "and told of"
tap_run plateau fleet status
tap_status 2 "a folder must be named"
manifest fleet a1
tap_run plateau fleet status --watch --every 1s fleet
tap_status 2 "looking every second is refused"
tap_stderr_has "at least 5s" "and why"
tap_run plateau fleet status --every 30s fleet
tap_status 2 "--every alone would do nothing"
tap_stderr_has "--every is of --watch"
tap_run plateau fleet status --watch --every soon fleet
tap_status 2 "a time that is none is refused"
tap_run plateau fleet status --watch --json fleet
tap_status 2 "--watch and --json do not go together"
printf '{"id": 1}\n' >none/fleet.json
tap_run plateau fleet status none
tap_status 2 "a manifest that is none is refused"

# ---- All that can happen to a node ---------------------------------------------------------

stand_in_slurm
names=(n01 n02 n03 n04 n05 n06 n07 n08 n09 n10 n11 n12 n13 n14)
manifest fleet "${names[@]}"
for node in "${names[@]}"; do
	stand_in_node "$node" rome idle '' '' rome
done
# A node's states: n05 was drained beforehand, n04 died.
sed -i "s/^n05.*/n05\trome\tdrained\troot\tbad | DIMM, \"slot 3\"\trome/; s/^n04.*/n04\trome\tdown*\tslurm\tNot responding\trome/" "$work/slurm/nodes"

job() # NODE ID STATE EXIT REASON STARTED_AGO ENDED_AGO [LIMIT]
{
	local started='' ended='' node=$1
	[ -z "$6" ] || started=$((now - $6))
	[ -z "$7" ] || ended=$((now - $7))
	[ -n "$6" ] || node=
	stand_in_job "$2" "plateau/$1/attempt-1" "$node" "$1" rome "$3" "$4" "$5" $((now - 600)) \
		"$started" "$ended" "${8:-}"
}

for node in n01 n02; do
	submitted fleet $node 1 "1${node#n}"
	report fleet $node 1 "done" 60 "$done_well"
	result fleet $node 1
	job $node "1${node#n}" COMPLETED 0:0 None 120 60
done
submitted fleet n03 1 103
report fleet n03 1 "done" 60 ".exit_code = 1 | .ended_ns = .updated_ns | .result = \"result.db\""
result fleet n03 1
job n03 103 FAILED 1:0 NonZeroExitCode 120 60
submitted fleet n04 1 104
report fleet n04 1 running 90 '.trials_done = 3 | .trials_planned = 8'
job n04 104 NODE_FAIL 0:0 None 200 80
submitted fleet n06 1 106
report fleet n06 1 running 50 '.trials_done = 3 | .trials_planned = 8'
job n06 106 TIMEOUT 0:15 TimeLimit 150 30 2:00
submitted fleet n07 1 107
report fleet n07 1 "done" 30 '.exit_code = 130 | .signal = 15 | .ended_ns = .updated_ns |
	.is_partial = true | .result = "result.db" | .trials_done = 2 | .trials_planned = 8'
result fleet n07 1
job n07 107 FAILED 1:0 NonZeroExitCode 90 30 1:00:00
submitted fleet n08 1 108
job n08 108 CANCELLED 0:0 None '' 40
submitted fleet n09 1 109
job n09 109 PENDING 0:0 JobHeldUser '' ''
submitted fleet n10 1 110
job n10 110 PENDING 0:0 'launch failed requeued held' '' ''
submitted fleet n11 1 111
job n11 111 PENDING 0:0 Resources '' ''
submitted fleet n12 1 112
report fleet n12 1 running 5 '.trials_done = 5 | .trials_planned = 8'
job n12 112 RUNNING 0:0 None 100 ''
# n13: its submit was killed before it could note the job; n14: the job is known no more.
mkdir -p fleet/nodes/n13/attempt-1
job n13 113 RUNNING 0:0 None 20 ''
submitted fleet n14 1 114
report fleet n14 1 running 3630

calls()
{
	wc -l <"$work/slurm/calls"
}

COLUMNS=80 tap_run plateau fleet status fleet
tap_status 3 "a fleet with nodes that failed: 3"
tap_stderr_is "" "nothing is said beside the answer"
printf '%s\n' "$stdout" |
	sed 's/at [0-9:]\{8\} UTC/at HH:MM:SS UTC/' >shown
golden "what a person sees" shown "$top_srcdir/tests/cli/fleet_status.txt"
is "no line is wider than the screen" "$(awk 'length > 80' shown)" ""
is "three commands, one of them to begin with" "$(calls)" 3

tap_run plateau fleet status --json fleet
tap_status 3 "as JSON: 3 as well"
printf '%s' "$stdout" >answer.json
is "JSON says the same counts" "$(jq -c '.in_verdict | with_entries(select(.value > 0))' answer.json)" \
	'{"pass":2,"fail":2,"hung":1,"node-fail":1,"no-result":3,"held":1,"running":2,"pending":1,"not-run":1}'
is "every node is there" "$(jq '.nodes | length' answer.json)" 14
is "null has its reason" "$(jq -c '[.. | objects | . as $o | to_entries[] | select(.value == null) |
	select($o[.key + "_reason"] == null) | .key] | unique' answer.json)" "[]"
has "the folder is an absolute path" "$(jq -r .fleet.folder answer.json)" "$work/"
is "a site's reason comes as it is" "$(jq -r '.nodes[] | select(.name == "n05") | .site.reason' answer.json)" \
	'bad | DIMM, "slot 3"'
is "the job that was not noted is found by its comment" \
	"$(jq -r '.nodes[] | select(.name == "n13") | .attempts[0].job.id' answer.json)" 113
is "who needs a look" "$(jq -r '[.nodes[] | select(.needs_look) | .name] | join(" ")' answer.json)" \
	"n03 n04 n05 n06 n07 n08 n09 n10 n14"

# ---- Colours, and letters that steer -------------------------------------------------------

tap_run plateau fleet status --color always fleet
has "colours where they are asked for" "$stdout" $'\033[31m'
tap_run plateau fleet status fleet
lacks "none in a pipe" "$stdout" $'\033'
cp "$work/slurm/jobs" jobs.kept
truncate -s 0 "$work/slurm/jobs"
manifest odd $'a\033[31mb' 'x; rm -rf /' "q'\"\`\$(id)"
tap_run plateau fleet status odd
tap_status 4 "nodes with odd names: 4"
lacks "a name does not steer the terminal" "$stdout" $'\033'
has "a name is shown as it is otherwise" "$stdout" 'x; rm -rf /'
mv jobs.kept "$work/slurm/jobs"

# ---- Calls of the scheduler ----------------------------------------------------------------

# many DIR COUNT: a fleet of so many nodes, all of which run.
many()
{
	local i node dir=$1
	stand_in_nothing
	local -a all=()
	for ((i = 1; i <= $2; i++)); do
		node=$(printf 'm%03d' "$i")
		all+=("$node")
		stand_in_node "$node" rome allocated '' '' rome
		stand_in_job "$((1000 + i))" "plateau/$node/attempt-1" "$node" "$node" rome RUNNING 0:0 \
			None $((now - 60)) $((now - 50)) '' ''
	done
	manifest "$dir" "${all[@]}"
}

cp -R "$work/slurm" "$work/slurm.kept"
for count in 4 200; do
	many many$count $count
	truncate -s 0 "$work/slurm/calls"
	tap_run plateau fleet status many$count
	tap_status 4 "$count nodes run: 4"
	tap_stdout_has "$(printf 'running       %4d' $count)  m[001-$(printf %03d $count)]" "they are named in few letters"
	is "$count nodes: three commands" "$(calls)" 3
	is "which they are" "$(cut -d ' ' -f 1 "$work/slurm/calls" | paste -s -d ' ')" "scontrol squeue sinfo"
	tap_stdout_has "asked by 3 commands" "and it says so"
done

# ---- The controller does not answer --------------------------------------------------------

mv "$work/slurm" "$work/slurm.many"
mv "$work/slurm.kept" "$work/slurm"
stand_in_silence
tap_run plateau fleet status fleet
tap_status 3 "a silent controller is not fatal: what the folder knows decides"
tap_stdout_has "Slurm does not answer" "and it is told"
tap_stdout_has "Unable to contact slurm controller" "in Slurm's own words"
stand_in_voice

# ---- Watching ------------------------------------------------------------------------------

# two nodes; one passes at once, the other while it is watched, with a silence in between.
stand_in_nothing
manifest pair p1 p2
for node in p1 p2; do
	stand_in_node $node rome idle '' '' rome
	submitted pair $node 1 "20${node#p}"
	job $node "20${node#p}" RUNNING 0:0 None 20 ''
	report pair $node 1 running 1 '.trials_done = 1 | .trials_planned = 8'
done
finish() # NODE
{
	report pair "$1" 1 "done" 0 "$done_well"
	result pair "$1" 1
}
truncate -s 0 "$work/slurm/calls"
timeout 60 plateau fleet status --watch --every 5s pair >watched 2>watched.err &
watcher=$!
wait_for() # TEXT
{
	local i
	for ((i = 0; i < 300; i++)); do
		grep -q "$1" watched && return 0
		sleep 0.1
	done
	return 1
}
check "the first line says how it stands" wait_for '2 nodes: 2 running'
finish p1
stand_in_silence
check "a node that passes is a line" wait_for 'p1: pass (was running; not held against the others yet)'
check "a controller that falls silent is a line" wait_for 'does not answer'
finish p2
stand_in_voice
status=0
wait $watcher || status=$?
check "that it answers again, too" wait_for 'answers again'
is "it ends when nothing runs any more, with the code of the whole" "$status" 0
is "with nothing on stderr" "$(cat watched.err)" ""
check "it ends with the table" grep -q '^  pass  *2  p\[1-2\]' watched
is "each change once" "$(grep -c 'p[12]: ' watched)" 2
looks=$(grep -c '^sinfo' "$work/slurm/calls")
is "one command to begin with, two for each look" \
	"$(grep -vc 'silent' "$work/slurm/calls")" "$((1 + 2 * looks + $(($(grep -c '^squeue' "$work/slurm/calls") - looks))))"

# ---- What was collected while Slurm still knew ---------------------------------------------

stand_in_nothing
manifest late l1
stand_in_node l1 rome idle '' '' rome
submitted late l1 1 401
job l1 401 NODE_FAIL 0:0 None 200 80
tap_run plateau fleet collect late
tap_status 0 "a fleet is collected while Slurm knows its job"
stand_in_nothing
stand_in_node l1 rome idle '' '' rome
tap_run plateau fleet status late
tap_stdout_has "node failed" "what became of it is known when Slurm has forgotten it"

# ---- Another user's fleet ------------------------------------------------------------------

# Slurm is asked for one's own jobs: that it knows none of these does not mean that they are over.
if [ "$(id -u)" -eq 0 ]; then
	stand_in_nothing
	stand_in_node o1 rome idle '' '' rome
	manifest other o1
	submitted other o1 1 300
	tap_run plateau fleet status other
	tap_stdout_has "is not known any more" "of one's own fleet a job that is not known is gone"
	chown nobody other/fleet.json
	tap_run plateau fleet status other
	tap_stdout_has "pending" "of another user's it may be there"
else
	skip "another user's fleet" "only root can make one"
fi
# Who submitted it is what fleet.json says, whoever owns that file.
stand_in_nothing
stand_in_node o1 rome idle '' '' rome
manifest told o1
submitted told o1 1 300
sed -i "s/^{/{\"uid\": $(($(id -u) + 1)),/" told/fleet.json
tap_run plateau fleet status told
tap_stdout_has "pending" "a fleet that another user submitted, and whose files are one's own"
sed -i "s/\"uid\": [0-9]*/\"uid\": $(id -u)/" told/fleet.json
[ "$(id -u)" -ne 0 ] || chown nobody told/fleet.json
tap_run plateau fleet status told
tap_stdout_has "is not known any more" "one's own fleet, whoever owns the file"

# ---- Without Slurm -------------------------------------------------------------------------

mkdir bare
for program in env awk; do
	ln -s "$(command -v $program)" "bare/$program"
done
here=$(command -v plateau)
tap_run env PATH="$work/bare" "$here" fleet status pair
tap_status 0 "without Slurm the folder tells"
tap_stdout_has "No batch system was asked" "and it is said"
tap_run env PATH="$work/bare" "$here" fleet status fleet
tap_status 3 "also of nodes that failed"
tap_run env PATH="$work/bare" "$here" fleet status --json fleet
has "a job that never spoke may still wait" "$stdout" "no batch system tells of it"
is "JSON says that nobody was asked" "$(jq -c '.scheduler | [.name, .has_answered, .calls]' <<<"$stdout")" '[null,false,0]'

tap_done
