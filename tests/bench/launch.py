"""How fast tasks are launched, and what launching costs: plateau with everything on against other
ways, in one run, alternating. Called by `scripts/bench launch`; docs/engine.md explains the figures."""

import argparse
import glob
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

EVENTS = "task-clock,page-faults,context-switches,cpu-migrations"
PARTS = "group,bind,events,io,delays,streams,output,folder,orphans"
POOL = """
import multiprocessing, subprocess, sys
def one(_):
    subprocess.run(sys.argv[3:], check=True)
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(int(sys.argv[1])) as pool:
        for _ in pool.imap_unordered(one, range(int(sys.argv[2]))):
            pass
"""
WORKLOADS = {
    "true-2": (2, ["/bin/true"]),
    "true-16": (16, ["/bin/true"]),
    "true-256": (256, ["/bin/true"]),
    "sleep-64": (64, ["/bin/sleep", "0.02"]),
}


OPTIONS = {  # what plateau can do without: options of the command line, or a line of the scenario
    "everything": ([], ""),
    "no events": (["-e", "none"], ""),
    "not bound": (["--policy", "none"], ""),
    "memory from anywhere": (["--memory-policy", "none"], ""),
    "no control groups": ([], "sampling: {memory_group: never}"),
    "node not sampled": (["--sampling", "off"], ""),
    "none of these": (["-e", "none", "--policy", "none", "--memory-policy", "none", "--sampling", "off"],
                      "sampling: {memory_group: never}"),
}


class Bench:
    """Where the programs are, and for how long each of them runs."""

    def __init__(self, arguments, folder):
        self.plateau = os.path.join(arguments.build, "plateau")
        self.spawn_loop = os.path.join(arguments.build, "tests/bench/spawn_loop")
        self.seconds = arguments.seconds
        self.folder = folder
        self.result = os.path.join(folder, "result.db")
        self.rates = {}  # tasks/s by workload and tool, for the number of tasks to ask for

    def wanted(self, workload, tool, copies):
        """So many tasks take about the time asked for."""
        rate = self.rates.get((workload, tool)) or self.rates.get((workload, "bare loop"), 500)
        return max(2 * copies if tool == "plateau" else 50, round(rate * self.seconds))


def run_tree(argv, text=None, cwd=None):
    """Runs a program. Returns its wall time, the CPU time of its whole tree, its own memory at most
    (KiB, without its children), and what it printed."""
    start = time.monotonic()
    memory = [0]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=cwd) as process:
        threading.Thread(target=watch_memory, args=(process.pid, "plateau" in argv[0],
                                                    memory), daemon=True).start()
        if text:
            threading.Thread(target=feed, args=(process.stdin, text), daemon=True).start()
        else:
            process.stdin.close()
        said = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {' '.join(argv)} ended with {process.returncode}: {said}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, memory[0], said


