#!/usr/bin/env bash
# 500 made-up results in three classes, ranked: see tests/fleet/synthetic.sh.
SYNTHETIC_NODES=500 exec bash "${top_srcdir:?tests run through make check}/tests/fleet/synthetic.sh"
