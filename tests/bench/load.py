"""What plateau takes when there is much of everything: a million tasks in one result, 1024 slots for an
hour, and the commands that read such a result. Its own memory and descriptors are looked at all the
while. Called by `scripts/bench load`; docs/engine.md has the figures. Exit code 1 where something that
is asked for was missed."""

import argparse
import math
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

LEVEL = 16  # copies, in the part of many tasks
BLOCKS = 10
MIB = 1 << 20


def stat_of(pid):
    """Name, state and CPU seconds of a process."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        text = stat.read()
    rest = text[text.rindex(")") + 2:].split()
    ticks = int(rest[11]) + int(rest[12])
    return text[text.index("(") + 1:text.rindex(")")], rest[0], ticks / os.sysconf("SC_CLK_TCK")


def children_of(pid):
    """The children of all threads of a process."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as children:
            found += [int(child) for child in children.read().split()]
    return found


def look_at(pid):
    """One look at a process: memory (bytes), descriptors, CPU seconds, zombies among its children."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
        resident = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    zombies = 0
    for child in children_of(pid):
        try:
            zombies += stat_of(child)[1] == "Z"
        except OSError:
            pass  # it has been reaped meanwhile
    return {"rss": resident, "fds": len(os.listdir(f"/proc/{pid}/fd")), "cpu_s": stat_of(pid)[2],
            "zombies": zombies, "at_s": time.monotonic()}


def find_engine(guardian):
    """The engine, which is the guardian's child, or None as long as it is not there."""
    for child in children_of(guardian):
        if stat_of(child)[0].startswith("plateau"):
            return child
    return None


def watch(process, every_s):
    """Looks at the engine of a run until the run has ended. Returns all looks."""
    looks = []
    engine = None
    while process.poll() is None:
        try:
            engine = engine or find_engine(process.pid)
            if engine:
                looks.append(look_at(engine))
        except (OSError, IndexError):
            engine = None
        try:
            process.wait(every_s)
        except subprocess.TimeoutExpired:
            pass
    return looks


def run(bench, words):
    """A run of plateau to its end, watched."""
    argv = [bench.plateau, "run", "-q", "--here", *words]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as process:
        looks = watch(process, bench.every)
    if process.returncode != 0:
        sys.exit(f"bench: {' '.join(argv)} ended with {process.returncode}")
    if not looks:
        sys.exit(f"bench: the run was over before it was looked at: look more often than --every {bench.every}")
    return looks


