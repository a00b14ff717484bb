#!/bin/bash
# plateau fleet submit, against stand-ins for Slurm's commands: what is asked and made, what is left
# alone, refused and run again. That no node gets two jobs is in fleet_submit_killed.sh.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/cli/fleet_submit.bash
. "${top_srcdir:?}/tests/cli/fleet_submit.bash" || exit 99

# ---- What is wrong is said before anything is made ------------------------------------------

new_site
tap_run env PATH="$work/none" "$top_builddir/plateau" fleet submit s.yaml --nodes n1 F
tap_status 5 "without Slurm: 5"
tap_stderr_has "Slurm" "and that it is Slurm that is missing"
touch site/silent
submit s.yaml --nodes n1 F
tap_status 5 "a Slurm that does not answer: 5"
tap_stderr_has "Unable to contact slurm controller" "in Slurm's own words"
rm site/silent

wrong()
{
	local part=$1
	shift
	submit "$@"
	tap_status 2 "2: $*"
	tap_stderr_has "$part"
}
printf 'name: x\ntask: {orders: [a]}\n' >broken.yaml
printf 'accept: {criteria: [{metric: throughput, level: 2, reference: a.db, at_least: 0.9}]}\n' |
	cat s.yaml - >relative.yaml
printf 'accept: {criteria: [{metric: throughput, level: 2, reference: /no/a.db, at_least: 0.9}]}\n' |
	cat s.yaml - >gone.yaml
mkdir full && touch full/something
wrong "which nodes?" s.yaml F
wrong "name a scenario" --nodes n1 F
wrong "name a folder for the fleet" s.yaml --partition all
wrong "broken.yaml:2:" broken.yaml --nodes n1 F
wrong "no_such.yaml" no_such.yaml --nodes n1 F
wrong "the reference a.db is relative" relative.yaml --nodes n1 F
wrong "/no/a.db" gone.yaml --nodes n1 F
wrong "--accept" s.yaml --accept --nodes n1 F
wrong "is not empty" s.yaml --nodes n1 full
wrong "knows no node 'nix'" s.yaml --nodes n1,nix F
wrong "brackets" s.yaml --nodes 'n[1' F
wrong "no node in partition 'gpu'" s.yaml --partition gpu F
wrong "--window" s.yaml --nodes n1 --window 0 F
wrong "--time" s.yaml --nodes n1 --time 90 F
wrong "write 45min, 2h, 1:30:00" s.yaml --nodes n1 --time 1:99:00 F
wrong "write 45min, 2h, 1:30:00" s.yaml --nodes n1 --time 1:xx F
wrong "--time" s.yaml --nodes n1 --time 0s F
wrong "none that Slurm takes" s.yaml --nodes n1 --assume-time 100000d F
wrong "taken for dead" s.yaml --nodes n1 --poll 20min F
wrong "--retry" s.yaml --nodes n1 --retry bad F
wrong "has no fleet yet" s.yaml --nodes n1 --retry failed F
wrong "sbatch" s.yaml --nodes n1 -n F -- --array=1-9
wrong "sbatch" s.yaml --nodes n1 F -- --array=1-9
wrong "sbatch" s.yaml --nodes n1 -n F -- script.sh
is "no job was submitted by any of these" "$(comments)" ""
check "and no folder was made" test ! -e F

sed 's/sleep,/no-such-program,/' s.yaml >absent.yaml
submit absent.yaml --nodes n2 -n F
tap_status 0 "a program that is not here may be on the nodes"
tap_stderr_has "no-such-program is not to be found on this node" "but is spoken of"

PLATEAU_LEVELS=4 submit s.yaml --nodes n2 -n F
tap_stderr_has 'PLATEAU_LEVELS is set to "4"' "what would change the scenario in the jobs is spoken of"

