"""What being measured does to a task: a compute-bound task of about a second on every PU, which stamps
its own start and end, started by a bare loop and by plateau with everything on (counters, memory and
node sampling), alternating. Called by `scripts/bench observer`; docs/engine.md explains the figures."""

import argparse
import json
import math
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile

SCENARIO = """
name: observer
task:
  command: {command}
sweep: {{levels: pus, repeats: 1, warmup: 1, measured: 1, start: together}}
placement: {{unit: pu}}
sampling: {{interval: {sampling}}}
seed: {seed}
"""


def t_quantile(p, df):
    """Student's t, by the expansion of Abramowitz and Stegun 26.7.5: right to 4 digits from df 5 on."""
    z = statistics.NormalDist().inv_cdf(p)
    terms = [z, (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96,
             (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
             (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160]
    return sum(term / df**i for i, term in enumerate(terms))


def seconds_of_second_tasks(path, skip):
    """The mean wall time of the second task of every CPU: all CPUs are busy then. The first `skip` lines
    by start are left out."""
    with open(path, encoding="ascii") as lines:
        stamps = sorted((int(start), int(end), int(cpu)) for cpu, start, end, _ in map(str.split, lines))
    seen = {}
    walls = []
    for start, end, cpu in stamps[skip:]:
        seen[cpu] = seen.get(cpu, 0) + 1
        if seen[cpu] == 2:
            walls.append((end - start) * 1e-9)
    os.unlink(path)
    if len(walls) != len(os.sched_getaffinity(0)):
        sys.exit(f"observer: {len(walls)} second tasks on {len(os.sched_getaffinity(0))} CPUs")
    return statistics.mean(walls)


class Bench:
    """Where the programs are, and how much work a task is."""

    def __init__(self, arguments, folder):
        self.plateau = os.path.join(arguments.build, "plateau")
        self.stamped = os.path.join(arguments.build, "tests/bench/stamped")
        self.sampling = arguments.sampling
        self.stamps = os.path.join(folder, "stamps")
        self.result = os.path.join(folder, "result.db")
        self.scenario = os.path.join(folder, "observer.yaml")
        self.steps = 0

    def calibrate(self, seconds):
        """So many steps take a task this long when all CPUs are busy."""
        self.steps = 20_000_000
        for _ in range(2):
            self.steps = max(1000, round(self.steps * seconds / self.bare()))

    def bare(self):
        """Mean wall time of a task that nothing but a loop has started."""
        subprocess.run([self.stamped, "launch", "2", str(self.steps), self.stamps], check=True)
        return seconds_of_second_tasks(self.stamps, 0)

    def observed(self, seed):
        """The same under plateau, and what plateau said that it cost: of all CPUs' time in the trial,
        and of one core for each sampler."""
        command = [self.stamped, "work", str(self.steps), self.stamps]
        with open(self.scenario, "w", encoding="utf-8") as file:
            file.write(SCENARIO.format(command=json.dumps(command), sampling=self.sampling, seed=seed))
        subprocess.run([self.plateau, "run", self.scenario, "--here", "--preflight", "off", "--force", "-q",
                        "-o", self.result], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        # The first line is the task that is tried alone.
        seconds = seconds_of_second_tasks(self.stamps, 1)
        with sqlite3.connect(self.result) as db:
            cpu_ns, trial_ns = db.execute("select sum(harness_cpu_ns), sum(end_ns - start_ns) from trial").fetchone()
            samplers = dict(db.execute("select name, avg(value) from sample where name in "
                                       "('sampler_cpu_share', 'node_sampler_cpu_share') group by name"))
        db.close()
        return seconds, cpu_ns / trial_ns / len(os.sched_getaffinity(0)), samplers


def print_figures(bare, observed, costs, samplers):
    """The slowdown with its interval, and the harness's part."""
    logs = [math.log(b / a) for a, b in zip(bare, observed)]
    mean = statistics.mean(logs)
    half = t_quantile(0.975, len(logs) - 1) * statistics.stdev(logs) / math.sqrt(len(logs))
    print(f"bare         {statistics.median(bare):.4f} s per task (median of {len(bare)} means)")
    print(f"observed     {statistics.median(observed):.4f} s per task")
    print(f"slowdown     {math.exp(mean):.5f}, 95 % interval {math.exp(mean - half):.5f} to "
          f"{math.exp(mean + half):.5f} (paired, t on logs, n={len(logs)})")
    print(f"harness      {statistics.mean(costs) * 100:.3f} % of all CPUs' time in the trials")
    for name, title in (("sampler_cpu_share", "sampling the memory of tasks"),
                        ("node_sampler_cpu_share", "sampling the node")):
        shares = [s[name] for s in samplers if name in s]
        if shares:
            print(f"             {statistics.mean(shares) * 100:.3f} % of one core: {title}")


def main():
    """The whole comparison."""
    parser = argparse.ArgumentParser(prog="scripts/bench observer", description=__doc__)
    parser.add_argument("--build", default="build/bench", help="folder with plateau and tests/bench/stamped")
    parser.add_argument("--rounds", type=int, default=30, help="pairs of a bare and an observed run (30)")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a task takes (1)")
    parser.add_argument("--sampling", default="1s", help="how often the node is sampled (1s)")
    arguments = parser.parse_args()
    if arguments.rounds < 6:
        parser.error("--rounds: 6 at least, for an interval")
    arguments.build = os.path.abspath(arguments.build)
    print(f"{len(os.sched_getaffinity(0))} CPUs, load {os.getloadavg()[0]:.2f} when it began, "
          f"{arguments.rounds} rounds, node sampled every {arguments.sampling}")
    with tempfile.TemporaryDirectory(prefix="plateau-bench-") as folder:
        bench = Bench(arguments, folder)
        bench.calibrate(arguments.seconds)
        bare, observed = [], []
        for i in range(arguments.rounds):
            # Whichever comes first: a drift of the machine is nobody's.
            for is_observed in (i % 2 == 0, i % 2 == 1):
                if is_observed:
                    observed.append(bench.observed(i))
                else:
                    bare.append(bench.bare())
    seconds, costs, samplers = zip(*observed)
    print_figures(bare, seconds, costs, samplers)


if __name__ == "__main__":
    main()
