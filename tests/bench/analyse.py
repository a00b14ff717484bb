"""How long plateau takes to analyse large results, and how much memory, beside what others take for
a part of it: the median and the 95th percentile of four figures at every N, by SQLite's window
functions and by pandas. Every tool runs once per round, in turn, so that they share the machine's
state. Called by `scripts/bench analyse`; docs/method.md has the figures."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FIGURES = ("wall_s", "user_s", "system_s", "max_rss_bytes")

# Quantiles of type 7 by the two neighbours of their place.
QUANTILES_SQL = """
WITH t AS (SELECT concurrency, {figure} AS x FROM task_wide WHERE role='measured' AND state='ok'),
 ranked AS (SELECT concurrency, x, row_number() OVER (PARTITION BY concurrency ORDER BY x) - 1 AS i,
  count(*) OVER (PARTITION BY concurrency) - 1 AS n FROM t),
 p(p) AS (VALUES (0.5), (0.95))
SELECT concurrency, p, sum(x * max(0, 1 - abs(i - p * n))) FROM ranked, p
 WHERE abs(i - p * n) < 1 GROUP BY concurrency, p;
"""

PANDAS = """
import sqlite3, sys, pandas
db = sqlite3.connect(sys.argv[1])
tasks = pandas.read_sql("SELECT concurrency, wall_s, user_s, system_s, max_rss_bytes FROM task_wide"
                        " WHERE role='measured' AND state='ok'", db)
print(tasks.groupby("concurrency").quantile([0.5, 0.95]).to_string())
"""


def run(argv, output=None):
    """Runs a program. Returns its wall time, CPU time (s) and memory at most (bytes)."""
    start = time.monotonic()
    with open(output or os.devnull, "wb") as stream:
        process = subprocess.Popen(argv, stdout=stream)  # pylint: disable=consider-using-with
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {argv[0]} ended with {process.returncode}")
    seconds = time.monotonic() - start
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def python_with_pandas():
    """A Python that has pandas, or None."""
    for python in (sys.executable, "/usr/bin/python3"):
        found = subprocess.run([python, "-c", "import pandas"], stderr=subprocess.DEVNULL,
                               check=False)
        if found.returncode == 0:
            return python
    return None


def tools_for(plateau, result, folder):
    """What is run on one result: name and argument list."""
    page = os.path.join(folder, "report.html")
    tools = {"show": [plateau, "show", result],
             "report": [plateau, "report", result, "--force", "-o", page]}
    if shutil.which("sqlite3"):
        query = "".join(QUANTILES_SQL.format(figure=figure) for figure in FIGURES)
        tools["SQLite"] = ["sqlite3", "-readonly", result, query]
    else:
        print("bench: no sqlite3 here: install sqlite3 to compare with it", file=sys.stderr)
    python = python_with_pandas()
    if python:
        tools["pandas"] = [python, "-c", PANDAS, result]
    else:
        print("bench: no pandas here: install python3-pandas to compare with it", file=sys.stderr)
    return tools


def measure(tools, rounds):
    """Every tool in turn; medians of wall and CPU time, and the most memory, by tool."""
    taken = {name: [] for name in tools}
    for _ in range(rounds):
        for name, argv in tools.items():
            taken[name].append(run(argv))
    return {name: (statistics.median(r[0] for r in runs), statistics.median(r[1] for r in runs),
                   max(r[2] for r in runs)) for name, runs in taken.items()}


def main():
    """Makes the results, measures, prints one table for every size."""
    parser = argparse.ArgumentParser(prog="scripts/bench analyse", description=__doc__)
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--tasks", default="10000,100000,1000000",
                        help="sizes of the results (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of every tool (default: 3)")
    arguments = parser.parse_args()
    plateau = os.path.join(arguments.build, "plateau")
    maker = os.path.join(arguments.build, "tests/unit/store/make_campaign")
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}; medians of {arguments.rounds}; "
          "times show: of its CPU time")
    print(f"{'tasks':>8}  {'tool':7}  {'wall s':>7}  {'CPU s':>7}  {'memory MB':>9}  "
          f"{'times show':>10}  {'CPU us/task':>11}")
    for tasks in arguments.tasks.split(","):
        with tempfile.TemporaryDirectory(prefix="plateau-bench") as folder:
            result = os.path.join(folder, "result.db")
            subprocess.run([maker, result, tasks], check=True)
            tools = tools_for(plateau, result, folder)
            figures = measure(tools, arguments.rounds)
            for name, (wall, cpu, memory) in figures.items():
                print(f"{tasks:>8}  {name:7}  {wall:7.2f}  {cpu:7.2f}  {memory / 1e6:9.0f}  "
                      f"{cpu / figures['show'][1]:10.2f}  {cpu / int(tasks) * 1e6:11.2f}")
            page = os.path.getsize(os.path.join(folder, "report.html"))
            print(f"{tasks:>8}  result {os.path.getsize(result) / 1e6:.0f} MB, page "
                  f"{page / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    main()
