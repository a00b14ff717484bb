#!/usr/bin/env bash
# 40,000 simulated nodes of every kind, judged: the figures of docs/method.md.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

program=$top_builddir/tests/curves/test_verdicts
[ -x "$program" ] || skip_all "unit tests are not built (cmocka)"
SIMULATIONS=40000 "$program" >said 2>&1
is "verdicts on 40,000 nodes of every kind are wrong no more often than they say" $? 0
diag "$(cat said)"

# Repeats that are added by hand.
SIMULATIONS=6000 "${program%/*}/test_added_repeats" >said 2>&1
is "nodes at the limit to which repeats are added pass seldom" $? 0
diag "$(cat said)"
tap_done
