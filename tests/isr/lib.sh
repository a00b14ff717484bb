# shellcheck shell=bash
# For the tests that compare plateau-isr with tests/isr/reference.py; sourced after tests/cli/lib.sh.

export PYTHONDONTWRITEBYTECODE=1

# Sets $python to one that has the packages, or skips the test.
need_reference()
{
	local candidate
	for candidate in /usr/bin/python3 python3; do
		if "$candidate" -c 'import numpy, scipy, astropy' >/dev/null 2>&1; then
			python=$candidate
			return
		fi
	done
	skip_all "python3 with numpy, scipy and astropy is not installed (scripts/setup test)"
}

# make_exposure FOLDER SEED SIZE [KIND]: one raw with its calibrations, made awkward by vary.py.
make_exposure()
{
	plateau-isr --synthesize 1 "$1" --seed "$2" --size "$3" >/dev/null || return 1
	if [ $# -gt 3 ]; then
		"$python" "${top_srcdir:?}/tests/isr/vary.py" "$4" "$1"
	fi
}

compare()
{
	"$python" "${top_srcdir:?}/tests/isr/compare.py" "$1/raw-00000.fits" "$1/post.fits" "${@:2}"
}

# same SEED SIZE [KIND]: reduces one exposure and compares every pixel; leaves it in $folder.
same()
{
	local name="seed $1, size $2${3:+, $3}" said
	folder=$work/exposure-$1-$2-${3:-plain}
	if ! said=$(make_exposure "$folder" "$@" 2>&1 &&
		plateau-isr "$folder/raw-00000.fits" "$folder/post.fits" 2>&1); then
		not_ok "$name: reduced" "$said"
		return
	fi
	if said=$(compare "$folder" 2>&1); then
		ok "$name: every pixel as the reference has it"
	else
		not_ok "$name: every pixel as the reference has it"
	fi
	diag "$said"
}

# notices FOLDER NAME=VALUE: the comparison fails when the reference has another constant.
notices()
{
	local said code=0
	said=$(compare "$1" "$2" 2>&1) || code=$?
	if [ "$code" -eq 1 ] && [ "${said##*$'\n'}" = different ]; then
		ok "a reference with $2 is noticed"
	else
		not_ok "a reference with $2 is noticed" "$said"
	fi
}
