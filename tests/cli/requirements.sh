#!/usr/bin/env bash
# plateau requirements: figures that are known, several campaigns, what is refused, hostile names.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need jq

answer()
{
	jq -r "$1" "$work/stdout"
}

# FACTOR: a table of two types. Of measure max RSS is 1 GB + 50 MB a visit, and CPU time 10 s + 2 s
# a visit, times up to 1; two tasks of isr are above 6 GB; three attempts failed and came again.
table()
{
	awk -v factor="$1" 'BEGIN {
		print "task_type,visits,band,attempt,state,max_rss_bytes,wall_s,cpu_s"
		for (i = 0; i < 1000; i++) {
			visits = 1 + i % 50
			share = 0.5 + 0.5 * int(i / 50) / 19
			printf "measure,%d,%s,1,COMPLETED,%.0f,%.3f,%.3f\n", visits, i % 2 ? "g" : "r",
				(1e9 + 5e7 * visits) * share * factor, (10 + 2 * visits) * share * 1.25,
				(10 + 2 * visits) * share
		}
		for (i = 0; i < 1000; i++)
			printf("isr,,,1,%s,%.0f,4.000,3.000\n", i < 3 ? "FAILED" : "COMPLETED",
				(i < 998 ? 2e8 + i * 1e5 : 7e9) * factor)
	}'
}

table 1 >new.csv
table 1.25 >old.csv
plateau import csv old.csv --campaign w_2025_48 -o old.db -q >/dev/null || not_ok "import" "old"
plateau import csv new.csv --campaign v30 -o new.db -q >/dev/null || not_ok "import" "new"

# ---- one campaign ---------------------------------------------------------------------------------
tap_run plateau requirements new.db --limit 6GB
tap_status 0
tap_stderr_is ""
text=$(tr -s ' \n' ' ' <"$work/stdout")
has "the answer in words" "$text" "6 GB per core 99.9"
has "which do not fit" "$text" "2 of isr"
is "80 columns" "$(awk 'length > 80' "$work/stdout" | wc -l)" 0
matches "the table of max RSS" "$stdout" "^  isr +0.20 +0.25 +0.29 +0.30 +7.00 +2$"
matches "how attempts ended" "$stdout" "^  isr +997 +3"

tap_run plateau requirements new.db --limit 6GB --json
tap_status 0
is "schema" "$(answer .schema_version)" 1
is "types" "$(answer '[.campaigns[0].types[].type] | join(" ")')" "isr measure"
is "attempts" "$(answer '[.campaigns[0].types[].attempts] | join(" ")')" "1000 1000"
is "states" "$(answer '.campaigns[0].types[0].states | "\(.done) \(.failed)"')" "997 3"
is "above the limit" "$(answer '.campaigns[0].types[0].over_limit | "\(.tasks) of \(.of)"')" "2 of 1000"
is "limits that are asked about" "$(answer '[.campaigns[0].memory[].limit_bytes / 1e9] | join(" ")')" \
	"4 6 8 10"
near "the median of isr" "$(answer '.campaigns[0].types[0].max_rss_bytes.p50')" 0.25e9 0.002
near "efficiency" "$(answer '.campaigns[0].types[1].cpu_efficiency.p50')" 0.8 0.001
fit()
{
	answer ".campaigns[0].types[1].relations[] | select(.figure == \"$1\") | .fits[] |
		select(.line == \"envelope-maxima\") | .$2.value"
}
near "the envelope of memory: slope" "$(fit max_rss_bytes slope)" 5e7 0.001
near "the envelope of memory: at 0" "$(fit max_rss_bytes intercept)" 1e9 0.001
near "the envelope of CPU time: slope" "$(fit cpu_s slope)" 2 0.001
near "the envelope of CPU time: at 0" "$(fit cpu_s intercept)" 10 0.001
is "bins hold every task" "$(answer '[.campaigns[0].bins.bins[].tasks] | add')" 2000
is "the last bin has all" "$(answer '.campaigns[0].bins.bins[-1].tasks_up_to == 1')" true
is "nothing to compare with" "$(answer '"\(.compared_with) \(.differences | length)"')" "null 0"

# ---- what is asked for ----------------------------------------------------------------------------
tap_run plateau requirements new.db --type 'mea*' --covariate visits --envelope 90% --bin 250MB
tap_status 0
lacks "one type alone" "$stdout" "isr"
has "the share of the envelope" "$stdout" "envelope, 90 %"
has "a table of its lines" "$stdout" "measure: max RSS against visits"
tap_run plateau requirements new.db --type measure --json
is "one type in JSON" "$(answer '.campaigns[0] | "\(.only_types) \(.types | length)"')" "measure 1"

tap_run plateau requirements new.db --type meassure
tap_status 2
has "a type that is not there" "$stderr" "did you mean measure?"
tap_run plateau requirements new.db --type zzzzzzzz
tap_status 2
has "and what is" "$stderr" "there are measure, isr"
tap_run plateau requirements new.db --covariate seeing
tap_status 2
has "a covariate that is not there" "$stderr" "visits"
for bad in "--limit 6" "--limit 0GB" "--bin tiny" "--envelope 100%" "--envelope 2"; do
	# shellcheck disable=SC2086
	tap_run plateau requirements new.db $bad
	tap_status 2 "$bad is refused"
	is "$bad: and nothing is printed" "$stdout" ""
done
tap_run plateau requirements missing.db
tap_status 2
printf 'not a campaign\n' >text.db
tap_run plateau requirements text.db
tap_status 2
has "which file it is" "$stderr" "text.db"

# ---- several campaigns ----------------------------------------------------------------------------
tap_run plateau requirements old.db new.db --limit 6GB
tap_status 0
has "who is compared" "$stdout" "v30 against w_2025_48"
has "what improved" "$stdout" "v30, max RSS: 2 types better"
is "80 columns" "$(awk 'length > 80' "$work/stdout" | wc -l)" 0
tap_run plateau requirements old.db new.db --json
is "the first is what others are held against" "$(answer .compared_with)" w_2025_48
near "the ratio" "$(answer '[.differences[] | select(.type == "isr" and
	.figure == "max_rss_bytes")][0].p50_ratio.value')" 0.8 0.001
