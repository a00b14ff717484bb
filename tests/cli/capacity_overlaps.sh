#!/usr/bin/env bash
# plateau capacity overlaps: known answers, the same counted in another way, what is refused, and that
# nothing of somebody else's is lost.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need jq python3

# FILTER: of the last answer.
answer()
{
	jq -r "$1" "$work/stdout"
}

# ---- known answers ------------------------------------------------------------------------------
printf 'ra,dec,band\n0,-90,r\n' >pole.csv
tap_run plateau capacity overlaps pole.csv --radius 0.05deg --json -o pole_visits.csv
tap_status 0 "a field in the middle of a patch"
is "the map of DC2" "$(answer '.sky_map | [.tracts, .patches_per_tract, .patches] | @tsv')" "18938	49	927962"
is "one patch, one coadd, one warp" "$(answer '[.patches, .all_bands.coadds, .all_bands.warps] | @tsv')" "1	1	1"
# pi tan^2(0.05 deg) of the square of 4200 pixels of 0.2 arcsec
near "its depth is the part that is covered" "$(answer .all_bands.depth.mean)" 0.144257 0.0002
is "the row of it" "$(cat pole_visits.csv)" "tract,patch,ra_deg,dec_deg,band,visits,depth
0,24,$(sed -n 's/0,24,\([0-9.]*\),.*/\1/p' pole_visits.csv),-90.00000,r,1,0.144"

# The same field on both sides of right ascension 0.
for ra in 0 360 -0; do
	printf 'ra,dec,band\n%s,-45,r\n' "$ra" >wrap.csv
	plateau capacity overlaps wrap.csv -o "wrap$ra.csv" -q >/dev/null
done
check "ra 0 and ra 360 are one place" cmp wrap0.csv wrap360.csv
check "and so is -0" cmp wrap0.csv wrap-0.csv
is "patches on both sides of it are touched" \
	"$(awk -F, 'NR > 1 { if ($3 > 300) west = 1; if ($3 < 60) east = 1 } END { print east + west }' wrap0.csv)" 2

# Spread evenly over the whole sky: the same depth everywhere.
python3 - >even.csv <<'PYTHON'
import math
n = 20000
print("ra,dec,band")
for i in range(n):
    print(f"{i * 137.50776405003785 % 360:.6f},{math.degrees(math.asin((2 * i + 1) / n - 1)):.6f},i")
PYTHON
tap_run plateau capacity overlaps even.csv --radius 4deg --json
is "every patch of the sky has visits" "$(answer .patches)" 927962
# n (1 - cos r) / 2
near "the depth is that of the area" "$(answer .all_bands.depth.mean)" 24.3595 0.005
near "everywhere" "$(answer .all_bands.depth.p5)" 24.3595 0.1
near "the sky of all patches is the sky" "$(answer .sky_deg2)" 41252.96 1e-6
near "area is conserved" "$(answer .covered_of_expected)" 1 0.01

# ---- in another way -----------------------------------------------------------------------------
"$top_srcdir/tests/cli/overlaps_check.py" make 14 8 >places.csv
plateau capacity overlaps places.csv --json -o places_visits.csv >places.json
near "area is conserved with a few visits" "$(jq .covered_of_expected places.json)" 1 0.01
check "another program counts the same" \
	"$top_srcdir/tests/cli/overlaps_check.py" check places.csv places_visits.csv 1.75
is "rows are coadds" "$(($(wc -l <places_visits.csv) - 1))" "$(jq .all_bands.coadds places.json)"
is "their visits are warps" "$(awk -F, 'NR > 1 { n += $6 } END { print n }' places_visits.csv)" \
	"$(jq .all_bands.warps places.json)"
is "histograms sum up to coadds" "$(jq -c '[.bands[] | ([.histogram[].coadds] | add) == .coadds] | unique' places.json)" "[true]"
is "and to warps" "$(jq -c '[.bands[] | ([.histogram[] | .coadds * .visits] | add) == .warps] | unique' places.json)" "[true]"

# ---- what people see ----------------------------------------------------------------------------
tap_run plateau capacity overlaps places.csv --area 9.62deg2 --within dec=-10..10,ra=350..10
tap_status 0
expected="Visits per patch
  visits    14 in 2 bands
  from      places.csv
  field     1.75 deg around its centre: 9.62 deg2
  sky map   120 rings, 18938 tracts of 7 x 7 patches: 927962
  a patch   4000 x 4000 pixels of 0.2 arcsec and a border of 100
  within    ra 350 to 10 deg, dec -10 to 10 deg: patches whose middle is there"
is "what was counted, and where" "$(head -7 stdout)" "$expected"
lacks "of a region the areas say nothing" "$stdout" "check"
is "80 columns" "$(awk 'length > 80' stdout)" ""
is "ASCII where nothing else is asked for" "$(LC_ALL=C grep -c '[^ -~]' stdout)" 0
tap_run plateau capacity overlaps pole.csv --within dec=0..10
tap_stdout_has "no visit of band r touches a patch of the region"
tap_run plateau capacity overlaps pole.csv --within dec=0..10 --json
is "what is absent is null with a reason" \
	"$(answer '.bands[0].depth | [.mean, .reason] | @json')" '[null,"no visit touches a patch"]'