# All that `plateau run` takes from the environment, but for what a job sets itself or has no use for.
mapfile -t variables < <(plateau run --help |
	sed -n 's/^  \(-., \|    \)--\([a-z-]*\) [A-Za-z].*/PLATEAU_\2/p' | tr a-z- A-Z_ |
	grep -vxE 'PLATEAU_(OUTPUT|RESUME|JUNIT|PROGRESS|COLOR)')
for variable in "${variables[@]}"; do
	export "$variable=x"
done
submit s.yaml --nodes n2 -n F
unset "${variables[@]}"
is "all of that is known" "$(grep -oE 'PLATEAU_[A-Z_]+ is set' <<<"$stderr" | cut -d ' ' -f 1 | sort | xargs)" \
	"$(printf '%s\n' "${variables[@]}" | sort | xargs)"
check "and it is not nothing" test "${#variables[@]}" -gt 10

# ---- Dry run --------------------------------------------------------------------------------

submit s.yaml --partition all --time 1:30:00 -n F
tap_status 0 "dry run"
check "makes nothing" test ! -e F
is "submits nothing" "$(comments)" ""
stdout_tells "to submit +3  n\[1-2\], n10"
tap_stdout_has "bad DIMM (root)" "says the site's reason"
tap_stdout_has "--nodelist=n2" "and the command"
tap_stdout_has "--time=90"
is "one command stands for all" "$(printf '%s\n' "$stdout" | grep -c -e --parsable)" 1
tap_stdout_has "other 2 differ in node and attempt alone" "which is said"
tap_stdout_has "--job-name=plateau-00000000000000000000000000000000" "no id is invented"
tap_stdout_has "The zeros stand for the fleet's id" "which is said, too"
submit s.yaml --partition all -n --verbose F
is "--verbose has them all" "$(printf '%s\n' "$stdout" | grep -c -e --parsable)" 3
submit s.yaml --partition all -n --json F
cp stdout dry.json
if command -v python3 >/dev/null; then
	python3 - dry.json >scripts.txt <<'PY'
import json, sys
a = json.load(open(sys.argv[1]))
print([j["node"] for j in a["jobs"]], a["counts"]["not-run"], a["dry_run"], a["fleet"]["id"])
open("job.sh", "w").write(a["jobs"][0]["script"])
PY
	is "as JSON: idle nodes first" "$(cat scripts.txt)" "['n2', 'n10', 'n1'] 2 True None"
	check "a script that a shell reads" sh -n job.sh
else
	skip "as JSON" "python3 is not installed"
fi

# ---- Once, and again ------------------------------------------------------------------------

submit s.yaml --partition all --time 90min --account phys --qos high --reservation r1 F -- --mail-type=END
tap_status 0 "a fleet is submitted"
is "idle nodes first, no drained, no silent one" "$(comments)" \
	"n2/attempt-1 n10/attempt-1 n1/attempt-1"
words=$(tr '\0' '\n' <site/sbatch.log | sed '/^--$/,$d')
for word in --exclusive --mem=0 --no-requeue --signal=B:TERM@30 --nodelist=n2 --partition=all \
	--account=phys --qos=high --reservation=r1 --mail-type=END --time=90 \
	"--output=$work/F/nodes/n2/attempt-1/job.log" "--chdir=$work"; do
	has "sbatch is told $word" "$words" "$word"
done
check "the scenario is in the folder" cmp s.yaml F/scenario.yaml
check "the script is the one that was handed in" cmp site/script F/nodes/n1/attempt-1/job.sh
has "it starts the job by its folder, node and attempt" "$(cat site/script)" \
	"exec $(readlink -f "$top_builddir/plateau") fleet job $work/F --node=n1 --attempt=1"
