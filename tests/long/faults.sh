#!/usr/bin/env bash
# Every call of plateau that can fail does, at every place: some hours on two cores. FAULTS_EVERY=40
# tries every fortieth place of each, which is what runs unless it is said otherwise.
export FAULTS_EVERY=${FAULTS_EVERY:-40}
exec bash "${top_srcdir:?tests run through make check}/tests/faults/sweep.sh"
