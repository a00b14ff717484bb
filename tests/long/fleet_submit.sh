#!/usr/bin/env bash
# plateau fleet submit, killed at 200 moments: see tests/cli/fleet_submit_killed.sh.
ROUNDS=20 exec bash "${top_srcdir:?tests run through make check}/tests/cli/fleet_submit_killed.sh"