has "the answer is noted" "$(cat F/nodes/n2/attempt-1/submitted.json)" '"job": "100"'
check "the lock is gone" test ! -e F/lock
submit F
tap_status 0 "again"
stdout_tells "in the queue +3  n"
is "submits nothing" "$(queue)" 3
set_jobs RUNNING
submit s.yaml F --json
is "nor while they run" "$(queue)" 3
set_jobs COMPLETED
submit F
is "nor when they ended" "$(queue)" 3
sed -i 's/^n3|all|drained|root|bad DIMM/n3|all|idle||/' site/nodes
submit F
is "a node that came back gets its job" "$(comments)" \
	"n2/attempt-1 n10/attempt-1 n1/attempt-1 n3/attempt-1"
has "with what the fleet was submitted with" "$(tr '\0' ' ' <site/sbatch.log | sed 's/ -- /\n/g' |
	tail -n 2)" "--account=phys"
echo '# changed' >>s.yaml
submit s.yaml F
tap_status 2 "another scenario is refused"
tap_stderr_has "another scenario"
sed -i '$d' s.yaml

cp F/fleet.json fleet.json
sed -i 's/"uid": [0-9]*/"uid": 4711/' F/fleet.json
submit F
tap_status 2 "somebody else's fleet is refused"
tap_stderr_has "user 4711"
mv fleet.json F/fleet.json

# ---- Retry ----------------------------------------------------------------------------------

set_jobs COMPLETED
set_jobs TIMEOUT n2
set_jobs CANCELLED n10
set_jobs NODE_FAIL n1
set_jobs PENDING n3
submit F
tap_stdout_has "hung (--retry failed runs it again)" "what failed is spoken of, with what runs it again"
find F -printf '%p %T@\n' | sort >before.list
submit F --dry-run --retry failed
tap_status 0 "a retry that is only looked at"
find F -printf '%p %T@\n' | sort >after.list
check "it makes and changes nothing, no fleet file either" cmp before.list after.list
submit F --retry failed
tap_status 0 "retry"
is "what failed is run again, with its node" "$(comments | xargs -n 1 | tail -n +5 | xargs)" \
	"n2/attempt-2 n1/attempt-2"
submit F --retry missing,inconclusive
is "what left no result is, too" "$(comments | xargs -n 1 | tail -n +7 | xargs)" "n10/attempt-2"
submit F --retry failed,slow,missing,inconclusive
is "what is live is not" "$(comments | xargs -n 1 | tail -n +8 | xargs)" ""

sed -i 's/^n2|all|idle||/n2|all|drained|root|plateau: slow, cause not known/' site/nodes
set_jobs TIMEOUT n2
submit F --retry failed
tap_stdout_has "drained: plateau: slow" "what was drained for what plateau said is not run"
tap_stdout_has "scontrol update NodeName=n2 State=RESUME" "and it is said what lets it be run"
submit F --retry failed --json
has "in JSON, too" "$stdout" '"remedy": "scontrol update NodeName=n2 State=RESUME"'

new_site
mkdir elsewhere && cp s.yaml elsewhere/ && sed -i 's/sleep,/.\/mine,/' elsewhere/s.yaml
cp "$(command -v sleep)" elsewhere/mine
(cd elsewhere && plateau fleet submit s.yaml --nodes n2 ../E >/dev/null 2>&1)
submit E
tap_status 0 "called from another folder"
lacks "it looks where the jobs start" "$stderr" "not to be found"
mv elsewhere moved
submit E
tap_status 2 "which is gone"
tap_stderr_has "the folder in which this fleet's jobs start"

# ---- Refusals -------------------------------------------------------------------------------

new_site
seq -f 'm%g|all|idle|||rome' 9 >site/nodes
echo "Invalid account or account/partition combination specified" >site/refuse
submit s.yaml --partition all --account nix F10
tap_status 1 "jobs that are refused"
tap_stderr_has "Invalid account" "are told in Slurm's words"
tap_stderr_has "the first 3 jobs were all refused" "and not tried for every node"
stdout_tells "left +6  m"
rm site/refuse
submit F10 --account phys
tap_status 0 "once mended they are submitted"
is "under the same numbers" "$(comments | xargs -n 1 | sort -V | xargs)" \
	"$(seq -f 'm%g/attempt-1' 9 | xargs)"

