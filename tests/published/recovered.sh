#!/usr/bin/env bash
# Published figures whose data are not part of the project (../shared/data: read from the pixels of
# plots), made again by plateau: tables of docs/seed-study.md, printed behind '#'.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need jq

data=$top_srcdir/../shared/data
[ -f "$data/rtn028_fig5_wall_and_throughput.csv" ] || skip_all "the recovered data are not here"

# NAME GOT EXPECTED WITHIN: |GOT - EXPECTED| <= WITHIN
within()
{
	if awk -v g="$2" -v e="$3" -v w="$4" \
		'BEGIN { d = g - e; exit !(g == g && d <= w && -d <= w) }'; then
		ok "$1: $2"
	else
		not_ok "$1" "got $2, expected $3 within $4"
	fi
}

# ---- figure 5: throughput against the number of processes ---------------------------------------
# Jobs/s as they were read; N over the wall time where a marker was hidden.
curve_of() # SYSTEM FILE
{
	tr -d '\r' <"$data/rtn028_fig5_wall_and_throughput.csv" | awk -F, -v s="$1" '
		BEGIN { print "N,throughput" } $1 == s { print $2 "," ($6 != "" ? $6 : $7) }' >"$2"
}

diag "figure 5: system, largest N, jobs/s there, linear from N=16, times below linear"
while IFS='|' read -r system file; do
	curve_of "$system" "$file"
	tap_run plateau fit "$file" --json
	tap_status 0 "figure 5: $system is fitted"
	diag "$(jq -r --arg s "$system" '.points as $p | $p[-1] as $top
		| ($p[0].throughput / $p[0].concurrency * $top.concurrency) as $linear
		| [$s, $top.concurrency, $top.throughput, ($linear * 1000 | round / 1000),
		   ($linear / $top.throughput * 1000 | round / 1000)] | join(" | ")' "$work/stdout")"
done <<'SYSTEMS'
SLAC/SDF Rome (cvmfs)|rome.csv
Perlmutter Milan ph1 (shifter x 2)|milan.csv
Perlmutter Milan ph1 (cfs+shifter)|milan-cfs.csv
Cori-Haswell (cvmfs+shifter)|haswell.csv
Cori-KNL (cvmfs+shifter)|knl.csv
SYSTEMS
below=$(awk -F, 'NR == 2 { rate = $2 / $1 } END { print rate * $1 / $2 }' rome.csv)
within "figure 5: Rome, times below linear at 128 (published: about 2)" "$below" 1.85 0.005
# The readings are good to 0.9 %.
awk -F, 'NR == 1 { print $0 ",se"; next } { print $0 "," $2 * 0.009 }' rome.csv >rome-se.csv
plateau fit rome-se.csv --json >rome.json
diag "figure 5, Rome: model, lambda, sigma, kappa, residual se, p of lack of fit, adequate"
diag "$(jq -r '.fits[] | [.model, .lambda.value, .sigma.value // "-", .kappa.value // "-", .residual_se,
	.lack_of_fit_p, .adequate] | @tsv' rome.json | awk -F'\t' '
	function figure(x) { return x == "-" ? x : sprintf("%.4g", x) }
	{ print $1 " | " figure($2) " | " figure($3) " | " figure($4) " | " figure($5) " | " \
		($6 < 0.001 ? "<0.001" : figure($6)) " | " $7 }')"
diag "figure 5, Rome: N, measured, linear from 16, the USL"
diag "$(jq -r '.points as $p | range($p | length) as $i | [$p[$i].concurrency, $p[$i].throughput,
	$p[0].throughput / $p[0].concurrency * $p[$i].concurrency, .fits[2].residuals[$i].fitted] | @tsv' \
	rome.json | awk '{ printf "%d | %.3f | %.3f | %.3f\n", $1, $2, $3, $4 }')"
is "figure 5: no model is adequate for Rome" "$(jq -c '[.fits[].adequate]' rome.json)" "[false,false,false]"
is "figure 5: the USL gives sigma up" "$(jq '.fits[2].sigma.at_bound' rome.json)" true
diag "figure 5, Rome: $(jq -r '.plateau | "plateau \(.state) at N=\(.concurrency) in \(.ci95), recommended \(.recommended): \(.reason)"' rome.json)"
is "figure 5: more than 96 at once is of no use" "$(jq .plateau.recommended rome.json)" 96

