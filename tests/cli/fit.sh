#!/usr/bin/env bash
# plateau fit: published fits to the digits that were printed, what people see, what is refused.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need jq

curves=$top_srcdir/tests/curves

# FILTER: of the last answer.
answer()
{
	jq -r "$1" "$work/stdout"
}

# TEXT: is not in the last answer.
lacks()
{
	if grep -qF -- "$1" "$work/stdout"; then
		not_ok "the answer lacks $1" "$(grep -F -- "$1" "$work/stdout")"
	else
		ok "the answer lacks $1"
	fi
}

# NAME FILTER FORMAT EXPECTED: a number of the answer, printed like the published one.
published()
{
	# shellcheck disable=SC2059
	is "$1" "$(printf "$3" "$(answer "$2")")" "$4"
}

# ---- published fits ----------------------------------------------------------------------------
tap_run plateau fit "$curves/specsdm91.csv" --json
tap_status 0
tap_stderr_is ""
is "three models" "$(answer '[.fits[].model] | join(" ")')" "linear amdahl usl"
is "weights" "$(answer .weights)" equal
usl='.fits[] | select(.model == "usl")'
# R's nls stops 1e-9 before the minimum, which is at 89.99523310: its seventh decimal is a 0.
published "specsdm91: lambda" "$usl | .lambda.value" %.6f 89.995233
published "specsdm91: its se" "$usl | .lambda.se" %.7f 14.2134894
published "specsdm91: sigma" "$usl | .sigma.value" %.7f 0.0277285
published "specsdm91: its se" "$usl | .sigma.se" %.7f 0.0091217
published "specsdm91: kappa" "$usl | .kappa.value" %.5e 1.04365e-04
published "specsdm91: its se" "$usl | .kappa.se" %.5e 1.98753e-05
published "specsdm91: residual standard error" "$usl | .residual_se" %.2f 82.85
published "specsdm91: N at the peak" "$usl | .n_peak.value" %.2f 96.52
is "it is what is chosen" "$(answer '[.fits[] | select(.chosen) | .model] | join(" ")')" usl
is "nothing says whether it is adequate" "$(answer "$usl | .adequate, (.adequate_reason | length > 0)" | xargs)" \
	"null true"
is "plateau" "$(answer '.plateau | .state, .concurrency' | xargs)" "identified 72"
is "the interval of sigma is t(0.975, 4) wide" \
	"$(answer "$usl | .sigma | ((.ci95[1] - .value) / .se * 1000 | round)")" 2776

tap_run plateau fit "$curves/raytracer.csv" --json
published "raytracer, all rows: lambda" "$usl | .lambda.value" %.4f 21.8488
published "raytracer, all rows: sigma" "$usl | .sigma.value" %.7f 0.0577708
is "raytracer, all rows: kappa is at its bound" \
	"$(answer "$usl | .kappa | .value == 0, .se, .ci95, .at_bound" | xargs)" "true null null true"
is "and there is no peak" "$(answer "$usl | .n_peak | .value, (.reason | length > 0)" | xargs)" "null true"
is "its plateau is not identified" "$(answer '.plateau | .state, .concurrency, .ci95[1]' | xargs)" \
	"not-identified null null"

tap_run plateau fit "$curves/raytracer-6.csv" --json
published "raytracer, six rows: lambda" "$usl | .lambda.value" %.3f 20.856
published "raytracer, six rows: sigma" "$usl | .sigma.value" %.5f 0.02444
published "raytracer, six rows: kappa" "$usl | .kappa.value" %.5f 0.00163

# The same files where they came from, when they are there.
shared=$top_srcdir/../shared/data
for name in specsdm91 raytracer; do
	if [ -f "$shared/usl_$name.csv" ]; then
		plateau fit "$curves/$name.csv" --json | jq 'del(.path)' >ours
		plateau fit "$shared/usl_$name.csv" --json | jq 'del(.path)' >theirs
		check "$name is as it was published" cmp ours theirs
	else
		skip "$name is as it was published" "the reference data are not here"
	fi
done

