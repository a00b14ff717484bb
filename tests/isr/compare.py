"""Compares files of plateau-isr with tests/isr/reference.py, pixel by pixel.

    compare.py RAW.fits POST.fits [NAME=VALUE...]

NAME=VALUE changes a constant of the reference first. The last line says "same" or "different"; the
exit code is 0 or 1.

Tolerance. plateau-isr keeps image and variance in float32 between steps, the reference in double.
A step rounds once or twice, to 2^-24 of the pixel's value then, and there are about a dozen such
roundings: allowed is 16 x 2^-24 = 9.5e-7 of the value, plus 2e-4 ADU for pixels near zero, which
had larger numbers on the way (a value of 1000 ADU rounds by 3e-5). A pixel on a line between two
others is allowed what the larger of the two is. Read noise is 3.5 ADU.
The mask and the counts must be equal to the bit; of sums over the image 1e-6.
"""

import sys

import numpy as np
from astropy.io import fits

import reference

RELATIVE = 16 * 2.0**-24
ABSOLUTE_ADU = 2e-4
SUMS_RELATIVE = 1e-6


def scale(values, replaced):
    """|value|, and for a replaced pixel that of the larger of the two that it lies between."""
    width = values.shape[1]
    columns = np.where(replaced, 0, np.arange(width))
    left = np.maximum.accumulate(columns, axis=1)
    columns = np.where(replaced, width - 1, np.arange(width))
    right = np.minimum.accumulate(columns[:, ::-1], axis=1)[:, ::-1]
    size = np.abs(values)
    return np.maximum(size, np.maximum(np.take_along_axis(size, left, axis=1),
                                       np.take_along_axis(size, right, axis=1)))


def compare_plane(name, got, wanted, replaced):
    if got.shape != wanted.shape:
        print(f"{name}: {got.shape} where {wanted.shape} is expected")
        return False
    got = got.astype(np.float64)
    both_nan = np.isnan(got) & np.isnan(wanted)
    with np.errstate(invalid="ignore"):
        off = np.where((got == wanted) | both_nan, 0, np.abs(got - wanted))
        allowed = ABSOLUTE_ADU + RELATIVE * scale(wanted, replaced)
        outside = ~(off <= allowed)
    at = np.unravel_index(np.argmax(np.where(np.isnan(off), np.inf, off / allowed)), off.shape)
    print(f"{name}: {np.count_nonzero(outside)} of {off.size} pixels outside; largest difference "
          f"{np.nanmax(off):.3g}, worst {off[at] / allowed[at]:.3g} of what is allowed, at "
          f"({at[1]}, {at[0]}): {got[at]:.9g} for {wanted[at]:.9g}")
    return not outside.any()


def compare_mask(got, wanted):
    outside = got != wanted
    print(f"MASK: {np.count_nonzero(outside)} of {got.size} pixels outside; largest difference "
          f"0x{int(np.max(got ^ wanted)):x}")
    for y, x in np.argwhere(outside)[:3]:
        print(f"MASK: at ({x}, {y}) 0x{got[y, x]:x} for 0x{wanted[y, x]:x}")
    return not outside.any()


def compare_header(header, said):
    good = True
    for keyword, wanted in said.items():
        got = header.get(keyword, np.nan)
        if keyword in ("BFITER", "NINTERP"):
            same = got == wanted
        elif keyword == "BFCHANGE":  # a sum of what is left: rounding of the image shows in full
            same = abs(got - wanted) <= 1e-4 * abs(wanted) + 1e-9
        elif keyword == "SKYFLAT":  # a difference over the level
            same = (np.isnan(got) and np.isnan(wanted)) or abs(got - wanted) <= SUMS_RELATIVE
        else:
            same = (np.isnan(got) and np.isnan(wanted)) or abs(
                got - wanted) <= SUMS_RELATIVE * abs(wanted)
        print(f"{keyword}: {got:.9g} for {wanted:.9g}{'' if same else ' DIFFERS'}")
        good = good and bool(same)
    return good


def main():
    raw_path, post_path, *changes = sys.argv[1:]
    change = {}
    for text in changes:
        name, value = text.split("=")
        change[name] = type(reference.CONSTANTS[name])(value)
    raw = reference.Raw(raw_path)
    folder = reference.calibration_folder(raw_path, None)
    calibration = reference.Calibration(folder, np.float64)
    frame, said = reference.reduce(raw, calibration, np.float64, change=change)
    with fits.open(post_path, memmap=False) as hdus:
        replaced = (frame.mask & reference.INTRP) != 0
        good = compare_plane("IMAGE", hdus["IMAGE"].data, frame.image, replaced)
        good &= compare_plane("VARIANCE", hdus["VARIANCE"].data, frame.variance, replaced)
        good &= compare_mask(hdus["MASK"].data, frame.mask)
        good &= compare_header(hdus[0].header, said)
    print("same" if good else "different")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
