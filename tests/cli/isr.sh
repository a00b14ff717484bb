#!/usr/bin/env bash
# plateau-isr as a person meets it: making inputs, reducing one, the log, and what goes wrong.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99

tap_run plateau-isr --version
tap_status 0
matches "the version" "$stdout" '^plateau-isr [0-9]+\.[0-9]+\.[0-9]+(-[a-z0-9]+)?$'
tap_run plateau-isr --help
tap_status 0
tap_stdout_has "plateau-isr INPUT.fits OUTPUT.fits"
for option in --synthesize --seed --size --calib --no-output; do
	tap_stdout_has "$option" "help names $option"
done

# Making inputs.
tap_run plateau-isr --synthesize 2 in --seed 5 --size 0.1
tap_status 0
tap_stdout_is "in: 2 raw exposures made, 0 there already; calibrations made"
is "only raws, and the calibrations in their folder" "$(ls in)" $'calib\nraw-00000.fits\nraw-00001.fits'
is "six calibrations" "$(ls -A in/calib)" \
	$'bfkernel.fits\nbias.fits\ncrosstalk.fits\ndark.fits\ndefects.fits\nflat.fits'
is "nothing unfinished" "$(find in -name '.*' -type f)" ""
sums=$(cd in && sha256sum raw-*.fits calib/*)
inodes=$(cd in && stat -c %i raw-*.fits calib/*)
tap_run plateau-isr --synthesize 2 in --seed 5 --size 0.1
tap_stdout_is "in: 0 raw exposures made, 2 there already; calibrations there already"
is "a second call keeps the very files" "$(cd in && stat -c %i raw-*.fits calib/*)" "$inodes"
rm in/raw-00001.fits in/calib/flat.fits
tap_run plateau-isr --synthesize 2 in --seed 5 --size 0.1
tap_stdout_is "in: 1 raw exposures made, 1 there already; calibrations made" "what is missing is made"
is "and comes out the same" "$(cd in && sha256sum raw-*.fits calib/*)" "$sums"
tap_run plateau-isr --synthesize 1 in --seed 6 --size 0.1
tap_status 2 "another seed beside leftovers is refused"
tap_stderr_has "in/raw-00001.fits: is of another seed, size or version"
is "and nothing was touched" "$(cd in && sha256sum raw-*.fits calib/*)" "$sums"
tap_run plateau-isr --synthesize 1 other --seed 6 --size 0.1
tap_status 0
differ()
{
	! cmp -s "$1" "$2"
}
check "another seed, another raw" differ in/raw-00000.fits other/raw-00000.fits
check "exposures differ" differ in/raw-00000.fits in/raw-00001.fits

# Reducing one.
tap_run plateau-isr in/raw-00000.fits post.fits
tap_status 0
tap_stdout_is "" "nothing on stdout"
log=$stderr
long='^INFO [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}\+00:00 [A-Za-z_.]+ \((isr:\{.*\})?\)\([a-z_]+\.c:[0-9]+\) - .+$'
is "every line is in the long format" "$(grep -Evc "$long" <<<"$log")" 0
stamps=$(cut -d' ' -f2 <<<"$log")
is "time goes forward" "$(sort <<<"$stamps")" "$stamps"
is "16 overscans" "$(grep -c 'lsst\.isr .* - Corrected overscan for amplifier C[01][0-7]$' <<<"$log")" 16
is "16 variance maps" "$(grep -c 'lsst\.isr .* - Constructing variance map for amplifier C[01][0-7]\.$' <<<"$log")" 16
is "seven files read" "$(grep -c 'lsst\.daf\.butler\..* - Reading bytes from ' <<<"$log")" 7
steps='Converting exposure to floating point values.
Assembling CCD from amplifiers.
Applying bias correction.
Applying crosstalk correction.
Widening saturation trails.
Applying brighter-fatter correction using kernel type 
Finished brighter-fatter correction in 
Applying dark correction.
Applying flat correction.
Masking defects.
Interpolating masked pixels.
Measuring background level.
Butler put: 
Successfully wrote python object to local file at '
found=$(grep -oF "$steps" <<<"$log")
is "the steps, in order" "$found" "$steps"

headers=$(LC_ALL=C grep -aoE "(EXTNAME = '[A-Z]+|BITPIX  = +-?[0-9]+|NAXIS[12]  = +[0-9]+)" post.fits |
	tr -s ' ')
is "image and variance in float32, mask in int32, over the CCD" "$headers" \
	"BITPIX = 8
BITPIX = -32
NAXIS1 = 408
NAXIS2 = 400
EXTNAME = 'IMAGE
BITPIX = -32
NAXIS1 = 408
NAXIS2 = 400
EXTNAME = 'VARIANCE
BITPIX = 32
NAXIS1 = 408
NAXIS2 = 400
EXTNAME = 'MASK"
tap_run plateau-isr in/raw-00000.fits again.fits
check "the same input gives the same bytes" cmp post.fits again.fits
tap_run plateau-isr --calib=in/calib in/raw-00000.fits again.fits
check "calibrations can be named" cmp post.fits again.fits
tap_run plateau-isr in/raw-00000.fits --no-output
tap_status 0
lacks "without output nothing is put" "$stderr" "Butler put"
mkdir 'odd [1]'
cp in/raw-00000.fits 'odd [1]/a(b).fits'
tap_run plateau-isr --calib in/calib 'odd [1]/a(b).fits' 'odd [1]/+out.fits'
tap_status 0 "names that cfitsio would take for expressions"
check "the output has the odd name" cmp post.fits 'odd [1]/+out.fits'

# Usage.
# usage EXPECTED ARGUMENT...
usage()
{
	local expected=$1
	shift
	tap_run plateau-isr "$@"
	tap_status 2
	tap_stderr_has "$expected"
}
usage "two names are needed"
usage "two names are needed" in/raw-00000.fits
usage "too many names, from c on" a b c
usage "unknown option --synthesise, did you mean --synthesize" --synthesise 3 in
usage "--synthesize needs a value" --synthesize
usage "--synthesize: " --synthesize 0 in
usage "needs one folder" --synthesize 3
usage "--size: 2 is not between 0.1 and 1" --synthesize 1 x --size 2
usage "--size: " --synthesize 1 x --size nan
usage "--seed: " --synthesize 1 x --seed -1
usage "--seed has a meaning with --synthesize only" in/raw-00000.fits x.fits --seed 3
usage "--calib has no meaning with --synthesize" --synthesize 1 x --calib y
usage "--no-output takes no value" --no-output=x in/raw-00000.fits
usage "parent must exist" --synthesize 1 none/below
check "nothing was made by mistakes" test ! -e x

# Bad input: which file, which HDU, and what to do.
usage "none.fits: cannot be read: No such file" none.fits x.fits
usage "the folder to write it in does not exist" in/raw-00000.fits none/x.fits
usage "in: is a folder" in/raw-00000.fits in
echo "no FITS at all" >text.fits
usage "text.fits: HDU 1: not readable as FITS" --calib in/calib text.fits x.fits
head -c 300000 in/raw-00000.fits >short.fits
usage "short.fits: HDU " --calib in/calib short.fits x.fits
tap_stderr_has "cut short" "a truncated file: what it may be"
tap_stderr_has "--synthesize" "a truncated file: the remedy"
usage "in/calib/bias.fits: HDU 1: reading keyword" in/calib/bias.fits x.fits
cp in/raw-00000.fits alone.fits
usage "calib/bias.fits: cannot be read" alone.fits x.fits
tap_stderr_has "--calib" "missing calibrations: the remedy"
plateau-isr --synthesize 1 large --seed 5 --size 0.12 >/dev/null
usage "large/calib/bias.fits: HDU IMAGE is 488 x 480" --calib large/calib in/raw-00000.fits x.fits
cp -r in/calib damaged
head -c 100000 in/calib/flat.fits >damaged/flat.fits
usage "damaged/flat.fits: HDU 2 (IMAGE): reading pixels" --calib damaged in/raw-00000.fits x.fits
check "no output of failures" test ! -e x.fits

# Failure while running: nothing half-made stays, and what was there stays.
cp post.fits kept.fits
limited()
{
	(
		ulimit -f 100
		exec plateau-isr "$@"
	)
}
tap_run limited in/raw-00000.fits kept.fits
tap_status 1 "a full disk: exit code 1"
tap_stderr_has "kept.fits: " "a full disk: the file is named"
check "a full disk: the old output stays" cmp post.fits kept.fits
is "a full disk: nothing half-made" "$(find . -name '.*.part')" ""
tap_run limited --synthesize 1 full --size 0.1
tap_status 1 "a full disk while making inputs"
is "a full disk while making inputs: nothing half-made" "$(find full -type f)" ""

tap_done
