"""Pairs of real runs of plateau-spin, interleaved, whose ratio is known: what `plateau compare` says
of each pair, and of all runs of both sides. See scripts/bench compare --help."""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/bench compare",
        description="Runs plateau-spin --work WORK against --work WORK times RATIO in pairs, in the "
        "order that the seed says, and prints every pair's ratio of wall times with its interval, "
        "whether it holds RATIO, and the ratio over all runs of both sides.")
    parser.add_argument("--pairs", type=int, default=20, help="pairs of runs (20)")
    parser.add_argument("--ratio", default="1", help="work of the new side by that of the base (1)")
    parser.add_argument("--work", default="1", help="work of a task of the base (1)")
    parser.add_argument("--repeats", default="3", help="blocks of a run (3)")
    parser.add_argument("--measured", default="2", help="measured tasks of a trial (2)")
    parser.add_argument("--levels", default="1", help="copies at once (1)")
    parser.add_argument("--seed", type=int, default=20251120,
                        help="of the order in each pair, fixed beforehand (20251120)")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the results there")
    parser.add_argument("--build", required=True, help="where plateau was built")
    return parser.parse_args()


def run(options, work, path):
    """One run of plateau; what it says is shown where it fails."""
    command = [os.path.join(options.build, "plateau"), "run", "-q", "--here", "-j", options.levels,
               "-r", options.repeats, "-w", "1", "-m", options.measured, "-e", "none", "-o", path,
               "--", os.path.join(options.build, "plateau-spin"), "--work", work]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")


def compare(options, base, new):
    command = [os.path.join(options.build, "plateau"), "compare", "--json", *base, "--", *new]
    answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return answer["comparisons"][0]


def holds(ratio, truth):
    return ratio["ci95"] is not None and ratio["ci95"][0] <= truth <= ratio["ci95"][1]


def line(name, ratio, truth):
    if ratio["ci95"] is None:
        return f"{name:>6} {ratio['ratio']:8.4f}  no interval: {ratio.get('reason')}"
    low, high = ratio["ci95"]
    return (f"{name:>6} {ratio['ratio']:8.4f}  [{low:.4f}, {high:.4f}]  {ratio['basis']:10}  "
            f"{'holds' if holds(ratio, truth) else 'does not hold'} {truth:g}")


def main():
    options = parse()
    truth = float(options.ratio)
    works = [options.work, f"{float(options.work) * truth:g}"]
    order = random.Random(options.seed)
    folder = options.keep or tempfile.mkdtemp(prefix="plateau-compare.")
    os.makedirs(folder, exist_ok=True)
    sides = [[], []]
    held = 0
    print(f"plateau-spin --work {works[0]} against --work {works[1]}, {options.pairs} pairs, "
          f"{options.repeats} repeats of {options.measured} tasks at N={options.levels}, "
          f"seed {options.seed}", flush=True)
    try:
        for pair in range(options.pairs):
            paths = [os.path.join(folder, f"{pair:03}-{side}.db") for side in ("base", "new")]
            for side in order.sample([0, 1], 2):
                run(options, works[side], paths[side])
            for side in (0, 1):
                sides[side].append(paths[side])
            ratio = compare(options, paths[:1], paths[1:])["levels"][-1]["measures"]["wall_s"]
            held += holds(ratio, truth)
            print(line(str(pair + 1), ratio, truth), flush=True)
        whole = compare(options, *sides)
        print(line("all", whole["levels"][-1]["measures"]["wall_s"], truth))
        print(f"{held} of {options.pairs} within-run intervals hold {truth:g}")
        print(whole["node"]["sentence"])
    finally:
        if not options.keep:
            shutil.rmtree(folder)


main()
