#!/usr/bin/env bash
# Throughput against completions counted from outside over a long run: every task writes the
# calendar time of its end to a file, and those that fall into a trial's window are counted.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 jq

cat >scenario.yaml <<YAML
name: outside
task:
  command: [sh, -c, 'sleep 0.1; date +%s%N >>"$work/ends"']
sweep:
  levels: [4]
  repeats: 5
  measured: {tasks: 4, at_least: 30s}
YAML
tap_run plateau run scenario.yaml -q -o outside.db
tap_status 0 "a run of five windows of 30 s"

query outside.db "select origin_calendar_ns + window_start_ns, origin_calendar_ns + window_end_ns
	from trial, run order by trial" | tr '|' ' ' >windows
is "five windows" "$(wc -l <windows)" 5
query outside.db "select throughput_per_s from trial_summary order by trial" >throughput
# Times in ns have more digits than a double: whole seconds are taken away first.
paste -d ' ' windows throughput | while read -r start end rate; do
	awk -v s="$start" -v e="$end" -v r="$rate" -v base="${start%?????????}" '
		function rest(t) { return (substr(t, 1, length(t) - 9) - base) + substr(t, length(t) - 8) / 1e9 }
		rest($1) >= rest(s) && rest($1) < rest(e) { n++ }
		END { printf "%.5f\n", r / (n / (rest(e) - rest(s))) }' ends
done | sort -g >ratios
diag "throughput over completions counted outside: $(tr '\n' ' ' <ratios)"
near "median of five within 1 %" "$(sed -n 3p ratios)" 1 0.01

tap_done
