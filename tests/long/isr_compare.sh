#!/usr/bin/env bash
# plateau-isr against the independent tests/isr/reference.py over whole CCDs, and with every constant
# of the reference changed in turn: each must be noticed.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/isr/lib.sh
. "${top_srcdir:?is set by make check}/tests/isr/lib.sh" || exit 99
need_reference

# One at a time: an exposure with its calibrations is half a gigabyte.
drop()
{
	rm -rf "${work:?}/${folder##*/}"
}

for seed in 1 2 3; do
	same "$seed" 1
	drop
done
for kind in saturated defects kernel not-finite crosstalk; do
	same 4 1 "$kind"
	drop
done
for size in 0.1 0.33 0.5 0.71; do
	for seed in 11 12 13; do
		same "$seed" "$size"
		drop
	done
done

same 3 0.2 saturated
saturated=$folder
same 8 0.2 crosstalk
crosstalk=$folder
notices "$saturated" overscan_skip=4
notices "$saturated" overscan_sigma=2.5
notices "$saturated" overscan_least_spread=3
notices "$saturated" saturation_factor=1.0001
notices "$saturated" read_noise_factor=1.001
notices "$saturated" sat_grow=2
notices "$saturated" trail_rows=21
notices "$saturated" trail_most=5
notices "$saturated" kernel_factor=1.001
notices "$saturated" bf_threshold_e=1e5
notices "$saturated" bf_most=2
notices "$saturated" dark_factor=1.001
notices "$saturated" flat_power=0.9999
notices "$saturated" background_mesh=128
notices "$saturated" background_sigma=2.9
notices "$saturated" background_clips=2
notices "$crosstalk" crosstalk_mask_adu=45600
notices "$crosstalk" crosstalk_factor=1.001

tap_done
