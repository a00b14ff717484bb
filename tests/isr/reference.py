"""Steps 1 to 13 of docs/isr.md with numpy, scipy and astropy: what plateau-isr is checked against.

    reference.py RAW.fits OUT.fits [--calib DIR] [--double] [--direct] [--timings FILE]

Written from docs/isr.md alone, whole planes at a time, as one would with numpy. Images are float32
unless --double asks for 53 bits from the first step to the last: then what differs from
plateau-isr is plateau-isr's rounding and nothing else. The convolution goes through Fourier space
unless --direct asks for scipy.ndimage's sums.
"""

import argparse
import pathlib
import sys
import time

import numpy as np
import scipy.ndimage
import scipy.signal
from astropy.io import fits

AMPLIFIERS = [f"C1{i}" for i in range(8)] + [f"C0{i}" for i in range(7, -1, -1)]
STRIP_ROWS = 112
BAD, SAT, INTRP, NO_DATA, CROSSTALK, NAN = 1, 2, 4, 256, 512, 1024

# The numbers of the description, by name, so that a test can change one and see the check fail.
CONSTANTS = {
    "overscan_skip": 3,
    "overscan_sigma": 3.0,
    "overscan_least_spread": 0.5,
    "saturation_factor": 1.0,
    "crosstalk_mask_adu": 45000.0,
    "crosstalk_factor": 1.0,
    "read_noise_factor": 1.0,
    "sat_grow": 1,
    "trail_rows": 20,
    "trail_most": 6,
    "kernel_factor": 1.0,
    "bf_threshold_e": 1000.0,
    "bf_most": 10,
    "dark_factor": 1.0,
    "flat_power": 1.0,
    "background_mesh": 256,
    "background_sigma": 3.0,
    "background_clips": 3,
}


class Timings:
    """Seconds of wall time per named stretch."""

    def __init__(self):
        self.rows = []
        self.last = time.perf_counter()

    def mark(self, name):
        now = time.perf_counter()
        self.rows.append((name, now - self.last))
        self.last = now


def read_image(path, extension, dtype):
    with fits.open(path, memmap=False) as hdus:
        return hdus[extension].data.astype(dtype)


class Calibration:
    def __init__(self, folder, dtype):
        self.bias = read_image(folder / "bias.fits", "IMAGE", dtype)
        self.dark = read_image(folder / "dark.fits", "IMAGE", dtype)
        self.flat = read_image(folder / "flat.fits", "IMAGE", dtype)
        self.crosstalk = read_image(folder / "crosstalk.fits", "CROSSTALK", np.float64)
        self.kernel = read_image(folder / "bfkernel.fits", "KERNEL", np.float64)
        with fits.open(folder / "defects.fits", memmap=False) as hdus:
            table = hdus["DEFECTS"].data
            names = ("X0", "Y0", "WIDTH", "HEIGHT")
            self.defects = [[int(row[name]) for name in names] for row in table]


class Raw:
    def __init__(self, path):
        with fits.open(path, memmap=False) as hdus:
            self.header = hdus[0].header
            self.pixels = [np.asarray(hdus[name].data) for name in AMPLIFIERS]
            headers = [hdus[name].header for name in AMPLIFIERS]
        self.gain = [header["GAIN"] for header in headers]
        self.read_noise = [header["RDNOISE"] for header in headers]
        self.saturate = [header["SATURATE"] for header in headers]
        self.first = self.header["DATAX"]
        self.width = self.header["DATAWID"]
        self.height = self.header["DATAHGT"]
        self.exposure_s = self.header["EXPTIME"]

    def place(self, index, plane):
        """The amplifier's part of a CCD plane as it lies in the CCD: a view."""
        column = index if index < 8 else 15 - index
        rows = slice(self.height, None) if index < 8 else slice(0, self.height)
        return plane[rows, column * self.width : (column + 1) * self.width]

    def readout(self, index, plane):
        """The same in readout order."""
        part = self.place(index, plane)
        return part[::-1, :] if index < 8 else part[:, ::-1]


