#!/usr/bin/env bash
# A year of visits over the whole sky map on one core, and many visits counted in another way.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need jq python3

check_program=$top_srcdir/tests/cli/overlaps_check.py

# ---- another program counts the same ------------------------------------------------------------
for radius in 0.02 0.4 1.75 2.5; do
	"$check_program" make 120 "${radius#*.}" >places.csv
	plateau capacity overlaps places.csv --radius "${radius}deg" --json -o visits.csv >answer.json
	said=$("$check_program" check places.csv visits.csv "$radius")
	is "a radius of $radius deg: another program counts the same" $? 0
	diag "$said"
done
near "area is conserved" "$(jq .covered_of_expected answer.json)" 1 0.001

# ---- a year -------------------------------------------------------------------------------------
# As many visits in each band as the first year of a wide survey, from dec -62 to 2, in clumps and
# with gaps.
python3 - >year.csv <<'PYTHON'
import math
import random
rng = random.Random(174)
print("ra,dec,band")
south, north = math.sin(math.radians(-62)), math.sin(math.radians(2))
for band, count in zip("ugrizy", (11068, 14628, 35258, 39851, 32211, 40666)):
    for i in range(count):
        if rng.random() < 0.05:
            ra, dec = 53 + rng.gauss(0, 1), -28 + rng.gauss(0, 1)
        else:
            ra, dec = 360 * rng.random(), math.degrees(math.asin(south + (north - south) * rng.random()))
        print(f"{ra:.5f},{dec:.5f},{band}")
PYTHON
# SECONDS of one core that COMMAND took, as a number.
on_one_core()
{
	local begun ended
	begun=$(date +%s%N)
	taskset -c 0 "$@" >year.json || return
	ended=$(date +%s%N)
	awk -v ns=$((ended - begun)) 'BEGIN { printf "%.2f", ns / 1e9 }'
}
seconds=$(on_one_core plateau capacity overlaps year.csv --json)
is "a year is counted" $? 0
diag "173,682 visits, 927,962 patches, six bands: $seconds s on one core"
is "visits" "$(jq .all_bands.visits year.json)" 173682
near "area is conserved over a year" "$(jq .covered_of_expected year.json)" 1 0.0001
jq 'del(.pointings)' year.json >once.json
{ head -n 1 year.csv && tail -n +2 year.csv | sort -R --random-source=/dev/zero; } >shuffled.csv
plateau capacity overlaps shuffled.csv --json | jq 'del(.pointings)' >again.json
check "in whatever order visits come, and on more cores, the answer is the same" cmp once.json again.json
tap_done
