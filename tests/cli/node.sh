#!/usr/bin/env bash
# `plateau node`: what it says of recorded machines, word by word; of this one, as text and as JSON;
# as an ordinary user, on fewer CPUs, without /sys and with hidden processes; whether a scenario can
# be measured, with the exit codes.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

golden_folder=$top_srcdir/tests/cli/node
recorded=$top_srcdir/../shared/topologies

# Recorded machines: NPS1, NPS4, cluster-on-die off, one whose record has no NUMA nodes, SNC4, and
# one of which only a part may be used.
for machine in real-amd-rome-2x7402-nps1-48c96t real-amd-trento-1x7A53-nps4-64c128t \
	real-intel-broadwell-2xE5-2695v4-36c72t real-amd-milan-2x7763-cpuid-128c \
	real-intel-knl7250-snc4-cache-68c272t real-intel-skylake-2x6140-cpuid-36c72t \
	real-amd-4s2n4c-cgroup2-restricted6; do
	if [ ! -r "$recorded/$machine.xml" ]; then
		skip "the answer for $machine" "the record is not here"
		continue
	fi
	tap_run plateau node --topology "$recorded/$machine.xml"
	tap_status 0 "$machine"
	golden "the answer for $machine" stdout "$golden_folder/$machine.txt"
done

tap_run plateau node --topology none.xml
tap_status 2 "a record that is not there"
echo "no xml" >text.xml
tap_run plateau node --topology text.xml
tap_status 2 "a record that is none"

# This machine.
tap_run plateau node
tap_status 0 "this machine"
tap_stderr_is "" "without a word on stderr"
for part in "cores  " "Memory" "Frequency" "Kernel" "What can be measured here" "The clock now" \
	"one PU  " "task-clock"; do
	tap_stdout_has "$part"
done
printf '%s\n' "$stdout" >80.txt
check "nothing is wider than 80 columns in a pipe" test "$(wc -L <80.txt)" -le 80
check "only ASCII in the C locale" bash -c '! grep -q "[^ -~]" 80.txt'
check "nothing empty is told" bash -c '! grep -qE "(null)|nan|NaN|-1 (CPU|node)" 80.txt'
tap_run plateau node --no-probe --color always
has "colour when asked for" "$stdout" $'\033[1m'
tap_run plateau node --no-probe --color never
lacks "--no-probe leaves the clock out" "$stdout" "one PU  "
tap_stdout_has "--no-probe was given"
tap_run plateau node --verbose
tap_stdout_has "not running" "--verbose lists the clock of every PU"

tap_run plateau node -j 4
tap_status 0 "options of a scenario without one change nothing"
tap_run plateau node a.yaml b.yaml
tap_status 2 "two scenarios"
tap_run plateau node missing.yaml
tap_status 2 "a scenario that is not there"
tap_run plateau node --metrics missing.yaml
tap_status 2 "metrics that are not there"

tap_run bash -c 'plateau node --no-probe >&-'
tap_status 1 "a closed stdout"
tap_run bash -c 'plateau node --no-probe >/dev/full'
tap_status 1 "a full stdout"

# JSON, and what holds between its parts.
cat >look.py <<'PY'
import json, sys
answer = json.load(open(sys.argv[1]), parse_constant=lambda c: sys.exit("not JSON: " + c))
assert answer["schema_version"] == 1
for name in ("processor", "allowed", "memory", "frequency", "kernel"):
    group = answer[name]
    for key, value in group.items():
        if value is None:
            assert group["reasons"][key], (name, key)
        elif key != "reasons":
            assert key not in group["reasons"], (name, key)
for limit in answer["frequency"]["limits"]:
    assert (limit["hz"] is None) == ("reason" in limit), limit
names = [fact["name"] for fact in answer["facts"]]
assert len(names) == len(set(names))
for fact in answer["facts"]:
    assert fact["value"] or fact["reason"], fact
for c in answer["capabilities"]:
    assert c["state"] in ("yes", "in part", "no"), c
    assert (c["state"] == "no") == (c["by"] is None), c
    assert c["state"] == "yes" or c["reason"], c
    assert (c["remedy"] is None) == (c["who"] is None), c
    assert c["who"] in (None, "nobody", "you", "the administrator", "the hypervisor's owner"), c
if len(sys.argv) > 2:
    exec(sys.argv[2])
PY
look()
{
	local name=$1 file=$2
	shift 2
	if command -v python3 >/dev/null 2>&1; then
		check "$name" python3 look.py "$file" "$@"
	else
		skip "$name" "python3 is not installed"
	fi
}
plateau node --json >this.json
look "the JSON is sound" this.json "
assert answer['capabilities'] and answer['scenario'] is None
assert answer['metrics_processor'] is None or answer['metrics_processor'].strip()
allowed = answer['allowed']['pus']
clock = answer['clock']
assert len(clock['one']['pus']) == 1 or clock['one']['reason'], clock
if clock['all']['p50_hz']:
    assert len(clock['all']['pus']) == allowed
    figures = [p['p50_hz'] for p in clock['all']['pus'] if p['p50_hz']]
    assert min(figures) <= clock['all']['p50_hz'] <= max(figures) <= clock['all']['max_hz']
    assert abs(max(figures) / min(figures) - 1 - clock['all']['spread']) < 1e-9
    assert 1e8 < clock['one']['p50_hz'] < 1e10
