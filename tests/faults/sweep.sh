#!/usr/bin/env bash
# Every call of plateau that can fail does, at every place where it is made: the table of calls and
# errors is calls.txt, the command lines are cases.bash. FAULTS_CASES, FAULTS_CALLS and FAULTS_MODES
# (names with blanks) say which of them; FAULTS_EVERY=7 tries every seventh place.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/faults/faults.bash
. "${top_srcdir:?tests run through make check}/tests/faults/faults.bash" || exit 99
# shellcheck source=tests/faults/cases.bash
. "${top_srcdir:?tests run through make check}/tests/faults/cases.bash" || exit 99
need sqlite3 jq
faults_can || skip_all "calls cannot be held here: $(cat "$work/cannot")"

# wanted calls|malloc: the names that are to be listed.
wanted()
{
	local name
	for name in ${FAULTS_CALLS:-$(printf '%s\n' "${table[@]}" | awk '{ print $2 }' | sort -u)}; do
		case $1$name in
		callsmalloc) ;;
		calls* | mallocmalloc) printf '%s\n' "$name" ;;
		esac
	done
}

mapfile -t table < <(grep -v '^#' "$top_srcdir/tests/faults/calls.txt")
all='run resume accept phases memory report show import requirements submit job collect rank'
for name in ${FAULTS_CASES:-$all}; do
	faults_begin "$name"
	listed=
	for line in "${table[@]}"; do
		read -r mode call errors <<<"$line"
		[[ " ${FAULTS_MODES:-once on} " == *" $mode "* ]] || continue
		[[ " ${FAULTS_CALLS:-$call} " == *" $call "* ]] || continue
		kind=calls
		[ "$call" != malloc ] || kind=malloc
		if [[ $listed != *$kind* ]]; then
			# Apart: with the library in front the stacks of calls are others.
			# shellcheck disable=SC2046 # names
			faults_list $(wanted "$kind")
			listed+=" $kind"
		fi
		for error in $errors; do
			faults_try "$call" "$error" "$mode"
		done
	done
done
diag "$faults_tried faults"
tap_done
