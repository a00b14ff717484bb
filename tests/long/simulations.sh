#!/usr/bin/env bash
# Every simulation behind docs/method.md, with as many draws as the page quotes: none finds less than
# is promised there. Some twenty minutes of one core.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

build=$(cd "$top_builddir" && pwd)
[ -x "$build/tests/curves/test_chance" ] || skip_all "unit tests are not built (cmocka)"
simulations=$top_srcdir/scripts/simulations

names=$("$simulations" --help | awk '/^  [a-z-]+ +tests\// { print $1 }')
is "there are simulations" "$(($(wc -l <<<"$names") > 10))" 1
for name in $names; do
	"$simulations" --build "$build" "$name" >said 2>&1
	is "what is promised is found: $name" $? 0
	diag "$(cat said)"
done
"$simulations" nonsense >said 2>&1
is "a simulation that is none" $? 2
tap_done
