#!/bin/bash
# plateau fleet rank: fleet files and results in, an answer, a page, JSON, JUnit and a script that
# drains out; exit codes; nothing is written over that is not plateau's; an earlier answer does not
# outlive a failure.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 jq

# json WHAT FILE QUESTION ANSWER: what jq finds.
json()
{
	is "$1" "$(jq -c "$3" "$2" | tr -d '"')" "$4"
}

fleet_draw=$top_builddir/tests/unit/report/fleet_draw
for kind in faults healthy systemic hostile; do
	"$fleet_draw" "$kind" 60 "$kind.db"
done

# ---- Exit codes, and the answer first ------------------------------------------------------------
plateau fleet rank healthy.db >healthy.txt 2>healthy.err
is "all pass: 0" "$?" 0
has "and it says so first" "$(head -n 1 healthy.txt)" "isr-occupancy on 60 nodes: ALL PASS"
is "nothing is said besides" "$(cat healthy.err)" ""
plateau fleet rank faults.db >faults.txt
is "a bad node: 3" "$?" 3
has "how many need somebody" "$(head -n 1 faults.txt)" "NEED SOMEBODY"
has "what came of a node" "$(cat faults.txt)" "X rome004: node failed. Slurm says NODE_FAIL"
has "what is to be done" "$(cat faults.txt)" "To run them again: plateau fleet submit /scratch/fleet --retry"
is "no line is wider than 80" "$(COLUMNS=80 plateau fleet rank faults.db | awk 'length > 80' | wc -l)" 0
plateau fleet rank systemic.db >systemic.txt
is "a third fails: 3" "$?" 3
has "and that points at no node" "$(head -n 1 systemic.txt)" "LOOK FOR A COMMON CAUSE"
has "so none is to be drained" "$(cat systemic.txt)" "Drain nothing"

# Results gathered by other means: their host names are the nodes.
for i in 1 2; do
	plateau run --here -q -j 1,2 -r 2 -m 2 -o "$i.db" -- sleep 0.03 >/dev/null 2>&1
	sqlite3 "$i.db" "update host set value = 'n$i' where name = 'hostname'"
done
mkdir results
mv 1.db 2.db results
plateau fleet rank results >results.txt 2>results.err
is "too few to be told apart: 4" "$?" 4
has "both nodes are there" "$(cat results.txt)" "sleep on 2 nodes"
echo junk >results/3.db
plateau fleet rank results >junk.txt 2>junk.err
is "a file that is no result: still an answer" "$?" 4
has "that tells of it" "$(cat junk.txt)" "N 3: no result. Its result cannot be judged:"
has "and on stderr" "$(cat junk.err)" "3.db"

plateau fleet rank missing.db >missing.txt 2>missing.err
is "what is not there: 2" "$?" 2
is "without an answer" "$(cat missing.txt)" ""
plateau fleet rank >/dev/null 2>&1
is "nothing at all: 2" "$?" 2

# ---- Files -----------------------------------------------------------------------------------------
plateau fleet rank faults.db -o page.html --junit nodes.xml --drain drain.sh --json >answer.json
is "all at once" "$?" "$(command -v gnuplot >/dev/null 2>&1 && echo 3 || echo 5)"
plateau fleet rank faults.db -q --drain other.sh >other.txt 2>other.err
is "what was written: not with -q" "$(cat other.err)" ""
lacks "nor is --drain advised to who gave it" "$(cat other.txt)" "--drain"
plateau fleet rank faults.db --junit nodes.xml --drain drain.sh >/dev/null 2>other.err
is "what was written is said" "$(cat other.err)" "plateau: written: nodes.xml, drain.sh"
has "a page" "$(head -c 100 page.html)" "<!doctype html>"
has "tests" "$(cat nodes.xml)" '<testsuite name="isr-occupancy on fleet"'
check "a script" sh -n drain.sh
json "a verdict" answer.json '.verdict' fail
json "every node" answer.json '.nodes | length' 60
json "in as many verdicts" answer.json '[.in_verdict[]] | add' 60
json "the worst first" answer.json '.nodes[0].verdict' node-fail
json "what is to be drained" answer.json '(.drain | length) > 2' true
json "one class of hardware" answer.json '[.classes[].hardware] | length' 1
json "its nodes have figures" answer.json \
	'[.nodes[] | select(.class == 1 and (.relative | type) != "number")] | length' 0
json "what is null has a reason beside it" answer.json \
	'[.. | objects | . as $o | to_entries[] | select(.value == null) | select($o[.key + "_reason"] == null and $o.reason == null and $o.state == null)] | length' 0

plateau fleet rank healthy.db -o page.html --junit nodes.xml --drain drain.sh >/dev/null
has "an earlier script is replaced" "$(cat drain.sh)" "No node is to be drained"
echo "mine" >mine.sh
plateau fleet rank healthy.db --drain mine.sh >/dev/null 2>err
is "somebody else's is not: 2" "$?-$(cat mine.sh)" 2-mine
has "and how to insist is said" "$(cat err)" "--force"
plateau fleet rank healthy.db --drain healthy.db >/dev/null 2>err
is "what is ranked is not written" "$?" 2
plateau fleet rank healthy.db --drain same --junit same >/dev/null 2>err
is "nor one file twice" "$?" 2
plateau fleet rank healthy.db --drain - --json >/dev/null 2>err
is "stdout is for one" "$?" 2
plateau fleet rank missing.db --junit nodes.xml --drain drain.sh >/dev/null 2>&1
check "what another ranking wrote does not outlive a failure" test ! -e nodes.xml -a ! -e drain.sh
is "a script on stdout" "$(plateau fleet rank faults.db --drain - | head -n 1)" '#!/bin/sh'

# ---- Hostile texts ---------------------------------------------------------------------------------
plateau fleet rank hostile.db --junit hostile.xml --drain hostile.sh >hostile.txt 2>hostile.err
is "hostile names: an answer" "$?" 3
is "that does not steer the terminal" "$(tr -d '\n' <hostile.txt | LC_ALL=C tr -dc '\000-\037\177' | wc -c)" 0
check "a script by its syntax" sh -n hostile.sh
plateau fleet rank hostile.db --json >hostile.json
json "JSON that can be read" hostile.json '.nodes | length' 60

tap_done
