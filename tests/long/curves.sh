#!/usr/bin/env bash
# 400 simulated campaigns of every machine of tests/curves: the figures of docs/method.md.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

program=$top_builddir/tests/curves/test_campaigns
[ -x "$program" ] || skip_all "unit tests are not built (cmocka)"
SIMULATIONS=400 "$program" >said 2>&1
is "intervals hold the truth in at least 0.92 of 400 campaigns" $? 0
diag "$(cat said)"
tap_done
