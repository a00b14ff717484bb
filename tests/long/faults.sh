#!/usr/bin/env bash
# tests/cli/faults.sh with more calls, each failing at more places.
export FAULTS=all
exec bash "${top_srcdir:?tests run through make check}/tests/cli/faults.sh"
