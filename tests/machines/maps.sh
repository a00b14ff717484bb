#!/bin/sh
# The orders in which PUs are given out, against the ones in expected/, a file per machine: those that
# are small were worked out by hand from docs/placement.md.
. "${top_srcdir:?run this through make check}/tests/machines/machines.sh"

if ! make_machines; then
	echo "Bail out! the machines cannot be made"
	exit 99
fi
set -- "$here"/expected/*.txt
echo "1..$#"
number=0
failed=0
for expected in "$@"; do
	number=$((number + 1))
	name=$(basename "$expected" .txt)
	file="$machines/$name.xml"
	[ -e "$file" ] || file="$recorded/$name.xml"
	if [ ! -e "$file" ]; then
		echo "ok $number - $name # SKIP ../shared/topologies is not here"
	elif "$programs/maps" "$file" >"$machines/answer" && cmp -s "$expected" "$machines/answer"; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		diff "$expected" "$machines/answer" | head -n 20 | sed 's/^/# /'
		failed=1
	fi
done
exit $failed
