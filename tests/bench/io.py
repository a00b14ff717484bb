"""Overhead of following a command under strace: see io.sh."""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

COMMANDS = {
    "computes, few calls": ["awk", "BEGIN { for (i = 0; i < 8000000; i++) s += i }"],
    "reads and writes 1 MB at a time": ["dd", "if=/dev/zero", "of=big", "bs=1M", "count=1500"],
    "reads and writes 4 kB at a time": ["dd", "if=/dev/zero", "of=small", "bs=4k", "count=20000"],
    "calls that are not followed": [
        "python3", "-SE", "-c", "import os\nfor i in range(400000): os.getppid()"],
    "starts many processes": ["sh", "-c", "for i in $(seq 150); do /bin/true; done"],
}


def wall_s(argv, folder):
    began = time.monotonic()
    subprocess.run(argv, cwd=folder, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def overhead(track_log, folder, repeats):
    followed = [track_log, "--totals", "--run"]
    base = statistics.median(wall_s(followed + ["true"], folder) - wall_s(["true"], folder)
                             for _ in range(repeats))
    print(f"before the command starts, and behind it: {1000 * base:.0f} ms")
    print(f"\n{'command':34s} {'alone':>9s} {'followed':>9s} {'ratio':>7s}  from      to")
    for name, command in COMMANDS.items():
        pairs = []
        for _ in range(repeats):
            alone = wall_s(command, folder)
            pairs.append((alone, wall_s(followed + command, folder) - base))
        ratios = sorted(with_it / alone for alone, with_it in pairs)
        print(f"{name:34s} {statistics.median(a for a, _ in pairs):7.3f} s "
              f"{statistics.median(b for _, b in pairs):7.3f} s "
              f"{statistics.median(ratios):7.2f}  {ratios[0]:.2f} to {ratios[-1]:.2f}")


def reading(track_log, folder, calls):
    log = os.path.join(folder, "made.log")
    with open(log, "w", encoding="ascii") as out:
        for i in range(calls // 4):
            at = 1795227333 + i * 4e-5
            out.write(f'12 {at:.6f} openat(AT_FDCWD</w>, "f{i % 1000}", O_RDONLY|O_CLOEXEC) = 3'
                      f'</w/f{i % 1000}> <0.000012>\n'
                      f'12 {at + 1e-5:.6f} read(3</w/f{i % 1000}>, ""..., 4096) = 4096 <0.000004>\n'
                      f'12 {at + 2e-5:.6f} pread64(3</w/f{i % 1000}>, ""..., 100, {i}) = 100 '
                      f'<0.000003>\n'
                      f'12 {at + 3e-5:.6f} close(3</w/f{i % 1000}>) = 0 <0.000003>\n')
    took = wall_s([track_log, "--totals", log], folder)
    size = os.path.getsize(log)
    copied = wall_s(["wc", "-l", log], folder)
    print(f"\na log of {calls:,} calls, {size / 1e6:.0f} MB: read and followed in {took:.2f} s, "
          f"{calls / took / 1e6:.1f} million calls a second; wc -l of it: {copied:.2f} s")


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench io")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--calls", type=int, default=2_000_000, help="of the log that is read")
    options = parser.parse_args()
    track_log = os.path.join(os.path.abspath(options.build), "tests/unit/analyse/track_log")
    if not os.access(track_log, os.X_OK):
        sys.exit(f"bench io: {track_log} is not built")
    with tempfile.TemporaryDirectory() as folder:
        overhead(track_log, folder, options.repeats)
        reading(track_log, folder, options.calls)


if __name__ == "__main__":
    main()
