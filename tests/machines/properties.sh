#!/bin/sh
# What must hold of every placement, on the machines of descriptions.txt and on the recorded ones.
. "${top_srcdir:?run this through make check}/tests/machines/machines.sh"

if ! make_machines; then
	echo "Bail out! the machines cannot be made"
	exit 99
fi
set -- "$machines"/*.xml
ours=$#
for file in "$recorded"/*.xml; do
	[ -e "$file" ] && set -- "$@" "$file"
done
echo "1..$(($# + 1))"
"$programs/properties" "$@" >"$machines/answer"
status=$?
grep -v '^1\.\.' "$machines/answer"
if [ $# -eq $ours ]; then
	echo "ok $(($# + 1)) - recorded machines # SKIP ../shared/topologies is not here"
elif [ $status -eq 0 ]; then
	echo "ok $(($# + 1)) - $(($# - ours)) recorded machines and $ours of ours"
else
	echo "not ok $(($# + 1)) - $(($# - ours)) recorded machines and $ours of ours"
fi
exit $status
