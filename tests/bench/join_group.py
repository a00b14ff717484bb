"""What it costs a task to join a control group before it begins, when nobody else has for a while.

Usage: join_group.py FOLDER...: every FOLDER is a group below which groups can be made: of version 1
(tried through cgroup.procs and tasks) or of version 2 (through cgroup.procs)."""

import os
import statistics
import sys
import time

TASKS = 30


def join(path):
    """The seconds that a fresh process needs to join by writing to path."""
    end, begin = os.pipe()
    pid = os.fork()
    if pid == 0:
        start = time.perf_counter()
        with open(path, "wb", buffering=0) as file:
            file.write(b"0")
        os.write(begin, repr(time.perf_counter() - start).encode())
        os._exit(0)
    os.close(begin)
    with os.fdopen(end) as told:
        text = told.read()
    os.waitpid(pid, 0)
    return float(text)


def measure(parent, name):
    folder = os.path.join(parent, f"plateau-join-{os.getpid()}")
    os.mkdir(folder)
    try:
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            return
        costs = []
        for _ in range(TASKS):
            time.sleep(0.2)
            costs.append(join(path) * 1e6)
        costs.sort()
        print(f"{path.replace(folder, parent + '/...')}: median {statistics.median(costs):.0f} us, "
              f"largest {costs[-1]:.0f} us, {TASKS} tasks, 5 per second")
    finally:
        os.rmdir(folder)


for parent in sys.argv[1:]:
    for name in ("cgroup.procs", "tasks"):
        measure(parent, name)
