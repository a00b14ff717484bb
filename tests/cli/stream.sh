#!/usr/bin/env bash
# plateau-stream: what it prints, that it moves what it says, and what it refuses. How fast a memory
# is depends on the machine: docs/stream.md.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99

tap_run plateau-stream --version
tap_status 0
matches "the version" "$stdout" '^plateau-stream [0-9]+\.[0-9]+\.[0-9]+(-[a-z0-9]+)?$'
tap_run plateau-stream --help
tap_status 0
for option in --kernel --size --seconds --work --non-temporal --huge-pages --json --help --version; do
	tap_stdout_has "$option" "help names $option"
done
is "help fits 80 columns" "$(awk 'length > 80' <<<"$stdout")" ""

# figure NAME: of the last run's lines.
figure()
{
	awk -v name="$1" '$1 == name { print $2 }' <<<"$stdout"
}

# Bytes of a formula's element, and with what a usual store reads.
for row in "copy 16 24" "scale 16 24" "add 24 32" "triad 24 32"; do
	read -r kernel bytes traffic <<<"$row"
	tap_run plateau-stream --kernel "$kernel" --size 3MiB --work 0.004
	tap_status 0
	tap_stderr_is "" "$kernel: nothing on stderr"
	is "$kernel: nothing but lines NAME VALUE" \
		"$(grep -Evc '^[a-z][a-z0-9_]* [0-9.]+(e[+-]?[0-9]+)?$' <<<"$stdout")" 0
	is "$kernel: bytes of an element" "$(figure bytes_per_element)" "$bytes"
	near "$kernel: the work asked for was done" "$(figure moved_bytes)" $((8 * 1024 * 1024 * 1024 / 250)) 0.0001
	near "$kernel: the working set is as asked" "$(figure working_set_bytes)" $((3 * 1024 * 1024)) 0.0001
	near "$kernel: the mean is bytes over time" "$(figure bandwidth_bytes_per_s)" \
		"$(awk -v b="$(figure moved_bytes)" -v s="$(figure wall_s)" 'BEGIN { print b / s }')" 0.0001
	near "$kernel: lines are read before they are written" \
		"$(awk -v a="$(figure traffic_bytes_per_s)" -v b="$(figure bandwidth_bytes_per_s)" 'BEGIN { print a / b }')" \
		"$(awk -v a="$traffic" -v b="$bytes" 'BEGIN { print a / b }')" 0.0001
	tap_run plateau-stream --kernel "$kernel" --size 3MiB --work 0.004 --non-temporal
	if [ "$status" -eq 2 ]; then
		tap_stderr_has "no such stores on this processor" "$kernel: direct stores, refused with the reason"
	else
		tap_status 0
		is "$kernel: direct stores read nothing" "$(figure traffic_bytes_per_s)" "$(figure bandwidth_bytes_per_s)"
	fi
done

# The time asked for.
tap_run plateau-stream --size=64KiB --seconds=0.1
tap_status 0
check "a tenth of a second is no less" awk -v s="$(figure wall_s)" 'BEGIN { exit !(s >= 0.1) }'

tap_run plateau-stream --size 1MiB --seconds 0.05 --json
tap_status 0
if command -v python3 >/dev/null 2>&1; then
	cat >schema.py <<'END'
import json, sys
answer = json.load(sys.stdin)
assert sorted(answer) == sorted("""kernel formula non_temporal bandwidth_bytes_per_s
    bandwidth_bytes_per_s_p50 bandwidth_bytes_per_s_max traffic_bytes_per_s bytes_per_element
    moved_bytes working_set_bytes cache_bytes huge_page_bytes chunks wall_s""".split())
assert answer["kernel"] == "triad" and answer["formula"] == "c = a + s b"
assert answer["non_temporal"] is False
for name, value in answer.items():
    if name not in ("kernel", "formula", "non_temporal", "cache_bytes", "huge_page_bytes"):
        assert isinstance(value, (int, float)) and value > 0, name
assert answer["bandwidth_bytes_per_s_max"] >= answer["bandwidth_bytes_per_s_p50"]
END
	check "the JSON holds what it should" python3 schema.py <"$work/stdout"
else
	skip "the JSON holds what it should" "python3 is not installed"
fi

# Work is an amount of work, by user time: neither the compiler nor the clock decides. Alternating,
# medians; 1 MiB stays in a cache of its own on most cores.
user_s()
{
	local TIMEFORMAT=%U
	{ time plateau-stream --size 1MiB --kernel copy --work "$1" >/dev/null 2>&1; } 2>&1
}
median()
{
	printf '%s\n' "$@" | sort -g | sed -n "$((($# + 1) / 2))p"
}
small=() twice=()
for _ in 1 2 3 4 5 6 7; do
	small+=("$(user_s 2)")
	twice+=("$(user_s 4)")
done
near "twice the work takes twice the time" \
	"$(awk -v a="$(median "${twice[@]}")" -v b="$(median "${small[@]}")" 'BEGIN { print a / b }')" 2 0.25

# Usage.
usage()
{
	local expected=$1
	shift
	tap_run plateau-stream "$@"
	tap_status 2
	tap_stderr_has "$expected"
	tap_stdout_is "" "$tap_command: nothing on stdout"
}
usage "unknown option --sise, did you mean --size" --sise 3
usage "word: takes options only" word
usage "--size needs a value: --size BYTES" --size
usage "--size: " --size 64
usage "--size: 1 KiB is not between 4 KiB and 64 TiB" --size "1 KiB"
usage "--size: " --size -5MB
usage "there is no quad; there are triad, copy, scale, add" --kernel quad
usage "--work and --seconds: give one of them" --work 1 --seconds 1
usage "--work: 0 is not between" --work 0
usage "--seconds: " --seconds inf
usage "--non-temporal takes no value" --non-temporal=1

# A closed stdout is noticed.
closed()
{
	plateau-stream "$@" >&-
}
tap_run closed --size 64KiB --seconds 0.02
tap_status 1
tap_stderr_has "stdout cannot be written" "a closed stdout is noticed"

tap_done