# The USL is not enough by itself: sigma is given up, and N=16 is predicted at 0.531, not 0.508.
tap_run plateau fit "$curves/rome.csv" --json
is "rome: sigma is at its bound" "$(answer "$usl | .sigma.at_bound")" true
published "rome: predicted at N=16" "$usl | .residuals[0].fitted" %.3f 0.531
awk -F, 'NR == 1 { print $0 ",se"; next } { print $0 "," $2 * 0.009 }' "$curves/rome.csv" >rome-se.csv
tap_run plateau fit rome-se.csv --json
is "with standard errors it is found inadequate" \
	"$(answer ".weights, ($usl | .adequate), (.choice_reason)" | xargs)" \
	"variance false no model is adequate"

# ---- what people see ---------------------------------------------------------------------------
tap_run plateau fit "$curves/specsdm91.csv"
tap_status 0
for part in "36 at once is recommended" "begins at N=72 (95 % interval: 36 to 144)" \
	"1884 at N=96.5 by the USL" "sigma, contention" "Residuals"; do
	tap_stdout_has "$part"
done
is "within 80 columns" "$(awk '{ if (length($0) > w) w = length($0) } END { print w <= 80 }' "$work/stdout")" 1
is "nothing but ASCII in the C locale" "$(LC_ALL=C grep -c '[^ -~]' "$work/stdout")" 0
COLUMNS=50 plateau fit "$curves/specsdm91.csv" >narrow
is "within 50 columns" "$(awk '{ if (length($0) > w) w = length($0) } END { print w <= 50 }' narrow)" 1

printf 'N,throughput\n1,5\n' >one.csv
tap_run plateau fit one.csv
tap_status 0 "one level is no error"
tap_stdout_has "it needs at least 2 levels"
plateau fit one.csv --json >one.json
is "nor in JSON" "$(jq -c '.plateau | [.state, .recommended, .limited_by]' one.json)" \
	'["not-identified",null,"none"]'

# Numbers of any size are shown in a few letters, levels as they were given, and no zero is below 0.
printf 'N,throughput\n1.5,1\n2.5,2\n3.7,3\n1e9,8\n' >frac.csv
tap_run plateau fit frac.csv
tap_stdout_has "past N=3.7 "
tap_stdout_has "at N=3.7 or beyond"
tap_stdout_has "N is a whole number"
is "no residual takes more than 9 letters" "$(sed -n '/^Residuals/,$p' "$work/stdout" | grep -cE '[0-9]{9}\.[0-9]')" 0
printf 'N,throughput,se\n1,1,1e-9\n2,2,1e-3\n4,3.5,1e29\n8,6,1\n' >wild.csv
tap_run plateau fit wild.csv
tap_stdout_has "2.86e+30"
is "no residual is -0.0" "$(grep -c -e '-0\.0\b' "$work/stdout")" 0
printf 'N,throughput\n1,1e-300\n2,2e-300\n4,4e-300\n8,7e-300\n' >tiny.csv
tap_run plateau fit tiny.csv
tap_stdout_has "4.00e-300"
printf 'N,throughput\n1,5\n2,9\n' >two.csv
tap_run plateau fit two.csv
tap_stdout_has "None is chosen: too few levels"
printf 'N,throughput\n1,5\n2,9\n4,9\n8,20\n16,36\n' >step.csv
tap_run plateau fit step.csv
is "a step is worth it on average" "$(tr -s ' \n' ' ' <"$work/stdout" | grep -c 'a further task adds on average at least 10 %')" 1

# ---- results -------------------------------------------------------------------------------------
plateau run --levels 1,2,3 -r 2 -m 4 -w 0 -q -o own.db -- plateau-spin --work 0.01 >/dev/null
{
	echo wall_s,concurrency,block,policy
	for n in 1 2 3; do
		for r in 0 1; do
			for ((i = 0; i < n; i++)); do
				printf '%s\n' "1$n.$r,$n,$r,spread" "2$n.$r,$n,$r,pack"
			done
		done
	done
} >tasks.csv
plateau import csv tasks.csv -o two.db -q >/dev/null
cp two.db two.csv
for name in own.db two.db two.csv; do
	plateau show "$name" --json >shown
	tap_run plateau fit "$name" --json
	tap_status 0 "$name is told by what it holds"
	tap_stderr_is ""
	is "$name: each policy as in show" "$(answer '[.scalings[] | del(.points)] | tojson')" "$(jq -r '.scalings | tojson' shown)"
	is "$name: the first stands by itself as well" \
		"$(answer '[.points == .scalings[0].points, .fits == .scalings[0].fits, .plateau == .scalings[0].plateau] | all')" true
	is "$name: which run it is" "$(answer .run.id)" "$(jq -r .run.id shown)"