"
plateau node --json --no-probe >quiet.json
look "without the probe there is a reason" quiet.json \
	"assert answer['clock']['one'] is None and answer['clock']['reason']"
if [ -r "$recorded/real-amd-rome-2x7402-nps1-48c96t.xml" ]; then
	plateau node --json --topology "$recorded/real-amd-rome-2x7402-nps1-48c96t.xml" >rome.json
	look "a recorded machine as JSON" rome.json "
assert answer['processor']['numa_mode'] == 'NPS1' and answer['processor']['cores'] == 48
assert answer['processor']['l3_groups'] == 16 and answer['processor']['cores_per_l3'] == '3'
assert len(answer['numa_nodes']) == 2 and answer['capabilities'] == []
"
else
	skip "a recorded machine as JSON" "the record is not here"
fi

# The facts are those that a result keeps.
if command -v sqlite3 >/dev/null 2>&1; then
	plateau run -q -j 1 -r 1 -w 0 -m 1 -e none -o facts.db -- true >/dev/null
	missing=$(query facts.db "SELECT name FROM host" | LC_ALL=C sort >of_result.txt &&
		sed -n 's/.*/&/p' this.json | tr '{' '\n' | sed -n 's/^"name": "\([a-z0-9_]*\)", "value".*/\1/p' |
		LC_ALL=C sort | LC_ALL=C comm -13 of_result.txt -)
	is "a result keeps every fact that node tells" "$missing" ""
else
	skip "a result keeps every fact that node tells" "sqlite3 is not installed"
fi

# Fewer CPUs, other users, hidden files.
if [ "$(nproc)" -gt 1 ] && command -v taskset >/dev/null 2>&1; then
	first=$(taskset -pc $$ | sed 's/.*: //; s/[,-].*//')
	tap_run taskset -c "$first" plateau node
	tap_status 0 "on one CPU"
	tap_stdout_has "allowed   PUs $first, 1 core"
	tap_stdout_has "(1 PU at once)"
else
	skip "on one CPU" "there is but one CPU, or no taskset"
fi
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1 && chmod 755 "$work" &&
	setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$(command -v plateau)"; then
	as_nobody()
	{
		setpriv --reuid 65534 --regid 65534 --clear-groups "$(command -v plateau)" "$@"
	}
	tap_run as_nobody node --here
	tap_status 0 "an ordinary user"
	tap_stdout_has "one PU  "
	as_nobody node --json --no-probe >nobody.json
	look "its JSON" nobody.json "
if (answer['kernel']['perf_event_paranoid'] or 0) >= 2:
    clock = [c for c in answer['capabilities'] if c['name'] == 'task-clock'][0]
    assert clock['state'] != 'yes', clock
    if clock['state'] == 'in part':
        assert clock['remedy'] and clock['who'] == 'the administrator', clock
"
else
	skip "an ordinary user" "needs root, setpriv and a plateau that others may execute"
fi
if unshare -m true 2>/dev/null && unshare -m sh -c 'mount -t tmpfs none /sys' 2>/dev/null; then
	tap_run unshare -m sh -c 'mount -t tmpfs none /sys && exec plateau node'
	tap_status 0 "without /sys"
	tap_stdout_has "not known"
	tap_run unshare -m sh -c 'mount -t tmpfs none /sys && exec plateau node --json --no-probe'
	printf '%s\n' "$stdout" >nosys.json
	look "its JSON" nosys.json
	tap_run unshare -m sh -c 'mount -o remount,hidepid=2 /proc && exec plateau node --no-probe'
	if [ "$status" = 32 ]; then
		skip "with hidden processes" "proc cannot be mounted anew here"
	else
		tap_status 0 "with hidden processes"
	fi
else
	skip "without /sys" "no mount namespace can be had"
fi

# Scenarios.
cat >good.yaml <<'END'
name: good
task: {command: [true]}
sweep: {levels: [1]}
END
tap_run plateau node --no-probe good.yaml
tap_status 0 "a scenario that can be measured, default events that need not be countable"
tap_stdout_has "the scenario can be measured here"
tap_stderr_is ""

# What needs no counters is not refused for the lack of them.
for curve in frequency-curve bandwidth-curve sleep; do
	plateau node --no-probe --json "$top_srcdir/scenarios/$curve.yaml" >curve.json 2>/dev/null
	look "$curve.yaml is not refused for its events" curve.json "
assert not [r for r in answer['scenario']['remarks'] if r['code'] == 'events' and r['refuses']]"
done

