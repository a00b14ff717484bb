#!/usr/bin/env bash
# plateau-isr against the independent tests/isr/reference.py: image, variance and mask, pixel by
# pixel. Small here; tests/long/isr_compare.sh does the same over whole CCDs and more seeds.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/isr/lib.sh
. "${top_srcdir:?is set by make check}/tests/isr/lib.sh" || exit 99
need_reference

same 1 0.1
same 2 0.17
same 3 0.12 saturated
saturated=$folder
same 4 0.1 defects
same 5 0.1 kernel
same 6 0.1 no-kernel
same 7 0.1 not-finite
same 8 0.1 crosstalk
crosstalk=$folder

# A comparison that cannot fail shows nothing.
notices "$saturated" trail_rows=21
notices "$saturated" kernel_factor=1.001
notices "$crosstalk" crosstalk_mask_adu=45600

tap_done
