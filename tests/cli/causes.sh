#!/usr/bin/env bash
# The causes in `plateau show --json` against the same figures worked out from the tables of the
# result file by other means: python3's SQLite and a few sums.
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
make_campaign="$top_builddir/tests/unit/store/make_campaign"
[ -x "$make_campaign" ] || skip_all "the unit tests are not built"
python3 -c 'import sqlite3' 2>/dev/null || skip_all "python3 with sqlite3 is not installed"
check "a campaign is made" "$make_campaign" whole.db 6000

cat >again.py <<'PYTHON'
"""again.py RESULT ANSWER.json MODE: works the causes out again and compares."""
import json, math, sqlite3, sys

T = {2: 12.706204736, 3: 4.302652730, 4: 3.182446305, 5: 2.776445105}  # t(0.975, n - 1)
CHAINS = {
    "kernel-and-user": [("instructions", "instructions"), ("cpi", "cycles"),
                        ("clock", "task-clock"), ("off_cpu", "wall")],
    "no-counters": [("on_cpu", "cpu"), ("off_cpu", "wall")],
}

def trials(db, chain):
    """(level, block) -> sums over the tasks that have all the chain needs."""
    counts = {}
    for task, name, raw in db.execute(
            "SELECT task, e.name, raw FROM counter JOIN counter_event e USING (event)"
            " WHERE counter.state = 'ok'"):
        counts.setdefault(task, {})[name] = raw
    sums = {}
    for row in db.execute(
            "SELECT concurrency, block, task, t.state, t.start_ns, t.end_ns, user_ns, system_ns,"
            " window_start_ns, window_end_ns FROM task t JOIN trial r USING (trial, attempt)"
            " JOIN level USING (level) WHERE r.state = 'done'"):
        n, block, task, state, start, end, user, system, opens, closes = row
        overlap = min(end, closes) - max(start, opens)
        if overlap <= 0:
            continue
        s = sums.setdefault((n, block), {"used": 0, "successful": 0, "time": 0, "success": 0,
                                         "held": 0, "sum": {}})
        s["time"] += overlap
        s["held"] += overlap / (closes - opens) / n
        if state != "ok":
            continue
        s["success"] += overlap
        s["successful"] += 1
        have = dict(counts.get(task, {}), wall=end - start, cpu=user + system, one=1)
        if any(name not in have for _, name in chain):
            continue
        s["used"] += 1
        for name in ["one"] + [name for _, name in chain]:
            s["sum"][name] = s["sum"].get(name, 0) + overlap / (end - start) * have[name]
    return sums

def close(what, a, b):
    if not abs(a - b) <= 1e-8 * abs(b):
        raise SystemExit(f"{what}: plateau says {a}, again {b}")

def compare(what, estimate, ratios):
    logs = [math.log(r) for r in ratios]
    mean = sum(logs) / len(logs)
    half = T[len(logs)] * math.sqrt(
        sum((x - mean) ** 2 for x in logs) / (len(logs) - 1) / len(logs))
    close(what, estimate["value"], math.exp(mean))
    close(what + " low", estimate["ci95"][0], math.exp(mean - half))
    close(what + " high", estimate["ci95"][1], math.exp(mean + half))
    assert estimate["n"] == len(logs), what

result, answer, mode = sys.argv[1:]
chain = CHAINS[mode]
sums = trials(sqlite3.connect(f"file:{result}?mode=ro", uri=True), chain)
levels = json.load(open(answer))["levels"]
base = levels[0]["concurrency"]
for level in levels[1:]:
    n, a = level["concurrency"], level["attribution"]
    assert a["mode"] == mode, a["mode"]
    blocks = sorted(b for m, b in sums if m == n and (base, b) in sums)
    pairs = [(sums[n, b], sums[base, b]) for b in blocks]
    def ratios(over, under):
        return [h["sum"][over] / h["sum"][under] / (t["sum"][over] / t["sum"][under])
                for h, t in pairs]
    before = "one"
    for factor, name in chain:
        compare(f"N={n} {factor}", a[factor], ratios(name, before))
        before = name
    compare(f"N={n} product", a["product"], ratios("wall", "one"))
    compare(f"N={n} occupancy", a["occupancy"], [t["held"] / h["held"] for h, t in pairs])
    compare(f"N={n} failures", a["failures"],
            [t["success"] / t["time"] / (h["success"] / h["time"]) for h, t in pairs])
    assert a["tasks_used"] == sum(h["used"] for h, _ in pairs), "tasks_used"
    successful = sum(s["successful"] for (m, _), s in sums.items() if m == n)
    assert a["tasks_successful"] == successful, "tasks_successful"
    if a["tasks_used"] == a["tasks_successful"]:
        close(f"N={n} loss", a["product"]["value"] * a["occupancy"]["value"]
              * a["failures"]["value"], 1 / level["efficiency"]["value"])
print(levels[-1]["attribution"]["sentence"])
PYTHON

# again NAME MODE SQL: the campaign, changed by SQL
again()
{
	local name=$1 mode=$2 sql=$3
	cp whole.db "$name.db"
	python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db: db.executescript(sys.argv[2])' "$name.db" "$sql"
	plateau show "$name.db" --json >"$name.json"
	check "$name: the same again, $mode" python3 again.py "$name.db" "$name.json" "$mode"
}

again "all tasks" kernel-and-user ""
again "multiplexed tasks" kernel-and-user \
	"UPDATE counter SET state = 'scaled', running_ns = enabled_ns / 2
	  WHERE task % 3 = 1 AND event IN (SELECT event FROM counter_event WHERE name = 'cycles');"
again "failed tasks" kernel-and-user \
	"UPDATE task SET state = 'failed', exit_status = 3 WHERE task % 7 = 2
	  AND trial IN (SELECT trial FROM trial JOIN level USING (level) WHERE concurrency >= 64);"
again "a missing trial" kernel-and-user \
	"UPDATE trial SET state = 'interrupted' WHERE block = 2
	  AND level IN (SELECT level FROM level WHERE concurrency IN (1, 128));"
again "no cycles" no-counters \
	"UPDATE counter SET state = 'detached'
	  WHERE event IN (SELECT event FROM counter_event WHERE name = 'cycles');"

tap_run plateau show "failed tasks.db"
tap_status 0
tap_stdout_has "times as long as at N=1: 1."
tap_stdout_has "Throughput loses besides: 1."
tap_run plateau show "multiplexed tasks.db"
tap_stdout_has " of "
tap_run plateau show "no cycles.db"
tap_stdout_has "CPU time is not split further"
tap_done
