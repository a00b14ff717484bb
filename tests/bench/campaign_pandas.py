"""What `plateau import csv` and `plateau requirements` work out, in pandas: for `scripts/bench
campaign`.

    campaign_pandas.py import TABLE.csv FRAME.pkl
    campaign_pandas.py requirements FRAME.pkl
"""

import sys

import numpy
import pandas

QUANTILES = [0, 0.25, 0.5, 0.75, 0.95, 0.99, 1]
GB = 1e9
LIMIT = 6 * GB


def read(table, frame):
    """The table as a frame on disk."""
    columns = pandas.read_csv(table, dtype={"label": "category", "band": "category",
                                            "state": "category"})
    columns.to_pickle(frame)


def fits(done):
    """Lines of CPU time and memory against visits, by type."""
    for name, group in done.dropna(subset=["visits"]).groupby("label", observed=True):
        for figure in ("cpu_time", "memory_bytes"):
            slope, intercept = numpy.polyfit(group["visits"], group[figure], 1)
            largest = group.groupby("visits")[figure].max()
            edge = numpy.polyfit(largest.index, largest, 1)
            print(name, figure, slope, intercept, *edge)


def study(frame):
    """Spreads, states, what is over the limit, bins, cumulative fractions, and lines."""
    tasks = pandas.read_pickle(frame)
    done = tasks[tasks["state"] == "COMPLETED"].copy()
    done["efficiency"] = done["cpu_time"] / done["wall_time"]
    figures = ["wall_time", "cpu_time", "efficiency", "memory_bytes"]
    print(done.groupby("label", observed=True)[figures].quantile(QUANTILES))
    print(tasks.groupby("label", observed=True)["state"].value_counts())
    print(tasks[tasks["memory_bytes"] > LIMIT].groupby("label", observed=True).size())
    bins = (done["memory_bytes"] // GB).astype(int)
    print(done.groupby([bins, "label"], observed=True)["wall_time"].agg(["size", "sum"]))
    in_order = done.sort_values("memory_bytes")
    print((in_order["wall_time"].cumsum() / in_order["wall_time"].sum()).iloc[::5000])
    fits(done)


if __name__ == "__main__":
    if sys.argv[1] == "import":
        read(sys.argv[2], sys.argv[3])
    else:
        study(sys.argv[2])
