"""How long `plateau import` takes for many files of perf stat, beside `cat` of the same files, in
turn. Called by `scripts/bench import`; docs/import.md has the figures."""

import argparse
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

LEVELS = (1, 2, 4, 8, 16, 32, 64, 128)
REPEATS = 5


def listing(top):
    """A job as perf stat lists it, with 14 events."""
    return (top / "results/published/rtn028-perf-stat/n16/job.txt").read_text(encoding="utf-8")


def write_files(folder, text, count):
    """As many files as asked for, in folders by level and repeat, with walls that differ."""
    generator = random.Random(1)
    paths = []
    per_folder = -(-count // (len(LEVELS) * REPEATS))
    for level in LEVELS:
        for repeat in range(REPEATS):
            here = folder / f"n{level}" / f"r{repeat}"
            here.mkdir(parents=True)
            for job in range(per_folder):
                if len(paths) == count:
                    return paths
                wall = 32 * (1 + level / 100) * generator.gauss(1, 0.02)
                path = here / f"job{job:03d}.txt"
                path.write_text(text.replace("32.04867514", f"{wall:.9f}"), encoding="utf-8")
                paths.append(path)
    return paths


def timed(argv):
    """Wall time of a program, s."""
    start = time.monotonic()
    status = subprocess.run(argv, stdout=subprocess.DEVNULL, check=False).returncode
    if status != 0:
        sys.exit(f"bench: {argv[0]} ended with {status}")
    return time.monotonic() - start


def main():
    """Parses the command line, measures and prints."""
    parser = argparse.ArgumentParser(prog="scripts/bench import", description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--build", required=True)
    arguments = parser.parse_args()
    plateau = os.path.join(arguments.build, "plateau")
    top = pathlib.Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory(prefix="plateau-bench") as work:
        folder = pathlib.Path(work)
        paths = write_files(folder / "jobs", listing(top), arguments.files)
        result = folder / "result.db"
        imports, cats = [], []
        for _ in range(arguments.rounds):
            imports.append(timed([plateau, "import", "perf-stat", folder / "jobs", "-q",
                                  "--path", "n{concurrency}/r{repeat}/*.txt", "--force",
                                  "-o", result]))
            cats.append(timed(["cat", *paths]))
        size = sum(path.stat().st_size for path in paths)
    ratio = statistics.median(a / b for a, b in zip(imports, cats))
    print(f"{len(paths)} files, {size / 1e6:.2f} MB, {arguments.rounds} rounds: median (least, most)")
    for name, times in (("plateau import", imports), ("cat", cats)):
        print(f"  {name:14} {statistics.median(times):.3f} s ({min(times):.3f}, {max(times):.3f})")
    print(f"  import / cat   {ratio:.1f}")


main()
