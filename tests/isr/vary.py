"""Makes a plain synthetic exposure into an awkward one: what the generator seldom or never does.

    vary.py KIND FOLDER

FOLDER holds raw-00000.fits and calib/; the files are changed in place. KIND:
  saturated    full columns, blocks and single pixels at the rim of the wells, at every edge
  defects      defects side by side, over whole rows, whole columns, corners and amplifier borders
  kernel       a kernel without any symmetry, five times as strong
  no-kernel    a kernel of zeros
  not-finite   NaN and infinities in the bias; zeros, negatives and NaN in the flat
  crosstalk    strong coefficients, none from C12 to C13, and bright pixels
"""

import pathlib
import sys

import numpy as np
from astropy.io import fits

kind, folder = sys.argv[1], pathlib.Path(sys.argv[2])
rng = np.random.default_rng(99)


def change(name, work):
    """Calls work with the open file; what it did is written back."""
    with fits.open(folder / name, mode="update", memmap=False) as hdus:
        work(hdus)


def amplifier_data(hdus, name):
    head = hdus[0].header
    return hdus[name].data[: head["DATAHGT"], head["DATAX"] : head["DATAX"] + head["DATAWID"]]


def saturate(hdus):
    for name in ("C10", "C13", "C17", "C07", "C00"):
        data = amplifier_data(hdus, name)
        height, width = data.shape
        full = int(hdus[name].header["SATURATE"])
        data[:, width // 3] = full + 5
        data[: height // 2, 0] = 65535
        data[height - 45 :, width - 1] = full
        data[10:50, 7:9] = full  # the first run that grows by more than 1, exactly
        data[60:99, 12] = full  # one row less
        data[110 : 110 + 21, 15] = full
        for _ in range(200):
            data[rng.integers(height), rng.integers(width)] = full - rng.integers(2)


def add_defects(hdus):
    old = hdus["DEFECTS"]
    height, width = 2 * raw_head["DATAHGT"], 8 * raw_head["DATAWID"]
    middle_x, middle_y = raw_head["DATAWID"], raw_head["DATAHGT"]
    boxes = [(0, 0, 1, height), (width - 3, 0, 3, height), (0, 5, width, 1),
             (0, height - 1, width, 1), (0, middle_y - 1, width, 2), (0, 0, 4, 4),
             (middle_x - 2, 20, 5, 30), (10, 40, 1, 1), (11, 40, 1, 1), (12, 40, 2, 2),
             (1, 60, width - 1, 1), (0, 62, width - 1, 1)]
    for _ in range(300):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        boxes.append((x, y, int(rng.integers(1, min(9, width - x) + 1)),
                      int(rng.integers(1, min(20, height - y) + 1))))
    new = fits.BinTableHDU.from_columns(old.columns, nrows=len(old.data) + len(boxes), name="DEFECTS")
    for i, box in enumerate(boxes):
        new.data[len(old.data) + i] = box
    hdus[hdus.index_of("DEFECTS")] = new


def skew_kernel(hdus):
    kernel = hdus["KERNEL"].data
    kernel *= 5 * (1 + 0.3 * rng.random(kernel.shape))


def lose_kernel(hdus):
    hdus["KERNEL"].data[:] = 0


def spoil_bias(hdus):
    bias = hdus["IMAGE"].data
    bias[7, 3] = bias[8, 3:6] = np.nan
    bias[30, 0] = bias[31, -1] = np.inf
    bias[40, 100] = -np.inf


def spoil_flat(hdus):
    flat = hdus["IMAGE"].data
    flat[50, 10:13] = 0
    flat[51, 10] = -1
    flat[52, 10] = np.nan


def mix(hdus):
    matrix = hdus["CROSSTALK"].data
    matrix *= 20
    matrix[3, 2] = 0


def brighten(hdus):
    for name in ("C12", "C05"):
        data = amplifier_data(hdus, name)
        data[20:40, 11] = 45000 + 500 * np.arange(20)
        data[70, 5:9] = 64000


raw_head = fits.getheader(folder / "raw-00000.fits")
KINDS = {
    "saturated": [("raw-00000.fits", saturate)],
    "defects": [("calib/defects.fits", add_defects)],
    "kernel": [("calib/bfkernel.fits", skew_kernel)],
    "no-kernel": [("calib/bfkernel.fits", lose_kernel)],
    "not-finite": [("calib/bias.fits", spoil_bias), ("calib/flat.fits", spoil_flat)],
    "crosstalk": [("calib/crosstalk.fits", mix), ("raw-00000.fits", brighten)],
}
for file_name, function in KINDS[kind]:
    change(file_name, function)
