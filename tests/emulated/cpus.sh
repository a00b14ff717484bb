#!/usr/bin/env bash
# CPUs that are offline, or outside the cpuset of the control group, are not planned with and not
# used.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/emulated/lib.bash
. "${top_srcdir:?}/tests/emulated/lib.bash" || exit 99

in_node 'mkdir group twice bound
plateau plan -j 1,3,6 --json -- true >group.json
plateau run -q -j 1,3,6 -r 1 -w 0 -m 1 -e none -o group.db -- where /guest/group >/dev/null
plateau plan -j 8 --json -- true >twice.json
plateau run -q -j 8 -r 1 -w 0 -m 1 -e none -o twice.db -- where /guest/twice >/dev/null
taskset 0x1030 plateau plan -j cores --json -- true >bound.json
taskset 0x1030 plateau run -q -j cores -r 1 -w 0 -m 1 -e none -o bound.db -- \
	where /guest/bound >/dev/null
plateau plan --policy map:2,3 -j 2 -- true >refused.txt 2>&1
echo $? >>refused.txt' --offline 3,8-11 --cpuset 2-7,12
tap_status 0 "sweeps with CPUs 3 and 8 to 11 offline and a cpuset of 2 to 7 and 12"
is "six CPUs are left" "$(jq .capacity out/group.json)" 6
is "all of them are used" "$(ran out/group | awk '$1 == 6 { print $3 }' | sort -n | xargs)" \
	"2 4 5 6 7 12"
as_planned "offline and cpuset" out/group.json out/group
is "eight copies are more than there is room for" \
	"$(jq '.levels[0].oversubscribed' out/twice.json)" true
as_planned "eight copies on six CPUs" out/twice.json out/twice
is "an affinity mask counts too" "$(ran out/bound | awk '{ print $1, $3 }' | sort | xargs)" \
	"3 12 3 4 3 5"
as_planned "within an affinity mask" out/bound.json out/bound
is "a map onto an offline CPU is refused" "$(tail -n 1 out/refused.txt)" 2
tap_done