def print_looks(looks):
    """The most of each tenth of a run; of a short one less."""
    begin, end = looks[0]["at_s"], looks[-1]["at_s"]
    parts = min(10, len(looks) // 4) or 1
    print(f"{'from s':>8}{'looks':>7}{'MiB':>8}{'descriptors':>13}{'zombies':>9}{'% of a core':>13}")
    for number in range(parts):
        low = begin + (end - begin) * number / parts
        high = begin + (end - begin) * (number + 1) / parts
        part = [look for look in looks if low <= look["at_s"] <= high]
        if not part:
            continue
        length = part[-1]["at_s"] - part[0]["at_s"]
        share = (part[-1]["cpu_s"] - part[0]["cpu_s"]) / length if length > 0 else math.nan
        print(f"{low - begin:8.0f}{len(part):7}{max(k['rss'] for k in part) / MIB:8.1f}"
              f"{max(k['fds'] for k in part):13}{max(k['zombies'] for k in part):9}{100 * share:13.2f}")


def growth(looks, name):
    """The most of a run's second half by the most of its first half, the start left out."""
    values = [look[name] for look in looks[len(looks) // 20:]]
    half = len(values) // 2
    return max(values[half:]) / max(values[:half]) if half else math.nan


def query(path, sql):
    """The first row that a result answers."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return db.execute(sql).fetchone()


def asked_of_looks(what, looks, copies):
    """Flat, and no zombie is left standing."""
    # Caches of the result file fill within the first minutes.
    is_long = looks[-1]["at_s"] - looks[0]["at_s"] >= 600
    return [(f"{what}: memory, second half by first", growth(looks, "rss"), 1.05 if is_long else 1.25),
            (f"{what}: descriptors, second half by first", growth(looks, "fds"), 1.05),
            (f"{what}: zombies at any look", max(look["zombies"] for look in looks), copies)]


def many_tasks(bench):
    """Blocks until so many tasks are in one result: how long a window is depends on what the warm-up
    saw, so that more may have to be added."""
    result = os.path.join(bench.folder, "tasks.db")
    measured = math.ceil(bench.tasks / BLOCKS / LEVEL)
    print(f"\n{bench.tasks} tasks of /bin/true, N={LEVEL}", flush=True)
    warm_up = max(1, measured // 40)
    looks = run(bench, ["-j", str(LEVEL), "-r", str(BLOCKS), "-w", str(warm_up), "-m", str(measured),
                        "-o", result, "--", "/bin/true"])
    print_looks(looks)
    asked = asked_of_looks("many tasks", looks, LEVEL)
    first = max(look["rss"] for look in looks)
    blocks = BLOCKS
    while (count := query(result, "SELECT count(*) FROM task")[0]) < bench.tasks or blocks == BLOCKS:
        blocks += max(1, min(BLOCKS, math.ceil((bench.tasks - count) / (count / blocks))))
        print(f"{count} tasks: gone on with, up to {blocks} blocks", flush=True)
        looks = run(bench, ["--resume", result, "-r", str(blocks)])
        print_looks(looks)
        asked.append(("resumed: memory, by the first part's", max(k["rss"] for k in looks) / first, 1.5))
    size = os.path.getsize(result)
    own_ns, wall_ns = query(result, "SELECT sum(harness_cpu_ns), sum(end_ns - start_ns) FROM trial")
    print(f"{count} tasks, {count / wall_ns * 1e9:.0f} a second, {own_ns / 1e3 / count:.0f} us of own CPU"
          f" per task; {size / 1e6:.0f} MB, {size / count:.0f} bytes per task", flush=True)
    return result, count, asked


def measured_run(argv, output):
    """Wall and CPU seconds and the most memory of a command; nothing of this process's memory."""
    code = ("import os, sys; out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC); os.dup2(out, 1);"
            " os.execv(sys.argv[2], sys.argv[2:])")
    start = time.monotonic()
    with subprocess.Popen([sys.executable, "-c", code, output, *argv]) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {' '.join(argv)} ended with {process.returncode}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def read_it(bench, result, count):
    """The commands that read a result, on this one; compare, on it and a copy of another run id."""
    other = os.path.join(bench.folder, "other.db")
    shutil.copyfile(result, other)
    with sqlite3.connect(other) as db:
        db.execute("UPDATE run SET id='0123456789abcdef0123456789abcdef'")
    db.close()
    page = os.path.join(bench.folder, "page.html")
    commands = (("show", ["show", result]), ("show --json", ["show", "--json", result]),
                ("report", ["report", result, "--force", "-o", page]),
                ("export --csv", ["export", "--csv", result]),
                ("export --jsonl", ["export", "--jsonl", result]),
                ("compare", ["compare", result, other]))
    print(f"\n{'reading it':16}{'wall s':>8}{'CPU s':>8}{'MiB':>7}{'bytes/task':>12}{'output MB':>11}")
    asked = []
    for name, words in commands:
        output = os.path.join(bench.folder, "output")
        wall, cpu, memory = measured_run([bench.plateau, *words], output)
        written = os.path.getsize(page if name == "report" else output)
        print(f"{name:16}{wall:8.2f}{cpu:8.2f}{memory / MIB:7.0f}{memory / count:12.0f}"
              f"{written / 1e6:11.2f}", flush=True)
        sides = 2 if name == "compare" else 1
        per_task = max(0, memory - 32 * MIB) / (sides * count)
        asked.append((f"{name}: bytes of memory per task", per_task, 800))
        if name == "report" and count >= 1000000:
            asked.append(("report: MiB", memory / MIB, 1024))
            asked.append(("report: CPU seconds per million tasks", cpu / count * 1e6, 10))
    return asked


def many_slots(bench):
    """Slots that wait, for so long."""
    result = os.path.join(bench.folder, "slots.db")
    each = max(1, round(bench.minutes * 60 / bench.sleep) - 1)
    print(f"\n{bench.slots} slots of sleep {bench.sleep:g}, {each} tasks after the first", flush=True)
    looks = run(bench, ["-j", str(bench.slots), "-r", "1", "-w", "1", "-m", str(each), "-o", result,
                        "--", "sleep", f"{bench.sleep:g}"])
    print_looks(looks)
    count, failed, slots = query(result, "SELECT count(*), sum(state NOT IN ('ok', 'ended')),"
                                 " count(DISTINCT slot) FROM task WHERE trial = 1")
    own_ns, wall_ns = query(result, "SELECT harness_cpu_ns, end_ns - start_ns FROM trial")
    held = query(result, "SELECT held FROM trial_summary")[0]
    print(f"{count} tasks in {wall_ns / 1e9:.0f} s, {held:.2f} running on average, "
          f"{own_ns / 1e3 / count:.0f} us of own CPU per task, {os.path.getsize(result) / 1e6:.1f} MB")
    return [*asked_of_looks("slots", looks, bench.slots), ("slots: failed tasks", failed, 0),
            ("slots: those without a task", bench.slots - slots, 0)]


def print_asked(rows):
    """What is asked for, and what came out. Returns whether all was met."""
    print("\nasked for")
    for name, value, most in rows:
        print(f"  {name:50}{value:10.3f}  <= {most:<6} {'met' if value <= most else 'MISSED'}")
    return all(value <= most for _, value, most in rows)


def main():
    """Both parts, or one."""
    parser = argparse.ArgumentParser(prog="scripts/bench load", description=__doc__)
    parser.add_argument("--build", default="build/bench", help="folder with plateau")
    parser.add_argument("--only", choices=("tasks", "slots"), help="this part alone")
    parser.add_argument("--tasks", type=int, default=1000000, help="so many at least (default: %(default)s)")
    parser.add_argument("--slots", type=int, default=1024, help="default: %(default)s")
    parser.add_argument("--minutes", type=float, default=60, help="of the slots (default: %(default)s)")
    parser.add_argument("--sleep", type=float, default=30, help="seconds of a task there (default: %(default)s)")
    parser.add_argument("--every", type=float, default=10, help="seconds between looks (default: %(default)s)")
    bench = parser.parse_args()
    bench.plateau = os.path.join(os.path.abspath(bench.build), "plateau")
    asked = []
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.2f} when it began")
    with tempfile.TemporaryDirectory(prefix="plateau-bench-") as bench.folder:
        if bench.only != "tasks":
            asked += many_slots(bench)
        if bench.only != "slots":
            result, count, rows = many_tasks(bench)
            asked += rows + read_it(bench, result, count)
    sys.exit(0 if print_asked(asked) else 1)


if __name__ == "__main__":
    main()
