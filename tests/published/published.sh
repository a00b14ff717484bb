#!/usr/bin/env bash
# Published figures made again by plateau: docs/seed-study.md. Prints them beside the published ones.
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
published=$top_srcdir/results/published
command -v python3 >/dev/null || skip_all "python3 is not installed"

# Figure 5 of RTN-028, SLAC Rome: jobs/s, N over the median wall time.
plateau fit "$top_srcdir/tests/curves/rome.csv" --json >rome.json
check "figure 5: below linear" python3 - <<'PYTHON'
import json, sys
sys.stdout = open("figures.txt", "a")
answer = json.load(open("rome.json"))
points = answer["points"]
base = points[0]
print("# figure 5, N: jobs/s, times below linear from N=16")
for p in points:
    below = base["throughput"] * p["concurrency"] / base["concurrency"] / p["throughput"]
    print(f"#   {p['concurrency']:4g} {p['throughput']:7.4f} {below:6.3f}")
assert abs(below - 1.85) < 0.01, below
PYTHON

# The same as an importable result, and beside that of another machine.
for system in rome perlmutter perlmutter-cfs haswell knl; do
	tap_run plateau import levels "$published/rtn028-$system.csv" -o "$system.db" -q
	tap_status 0 "figure 5, $system: imported"
done
tap_run plateau show rome.db
tap_status 0
has "which throughput is worked out from wall times is said" "$(tr -s ' \n' ' ' <"$work/stdout")" \
	"Throughput at N=32 is not stated: it is N over the stated median wall time"
tap_run plateau compare rome.db perlmutter.db --json
tap_status 0
cp "$work/stdout" compare.json
check "figure 5: Rome against Perlmutter" python3 - <<'PYTHON'
import csv, json, os, sys
sys.stdout = open("figures.txt", "a")
def read(name):
    rows = csv.DictReader(line for line in open(name) if not line.startswith("#"))
    return {(int(r["concurrency"]), r["figure"]): (float(r["value"]), float(r["error"])) for r in rows}
folder = os.environ["top_srcdir"] + "/results/published/"
rome, milan = read(folder + "rtn028-rome.csv"), read(folder + "rtn028-perlmutter.csv")
def rate(of, n):
    if (n, "throughput") in of:
        return of[n, "throughput"]
    wall, error = of[n, "wall"]
    return n / wall, n / wall * error / wall
levels = json.load(open("compare.json"))["comparisons"][0]["levels"]
assert [l["concurrency"] for l in levels] == [16, 32, 64]
print("# figure 5, N: Perlmutter by Rome, jobs/s, with all that the readings leave open; as compared")
for level in levels:
    n = level["concurrency"]
    (x, dx), (y, dy) = rate(rome, n), rate(milan, n)
    low, high = (y - dy) / (x + dx), (y + dy) / (x - dx)
    r = level["measures"]["throughput_per_s"]
    print(f"#   {n:4} {y / x:.3f} [{low:.3f}, {high:.3f}] {r['ratio']:.3f} [{r['read_within'][0]:.3f}, {r['read_within'][1]:.3f}]")
    assert r["basis"] == "reading" and r["ci95"] is None and abs(r["ratio"] / (y / x) - 1) < 1e-9, r
    # Readings err by themselves: within what both leave open together.
    assert low - 1e-9 <= r["read_within"][0] < r["ratio"] < r["read_within"][1] <= high + 1e-9, r
PYTHON
check "figure 5, Rome: only how well it was read" python3 - <<'PYTHON'
import json, subprocess
levels = json.loads(subprocess.check_output(["plateau", "show", "rome.db", "--json"]))["levels"]
top = levels[-1]
assert all(l["stated"] and l["trials"] == 0 and l["tasks"] is None for l in levels)
assert top["throughput_per_s"]["ci95"] is None and top["throughput_per_s"]["read_within"]
assert abs(1 / top["efficiency"]["value"] - 1.85) < 0.01, top["efficiency"]
assert "N over the median wall time" in levels[1]["throughput_per_s"]["reason"]
PYTHON

