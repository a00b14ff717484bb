#!/usr/bin/env bash
# 20,000 simulated pairs of nodes of every kind, compared.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

program=$top_builddir/tests/curves/test_pairs
[ -x "$program" ] || skip_all "unit tests are not built (cmocka)"
SIMULATIONS=20000 "$program" >said 2>&1
is "intervals of ratios miss the truth once in twenty" $? 0
diag "$(cat said)"
tap_done