new_site
echo "Invalid account" >site/refuse
submit s.yaml --nodes n2 F12
rm site/refuse
touch site/kill-after
submit F12
is "killed when a job that was refused before had been taken" "$status" 137
submit F12
tap_status 0 "that refusal is forgotten"
is "and the job is there once" "$(comments)" "n2/attempt-1"
has "with its id" "$(cat F12/nodes/n2/attempt-1/submitted.json)" '"job": "100"'

new_site
echo "Requested node configuration is not available" >site/refuse
echo n10 >site/refuse-nodes
submit s.yaml --partition all F11
tap_status 1 "one that is refused"
is "does not keep the others" "$(comments)" "n2/attempt-1 n1/attempt-1"
tap_stdout_has "Requested node"

# ---- Time limits ----------------------------------------------------------------------------

new_site
limit_of()
{
	rm -rf "${work:?}/L"
	submit "$@" -n --nodes n2 L
	printf '%s\n' "$stdout" | grep -o -e '--time=[0-9]*' | head -n 1
}
sed 's/repeats: 2/repeats: 2, budget: 10min/' s.yaml >budget.yaml
is "--time, rounded up to minutes" "$(limit_of s.yaml --time 61s)" "--time=2"
submit s.yaml --time 30s -n --nodes n2 L
tap_stderr_has "a time limit of 1 min leaves the run half a minute less at least" \
	"one that leaves next to nothing is warned of"
stdout_tells "time limit of a job: 1 min"
is "days and hours" "$(limit_of s.yaml --time 1-02:00:00)" "--time=1560"
is "twice the budget, and 150 s" "$(limit_of budget.yaml)" "--time=23"
# 2 levels x 2 blocks x (1 start + 1 warm-up + 4 measured) x 60 s x 1.5 + 150 s
is "the estimate" "$(limit_of s.yaml --assume-time 60s)" "--time=39"
is "else the site's" "$(limit_of s.yaml)" ""
submit s.yaml --assume-time 60s --time 5min -n --nodes n2 L
tap_stderr_has "the time limit is below" "a limit that is too short is told of"

# ---- Hostile names --------------------------------------------------------------------------

new_site
# shellcheck disable=SC2016
evil='a b'\''c"d$(touch hit)`touch hit`;&|*'
printf 'n1|all|drained|root;id|bad\\n\033[31mFAKE "x" $(touch hit) %%s|rome\nn2|all|idle|||rome\n' >site/nodes
folder="$work/$evil
#SBATCH --wrap=x"
mkdir "$folder"
cp s.yaml "$folder/s.yaml"
cd "$folder" || exit 99
submit s.yaml --partition all --account "$evil" --reservation "$evil" "$folder/F" -- "--wckey=$evil"
cd "$work" || exit 99
tap_status 0 "names with quotes, blanks and line ends"
has "reach sbatch as they are" "$(tr '\0' '\n' <site/sbatch.log)" "--account=$evil"
is "the site's reason steers no terminal" "$(grep -caP '[\x01-\x08\x0b-\x1f\x7f]|^FAKE' stdout stderr |
	cut -d: -f2 | xargs)" "0 0"
mkdir fake && cat >fake/show <<'SHOW'
#!/bin/sh
printf '<%s>' "$@"
SHOW
chmod +x fake/show
sed "s|exec [^ ]*|exec $work/fake/show|" "$folder/F/nodes/n2/attempt-1/job.sh" >shown.sh
is "the script's shell reads the folder as it is" "$(sh shown.sh)" \
	"<fleet><job><$folder/F><--node=n2><--attempt=1>"
is "nothing that was hidden in names was run" "$(find . -name hit | wc -l)" 0
is "no line of the script's head is an option of sbatch's" \
	"$(sed '/^exec/,$d' "$folder/F/nodes/n2/attempt-1/job.sh" | grep -c '^#SBATCH')" 0

PATH=$plain_path
tap_done
