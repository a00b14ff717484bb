#!/usr/bin/env bash
# A made-up fleet of three kinds of nodes, as result files, with slow cores, L3 caches, sockets,
# clocks, memory and disks put in: each is named, and nothing else is. SYNTHETIC_NODES: how many
# nodes it has (60 at least).
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

make_fleet=$top_builddir/tests/unit/store/make_fleet
nodes=${SYNTHETIC_NODES:-60}
[ -x "$make_fleet" ] || skip_all "unit tests are not built (cmocka)"
command -v python3 >/dev/null 2>&1 || skip_all "python3 is not installed"

mkdir results
"$make_fleet" results "$nodes" >put_in
is "$nodes results are made" "$?" 0
plateau fleet collect results -o fleet.db >said 2>&1
is "they are collected" "$?" 0

# named < ANSWER: NODE VERDICT COMPONENT INDEX of each node that does not pass.
named()
{
	python3 -c '
import json, sys
for node in json.load(sys.stdin)["nodes"]:
    if node["verdict"] == "pass":
        continue
    of = node["component"] or {}
    index = of.get("index")
    print(node["name"], node["verdict"], of.get("name"), "-" if index is None else index)'
}

TIMEFORMAT='ranking %R s, of it %U s of user and %S s of system time'
{ time plateau fleet rank fleet.db --json >answer 2>errors; } 2>took
is "slow nodes are an answer" "$?" 3
diag "$nodes nodes: $(cat took)"
named <answer | sort >found
sort put_in >expected
is "what was put in is named, and nothing else is" "$(cat found)" "$(cat expected)"

plateau fleet rank results --json >again 2>>errors
is "the results themselves are ranked alike" "$(named <again | sort)" "$(cat expected)"
[ ! -s errors ] || diag "$(cat errors)"
tap_done
