#!/usr/bin/env bash
# plateau plan: whole answers for a machine of ours, the JSON, what is refused, and that the
# affinity mask of the process is kept to.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99

"$top_builddir/tests/machines/synthesize" "pack:2 [numa(memory=64GB)] l3:2 core:2 pu:2" duo.xml
"$top_builddir/tests/machines/synthesize" "pack:1 [numa(memory=4GB)] l3:1 core:8 pu:1" flat.xml
"$top_builddir/tests/machines/synthesize" "pack:2 [numa(memory=4GB)] l3:16 core:4 pu:2" big.xml
printf '<topology version="3.0">\n</topology>\n' >newer.xml
cat >scenario.yaml <<'EOF'
name: example
task:
  command: [true, "{input}"]
  inputs: {generate: [true, "{count}", "{dir}"]}
  memory: 10 GB
  threads: 2
sweep:
  levels: [1, cores, pus, 20]
  repeats: 3
  baseline: 3
placement: {policy: [spread, none], unit: l3}
EOF

tap_run plateau plan scenario.yaml --topology duo.xml --assume-time 10s
tap_status 0
tap_stderr_is ""
cat >expected <<'EOF'
Plan of example

  task       true {input}
  machine    processor unknown, recorded in duo.xml: nothing can be bound or run
  allowed    8 cores, 16 PUs, 4 L3 caches, 2 NUMA nodes, 2 packages
  placement  spread, none; a slot is bound to its last-level cache, second PUs
             of cores come last; memory local
  room for   8 tasks of 2 threads, each on PUs of its own
  trials     18: 4 levels, 2 policies, 3 blocks, shuffled; 6 of skipped levels
             are left out
  baseline   N=1
  note       the baseline N=3 is not among the levels; the lowest, N=1, is used
  inputs     20
  counters   7 events; where they are more than counters, sets of them take
             turns over the trials
  memory     10.0 GB per task; 128 GB in the machine
  time       about 18 min 00 s, if a task takes 10.0 s at every level

      N  policy  cores   L3 NUMA pkg   memory
      1  spread      2    1    1   1  10.0 GB
      1  none        -    -    -   -  10.0 GB
      4  spread      8    4    2   2  40.0 GB
      4  none        -    -    -   -  40.0 GB
      8  spread      8    4    2   2  80.0 GB  2 share a core
      8  none        -    -    -   -  80.0 GB
     20  spread      8    4    2   2   200 GB  skipped
         needs 200 GB of memory, 128 GB in the machine
     20  none        -    -    -   -   200 GB  skipped
         needs 200 GB of memory, 128 GB in the machine

Map of spread: level N has slots 0 to N-1
     slot  PU             core  L3 NUMA pkg  bound to PUs
        0  0,2               0   0    0   0  0-3
        1  8,10              4   2    1   1  8-11
        2  4,6               2   1    0   0  4-7
        3  12,14             6   3    1   1  12-15
        4  1,3               0   0    0   0  0-3
        5  9,11              4   2    1   1  8-11
        6  5,7               2   1    0   0  4-7
        7  13,15             6   3    1   1  12-15
        8  and further ones begin again at slot 0

Map of none: no slot is bound, the kernel decides
EOF
tap_stdout_is "$(cat expected)" "the answer for a machine of two packages"

tap_run plateau plan scenario.yaml --topology duo.xml --verbose -j 1-8 --policy pack --unit pu
tap_status 0
is "--verbose lists every slot" "$(grep -cE '^ +[0-7]  [0-9]+,[0-9]+ ' stdout)" 8

tap_run plateau plan -j 1,17 -r 2 --unit pu --policy pack --topology duo.xml -- sleep 1
tap_status 0
tap_stdout_has "oversubscribed: 2 share a PU"
tap_stdout_has "16  and further ones begin again at slot 0"
tap_run plateau plan -j 8 --policy pack --unit pu --topology flat.xml -- sleep 1
matches "neighbours are drawn together" "$stdout" '^ +0-7  0-7 +0-7 +0 +0 +0  each its own PU: 0-7$'
tap_run plateau plan -j 8 --policy pack --unit l3 --topology flat.xml -- sleep 1
matches "slots that share all their PUs" "$stdout" '^ +0-7  0-7 +0-7 +0 +0 +0  all: 0-7$'
tap_run plateau plan -j 8 --policy pack --unit core --topology flat.xml -- sleep 1
matches "slots that have a core each" "$stdout" '^ +0-7  0-7 +0-7 +0 +0 +0  each its own core: 0-7$'
printf 'name: x\ntask: {command: ["true"]}\nsweep: {levels: [4]}\nplacement: {%s}\n' \
	"policy: pack, smt: first" >first.yaml
tap_run plateau plan first.yaml --topology duo.xml
matches "slots that share cores" "$stdout" '^ +0-3  0-3 +0-1 +0 +0 +0  2 to each core: 0-3$'
tap_run plateau plan -j 24 --assume-time 10s -r 1 --topology duo.xml -- sleep 1
has "what the time assumes where PUs are shared" "$(tr -s ' \n' ' ' <stdout)" \
	"if a task takes 10.0 s where it has PUs of its own, and longer in proportion where PUs are"
tap_run plateau plan -j 9 --policy spread:numa --topology flat.xml -- sleep 1
has "a policy with nothing to go round" "$(tr -s ' \n' ' ' <stdout)" \
	"note policy spread:numa: there is only one NUMA node to go round, so tasks are placed as by pack"
tap_run plateau plan -j 10 --topology duo.xml -- sleep 1
tap_stdout_has "2 share each of 2 cores"
tap_run plateau plan -j 256 --topology big.xml -- sleep 1
matches "long maps are cut" "$stdout" 'slots 16-[0-9]+: see them with --verbose$'
matches "no line is longer than 80 columns" "$(awk '{ if (length > w) w = length } END { print w }' stdout)" '^([1-7]?[0-9]|80)$'

