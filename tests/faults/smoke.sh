#!/usr/bin/env bash
# Some calls of a run fail, and some of the commands that read and of a fleet's: a few places of each.
# tests/long/faults.sh tries all.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/faults/faults.bash
. "${top_srcdir:?tests run through make check}/tests/faults/faults.bash" || exit 99
# shellcheck source=tests/faults/cases.bash
. "${top_srcdir:?tests run through make check}/tests/faults/cases.bash" || exit 99
need sqlite3 jq
faults_can || skip_all "calls cannot be held here: $(cat "$work/cannot")"

# CASE CALL ERROR MODE EVERY: every EVERY-th place.
tries='run pwrite64 ENOSPC on 3
run fdatasync EIO once 2
run clone EAGAIN once 2
run openat EMFILE once 47
run ppoll EINTR once 3
run mkdirat ENOSPC once 2
run getrusage EINVAL once 1
run malloc ENOMEM once 200
resume unlink EACCES once 2
report openat EMFILE once 7
import pwrite64 ENOSPC once 1
collect rename EIO once 1
job rename EIO once 2
submit write EIO once 9'
before=
while read -r name call error mode every; do
	if [ "$name" != "$before" ]; then
		faults_begin "$name"
		# shellcheck disable=SC2046 # names
		faults_list $(awk -v name="$name" '$1 == name { print $2 }' <<<"$tries")
	fi
	before=$name
	FAULTS_EVERY=$every faults_try "$call" "$error" "$mode"
done <<<"$tries"
check "calls were made to fail" test "$faults_tried" -gt 0
tap_done