is "the change" "$(answer '[.differences[] | select(.type == "isr" and
	.figure == "max_rss_bytes")][0].change')" improved
cp new.db again.db
tap_run plateau requirements new.db again.db --json
is "campaigns of one label are told apart" "$(answer '[.campaigns[].name] | join(", ")')" \
	"v30 (new.db), v30 (again.db)"

# ---- pages and plots ------------------------------------------------------------------------------
tap_run plateau requirements new.db --limit 6GB -o page.html
tap_status 0
has "where it is" "$stderr" "page.html"
has "the tables too" "$stdout" "Memory per core"
check "a page" grep -q "<title>v30" page.html
for id in rss-boxes tasks-by-rss tasks-by-rss-log wall-by-rss rss-cumulative \
	type-1-cpu-histogram type-2-rss-covariate-1; do
	check "the page has $id" grep -q "$id" page.html
done
tap_run plateau requirements new.db -o page.html -q
tap_status 0 "an earlier page is replaced"
printf 'mine\n' >mine.html
tap_run plateau requirements new.db -o mine.html
tap_status 2
is "what somebody else wrote stays" "$(cat mine.html)" mine
cp new.db kept.db
tap_run plateau requirements new.db -o new.db --force
tap_status 2
check "what is read is never written" cmp -s new.db kept.db
tap_run plateau requirements old.db new.db -o both.html -q
tap_status 0
check "both are on the page" grep -q "v30 against w_2025_48" both.html
tap_run plateau requirements new.db -o - --json
tap_status 2
if command -v gnuplot >/dev/null; then
	tap_run plateau requirements new.db --plots plots -q
	tap_status 0
	check "a plot as a file" test -s plots/rss-boxes.svg
	check "its data" test -s plots/rss-cumulative.dat
fi

# ---- what is not known ----------------------------------------------------------------------------
printf 'task_type,wall_s\na,1\na,2\nb,3\n' >bare.csv
plateau import csv bare.csv --campaign bare -o bare.db -q >/dev/null || not_ok "import" "bare"
tap_run plateau requirements bare.db --limit 6GB
tap_status 0
has "no memory" "$stdout" "no task of this campaign has a max RSS"
has "no states" "$stdout" "The source does not say"
lacks "no figure is made up" "$stdout" "nan"
tap_run plateau requirements bare.db --json
is "absent is null" "$(answer '.campaigns[0].types[0].max_rss_bytes | "\(.n) \(.p50)"')" "0 null"
is "with a reason" "$(answer '.campaigns[0].types[0].max_rss_bytes.reason | length > 0')" true
tap_run plateau requirements bare.db -o bare.html -q
tap_status 0

# ---- hostile names --------------------------------------------------------------------------------
touched=$work/touched
printf 'task_type,max_rss_bytes,wall_s,x<b>\n' >hostile.csv
for i in 1 2 3 4 5 6; do
	printf '<script>alert(1)</script>,%d00000000,%d,%d\n' $i $i $i
	printf '"`touch %s`; $(touch %s)",%d00000000,%d,%d\n' "$touched" "$touched" $i $i $i
	printf '"a\047 b\\",%d00000000,%d,%d\n' $i $i $i
	printf '\033[31mred\033[0m,%d00000000,%d,%d\n' $i $i $i
done >>hostile.csv
if plateau import csv hostile.csv --campaign '<b>x' -o hostile.db -q >/dev/null 2>&1; then
	tap_run plateau requirements hostile.db --limit 300MB -o hostile.html -q
	tap_status 0
	lacks "nothing steers the terminal" "$stdout" $'\033'
	lacks "nothing runs in a page" "$(cat hostile.html)" "<script>alert(1)"
	lacks "nor a label" "$(cat hostile.html)" "<b>x"
	tap_run plateau requirements hostile.db --json
	check "the answer is JSON" jq -e . "$work/stdout"
	check "nothing was run" test ! -e "$touched"
else
	skip "hostile names" "import refuses them"
fi

# Times of which one is in ms, and no column says so.
printf 'type,wall_ms,cpu_time,max_rss_gb\na,5000,4000,1\na,6000,5000,1\n' >units.csv
tap_run plateau requirements units.csv
tap_status 0
has "more CPU time than there is" "$stdout" "1 type takes more CPU time than wall time"

tap_done
