#!/usr/bin/env bash
# tests/cli/busy_core.sh with the tasks of scenarios/acceptance.yaml. Wants a quiet machine.
export BUSY_CORE=full TRIES=${TRIES:-2}
exec bash "${top_srcdir:?tests run through make check}/tests/cli/busy_core.sh"
