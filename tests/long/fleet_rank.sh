#!/usr/bin/env bash
# Simulated fleets: how often nodes of a healthy one are called slow, and how often faults are found:
# the figures of docs/method.md. About ten minutes.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

program=$top_builddir/tests/unit/analyse/test_rank_simulation
[ -x "$program" ] || skip_all "unit tests are not built (cmocka)"
SIMULATIONS=${SIMULATIONS:-200} "$program" >said 2>&1
is "healthy fleets are seldom called slow, and faults are found" $? 0
diag "$(cat said)"
tap_done
