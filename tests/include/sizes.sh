#!/usr/bin/env bash
# sizes.sh TREE: tells of every function of more than 60 lines and every file of more than 500 below
# TREE's src, tests and scripts. The rows of a constant table within a function do not count: a table
# is read row by row, however many there are. Exits 1 where it told of one.
set -eu
cd "$1"

# Programs end in one of these, or begin with #!; what tests read (tables, logs, goldens) is none.
programs()
{
	find src tests scripts -type f -regextype posix-extended \
		-regex '.*\.(c|h|sh|bash|py|mjs|am)' -print0
	find scripts -type f ! -name '*.*' -print0
}

programs | sort -z | xargs -0 awk '
	function tell(what, at, lines, most) {
		if (lines <= most)
			return
		printf "%s:%d: %s of %d lines, %d at the most\n", file, at, what, lines, most
		told = 1
	}
	FNR == 1 { tell("a file", 1, length_of_file, 500); file = FILENAME; inside = in_table = 0 }
	{ length_of_file = FNR }
	/^\{$/ { inside = 1; in_table = 0; begun = FNR; lines = 0; next }
	/^\}/ { if (inside) tell("a function", begun, lines, 60); inside = 0; next }
	in_table || /^\tstatic const .*\{$/ { in_table = !/\};$/; next }
	{ lines++ }
	END { tell("a file", 1, length_of_file, 500); exit told }' || exit 1