# Figures 8 and 11, beside one another in one result.
tap_run plateau import levels "$published/rtn028-rome.csv" "$published/rtn028-rome-figure8.csv" \
	"$published/rtn028-rome-figure11.csv" --name "RTN-028, SLAC Rome" -o all.db --json -q
tap_status 0
cp "$work/stdout" all.json
check "figures 8 and 11: stated figures of levels" python3 - <<'PYTHON'
import json
levels = {l["concurrency"]: l for l in json.load(open("all.json"))["levels"]}
assert levels[1]["throughput_per_s"]["value"] is None and levels[1]["efficiency"]["value"] is None
assert abs(levels[128]["frequency_hz"]["value"] - 2.2529e9) < 1
assert abs(levels[128]["off_cpu_s"]["median"] - 15.744) < 1e-6
assert abs(levels[16]["off_cpu_s"]["mean"] - 0.9391) < 1e-6
PYTHON

# Figures 9 and 10: what perf stat said of one job of 16 and of one of 128.
tap_run plateau import perf-stat "$published/rtn028-perf-stat" --path 'n{concurrency}/*.txt' \
	--source "RTN-028, figures 9 and 10" -o jobs.db --json -q
tap_status 0 "figures 9 and 10: the listings are imported"
cp "$work/stdout" jobs.json
check "figures 9 and 10: causes" python3 - <<'PYTHON'
import json, sys
sys.stdout = open("figures.txt", "a")
levels = json.load(open("jobs.json"))["levels"]
a = levels[1]["attribution"]
published = {"instructions": 0.998, "cpi": 1.237, "clock": 1.275, "kernel": 1.056,
             "off_cpu": 1.354, "product": 2.251}
print("# figures 9 and 10, factor: made again, from the printed counts by hand")
for name, value in published.items():
    print(f"#   {name:12} {a[name]['value']:.3f} {value:.3f}")
    assert abs(a[name]["value"] - value) < 5.1e-4, name
assert a["mode"] == "user-only" and a["tasks_used"] == 1
assert abs(a["product"]["value"] - 72.144414918 / 32.04867514) < 1e-9
assert a["causes"] == ["off_cpu", "clock", "cpi", "kernel"]
print("#", a["sentence"])
PYTHON
check "figures 9 and 10: the clock" python3 - <<'PYTHON'
import json, sys
sys.stdout = open("figures.txt", "a")
perf = [95247738589 / 31161.59e-3, 117627028354 / 51938.23e-3]
print("# clock, GHz, N: cycles:u / user time, cycles:u / task-clock as perf prints it")
for level, biased, expected in zip(json.load(open("jobs.json"))["levels"], perf, [3.276, 2.569]):
    f = level["frequency_hz"]
    print(f"#   {level['concurrency']:4} {f['value'] / 1e9:.3f} {biased / 1e9:.3f}")
    assert f["source"] == "cycles-user" and abs(f["value"] / 1e9 - expected) < 2e-3, f
PYTHON
check "figure 10: misses that cannot be" python3 - <<'PYTHON'
import json, sys
sys.stdout = open("figures.txt", "a")
misses = json.load(open("jobs.json"))["levels"][1]["counters"]["LLC-load-misses:u"]
print("#", misses["reason"])
assert misses["state"] == "implausible" and misses["mean"] is None
PYTHON
tap_run plateau show jobs.db
tap_status 0
tap_stdout_has "LLC-load-misses:u is implausible at N=128"
tap_stdout_has "1.28 from a lower clock"
tap_run plateau show jobs.db --json
check "no miss ratio is printed of it" python3 - "$work/stdout" <<'PYTHON'
import json, sys
answer = json.load(open(sys.argv[1]))
pair = answer["distributions"]["cycles_misses"] if "cycles_misses" in answer["distributions"] else {}
assert not pair or pair.get("pearson") is None, pair
PYTHON
cat figures.txt
tap_done
