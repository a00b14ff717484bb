#!/usr/bin/env bash
# plateau fleet collect, killed at 200 moments: see tests/fleet/collect.sh.
KILLS=200 exec bash "${top_srcdir:?tests run through make check}/tests/fleet/collect.sh"
