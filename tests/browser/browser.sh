#!/bin/bash
# The report as a browser shows it: nothing is fetched, the console is silent, plots, tables and
# tooltips work at 1400 and 400 pixels, light, dark, printed and with scripts blocked; texts of a
# result run nowhere. page.mjs drives chromium over its debugging pipe.
#
# BROWSER_LOOK=FOLDER make check TESTS=tests/browser/browser.sh leaves pictures and PDFs there.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need chromium node sqlite3

command -v gnuplot >/dev/null 2>&1 || export PLOTS=none

# look NAME PAGE: every check that page.mjs makes of a page.
look()
{
	local name=$1 page=$2 line folder=
	if [ -n "${BROWSER_LOOK:-}" ]; then
		folder=$BROWSER_LOOK/$name
		mkdir -p "$folder"
	fi
	timeout 270 node "$top_srcdir/tests/browser/page.mjs" "$page" ${folder:+"$folder"} >looks 2>look.err
	while IFS= read -r line; do
		case $line in
		"ok "*) ok "$name: ${line#ok }" ;;
		"not ok "*) not_ok "$name: ${line#not ok }" ;;
		esac
	done <looks
	if [ ! -s looks ]; then
		not_ok "$name: was looked at" "$(cat look.err)"
	fi
}

# ---- A run of this node: two levels, two policies, without counters perhaps ----------------------------------------------
cat >run.yaml <<'END'
name: two-policies
task: {command: [sleep, "0.05"]}
sweep: {levels: [1, 2], repeats: 2, measured: 2}
placement: {policy: [spread, pack]}
END
plateau run -q run.yaml -o run.db >/dev/null 2>run.err
is "the sweep ran" "$?" 0
plateau report run.db >/dev/null 2>&1
look run run.html

# ---- A large node ------------------------------------------------------------------------------
make_campaign=$top_builddir/tests/unit/store/make_campaign
if [ -x "$make_campaign" ]; then
	"$make_campaign" large.db 20000
	plateau report large.db >/dev/null 2>&1
	look large large.html
	plateau report run.db large.db -o both.html >/dev/null 2>&1
	look both both.html
else
	skip "a large node" "make_campaign is built with cmocka"
fi

# ---- Comparisons and verdicts ------------------------------------------------------------------
cat >judged.yaml <<'END'
name: judged
task: {command: [sleep, "0.05"]}
sweep: {levels: [1, 2], repeats: 3, measured: 2}
accept:
  criteria:
    - {metric: wall, level: 1, at_most: 1 ms}
    - {metric: throughput, level: 1, at_least: 1 /h}
    - {metric: energy_per_task, level: 1, at_most: 1 J}
END
plateau run -q judged.yaml -o judged.db >/dev/null 2>&1
plateau accept judged.db run.db --criteria judged.yaml -o verdicts.html >/dev/null 2>&1
is "a page with a verdict is written, and the verdict is in the exit code" "$?" 3
look verdicts verdicts.html
plateau compare run.db judged.db -o compared.html >/dev/null 2>&1
is "a page of a comparison is written" "$?" "$([ "${PLOTS:-}" = none ] && echo 5 || echo 0)"
look compared compared.html

# ---- Fleets -----------------------------------------------------------------------------------
fleet_draw=$top_builddir/tests/unit/report/fleet_draw
if [ "${PLOTS:-}" = none ]; then
	skip "fleets" "gnuplot is not installed"
else
	"$fleet_draw" faults 16 fleet.html
	look fleet fleet.html
	"$fleet_draw" faults 500 fleet-500.html
	look fleet-500 fleet-500.html
	"$fleet_draw" hostile 60 fleet-evil.html
	look fleet-evil fleet-evil.html
fi

# ---- Campaigns, capacity, I/O -------------------------------------------------------------------
make_tasks=$top_builddir/tests/campaign/make_campaign
"$make_tasks" tasks.csv answers.json 20000
plateau import csv tasks.csv --campaign w48 -o w48.db >/dev/null 2>&1
plateau capacity "$top_srcdir/scenarios/capacity-drp.yaml" -o capacity.html >/dev/null 2>&1
PAGE_OF=needs look capacity capacity.html
awk 'BEGIN {
	print "ra,dec,band"
	for (i = 0; i < 3000; i++)
		printf "%.3f,%.3f,%s\n", (i * 137.508) % 360, -60 + i % 61, substr("ugrizy", i % 6 + 1, 1)
}' >pointings.csv
plateau capacity overlaps pointings.csv --page overlaps.html >/dev/null 2>&1
PAGE_OF=needs look overlaps overlaps.html
cat >strace.log <<'END'
1 1.000000 openat(AT_FDCWD</data>, "table", O_RDWR|O_CREAT, 0644) = 3</data/table> <0.000010>
1 1.100000 write(3</data/table>, "x", 4096) = 4096 <0.000010>
1 1.200000 lseek(3</data/table>, 0, SEEK_SET) = 0 <0.000010>
1 1.300000 read(3</data/table>, "x", 4096) = 4096 <0.000010>
1 1.400000 write(3</data/table>, "x", 4096) = 4096 <0.000010>
1 1.500000 close(3</data/table>) = 0 <0.000010>
1 1.600000 +++ exited with 0 +++
END
plateau io --log strace.log --file /data/table -o io.html >/dev/null 2>&1
PAGE_OF=needs POINTS=none look io io.html

# ---- Hostile texts -----------------------------------------------------------------------------
evil='</title></style></svg><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"'"'"
cp run.db evil.db
sqlite3 evil.db <<SQL
update run set name = '${evil//\'/\'\'}', command = '${evil//\'/\'\'}',
	scenario_text = 'name: x' || char(10) || '${evil//\'/\'\'}';
update host set value = '${evil//\'/\'\'}' where value is not null and name in ('hostname', 'processor', 'kernel');
update level set policy = '${evil//\'/\'\'}';
update counter_event set name = '${evil//\'/\'\'}' || event;
insert into event (at_ns, code, text) values (0, 'evil', '${evil//\'/\'\'}');
SQL
plateau report evil.db >/dev/null 2>&1
look evil evil.html
plateau compare evil.db evil.db -o evil-compared.html \
	--names "</title></style></svg><script>hacked=1</script>,<img src=x onerror=hacked=1>\"'" >/dev/null 2>&1
look evil-compared evil-compared.html

awk -v evil="\"${evil//\"/\"\"}\"" 'BEGIN {
	print "type,max_rss_gb,wall_s,cpu_s,visits"
	for (i = 1; i <= 200; i++)
		printf "%s,%g,%g,%g,%d\n", i % 2 ? evil : "isr", 1 + i % 30 / 10, 60 + i, 50 + i, i % 20
}' >evil.csv
plateau requirements w48.db evil.csv --limit 2GB -o evil-needs.html >/dev/null 2>&1
PAGE_OF=needs look evil-needs evil-needs.html

tap_done