refused() # CODE NAME WORDS, with the scenario on stdin
{
	cat >refused.yaml
	tap_run plateau node --no-probe refused.yaml
	tap_status 5 "$2"
	tap_stdout_has "the scenario cannot be measured here"
	tap_stderr_has "$3"
	plateau node --no-probe --json refused.yaml >refused.json 2>/dev/null
	look "$2, in JSON" refused.json "
assert answer['scenario']['measurable'] is False
assert any(r['code'] == '$1' and r['refuses'] for r in answer['scenario']['remarks'])"
}
refused command "a command that is not there" "no-such-program: not found in PATH" <<'END'
name: bad
task: {command: [no-such-program]}
sweep: {levels: [1]}
END
refused inputs "inputs that are not there" "there is no file gone.fits" <<'END'
name: bad
task: {command: [true, "{input}"], inputs: [gone.fits]}
sweep: {levels: [1]}
END
refused memory "memory for no level" "left out" <<'END'
name: bad
task: {command: [true], memory: 900 TB}
sweep: {levels: [1]}
END
refused events "an event asked for that cannot be counted" "no_such_event cannot be counted" <<'END'
name: bad
task: {command: [true]}
sweep: {levels: [1]}
counters: {events: [task-clock, no_such_event]}
END
cat >half.yaml <<'END'
name: half
task: {command: [true], memory: 100 MB}
sweep: {levels: [1, 60000]}
counters: {events: []}
END
tap_run plateau node --no-probe half.yaml
tap_stdout_has "1 of 2 levels is left out" "a level that has no room is told"
tap_stdout_has "oversubscribed"
tap_run plateau node --no-probe -- true
tap_status 0 "a command instead of a scenario"
tap_run plateau node --no-probe -e no_such_event -- true
tap_status 5 "--events asks for itself"
# One remark for events of which the same holds; what stands against it is marked.
cat >site.yaml <<'END'
metrics:
  no-a: {choices: {generic: [sysfs:nopmu/x/]}}
  no-b: {choices: {generic: [sysfs:nopmu/x/]}}
END
tap_run plateau node --no-probe --metrics site.yaml -e no-a,no-b -- true
tap_status 5 "two events that cannot be counted"
tap_stdout_has "  X no-a, no-b cannot be counted" "are told together, as what stands against it"
printf 'name: x\ntask: {command: [true]}\nsweep: {levels: [x]}\n' >broken.yaml
tap_run plateau node --no-probe broken.yaml
tap_status 2 "a scenario that is wrong"
if [ -r "$recorded/real-amd-rome-2x7402-nps1-48c96t.xml" ]; then
	sed 's/true/no-such-program/; s/\[1\]/[48]/' good.yaml >there.yaml
	tap_run plateau node --topology "$recorded/real-amd-rome-2x7402-nps1-48c96t.xml" there.yaml
	tap_status 0 "on a recorded machine the plan alone is judged"
fi

# Open files: what a run refuses is refused, and nothing else is.
if command -v prlimit >/dev/null; then
	sed 's/\[1\]/[40]/' good.yaml >many.yaml
	tap_run prlimit --nofile=300 plateau run -q --preflight off --here -o files.db many.yaml
	tap_status 5 "a run with too few open files"
	edge=$(sed -n 's/.* copies need \([0-9]*\) open files.*/\1/p' <<<"$stderr")
	tap_run prlimit --nofile="$((edge - 1))" plateau node --no-probe many.yaml
	tap_status 5 "one open file too few"
	tap_stdout_has "40 copies need $edge open files"
	tap_run prlimit --nofile="$edge" plateau node --no-probe many.yaml
	tap_status 0 "as many as a run needs"
else
	skip "open files" "prlimit is not installed"
fi

# A batch system: the clock of one PU is measured, that of all is not.
mkdir bin
printf '#!/bin/sh\n' >bin/sbatch
chmod +x bin/sbatch
if [ "$(nproc)" -gt 1 ]; then
	export PATH=$work/bin:$PATH
	unset SLURM_JOB_ID PBS_JOBID LSB_JOBID JOB_ID
	tap_run plateau node --preflight fast
	tap_status 0 "on a node of a batch system, outside an allocation"
	tap_stdout_has "all PUs   not known: this node belongs to a batch system (Slurm)"
	tap_run plateau node --preflight fast --here
	lacks "--here insists" "$stdout" "all PUs   not known"
	sed 's/\[1\]/[2]/' good.yaml >two.yaml
	tap_run plateau node --preflight fast --no-probe two.yaml
	tap_status 5 "a run would be refused there"
	tap_stderr_has "--here"
	tap_run env SLURM_JOB_ID=7 plateau node --preflight fast --no-probe two.yaml
	lacks "inside an allocation" "$stdout$stderr" "batch system"
else
	skip "a batch system" "there is but one CPU"
fi

tap_done