# ---- figure 11: what the tasks of a run contend for ---------------------------------------------
# The histograms as tasks: 400 quantiles of each, in orders of their own, since how the three went
# together was not published.
tr -d '\r' <"$data/rtn028_fig11_hist_columns.csv" | awk -F, '
	function quantile(panel, n, p,   i, sum) {
		for (i = 1; i <= count[panel, n]; i++) {
			sum += density[panel, n, i]
			if (sum >= p * total[panel, n]) return value[panel, n, i]
		}
		return value[panel, n, count[panel, n]]
	}
	NR > 1 { i = ++count[$1, $2]; value[$1, $2, i] = $3; density[$1, $2, i] = $4; total[$1, $2] += $4 }
	END {
		print "concurrency,block,wall_s,user_s,system_s,cycles,cycles_state,task-clock_ns,task-clock_state"
		split("1 16 32 48 64 128", levels, " ")
		for (l = 1; l <= 6; l++) {
			n = levels[l]
			for (t = 0; t < 400; t++) {
				hz = quantile("frequency_GHz", n, (t + 0.5) / 400) * 1e9
				cycles = quantile("cycles", n, (t * 37 % 400 + 0.5) / 400)
				off = quantile("wall_minus_user_sys_s", n, (t * 101 % 400 + 0.5) / 400)
				cpu = cycles / hz
				printf "%d,0,%.6f,%.6f,%.6f,%.0f,ok,%.0f,ok\n", n, cpu + off,
					cpu * 0.95, cpu * 0.05, cycles, cpu * 1e9
			}
		}
	}' >figure11.csv
tap_run plateau import csv figure11.csv -o figure11.db -q
tap_status 0 "figure 11: the jobs are imported"
plateau show figure11.db --json >figure11.json

# KIND PANEL SCALE SCALE_OF_PUBLISHED: mean, standard deviation and quantiles by N beside those read from the figure.
figure_11()
{
	local n mean sd p5 median p95
	diag "figure 11, $2: N, mean, sd, 5 %, median, 95 %, each made again (published)"
	while IFS=, read -r n mean sd p5 median p95; do
		diag "$(jq -r --argjson n "$n" --argjson s "$3" --arg p "$mean $sd $p5 $median $p95" "
			.distributions.$1.levels[] | select(.concurrency == \$n)
			| [.mean, .sd, .p5, .median, .p95] as \$made | (\$p | split(\" \")) as \$p
			| [\"\(\$n)\"] + [range(5) | \"\(\$made[.] / \$s * 1000 | round / 1000) (\(\$p[.]))\"]
			| join(\" | \")" figure11.json)"
		near "figure 11: $2, mean at N=$n" \
			"$(jq ".distributions.$1.levels[] | select(.concurrency == $n) | .mean / $3" figure11.json)" \
			"$mean" 0.005
		near "figure 11: $2, median at N=$n" \
			"$(jq ".distributions.$1.levels[] | select(.concurrency == $n) | .median / $3" figure11.json)" \
			"$median" 0.02
	done < <(tr -d '\r' <"$data/rtn028_hist_stats_digitised.csv" |
		awk -F, -v panel="$2" -v giga="$4" '$1 == panel {
			print $2 "," $3 / giga "," $4 / giga "," $7 / giga "," $9 / giga "," $11 / giga }')
}
figure_11 frequency_hz frequency_GHz 1e9 1
figure_11 off_cpu_s wall_minus_user_sys_s 1 1
figure_11 cycles cycles 1e9 1e9
diag "figure 11, N=128 against N=16: wall, CPU time, cycles, clock, time off the CPU, in s and as ratios"
diag "$(jq -r '(.distributions | [.wall_s, .cycles, .frequency_hz, .off_cpu_s]
		| map(.levels | map(select(.concurrency == 16 or .concurrency == 128).mean))) as [$w, $c, $f, $o]
	| "\($w[1] / $w[0]) \(($w[1] - $o[1]) / ($w[0] - $o[0])) \($c[1] / $c[0]) \($f[0] / $f[1]) \($o[0]) \($o[1])"' \
	figure11.json | awk '{ printf "wall x %.3f; CPU time x %.3f (cycles x %.3f, clock x %.3f); off the CPU %.2f to %.2f s\n", $1, $2, $3, $4, $5, $6 }')"

tap_done