done
is "the points of each policy" "$(answer '[.scalings[] | [.policy] + [.points[].concurrency] | join(" ")] | join("|")')" \
	"$(jq -r '[.scalings[] | .policy + " 1 2 3"] | join("|")' shown)"
tap_run plateau fit own.db
tap_status 0
for part in "plateau-spin" "3 levels, N=1 to 3; weighted by" "measured less fitted"; do
	tap_stdout_has "$part"
done
lacks Placement
is "a result within 80 columns" "$(awk '{ if (length($0) > w) w = length($0) } END { print w <= 80 }' "$work/stdout")" 1

tap_run plateau fit two.db
tap_status 0 "an imported one, of two policies"
tap_stdout_has "Placement  spread"
tap_stdout_has "Placement  pack"
tap_stdout_has "imported the records (csv) and measured nothing"
is "its top was imported" "$(tr -s ' \n' ' ' <"$work/stdout" | grep -c 'the highest level that was imported')" 1
lacks "level measured"
lacks "measured less"
printf '%s\n' concurrency,figure,statistic,value,error,error_kind 1,throughput,mean,1,0.01,reading \
	2,throughput,mean,1.9,0.01,reading 4,throughput,mean,3.4,0.01,reading >stated.csv
plateau import levels stated.csv -o stated.db -q >/dev/null 2>&1
tap_run plateau fit stated.db
tap_status 0 "stated figures"
tap_stdout_has "of the errors"
tap_run plateau fit stated.db --json
is "points of it" "$(answer '[.points[] | [.concurrency, .throughput, .se] | join(" ")] | join("|")')" \
	"1 1 0.01|2 1.9 0.01|4 3.4 0.01"
tap_run plateau fit "$curves/rome.csv" --json
is "a curve is of no run" "$(answer '.run, (.points == .scalings[0].points)' | xargs)" "null true"

head -c 3000 own.db >cut.db
tap_run plateau fit cut.db
tap_status 2 "a result that is cut off"
tap_stdout_is ""
tap_stderr_has cut.db
if command -v sqlite3 >/dev/null; then
	sqlite3 other.db 'create table t(x)'
	tap_run plateau fit other.db
	tap_status 2 "another program's database"
	tap_stderr_has other.db
	cp own.db none.db
	sqlite3 none.db "update trial set state='abandoned'"
	tap_run plateau fit none.db
	tap_status 0 "no level with a throughput"
	tap_stdout_has "no level has a throughput to fit to"
	tap_run plateau fit none.db --json
	is "no points" "$(answer '.points | length')" 0
else
	skip "another program's database" "sqlite3 is not here"
fi

# ---- what is refused ---------------------------------------------------------------------------
printf 'N,throughput\n1,2\n2,3\n2,4\n4,-5\n8,x\n' >bad.csv
tap_run plateau fit bad.csv
tap_status 2
tap_stdout_is ""
tap_stderr_has "bad.csv:4:1: N: 2 stands in line 3 already; give one row per level"
tap_stderr_has "bad.csv:5:3: throughput: -5 is below 0"
tap_stderr_has "bad.csv:6:3: throughput: \"x\" is not a number"
tap_stderr_has "plateau: bad.csv has 3 problems"
printf 'N,throughput\n1,2\n"2,3\n' >open.csv
tap_run plateau fit open.csv --json
tap_status 2 "no JSON of a bad file"
tap_stdout_is ""
tap_run plateau fit nowhere.csv
tap_status 2
tap_stderr_has "cannot open nowhere.csv"
tap_run plateau fit .
tap_status 2 "a folder is no curve"
tap_run plateau fit
tap_status 2 "a file is needed"
printf '%s,throughput\n1,2\n' "$(printf '\033[2J')" >steers.csv
tap_run plateau fit steers.csv
tap_status 2
is "no escape sequence comes out" "$(tr -d '\n' <"$work/stderr" | LC_ALL=C grep -c '[[:cntrl:]]')" 0

tap_done
