#!/usr/bin/env bash
# Published figures made again by plateau: docs/seed-study.md. Prints them beside the published ones.
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
make_records="$top_builddir/tests/published/make_records"
[ -x "$make_records" ] || skip_all "the unit tests are not built"
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

# Figures 9 and 10: what perf stat said of one job of 16 and of one of 128.
check "a result of the two jobs" "$make_records" jobs.db <"$top_srcdir/tests/published/figures-9-10.txt"
plateau show jobs.db --json >jobs.json
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
assert a["mode"] == "user-only" and a["tasks_used"] == 128
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
    assert f["source"] == "cycles-user" and abs(f["value"] / 1e9 - expected) < 1e-3
PYTHON
check "figure 10: misses that cannot be" python3 - <<'PYTHON'
import json, sys
sys.stdout = open("figures.txt", "a")
misses = json.load(open("jobs.json"))["levels"][1]["counters"]["LLC-load-misses"]
print("#", misses["reason"])
assert misses["state"] == "implausible" and misses["mean"] is None
PYTHON
tap_run plateau show jobs.db
tap_status 0
tap_stdout_has "LLC-load-misses is implausible at N=128"
tap_stdout_has "1.28 from a lower clock"
cat figures.txt
tap_done