is "and what a region leaves open too" "$(answer .covered_of_expected)" null
printf 'fieldRA;fieldDec;filter\n10;20;red\n' >odd.csv
tap_run plateau capacity overlaps odd.csv
tap_stdout_has "column fieldRA is taken for ra in deg"
printf 'ra,dec,band\n10,20,\033[31mred\n' >odd.csv
tap_run plateau capacity overlaps odd.csv
tap_status 2 "a band does not steer the terminal"
tap_stderr_has "odd.csv:2:7: band: has a control character: this is no band"
lacks "nor does the message" "$stderr" $'\033'
printf 'ra,dec,band\n10,20,"=a,""b"\n' >odd.csv
plateau capacity overlaps odd.csv -o - >odd_visits.csv
is "a band that needs quotes" "$(python3 -c 'import csv; print({r["band"] for r in csv.DictReader(open("odd_visits.csv"))})')" "{'=a,\"b'}"
printf 'x,y\n1.5707963267948966,-0.5235987755982988\n' >radians.csv
tap_run plateau capacity overlaps radians.csv --columns ra=x:rad,dec=y:rad,band=- -o -
has "radians, and all visits in one band" "$stdout" ",all,1,"
matches "they are where they should be" "$stdout" '^[0-9]+,[0-9]+,(89|90)\.[0-9]*,-(29|30)\.'

# ---- files --------------------------------------------------------------------------------------
tap_run plateau capacity overlaps pole.csv -o pole.csv
tap_status 2 "the table of pointings is not written over"
tap_stderr_has "pole.csv is the table of pointings itself"
echo mine >mine.csv
tap_run plateau capacity overlaps pole.csv -o mine.csv
tap_status 2 "nor is a file of somebody else"
is "it is as it was" "$(cat mine.csv)" mine
tap_run plateau capacity overlaps pole.csv -o mine.csv --force -q
tap_status 0 "unless --force says so"
tap_run plateau capacity overlaps pole.csv -o mine.csv -q
tap_status 0 "an earlier table is replaced"
tap_run plateau capacity overlaps pole.csv -o nowhere/v.csv
tap_status 2 "a folder that is not there"
tap_run plateau capacity overlaps pole.csv -o /dev/full
tap_status 1 "a full disk"
tap_run plateau capacity overlaps pole.csv -o - --json
tap_status 2 "stdout cannot have two answers"
if command -v gnuplot >/dev/null; then
	tap_run plateau capacity overlaps places.csv --page page.html --plots plots
	tap_status 0 "a page and its plots"
	tap_stdout_has "What there is to process" "and the text all the same"
	is "two plots are in it" "$(grep -o '<svg[^>]*class="plot' page.html | wc -l)" 2
	check "as files too" test -s plots/overlaps-histogram.svg -a -s plots/overlaps-sky.svg
	tap_run plateau capacity overlaps places.csv --page -
	has "a page to stdout" "$stdout" "<!doctype html>"
else
	skip "a page" "gnuplot is not installed"
fi

# ---- what is refused ----------------------------------------------------------------------------
# WORDS OPTION...: refused with these words.
refused()
{
	local words=$1
	shift
	tap_run plateau capacity overlaps pole.csv "$@"
	tap_status 2 "refused: $*"
	tap_stderr_has "$words"
}
refused "has no unit" --radius 1.75
refused "--radius and --area both" --radius 1deg --area 3deg2
refused "give one of 0.001 to 20 deg" --radius 30deg
refused "give one of 0.001 to 20 deg" --area 50000deg2
refused "give one of 0.001 to 20 deg" --radius 0deg
refused "write for example dec=-62..2" --within north
refused "is not from -90 to 90 deg" --within dec=-100..0
refused "ends below where it begins" --within dec=10..0
refused "--rings" --rings 0
refused "--patch" --patch 4k
refused "larger patches" --patch 100
refused "columns:" --columns visits=x
printf 'ra,dec,band\n1,95,r\nx,2,r\n' >bad.csv
tap_run plateau capacity overlaps bad.csv
tap_status 2 "a table with mistakes"
tap_stderr_has "bad.csv:2:3: dec: 95 deg is beyond +-90 deg"
tap_stderr_has "bad.csv:3:1: ra: \"x\" is not a number"
tap_run plateau capacity overlaps missing.csv
tap_status 2 "a table that is not there"

# ---- one word and two ---------------------------------------------------------------------------
tap_run plateau capacity --help
tap_stdout_has "capacity overlaps  count how many visits"
tap_run plateau capacity overlap pole.csv
tap_status 2 "a word that is nearly the second"
tap_stderr_has "did you mean \`plateau capacity overlaps\`?"
cp pole.csv overlaps
tap_run plateau capacity ./overlaps
tap_status 2 "a file called overlaps is no command"
tap_stderr_has "./overlaps"
tap_done
