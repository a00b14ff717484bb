#!/usr/bin/env bash
# tests/cli/kill.sh, a hundred times each.
export KILLS=${KILLS:-100}
exec bash "${top_srcdir:?tests run through make check}/tests/cli/kill.sh"
