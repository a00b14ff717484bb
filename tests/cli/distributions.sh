#!/bin/bash
# A task that is made slow on purpose is named with its slot, PU and input; a slow core of a made-up
# machine is named and no other; a large result makes a page that can be sent.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need python3 sqlite3

mkdir inputs
for i in 0 1 2 3 4; do
	echo "$i" >"inputs/$i.txt"
done
cat >slow.yaml <<'Y'
name: one slow task
task:
  # The 21st task on slot 1 waits for 40 times as long as the others.
  command: [sh, -c, 'if [ $PLATEAU_SLOT = 1 ] && [ $PLATEAU_INDEX -ge 40 ] && mkdir ../once 2>/dev/null; then exec sleep 2; fi; exec sleep 0.05', sh, "{input}"]
  inputs: inputs/*.txt
sweep: {levels: [2], repeats: 1, measured: 40}
Y
# The marker is in a folder of ours, which every task can reach.
sed -i "s|\.\./once|$work/once|" slow.yaml
tap_run plateau run slow.yaml -o slow.db
tap_status 0 "a run with one slow task"
plateau show --json slow.db >slow.json
cat >slow.py <<'PY'
import json, sqlite3
answer = json.load(open("slow.json"))
first = answer["outliers"]["tasks"][0]
db = sqlite3.connect("slow.db")
slow = db.execute("SELECT t.task_index, t.slot, t.pu, s.core, i.path, (end_ns-start_ns)/1e9"
                  " FROM task t JOIN slot s USING(slot) JOIN input i USING(input)"
                  " WHERE role='measured' ORDER BY end_ns-start_ns DESC LIMIT 1").fetchone()
named = tuple(first[key] for key in ("index", "slot", "pu", "core", "input", "wall_s"))
assert named[:5] == slow[:5], (named, slow)
assert abs(named[5] - slow[5]) < 1e-6 and first["wall_s"] > 1.9, (named, slow)
assert first["slot"] == 1 and first["mads"] > 5, first
assert answer["outliers"]["found"] >= 1
walls = answer["distributions"]["wall_s"]
level = walls["levels"][0]
assert level["max"] == first["wall_s"] and level["median"] < 1, level
assert abs(sum(level["histogram"]) + level["below"] + level["above"] - 1) < 1e-4
PY
check "it is the task that stands farthest apart, named as the file has it" python3 slow.py
pu=$(query slow.db "SELECT pu FROM task WHERE role='measured' ORDER BY end_ns-start_ns DESC LIMIT 1")
tap_run plateau show slow.db
matches "show names it with its slot and PU" "$stdout" "^ +2 +[0-9.]+ +[0-9.]+ +\+[0-9.]+ +1 +$pu "

make_campaign=$top_builddir/tests/unit/store/make_campaign
if [ -x "$make_campaign" ]; then
	check "a campaign of 20000 tasks is made" "$make_campaign" large.db 20000
	plateau show --json large.db >large.json
	cat >large.py <<'PY'
import json
answer = json.load(open("large.json"))
places = answer["places"]
assert [c["core"] for c in places["core"]["items"] if c["slow"]] == [37], places["core"]
assert places["l3"]["slow"] == 0 and places["l3"]["judged"] == 32
assert abs([c for c in places["core"]["items"] if c["core"] == 37][0]["relative"] - 1.25) < 0.1
c = answer["correlation"]
assert c["slope"]["ci95"][0] < 60 < c["slope"]["ci95"][1], c
assert c["tasks"] > 15000 and c["pearson"] > 0.9, c
PY
	check "its slow core is named and no other, its cycles per miss are found" python3 large.py
	tap_run plateau show large.db
	matches "show names the slow core" "$stdout" "^  core 37 "
	tap_run plateau report large.db -o large.html
	tap_status 0 "it makes a page"
	check "below 2 MB" test "$(stat -c %s large.html)" -lt 2000000
else
	skip "a large result" "unit tests are not built"
fi
tap_done
