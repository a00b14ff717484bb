#!/usr/bin/env python3
"""Visits per patch, counted a second time in another way, to hold `plateau capacity overlaps` against.

    overlaps_check.py make COUNT SEED > pointings.csv
    overlaps_check.py check pointings.csv TABLE.csv RADIUS_DEG

A tract's centre and picture follow the rule of a ring sky map. A patch is taken as a polygon of four
great circles (that is what straight lines of a gnomonic picture are), and a field touches it where its
centre is inside of it or no farther from one of its sides than its radius. The depth is looked at in
points. Nothing here is taken from the program.
"""
import csv
import math
import random
import sys

RINGS, OVERLAP, PIXEL, INNER, BORDER = 120, 1 / 60, 0.2, 4000, 100
POINTS = 16  # along a side of a patch


def unit(ra, dec):
    return (math.cos(dec) * math.cos(ra), math.cos(dec) * math.sin(ra), math.sin(dec))


def dot(a, b):
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a, b):
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def scaled(a):
    length = math.sqrt(dot(a, a))
    return (a[0] / length, a[1] / length, a[2] / length)


def angle(a, b):
    c = cross(a, b)
    return math.atan2(math.sqrt(dot(c, c)), dot(a, b))


class Map:
    def __init__(self):
        size = math.pi / (RINGS + 1)
        self.centres = [(0.0, -math.pi / 2)]
        for ring in range(RINGS):
            low = -math.pi / 2 + size * (ring + 0.5)
            widest = min(abs(low), abs(low + size))
            count = int(2 * math.pi * math.cos(widest) / size) + 1
            for i in range(count):
                self.centres.append((2 * math.pi * i / count, -math.pi / 2 + size * (ring + 1)))
        self.centres.append((0.0, math.pi / 2))
        self.units = [unit(*c) for c in self.centres]
        self.pixel = math.radians(PIXEL / 3600)
        reach = math.tan(size / 2 + math.radians(OVERLAP)) / self.pixel
        self.side = math.ceil((2 * round(reach) + 1) / INNER)
        self.pixels = self.side * INNER

    def to_sky(self, tract, x, y):
        """A point of a tract's picture, in pixels from its south-west corner; x grows to the west."""
        ra, dec = self.centres[tract]
        xi = -(x - self.pixels / 2) * self.pixel
        eta = (y - self.pixels / 2) * self.pixel
        east = (-math.sin(ra), math.cos(ra), 0.0)
        north = (-math.sin(dec) * math.cos(ra), -math.sin(dec) * math.sin(ra), math.cos(dec))
        c = self.units[tract]
        return scaled(tuple(c[i] + xi * east[i] + eta * north[i] for i in range(3)))

    def box(self, patch):
        x, y = patch % self.side, patch // self.side
        return (max(0, x * INNER - BORDER), min(self.pixels, (x + 1) * INNER + BORDER),
                max(0, y * INNER - BORDER), min(self.pixels, (y + 1) * INNER + BORDER))


def distance_to_side(p, a, b):
    """From a direction to the arc between two others."""
    pole = scaled(cross(a, b))
    foot = cross(cross(pole, p), pole)
    if dot(cross(a, foot), pole) >= 0 and dot(cross(foot, b), pole) >= 0:
        return abs(math.asin(max(-1.0, min(1.0, dot(p, pole)))))
    return min(angle(p, a), angle(p, b))


def touch_and_part(sky, tract, patch, p, radius):
    left, right, low, high = sky.box(patch)
    corners = [sky.to_sky(tract, x, y)
               for x, y in ((left, low), (left, high), (right, high), (right, low))]
    sides = list(zip(corners, corners[1:] + corners[:1]))
    inside = all(dot(cross(a, b), p) >= 0 for a, b in sides)
    nearest = min(distance_to_side(p, a, b) for a, b in sides)
    if not inside and nearest > radius:
        return False, 0.0, nearest
    if inside and max(angle(p, c) for c in corners) <= radius:
        return True, 1.0, nearest
    covered = 0
    for i in range(POINTS):
        for k in range(POINTS):
            point = sky.to_sky(tract, left + (right - left) * (i + 0.5) / POINTS,
                               low + (high - low) * (k + 0.5) / POINTS)
            covered += angle(point, p) <= radius
    return True, covered / POINTS ** 2, nearest


def make(count, seed):
    rng = random.Random(seed)
    print("ra,dec,band")
    places = [(0, 90), (0, -90), (200, 89.3), (17, -88.4), (0, 0), (359.999, 0.001), (0.7, -30), (359.2, 45)]
    while len(places) < count:
        places.append((360 * rng.random(), math.degrees(math.asin(2 * rng.random() - 1))))
    for i, (ra, dec) in enumerate(places[:count]):
        print(f"{ra:.6f},{dec:.6f},{'gr'[i % 2]}")


def check(pointings, table, radius_deg):
    sky = Map()
    radius = math.radians(radius_deg)
    far = math.cos(min(math.pi, radius + math.atan(math.sqrt(2) * sky.pixels / 2 * sky.pixel) + 1e-9))
    expected = {}
    doubtful = set()
    with open(pointings, newline="") as stream:
        for row in csv.DictReader(stream):
            p = unit(math.radians(float(row["ra"])), math.radians(float(row["dec"])))
            for tract, centre in enumerate(sky.units):
                if dot(p, centre) < far:
                    continue
                for patch in range(sky.side ** 2):
                    touches, part, nearest = touch_and_part(sky, tract, patch, p, radius)
                    key = (row["band"], tract, patch)
                    if abs(nearest - radius) < 1e-10:
                        doubtful.add(key)
                    if touches:
                        visits, depth = expected.get(key, (0, 0.0))
                        expected[key] = (visits + 1, depth + part)
    wrong = []
    found = set()
    with open(table, newline="") as stream:
        for row in csv.DictReader(stream):
            tract, patch = int(row["tract"]), int(row["patch"])
            key = (row["band"], tract, patch)
            found.add(key)
            if key in doubtful:
                continue
            visits, depth = expected.get(key, (0, 0.0))
            if visits != int(row["visits"]):
                wrong.append(f"{key}: {row['visits']} visits, here {visits}")
            elif abs(depth - float(row["depth"])) > 0.04 * visits + 0.001:
                wrong.append(f"{key}: depth {row['depth']}, here {depth:.3f}")
            x, y = patch % sky.side + 0.5, patch // sky.side + 0.5
            middle = sky.to_sky(tract, x * INNER, y * INNER)
            there = unit(math.radians(float(row["ra_deg"])), math.radians(float(row["dec_deg"])))
            if math.degrees(angle(middle, there)) > 2e-5:
                wrong.append(f"{key}: its middle is elsewhere")
    wrong += [f"{key}: is not in the table" for key in sorted(set(expected) - found - doubtful)]
    print("\n".join(wrong[:20]))
    print(f"{len(sky.centres)} tracts of {sky.side ** 2} patches; {len(found)} coadds compared")
    return 1 if wrong or not found else 0


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(int(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(check(sys.argv[2], sys.argv[3], float(sys.argv[4])))