def overscan_levels(strip, c):
    """The clipped median of every row."""
    values = np.sort(strip, axis=1).astype(np.float64)
    count = values.shape[1]
    median = (values[:, (count - 1) // 2] + values[:, count // 2]) / 2
    sigma = 0.741 * (values[:, count * 3 // 4] - values[:, count // 4])
    reach = c["overscan_sigma"] * np.maximum(sigma, c["overscan_least_spread"])
    low = np.count_nonzero(values < (median - reach)[:, None], axis=1)
    high = count - np.count_nonzero(values > (median + reach)[:, None], axis=1)
    rows = np.arange(len(values))
    return (values[rows, (low + high - 1) // 2] + values[rows, (low + high) // 2]) / 2


def correct_amplifiers(raw, frame, c):
    """Steps 1 and 2; returns the data parts."""
    end = raw.first + raw.width
    parts = []
    for i, pixels in enumerate(raw.pixels):
        data = pixels[: raw.height, raw.first : end]
        levels = overscan_levels(pixels[: raw.height, end + c["overscan_skip"] :], c)
        saturated = data >= raw.saturate[i] * c["saturation_factor"]
        raw.readout(i, frame.mask)[saturated] |= SAT
        parts.append(data.astype(frame.image.dtype) - levels[:, None].astype(frame.image.dtype))
    return parts


def make_variance(raw, frame, c):
    for i, gain in enumerate(raw.gain):
        noise = (c["read_noise_factor"] * raw.read_noise[i] / gain) ** 2
        image = raw.place(i, frame.image)
        raw.place(i, frame.variance)[:] = np.maximum(image, 0) / frame.of(gain) + frame.of(noise)


def correct_crosstalk(raw, frame, matrix, c):
    sent = np.stack([raw.readout(i, frame.image) for i in range(16)]).reshape(16, -1)
    bright = sent > c["crosstalk_mask_adu"]
    some = np.flatnonzero(bright.any(axis=0))  # few moments, so that the rest stays cheap
    hit = (matrix != 0).astype(np.int32) @ bright[:, some].astype(np.int32) > 0
    sent -= (c["crosstalk_factor"] * matrix).astype(sent.dtype) @ sent
    rows, columns = np.divmod(some, raw.width)
    for i in range(16):
        raw.readout(i, frame.image)[:] = sent[i].reshape(raw.height, raw.width)
        raw.readout(i, frame.mask)[rows[hit[i]], columns[hit[i]]] |= CROSSTALK


def interpolate(frame, bits):
    """Runs of marked pixels on the straight line between their neighbours in the row."""
    height, width = frame.mask.shape
    bad = (frame.mask & bits) != 0
    blank = bad.all(axis=1)
    bad[blank] = False
    at = np.flatnonzero(bad)
    if len(at) > 0:
        breaks = np.flatnonzero((np.diff(at) != 1) | (at[1:] % width == 0)) + 1
        first = at[np.concatenate(([0], breaks))]
        last = at[np.concatenate((breaks - 1, [len(at) - 1]))]
        length = last - first + 1
        has_left, has_right = first % width > 0, (last + 1) % width > 0
        left = np.where(has_left, first - 1, last + 1)
        right = np.where(has_right, last + 1, left)
        part = (at - np.repeat(first, length) + 1) / np.repeat(length + 1, length)
        for plane in (frame.image.ravel(), frame.variance.ravel()):
            low, high = np.repeat(plane[left], length), np.repeat(plane[right], length)
            plane[at] = low * (1 - part) + high * part
        frame.mask.ravel()[at] |= INTRP
    frame.image[blank] = 0
    frame.variance[blank] = 0
    frame.mask[blank] |= NO_DATA
    return len(at)


def widen_trails(frame, c):
    height, width = frame.mask.shape
    saturated = (frame.mask & SAT) != 0
    columns = np.flatnonzero(saturated.any(axis=0))
    if len(columns) == 0:
        return
    grown = scipy.ndimage.binary_dilation(
        saturated, np.ones((3, 3), bool), iterations=c["sat_grow"])
    edges = np.diff(saturated[:, columns].T.astype(np.int8), prepend=0, append=0, axis=1)
    where, start = np.nonzero(edges == 1)
    end = np.nonzero(edges == -1)[1]
    grow = np.minimum((end - start) // c["trail_rows"], c["trail_most"])
    for k in np.flatnonzero(grow > 1):
        x = columns[where[k]]
        grown[max(start[k] - 1, 0) : end[k] + 1, max(x - grow[k], 0) : x + grow[k] + 1] = True
    frame.mask[grown] |= SAT


def convolve(padded, kernel, direct):
    """padded (*) kernel where the kernel lies inside."""
    if direct:
        reach = kernel.shape[0] // 2
        return scipy.ndimage.convolve(padded, kernel)[reach:-reach, reach:-reach]
    return scipy.signal.oaconvolve(padded, kernel, mode="valid")


def moved_charge(q, kernel, direct):
    """corr(q) inside the outermost rows and columns; in strips of rows, which caches like."""
    height, width = q.shape
    reach = kernel.shape[0] // 2
    padded = np.pad(q, reach, mode="edge")
    moved = np.empty((height - 2, width - 2))
    for y in range(0, height - 2, STRIP_ROWS):
        rows = min(STRIP_ROWS, height - 2 - y) + 2
        p = q[y : y + rows]
        o = convolve(padded[y : y + rows + 2 * reach], kernel, direct)
        dot = (p[1:-1, 2:] - p[1:-1, :-2]) * (o[1:-1, 2:] - o[1:-1, :-2])
        dot += (p[2:, 1:-1] - p[:-2, 1:-1]) * (o[2:, 1:-1] - o[:-2, 1:-1])
        lap = o[1:-1, 2:] + o[1:-1, :-2] + o[2:, 1:-1] + o[:-2, 1:-1] - 4 * o[1:-1, 1:-1]
        moved[y : y + rows - 2] = (dot / 4 + p[1:-1, 1:-1] * lap) / 2
    return moved


def correct_brighter_fatter(raw, frame, kernel, direct, c):
    for i, gain in enumerate(raw.gain):
        raw.place(i, frame.image)[:] *= frame.of(gain)
    image = frame.image.astype(np.float64)
    now = image
    change, iterations = np.inf, 0
    while iterations < c["bf_most"] and change >= c["bf_threshold_e"]:
        before, now = now, image.copy()
        now[1:-1, 1:-1] += moved_charge(before, kernel * c["kernel_factor"], direct)
        change = np.abs(now - before).sum()
        iterations += 1
    frame.image[:] = now
    for i, gain in enumerate(raw.gain):
        raw.place(i, frame.image)[:] /= frame.of(gain)
    return iterations, change


def correct_flat(frame, flat, c):
    good = flat > 0
    frame.mask[~good] |= BAD
    factor = np.where(good, flat, 1) ** frame.of(c["flat_power"])
    frame.image /= factor
    frame.variance /= factor * factor


def clipped(values, c):
    count = len(values)
    ranks = np.partition(values, (count // 4, count // 2, count * 3 // 4))
    values = values.astype(np.float64)
    mean = float(ranks[count // 2])
    sigma = 0.741 * (float(ranks[count * 3 // 4]) - float(ranks[count // 4]))
    for _ in range(c["background_clips"]):
        kept = values[np.abs(values - mean) <= c["background_sigma"] * sigma]
        if len(kept) == 0:
            break
        mean, sigma = kept.mean(), kept.std()
    return mean, sigma


def measure_background(frame, c):
    """Level, sigma and flatness."""
    mesh = c["background_mesh"]
    height, width = frame.mask.shape
    cells = []
    for y in range(0, height, mesh):
        for x in range(0, width, mesh):
            cell = (slice(y, y + mesh), slice(x, x + mesh))
            values = frame.image[cell][frame.mask[cell] == 0]
            if len(values) > 0:
                cells.append(clipped(values, c))
    if not cells:
        return np.nan, np.nan, np.nan
    means, sigmas = np.sort(np.array(cells), axis=0).T
    level = means[len(means) // 2]
    return level, sigmas[len(sigmas) // 2], (means[-1] - means[0]) / level


class Frame:
    def __init__(self, raw, dtype):
        shape = (2 * raw.height, 8 * raw.width)
        self.of = dtype
        self.image = np.zeros(shape, dtype)
        self.variance = np.zeros(shape, dtype)
        self.mask = np.zeros(shape, np.int32)


def reduce(raw, calibration, dtype=np.float32, direct=False, timings=None, change=None):
    """The frame and what the header says of it: a dictionary by keyword."""
    c = dict(CONSTANTS, **(change or {}))
    mark = timings.mark if timings else lambda name: None
    said = {}
    frame = Frame(raw, dtype)
    with np.errstate(invalid="ignore", over="ignore"):
        parts = correct_amplifiers(raw, frame, c)
        mark("convert, overscan")
        for i, part in enumerate(parts):
            raw.readout(i, frame.image)[:] = part
        del parts
        mark("assemble")
        frame.image -= calibration.bias
        mark("bias")
        make_variance(raw, frame, c)
        mark("variance")
        correct_crosstalk(raw, frame, calibration.crosstalk, c)
        mark("crosstalk")
        lost = ~(np.isfinite(frame.image) & np.isfinite(frame.variance))
        if lost.any():
            frame.mask[lost] |= NAN
            interpolate(frame, NAN)
        widen_trails(frame, c)
        mark("not finite, trails")
        said["BFITER"], said["BFCHANGE"] = correct_brighter_fatter(
            raw, frame, calibration.kernel, direct, c)
        mark("brighter-fatter")
        frame.image -= calibration.dark * dtype(raw.exposure_s * c["dark_factor"])
        mark("dark")
        correct_flat(frame, calibration.flat, c)
        mark("flat")
        for x, y, width, height in calibration.defects:
            frame.mask[y : y + height, x : x + width] |= BAD
        said["NINTERP"] = interpolate(frame, BAD | SAT | NAN)
        mark("defects, interpolation")
        said["SKYLEVEL"], said["SKYSIGMA"], said["SKYFLAT"] = measure_background(frame, c)
        mark("background")
    return frame, said


def write(path, frame, said):
    primary = fits.PrimaryHDU()
    for keyword, value in said.items():
        if np.isfinite(value):
            primary.header[keyword] = value
    planes = {"IMAGE": frame.image, "VARIANCE": frame.variance, "MASK": frame.mask}
    hdus = [fits.ImageHDU(plane, name=name) for name, plane in planes.items()]
    fits.HDUList([primary, *hdus]).writeto(path, overwrite=True)


def calibration_folder(raw_path, named):
    """The folder named on the command line, or the one that the raw names, seen from it."""
    if named:
        return pathlib.Path(named)
    return pathlib.Path(raw_path).parent / fits.getheader(raw_path)["CALIBDIR"]


def main():
    parser = argparse.ArgumentParser(description="ISR with numpy and scipy")
    parser.add_argument("raw")
    parser.add_argument("out")
    parser.add_argument("--calib")
    parser.add_argument("--double", action="store_true", help="53 bits throughout")
    parser.add_argument("--direct", action="store_true", help="convolve with scipy.ndimage")
    parser.add_argument("--timings", metavar="FILE", help="write 'seconds<TAB>step' lines")
    options = parser.parse_args()
    dtype = np.float64 if options.double else np.float32
    timings = Timings()
    raw = Raw(options.raw)
    calibration = Calibration(calibration_folder(options.raw, options.calib), dtype)
    timings.mark("read")
    frame, said = reduce(raw, calibration, dtype, options.direct, timings)
    write(options.out, frame, said)
    timings.mark("write")
    if options.timings:
        rows = [f"{seconds:.6f}\t{name}\n" for name, seconds in timings.rows]
        pathlib.Path(options.timings).write_text("".join(rows), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
