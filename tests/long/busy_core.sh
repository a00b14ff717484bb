#!/usr/bin/env bash
# tests/cli/busy_core.sh with the tasks of scenarios/acceptance.yaml. Wants a quiet machine. Each half
# takes about two minutes on two cores, and up to four while the verdict is in doubt.
export BUSY_CORE=full TRIES=${TRIES:-2}
exec bash "${top_srcdir:?tests run through make check}/tests/cli/busy_core.sh"
