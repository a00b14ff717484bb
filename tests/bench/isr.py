"""plateau-isr against tests/isr/reference.py on one core, step by step.

The two alternate. Times of steps are wall times from the log's stamps and from the reference's own
clock: the smallest of the rounds, since others can only add to them. Times of whole processes are
CPU times. Python's start and its imports are measured apart and left out of every ratio.
"""

import argparse
import datetime
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REFERENCE = HERE.parent / "isr" / "reference.py"

# First words of the line that begins a step, in plateau-isr's log.
STEPS = [
    ("Reading bytes from", "read"),
    ("Converting exposure", "convert, overscan"),
    ("Assembling CCD", "assemble"),
    ("Applying bias", "bias"),
    ("Constructing variance map for amplifier C10", "variance"),
    ("Applying crosstalk", "crosstalk"),
    ("Masking non-finite", "not finite, trails"),
    ("Applying brighter-fatter", "brighter-fatter"),
    ("Applying dark", "dark"),
    ("Applying flat", "flat"),
    ("Masking defects", "defects, interpolation"),
    ("Measuring background", "background"),
    ("Butler put", "write"),
    ("Successfully wrote", None),
]

# What a step must at least move (bytes per CCD pixel, planes read and written once) and compute
# (operations per CCD pixel and pass), counted by hand from the steps' definitions.
BYTES = {"bias": 12, "variance": 8, "dark": 12, "flat": 20, "assemble": 8}
CONVOLUTION_FLOPS = 8 + 72 + 81 + 81  # pairs of rows, pairs of columns, products, sums
CORRECTION_FLOPS = 18


