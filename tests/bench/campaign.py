"""How long `plateau import`, `requirements` and its report take for a synthetic campaign, and how
much memory, beside the same work in sqlite3 and in pandas, in turn. Called by `scripts/bench
campaign`; docs/requirements.md has the figures."""

import argparse
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SQL_IMPORT = """
CREATE TABLE task(label TEXT, detector INTEGER, tract INTEGER, patch INTEGER, band TEXT,
  visits REAL, attempt INTEGER, state TEXT, memory_bytes INTEGER, wall_time REAL, cpu_time REAL);
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
.mode csv
.import --skip 1 {table} task
"""

# Quantiles by rank within each type: the nearest rank, which is less work than interpolating.
SQL_SPREAD = """
SELECT label, max(CASE WHEN at=1 THEN v END), max(CASE WHEN at=1+(n-1)/4 THEN v END),
  max(CASE WHEN at=1+(n-1)/2 THEN v END), max(CASE WHEN at=1+(n-1)*3/4 THEN v END),
  max(CASE WHEN at=1+(n-1)*95/100 THEN v END), max(CASE WHEN at=1+(n-1)*99/100 THEN v END),
  max(CASE WHEN at=n THEN v END)
FROM (SELECT label, {figure} AS v, row_number() OVER (PARTITION BY label ORDER BY {figure}) AS at,
        count(*) OVER (PARTITION BY label) AS n FROM task WHERE state='COMPLETED')
GROUP BY label;
"""

SQL_REST = """
SELECT label, state, count(*) FROM task GROUP BY label, state;
SELECT label, count(*) FROM task WHERE memory_bytes>6e9 GROUP BY label;
SELECT label, CAST(memory_bytes/1e9 AS INTEGER), count(*), sum(wall_time) FROM task
  WHERE state='COMPLETED' GROUP BY 1, 2;
SELECT label, (count(*)*sum(visits*cpu_time)-sum(visits)*sum(cpu_time))/
  (count(*)*sum(visits*visits)-sum(visits)*sum(visits)) FROM task
  WHERE state='COMPLETED' AND visits IS NOT NULL AND visits<>'' GROUP BY label;
"""

FIGURES = ("wall_time", "cpu_time", "cpu_time/wall_time", "memory_bytes")


def run(argv, text=None):
    """Wall time of a program, s, and its largest memory, MiB."""
    start = time.monotonic()
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL,
                          stdin=subprocess.PIPE if text else subprocess.DEVNULL) as child:
        if text:
            child.stdin.write(text.encode())
            child.stdin.close()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - start
    if child.returncode != 0:
        sys.exit(f"bench: {argv[0]} ended with {child.returncode}")
    return wall, usage.ru_maxrss / 1024


def steps(arguments, work, table):
    """What is measured: a name, the step that it is, and how to run it."""
    plateau = os.path.join(arguments.build, "plateau")
    pandas = [sys.executable, "-B", str(pathlib.Path(__file__).with_name("campaign_pandas.py"))]
    campaign, database, frame = (str(work / name) for name in ("c.db", "s.db", "f.pkl"))
    page = str(work / "page.html")
    spreads = "".join(SQL_SPREAD.format(figure=figure) for figure in FIGURES) + SQL_REST

    def sqlite_import():
        pathlib.Path(database).unlink(missing_ok=True)
        return run(["sqlite3", "-batch", database], SQL_IMPORT.format(table=table))

    return [
        ("import", "plateau", lambda: run([plateau, "import", "csv", table, "-q", "--force",
                                           "-o", campaign])),
        ("import", "sqlite3", sqlite_import),
        ("import", "pandas", lambda: run([*pandas, "import", table, frame])),
        ("requirements", "plateau", lambda: run([plateau, "requirements", campaign, "--limit",
                                                 "6GB"])),
        ("requirements", "sqlite3", lambda: run(["sqlite3", "-batch", database], spreads)),
        ("requirements", "pandas", lambda: run([*pandas, "requirements", frame])),
        ("report", "plateau", lambda: run([plateau, "requirements", campaign, "--limit", "6GB",
                                           "-o", page, "-q"])),
    ]


def show(step, by_program):
    """A line for each program, and how many times as long it took as plateau, round by round."""
    own = by_program["plateau"]
    for program, runs in by_program.items():
        walls = [wall for wall, _ in runs]
        ratio = statistics.median(w / o for (w, _), (o, _) in zip(runs, own))
        beside = "" if program == "plateau" else f"   {ratio:.2f} x plateau"
        print(f"  {step:13} {program:8} {statistics.median(walls):6.2f} s "
              f"({min(walls):.2f}, {max(walls):.2f}) {max(memory for _, memory in runs):6.0f} MiB"
              f"{beside}")


def main():
    """Parses the command line, measures and prints."""
    parser = argparse.ArgumentParser(prog="scripts/bench campaign", description=__doc__)
    parser.add_argument("--rows", type=int, default=574472)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--build", required=True)
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not shutil.which("sqlite3"):
        sys.exit("bench: sqlite3 is not there: scripts/setup installs it")
    with tempfile.TemporaryDirectory(prefix="plateau-bench") as name:
        work = pathlib.Path(name)
        table = str(work / "campaign.csv")
        run([os.path.join(arguments.build, "tests/campaign/make_campaign"), table,
             str(work / "answers.json"), str(arguments.rows)])
        measured = {}
        for _ in range(arguments.rounds):
            for step, program, work_once in steps(arguments, work, table):
                measured.setdefault(step, {}).setdefault(program, []).append(work_once())
        size = os.path.getsize(table)
    print(f"{arguments.rows} rows, {size / 1e6:.1f} MB, {arguments.rounds} rounds in turn: median "
          "(least, most), largest memory")
    for step, by_program in measured.items():
        show(step, by_program)


main()
