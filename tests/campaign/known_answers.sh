#!/usr/bin/env bash
# A campaign of the study's size whose every answer is known, from the table to `plateau requirements`,
# and the same with other needs beside it.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need jq

"$top_builddir/tests/campaign/make_campaign" table.csv answers.json ||
	not_ok "the campaign is made" "make_campaign failed"
plateau import csv table.csv --campaign first -o first.db -q >/dev/null || not_ok "import" "first"
tap_run plateau requirements first.db --limit 6GB --json
tap_status 0
cp stdout first.json

# disagreements FILTER: what the filter finds of every known type ($want) and its answer ($have).
disagreements()
{
	jq -r --slurpfile answers answers.json '
		def near($a; $b; $by): (($a - $b) | fabs) <= $by * ($b | fabs);
		[.campaigns[0].types[] | {key: .type, value: .}] | from_entries as $found |
		$answers[0].types[] as $want | $found[$want.type] as $have |
		'"$1"' | "\($want.type): \(.)"' first.json | head -n 5
}

is "attempts" "$(jq .campaigns[0].all.attempts first.json)" "$(jq .attempts answers.json)"
is "above 6 GB" "$(jq -c '.campaigns[0].all.over_limit | [.tasks, .of]' first.json)" "[40,574472]"
has "in words" "$(jq -r '.campaigns[0].memory[] | select(.limit_bytes == 6e9).words' first.json)" \
	"At 6 GB per core 99.993 % of 574472 tasks fit; the 40 that do not are 33 of analyze"
is "how attempts ended" "$(disagreements '
	("done", "failed", "timed-out", "lost") | select($have.states[.] != $want[.])')" ""
is "attempts that were tried again" "$(disagreements '
	select($have.retried != $want.retried) | $have.retried')" ""
is "above 6 GB by type" "$(disagreements '
	select($have.over_limit.tasks != $want.above_6_gb) | $have.over_limit.tasks')" ""
# Bytes are whole, times are given to the microsecond; the quantiles are known to 9 digits.
is "quantiles of max RSS and wall time" "$(disagreements '
	("max_rss_bytes", "wall_s") as $figure | select($want[$figure] | has("p50")?) |
	("min", "p50", "p95", "p99", "max") as $q |
	select(near($have[$figure][$q]; $want[$figure][$q]; 1e-6) | not) |
	"\($figure) \($q) \($have[$figure][$q])"')" ""

# The coadds: the upper edge is the line itself; 95 % of the tasks lie below 0.975 of it, but for the
# steps between tasks that see as many visits.
lines='("max_rss_bytes", "cpu_s") as $figure | select($want[$figure] | has("slope")?) |
	$have.relations[] | select(.figure == $figure) | .fits[] | ("slope", "intercept") as $part |'
is "the upper edge by the largest of every number of visits" "$(disagreements "$lines"'
	select(.line == "envelope-maxima") |
	select(near(.[$part].value; $want[$figure][$part]; 1e-5) | not) |
	"\($figure) \($part) \(.[$part].value)"')" ""
is "the upper edge by quantile regression" "$(disagreements "$lines"'
	select(.line == "envelope-quantile") |
	select((near(.[$part].value; 0.975 * $want[$figure][$part]; 0.01) and
		.on_or_below >= 0.95 and .on_or_below < 0.955) | not) |
	"\($figure) \($part) \(.[$part].value) below \(.on_or_below)"')" ""
is "the mean by least squares" "$(disagreements "$lines"'
	select(.line == "linear") | select(near(.[$part].value; 0.75 * $want[$figure][$part]; 0.01) | not) |
	"\($figure) \($part) \(.[$part].value)"')" ""
is "their intervals hold the mean" "$(disagreements "$lines"'
	select(.line == "linear") |
	(0.75 * $want[$figure][$part]) as $truth |
	select(.[$part].ci95[0] > $truth * 1.005 or .[$part].ci95[1] < $truth * 0.995) |
	"\($figure) \($part) \(.[$part].ci95)"')" ""

# ---- beside another ------------------------------------------------------------------------------
# isr needs a fifth less memory, calibrateImage a tenth more; one type is gone, one is new.
awk -F, -v OFS=, '$1 == "isr" { $9 = int($9 * 0.8) } $1 == "calibrateImage" { $9 = int($9 * 1.1) }
	$1 == "skyCorr" { $1 = "skyCorrection" } { print }' table.csv >second.csv
plateau import csv second.csv --campaign second -o second.db -q >/dev/null || not_ok "import" "second"
tap_run plateau requirements first.db second.db --json
tap_status 0
cp stdout both.json
changes()
{
	jq -r ".differences[] | select(.figure == \"max_rss_bytes\" and .change == \"$1\") | .type" \
		both.json | sort | tr '\n' ' '
}
is "improved" "$(changes improved)" "isr "
is "worse" "$(changes worse)" "calibrateImage "
is "not comparable" "$(changes not-comparable)" "skyCorr skyCorrection "
is "the others are the same" "$(changes same | wc -w)" 27
near "by how much" "$(jq '.differences[] | select(.figure == "max_rss_bytes" and .type == "isr") |
	.p50_ratio.value' both.json)" 0.8 1e-6
is "wall times did not change" "$(jq -c '[.differences[] | select(.figure == "wall_s") | .change] |
	group_by(.) | map([.[0], length])' both.json)" '[["not-comparable",2],["same",29]]'

tap_done