if command -v python3 >/dev/null 2>&1; then
	tap_run plateau plan scenario.yaml --topology duo.xml --assume-time 10s --json
	tap_status 0
	check "the JSON is as docs/json.md has it" python3 - <<'EOF'
import json
plan = json.load(open("stdout"))
levels = plan["levels"]
assert [(l["concurrency"], l["policy"]) for l in levels] == [
    (1, "spread"), (1, "none"), (4, "spread"), (4, "none"),
    (8, "spread"), (8, "none"), (20, "spread"), (20, "none")]
four = levels[2]
assert four["oversubscribed"] is False and four["skipped"] is None
assert four["memory_bytes"] == 40000000000
assert [s["slot"] for s in four["slots"]] == [0, 1, 2, 3]
assert four["slots"][1] == {"slot": 1, "pus": [8, 10, 9, 11], "core": 4, "l3": 2,
                            "numa": 1, "package": 1}
assert four["slots"][0]["pus"] == [0, 2, 1, 3]
assert levels[3]["slots"][0] == {"slot": 0, "pus": [], "core": None, "l3": None,
                                 "numa": None, "package": None}
assert levels[6]["oversubscribed"] is True
assert "128 GB" in levels[6]["skipped"]
assert plan["trials"] == 18
# Per trial a task's time for the start, one of warm-up and four measured.
assert plan["seconds"] == 18 * 60
assert plan["baseline"] == 1 and "N=3" in plan["note"]
EOF
	tap_run plateau plan --json -j 1 -- true
	tap_status 0
	check "what is unknown is null, with a reason" python3 - <<'EOF'
import json
plan = json.load(open("stdout"))
assert plan["seconds"] is None and plan["seconds_reason"]
assert plan["levels"][0]["memory_bytes"] is None and plan["levels"][0]["memory_bytes_reason"]
EOF
else
	skip "the JSON is as docs/json.md has it" "python3 is not installed"
	skip "what is unknown is null, with a reason" "python3 is not installed"
fi

printf 'name: x\ntask: {command: ["true", "{input}"], inputs: %s}\nsweep: {levels: [2]}\n' \
	"'in/*.fits'" >glob.yaml
tap_run plateau plan glob.yaml --topology duo.xml
tap_status 0
tap_stdout_has "inputs     none: no file matches in/*.fits"
mkdir in && touch in/a.fits in/b.fits in/c.fits
tap_run plateau plan glob.yaml --topology duo.xml
tap_stdout_has "inputs     2"
sed "s/inputs: [^}]*/inputs: [in\/a.fits, in\/b.fits, gone.fits]/" glob.yaml >list.yaml
tap_run plateau plan list.yaml --topology duo.xml
tap_stdout_has "inputs     3: there is no file gone.fits"
tap_run plateau plan list.yaml --topology duo.xml --json
tap_stdout_has '"input_problem": "there is no file gone.fits"'

tap_run plateau plan --policy map:0,99 --topology duo.xml -- true
tap_status 2
tap_stderr_is 'plateau: placement "map:0,99": PU 99 is not among the allowed ones of duo.xml, which are 0-15'

tap_run plateau plan -j 0 --policy pakc --unit socket -r 0 -w -1 --assume-time 3 -- true "{inputt}"
tap_status 2
tap_stdout_is ""
for option in levels policy unit repeats warmup assume-time; do
	tap_stderr_has "plateau: --$option: "
done
tap_stderr_has "{inputt}"

tap_run plateau plan --topology newer.xml -- true
tap_status 2
tap_stderr_has "hwloc 3"
tap_run plateau plan --topology scenario.yaml -- true
tap_status 2
tap_stderr_has "lstopo FILE.xml"
tap_run plateau plan --topology missing.xml -- true
tap_status 2
tap_stderr_has "missing.xml"
tap_run plateau plan
tap_status 2
tap_run plateau plan scenario.yaml -- true
tap_status 2
tap_stderr_has "not both"

tap_run plateau plan -m 0.5 -j 1 --topology duo.xml -- true
tap_status 0
tap_run plateau plan -m 0 -j 1 --topology duo.xml -- true
tap_status 2
tap_stderr_has "--measured: nothing would be measured"
tap_run plateau plan -j 1,2 true
tap_status 2
tap_stderr_has "a command to run goes behind --"

# Documents name scenarios/quick.yaml as it is in the source: an installed plateau says where its own is.
mkdir -p moved/bin moved/share/plateau/scenarios
cp "$(command -v plateau)" moved/bin/
cp scenario.yaml moved/share/plateau/scenarios/own-one.yaml
tap_run moved/bin/plateau plan scenarios/own-one.yaml
tap_status 2
tap_stderr_has "cannot open scenarios/own-one.yaml: No such file or directory; did you mean $PWD/moved/bin/../share/plateau/scenarios/own-one.yaml?"
tap_run moved/bin/plateau plan scenarios/nobodys.yaml
tap_status 2
tap_stderr_is "plateau: cannot open scenarios/nobodys.yaml: No such file or directory"

# The PUs that this process may use, as the kernel lists them.
allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
last=${allowed##*[,-]}
if command -v taskset >/dev/null 2>&1; then
	tap_run taskset -c "$last" plateau plan -j 1 --unit package --json -- true
	tap_status 0
	tap_stdout_has "\"pus\": [$last]" "under taskset a slot has the one allowed PU, whatever the unit"
else
	skip "under taskset a slot has the one allowed PU, whatever the unit" "taskset is not installed"
fi

tap_done