def processes_of(pid):
    """A program's own processes: plateau's guardian has the engine as its child."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        return [pid] + [int(child) for child in children.read().split()]


def is_ours(pid):
    """Whether this is plateau itself and no task."""
    with open(f"/proc/{pid}/comm", encoding="ascii") as comm:
        return comm.read().startswith("plateau")


def watch_memory(pid, has_guardian, memory):
    """The most that a program has had resident. ru_maxrss would count the process that started it,
    which is this one."""
    peaks = {}
    try:
        while True:
            for own in processes_of(pid) if has_guardian else [pid]:
                if own != pid and not is_ours(own):
                    continue
                with open(f"/proc/{own}/status", encoding="ascii") as status:
                    peaks[own] = [int(line.split()[1]) for line in status if line.startswith("VmHWM")][0]
            memory[0] = sum(peaks.values())
            time.sleep(0.05)
    except (OSError, IndexError):
        pass


def feed(pipe, text):
    """Gives a program its standard input."""
    with pipe:
        pipe.write(text.encode())


def loop_figures(said):
    """What spawn_loop printed, as a dictionary."""
    return {name: float(value) for name, value in (line.split() for line in said.splitlines())}


def bare_loop(bench, workload, copies, command):
    """vfork, exec and wait, with nothing around them."""
    warm = min(0.4, 2 * copies / 2000 + 0.05)
    _, _, rss, said = run_tree([bench.spawn_loop, "-n", str(copies), "-s", str(bench.seconds), "-w",
                                f"{warm:.2f}", "--"] + command)
    got = loop_figures(said)
    return {"rate": got["tasks_per_s"], "cpu_us": got["own_cpu_us"], "share": got["running_share"],
            "gap_us": got["gap_us"], "gap_p95_us": got["gap_p95_us"], "rss_kib": rss,
            "task_cpu_us": got["task_cpu_us"]}


def plateau_command(bench, copies, tasks, command):
    """Everything on: binding, memory policy, four events, I/O figures, records in a file."""
    measured = max(1, round(tasks / copies))
    return [bench.plateau, "run", "-q", "--force", "-o", bench.result, "-j", str(copies), "-r", "1",
            "-w", "1", "-m", str(measured), "-e", EVENTS, "--"] + command


def plateau(bench, workload, copies, command):
    """plateau: figures of its window from its result file, and its whole tree from outside."""
    argv = plateau_command(bench, copies, bench.wanted(workload, "plateau", copies), command)
    wall, cpu, rss, _ = run_tree(argv)
    with sqlite3.connect(bench.result) as db:
        rate, held = db.execute("SELECT throughput_per_s, held FROM trial_summary").fetchone()
        own_ns, tasks, tasks_ns = db.execute(
            "SELECT harness_cpu_ns, count(*), sum(user_ns + system_ns)"
            " FROM task JOIN trial USING(trial, attempt)").fetchone()
        counted = db.execute("SELECT count(*) FROM counter_event WHERE state = 'ok'").fetchone()[0]
        gaps = sorted(row[0] / 1e3 for row in db.execute(
            "SELECT idle_before_ns FROM task WHERE role = 'measured' AND idle_before_ns IS NOT NULL"))
    if counted != 4:
        sys.exit(f"bench: {counted} of the four events could be counted")
    return {"rate": rate, "cpu_us": own_ns / 1e3 / tasks, "share": held / copies,
            "gap_us": gaps[len(gaps) // 2], "gap_p95_us": gaps[int(0.95 * (len(gaps) - 1))],
            "rss_kib": rss, "task_cpu_us": tasks_ns / 1e3 / tasks,
            "outside_rate": tasks / wall, "outside_cpu_us": (cpu * 1e6 - tasks_ns / 1e3) / tasks}


def counted_tool(tool, argv_of, has_input):
    """A way that is given a number of tasks and ends with the last of them."""

    def run(bench, workload, copies, command):
        tasks = bench.wanted(workload, tool, copies)
        text = "".join(f"{i}\n" for i in range(tasks)) if has_input else None
        wall, cpu, rss, _ = run_tree(argv_of(copies, tasks, command), text, bench.folder)
        return {"rate": tasks / wall, "tree_cpu_us": cpu * 1e6 / tasks, "rss_kib": rss}

    return run


TOOLS = {
    "bare loop": bare_loop,
    "plateau": plateau,
    "xargs -P": counted_tool(
        "xargs -P", lambda n, tasks, command: ["xargs", "-P", str(n), "-I{}"] + command, True),
    "perf stat": counted_tool(
        "perf stat", lambda n, tasks, command: [
            "xargs", "-P", str(n), "-I{}", "perf", "stat", "-x,", "-o", "perf.{}", "-e", EVENTS,
            "--"] + command, True),
    "python pool": counted_tool(
        "python pool", lambda n, tasks, command: [
            sys.executable, "-c", POOL, str(n), str(tasks)] + command, False),
}


def own_cpu_of_trees(figures):
    """Where only the whole tree is known: less what a task of the bare loop took."""
    for got in figures.values():
        if "tree_cpu_us" in got:
            got["cpu_us"] = got["tree_cpu_us"] - figures["bare loop"]["task_cpu_us"]


def measure(bench, workload, tools, rounds):
    """Medians over the rounds, of every figure and of its ratio to the bare loop in its own round."""
    copies, command = WORKLOADS[workload]
    seen = {tool: [] for tool in tools}
    for turn in range(rounds):
        figures = {}
        for i in range(len(tools)):
            tool = tools[(i + turn) % len(tools)]
            figures[tool] = TOOLS[tool](bench, workload, copies, command)
            bench.rates[workload, tool] = figures[tool]["rate"]
        own_cpu_of_trees(figures)
        bare = figures["bare loop"]
        for tool in tools:
            got = figures[tool]
            got["rate_ratio"] = got["rate"] / bare["rate"]
            if "share" in got:
                got["share_ratio"] = got["share"] / bare["share"]
            if "perf stat" in figures:
                got["perf_ratio"] = got["rate"] / figures["perf stat"]["rate"]
            seen[tool].append(got)
    return {tool: {name: statistics.median(got[name] for got in turns) for name in turns[0]}
            for tool, turns in seen.items()}


COLUMNS = (  # heading, figure, format, scale
    ("tasks/s", "rate", "{:.0f}", 1),
    ("of bare", "rate_ratio", "{:.3f}", 1),
    ("own CPU us", "cpu_us", "{:.0f}", 1),
    ("running", "share", "{:.4f}", 1),
    ("of bare", "share_ratio", "{:.4f}", 1),
    ("gap us", "gap_us", "{:.0f}", 1),
    ("gap p95", "gap_p95_us", "{:.0f}", 1),
    ("MiB", "rss_kib", "{:.1f}", 1 / 1024),
)


def print_workload(workload, medians):
    """One table."""
    copies, command = WORKLOADS[workload]
    print(f"\n{' '.join(command)}, N={copies}")
    print(f"{'':12}" + "".join(f"{column[0]:>12}" for column in COLUMNS))
    for tool, got in medians.items():
        cells = (form.format(got[name] * scale) if name in got else "-" for _, name, form, scale in COLUMNS)
        print(f"{tool:12}" + "".join(f"{cell:>12}" for cell in cells))
    ours = medians["plateau"]
    print(f"plateau from outside, start-up and end too: {ours['outside_rate']:.0f} tasks/s,"
          f" {ours['outside_cpu_us']:.0f} us of own CPU per task")
    bare = medians["bare loop"]
    both = [got["cpu_us"] + got["task_cpu_us"] for got in (bare, ours)]
    print(f"CPU of tool and task together: bare loop {both[0]:.0f}, plateau {both[1]:.0f} us: with full CPUs"
          f" that allows {both[0] / both[1]:.3f} of the bare loop's tasks/s", flush=True)


def thread_cpu_us(bench, copies, tasks):
    """CPU time per task of plateau's threads, as the kernel's scheduler counts it."""
    argv = plateau_command(bench, copies, tasks, ["/bin/true"])
    last = {}
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            try:
                folders = [f for own in processes_of(process.pid) for f in glob.glob(f"/proc/{own}/task/*")]
            except OSError:
                break
            for folder in folders:
                try:
                    with open(folder + "/comm", encoding="ascii") as comm:
                        name = comm.read().strip()
                    with open(folder + "/schedstat", encoding="ascii") as stat:
                        last[name] = int(stat.read().split()[0]) / 1e3
                except OSError:
                    pass
            time.sleep(0.02)
    with sqlite3.connect(bench.result) as db:
        count = db.execute("SELECT count(*) FROM task").fetchone()[0]
    return {name: cpu_us / count for name, cpu_us in last.items()}


def print_parts(bench, rounds):
    """What the parts of a launch take, one by one."""
    for copies in (16, 256):
        turns = []
        for _ in range(rounds):
            said = run_tree([bench.spawn_loop, "-n", str(copies), "-s", "0.5", "--with", PARTS, "--",
                             "/bin/true"], cwd=bench.folder)[3]
            got = {name[5:]: value for name, value in loop_figures(said).items()
                   if name.startswith("part_")}
            tasks = bench.wanted(f"true-{copies}", "plateau", copies)
            threads = thread_cpu_us(bench, copies, tasks)
            got["record (CPU of the writing thread)"] = threads.get("plateau-store", 0)
            got["all of the engine's main thread (CPU)"] = threads.get("plateau-engine", 0)
            turns.append(got)
        print(f"\nparts at N={copies}, us per task (wall time, medians)")
        for name in turns[0]:
            print(f"  {name.replace('_', ' '):40}{statistics.median(turn[name] for turn in turns):8.1f}")


def option_cpu_us(bench, copies, tasks, name):
    """Own CPU time per task with an option."""
    words, line = OPTIONS[name]
    scenario = os.path.join(bench.folder, "scenario.yaml")
    with open(scenario, "w", encoding="ascii") as file:
        file.write(f"name: launch\ntask: {{command: [/bin/true]}}\nsweep: {{levels: [{copies}]}}\n"
                   f"counters: {{events: [{EVENTS}]}}\n{line}\n")
    run_tree([bench.plateau, "run", "-q", "--force", "-o", bench.result, "-r", "1", "-w", "1", "-m",
              str(max(1, round(tasks / copies))), *words, scenario])
    with sqlite3.connect(bench.result) as db:
        return db.execute("SELECT harness_cpu_ns / 1e3 / (SELECT count(*) FROM task WHERE trial = 1)"
                          " FROM trial").fetchone()[0]


def print_options(bench, rounds):
    """What is saved by leaving out what can be left out: medians of differences in the same round."""
    copies = 16
    tasks = bench.wanted(f"true-{copies}", "plateau", copies)
    turns = [{name: option_cpu_us(bench, copies, tasks, name) for name in OPTIONS} for _ in range(rounds)]
    print()
    print(f"own CPU at N={copies}, us per task (medians), and what it is less than with everything")
    for name in OPTIONS:
        cost = statistics.median(turn[name] for turn in turns)
        saved = statistics.median(turn["everything"] - turn[name] for turn in turns)
        print(f"  {name:40}{cost:8.1f}" + (f"{saved:8.1f}" if name != "everything" else ""))


def print_targets(results):
    """What is asked of plateau, and what came out."""
    rows = []
    if "true-16" in results:
        ours = results["true-16"]["plateau"]
        rows.append(("tasks/s at N=16, of the bare loop", ours["rate_ratio"], ">=", 0.75))
        if "perf_ratio" in ours:
            rows.append(("tasks/s at N=16, of perf stat under xargs", ours["perf_ratio"], ">=", 8))
        rows.append(("own CPU per task at N=16, us", ours["cpu_us"], "<", 100))
    if "true-256" in results:
        rows.append(("own memory at N=256, MiB", results["true-256"]["plateau"]["rss_kib"] / 1024, "<", 24))
    if "sleep-64" in results:
        ours = results["sleep-64"]["plateau"]
        rows.append(("share of slot time running at N=64, of the bare loop's", ours["share_ratio"],
                     ">=", 0.96))
    print("\nasked for")
    for name, value, sign, limit in rows:
        is_met = value >= limit if sign == ">=" else value < limit
        print(f"  {name:56}{value:9.3f}  {sign} {limit}  {'met' if is_met else 'MISSED'}")


def main():
    """The whole comparison."""
    parser = argparse.ArgumentParser(prog="scripts/bench launch", description=__doc__)
    parser.add_argument("--build", default="build/bench", help="folder with plateau and tests/bench/spawn_loop")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.8, help="how long a tool runs in a round")
    parser.add_argument("--only", choices=WORKLOADS, action="append", help="this workload alone")
    parser.add_argument("--tools", default=",".join(TOOLS), help="some of: " + ", ".join(TOOLS))
    parser.add_argument("--no-parts", action="store_true", help="leave the parts out")
    arguments = parser.parse_args()
    arguments.build = os.path.abspath(arguments.build)
    tools = arguments.tools.split(",")
    if not {"bare loop", "plateau"} <= set(tools) <= set(TOOLS):
        parser.error("--tools: bare loop and plateau are needed, and only those of the list are known")
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} CPUs, load {load:.2f} when it began, {arguments.rounds} rounds")
    results = {}
    with tempfile.TemporaryDirectory(prefix="plateau-bench-") as folder:
        bench = Bench(arguments, folder)
        for workload in arguments.only or WORKLOADS:
            results[workload] = measure(bench, workload, tools, arguments.rounds)
            print_workload(workload, results[workload])
        if not arguments.no_parts:
            print_parts(bench, min(arguments.rounds, 3))
            print_options(bench, arguments.rounds)
    print_targets(results)


if __name__ == "__main__":
    main()