def run(command, cpu, **options):
    """Runs it on one CPU; returns (stderr, CPU seconds, largest resident set in bytes)."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1",
                       MKL_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")
    child = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True, env=environment,
                             preexec_fn=lambda: os.sched_setaffinity(0, {cpu}), **options)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"bench isr: {command[0]} failed ({child.returncode}):\n{said}")
    return said, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def stamp(line):
    return datetime.datetime.fromisoformat(line.split()[1]).timestamp()


def steps_of_log(log):
    found, left = [], list(STEPS)
    for line in log.splitlines():
        if left and f" - {left[0][0]}" in line:
            found.append((left.pop(0)[1], stamp(line)))
    if left:
        sys.exit(f"bench isr: no line '{left[0][0]}' in plateau-isr's log")
    return {name: after - at for (name, at), (_, after) in zip(found, found[1:])}


def smallest(rounds):
    return {name: min(one[name] for one in rounds) for name in rounds[0]}


class Bench:
    def __init__(self, options, folder):
        self.isr = options.build / "plateau-isr"
        self.cpu = options.cpu
        self.folder = folder
        self.passes = 0  # over the image, of brighter-fatter

    def synthesize(self, size, seed):
        to = self.folder / f"size-{size}"
        if not to.exists():
            run([self.isr, "--synthesize", 1, to, "--seed", seed, "--size", size], self.cpu)
        return to / "raw-00000.fits"

    def plateau(self, raw):
        said, cpu_s, rss = run([self.isr, raw, self.folder / "post.fits"], self.cpu)
        self.passes = int(re.search(r"correction in (\d+) iterations", said)[1])
        return steps_of_log(said), cpu_s, rss

    def reference(self, raw, *options):
        timings = self.folder / "timings"
        _, cpu_s, rss = run([sys.executable, REFERENCE, raw, self.folder / "post.fits",
                             "--timings", timings, *options], self.cpu)
        lines = timings.read_text(encoding="ascii").splitlines()
        rows = [line.split("\t") for line in lines]
        return {name: float(seconds) for seconds, name in rows}, cpu_s, rss

    def imports_s(self):
        return min(run([sys.executable, REFERENCE, "--help"], self.cpu)[1] for _ in range(3))


def peaks(folder, cpu):
    program = folder / "peak"
    subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-O3", "-march=native",
                    HERE / "peak.c", "-o", program], check=True)
    said = subprocess.run(["taskset", "-c", str(cpu), program], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return {name: float(value) for name, value in (line.split() for line in said.splitlines())}


def compare_with_reference(bench, options, peak):
    raw = bench.synthesize(options.size, options.seed)
    pixels = plane_pixels(options.size)
    ours, theirs, direct = [], [], []
    for _ in range(options.rounds):
        ours.append(bench.plateau(raw))
        theirs.append(bench.reference(raw))
        direct.append(bench.reference(raw, "--direct"))
    imports = bench.imports_s()
    a, b, d = (smallest([one[0] for one in rounds]) for rounds in (ours, theirs, direct))
    print(f"size {options.size:g}: {pixels / 1e6:.2f} Mpixel, {options.rounds} rounds, CPU "
          f"{bench.cpu}; smallest times; shares of the measured peaks")
    print(f"{'step':24}{'plateau-isr s':>14}{'numpy s':>10}{'ratio':>8}  share of peak")
    for name, seconds in a.items():
        share = ""
        if name in BYTES:
            rate = BYTES[name] * pixels / seconds
            share = f"{rate / 1e9:.1f} GB/s, {rate / peak['copy_bytes_per_s']:.2f} of copy"
        elif name == "brighter-fatter":
            rate = bench.passes * (CONVOLUTION_FLOPS + CORRECTION_FLOPS) * pixels / seconds
            share = (f"{rate / 1e9:.1f} Gflop/s, {rate / peak['multiply_add_flops']:.2f} of "
                     f"multiply-add ({bench.passes} passes)")
        ratio = f"{b[name] / seconds:8.1f}" if seconds >= 0.002 else f"{'-':>8}"
        print(f"{name:24}{seconds:14.3f}{b[name]:10.3f}{ratio}  {share}")
    cpu_a, cpu_b, cpu_d = (min(one[1] for one in rounds) for rounds in (ours, theirs, direct))
    ratios = sorted((t[1] - imports) / o[1] for o, t in zip(ours, theirs))
    print(f"{'all steps, wall':24}{sum(a.values()):14.3f}{sum(b.values()):10.3f}"
          f"{sum(b.values()) / sum(a.values()):8.1f}")
    print(f"{'process, CPU':24}{cpu_a:14.3f}{cpu_b - imports:10.3f}{(cpu_b - imports) / cpu_a:8.1f}"
          f"  median of rounds {statistics.median(ratios):.1f}, {ratios[0]:.1f} to {ratios[-1]:.1f}"
          f"; without {imports:.2f} s of imports")
    print(f"{'scipy.ndimage instead':24}{cpu_a:14.3f}{cpu_d - imports:10.3f}"
          f"{(cpu_d - imports) / cpu_a:8.1f}  convolution {d['brighter-fatter']:.2f} s by sums, "
          f"{b['brighter-fatter']:.2f} s by Fourier")
    print(f"{'largest resident set, GB':24}{max(o[2] for o in ours) / 1e9:14.3f}"
          f"{max(t[2] for t in theirs) / 1e9:10.3f}")


def plane_pixels(size):
    # Half up, as plateau-isr rounds.
    return 8 * int(509 * size + 0.5) * 2 * int(2000 * size + 0.5)


def show_linearity(bench, options):
    print("\nsize   Mpixel   CPU s   CPU s per Mpixel")
    for size in (0.25, 0.5, 1):
        raw = bench.synthesize(size, options.seed)
        cpu_s = min(bench.plateau(raw)[1] for _ in range(options.rounds))
        pixels = plane_pixels(size) / 1e6
        print(f"{size:<7g}{pixels:6.2f}{cpu_s:8.3f}{cpu_s / pixels:14.4f}")


def cachegrind(bench, size, seed):
    """Instructions, and bytes between memory and a last level of 2 MiB: lines read and written."""
    raw = bench.synthesize(size, seed)
    out = bench.folder / "cachegrind.out"
    subprocess.run(["valgrind", "--tool=cachegrind", "--LL=2097152,16,64",
                    f"--cachegrind-out-file={out}", bench.isr, raw, bench.folder / "post.fits"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lines = out.read_text(encoding="utf-8", errors="replace").splitlines()
    events = next(line for line in lines if line.startswith("events:")).split()[1:]
    total = next(line for line in lines if line.startswith("summary:")).split()[1:]
    counts = dict(zip(events, map(int, total)))
    functions, name = {}, ""
    for line in lines:
        if line.startswith("fn="):
            name = re.sub(r"\.(constprop|isra|part|avx2|avx512f|default).*", "", line[3:])
        elif line[:1].isdigit():
            functions[name] = functions.get(name, 0) + int(line.split()[1])
    moved = 64 * (counts["DLmr"] + counts["DLmw"])
    return counts["Ir"], moved, functions


def show_counts(bench, options):
    if not shutil.which("valgrind"):
        print("\nvalgrind is not installed: no counts")
        return
    small, large = 0.1, 0.2
    pixels = [plane_pixels(size) for size in (small, large)]
    (i0, b0, f0), (i1, b1, f1) = (cachegrind(bench, size, options.seed) for size in (small, large))
    per = pixels[1] - pixels[0]
    print(f"\ncachegrind (the AVX2 build of the loops: valgrind knows no AVX-512), growth from "
          f"--size {small} to {large}, last level 2 MiB:")
    print(f"instructions per pixel {(i1 - i0) / per:.0f}; bytes from and to memory per pixel "
          f"{(b1 - b0) / per:.0f} (at --size {small} in all: {i0 / pixels[0]:.0f} and "
          f"{b0 / pixels[0]:.0f})")
    grown = sorted(((f1[name] - f0.get(name, 0)) / per, name) for name in f1)[::-1]
    for count, name in grown[:8]:
        print(f"  {count:8.1f}  {name}")


def main():
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # tidies up
    parser = argparse.ArgumentParser(prog="scripts/bench isr", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, help="a build that is there; builds nothing")
    parser.add_argument("--rounds", type=int, default=5, help="alternations (default 5)")
    parser.add_argument("--size", type=float, default=1, help="of the comparison (default 1)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cpu", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--no-counts", action="store_true", help="leave out cachegrind")
    parser.add_argument("--no-sizes", action="store_true", help="leave out other sizes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plateau-bench-isr.") as name:
        folder = pathlib.Path(name)
        bench = Bench(options, folder)
        peak = peaks(folder, options.cpu)
        print(f"one core: copy {peak['copy_bytes_per_s'] / 1e9:.1f} GB/s, multiply-add "
              f"{peak['multiply_add_flops'] / 1e9:.1f} Gflop/s")
        compare_with_reference(bench, options, peak)
        if not options.no_sizes:
            show_linearity(bench, options)
        if not options.no_counts:
            show_counts(bench, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
