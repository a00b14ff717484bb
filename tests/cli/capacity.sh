#!/usr/bin/env bash
# plateau capacity: the published tables, and values of tasks from campaigns, results, resource
# parameters and tables of visits, end to end; what is wrong with a file, all of it at once.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need jq

drp=$top_srcdir/scenarios/capacity-drp.yaml
published=$top_srcdir/results/published

# ---- The published tables -------------------------------------------------------------------

# node_days NAME: of a platform in the answer in stdout.
node_days()
{
	jq --arg name "$1" '.platforms[] | select(.name == $name) | .node_days' stdout
}

tap_run plateau capacity "$drp" --json
tap_status 0
near "Cori-KNL: 198.13 thousand node-days" "$(node_days Cori-KNL)" 198130 0.0001
near "Cori-Haswell: 27.71" "$(node_days Cori-Haswell)" 27710 0.0002
near "Perlmutter: 6.88" "$(node_days Perlmutter)" 6880 0.001
is "jobs per node on Cori-KNL, and what limits them" "$(jq -c '[.platforms[0].tasks[] |
	.jobs_per_node] ' stdout) $(jq -r '.platforms[0].tasks[1].limited_by' stdout) $(
	jq -r '.platforms[0].tasks[0].limited_by' stdout)" \
	"[33,68,68,26,58,61,30,48,12] cores memory"
# Table 4, to what its figures of three digits leave open: 21 PB and 4.2 PB of 2^40 bytes by 1000.
near "storage: 20,570 TiB" "$(jq '.storage_bytes.total / 1099511627776' stdout)" 20570 0.002
near "of which 4,210 TiB are kept" "$(jq '.storage_bytes.kept / 1099511627776' stdout)" 4210 0.002
near "ISR's images: 2866 TiB" "$(jq '.products[0].bytes.value / 1099511627776' stdout)" 2866 0.001
is "figures as written have no interval, and that is told" \
	"$(jq -c '[.platforms[0].node_days_ci95, .uncertain_inputs, .cpu_hours]' stdout)" \
	"[null,0,20490000]"
# The publication used 10 GB of reserve: without it other figures come out.
tap_run plateau capacity "$drp" --reserve 0 --json
near "without a reserve Cori-KNL takes 176.8 thousand" "$(node_days Cori-KNL)" 176800 0.0005
near "Cori-Haswell 27.5" "$(node_days Cori-Haswell)" 27500 0.001
near "Perlmutter 6.9" "$(node_days Perlmutter)" 6900 0.006

tap_run plateau capacity "$drp" --nodes 200 --within 90d
tap_status 0
tap_stdout_has "20.5 M CPU hours: 198 k node-days of Cori-KNL, 27.7 k of Cori-Haswell or"
tap_stdout_has "Perlmutter: 200 nodes take 34.4 days"
tap_stdout_has "Perlmutter: within 90 days it takes 77 nodes."
matches "deblend is limited by memory everywhere" "$stdout" \
	'^ +deblend +400 k +6.98 GB +12 memory +16 memory +71 memory$'
matches "a smaller max RSS gives one job more" "$stdout" \
	'^ +deblend +Cori-Haswell +16 +6.980 GB +6.941 GB +-0.4 +7.375 GB +\+0.5$'
is "no line is wider than 80 columns" "$(awk 'length > 80' stdout)" ""

# ---- Resource parameters --------------------------------------------------------------------

data=$top_srcdir/../shared/data
if [ -e "$data/gen3_workflow_resource_params_3828-y1.json" ]; then
	cat >gen3.yaml <<EOF_YAML
name: gen3
from: {parameters: $data/gen3_workflow_resource_params_3828-y1.json}
product_sizes: $data/gen3_workflow_DRP_data_product_sizes.json
visits: {mean: 17.9, max: 54}
tasks:
  isr: {instances: 32.8 M}
  characterizeImage: {instances: 32.8 M}
  calibrate: {instances: 32.8 M}
  makeWarp: {instances: 48.5 M}
  assembleCoadd: {instances: 2.7 M}
  detection: {instances: 2.7 M}
  measure: {instances: 2.7 M}
  forcedPhotCoadd: {instances: 2.7 M}
  deblend: {instances: 0.448 M}
platforms:
  Cori-Haswell: {cores: 32, memory: 128 GiB, reserve: 10 GiB}
products:
  postISRCCD: {task: isr}
EOF_YAML
	tap_run plateau capacity gen3.yaml --json
	tap_status 0
	# CPU hours (millions) and max RSS (what the publication calls GB) of table 2.
	is "every row of table 2 comes out" "$(jq -r '.tasks[] | "\(.name) \(.cpu_hours.value /
		1e4 | round / 100) \(.max_rss_bytes.value / 1073741824 * 100 | round / 100)"' stdout)" \
		"isr 0.64 2.59
characterizeImage 1.23 0.83
calibrate 0.76 0.79
makeWarp 2.83 3.2
assembleCoadd 0.44 1.48
detection 0.12 1.39
measure 6.11 2.79
forcedPhotCoadd 7.55 1.77
deblend 0.79 6.98"
	check "sizes have intervals, and so has the storage" \
		jq -e '.storage_bytes.total_ci95[0] < .storage_bytes.total' stdout
else
	skip "every row of table 2 from resource parameters" "../shared is not here"
fi

# ---- Results --------------------------------------------------------------------------------

for name in rome haswell perlmutter; do
	plateau import levels "$published/rtn028-$name.csv" -o "$name.db" >/dev/null 2>&1
done
cat >results.yaml <<'EOF_YAML'
name: results
tasks:
  isr: {instances: 32825898, max_rss: 2.59 GB, from: {result: rome.db}}
platforms:
  Rome: {}
  Full: {measured: {isr: {result: rome.db, at: 128}}}
  Milan: {cores: 64, memory: 256 GB, reserve: 10 GB,
          cpu_factor: {base: rome.db, new: perlmutter.db, at: 64}}
EOF_YAML
tap_run plateau capacity results.yaml --json
tap_status 0
near "of a result at its recommended N: instances / (X x 86,400 s)" "$(node_days Rome)" \
	"$(awk 'BEGIN {print 32825898 / (2.156 * 86400)}')" 0.001
is "which is 96" "$(jq -c '.platforms[0].tasks[0] | [.jobs_per_node, .limited_by]' stdout)" \
	'[96,"result"]'
near "at N=128" "$(node_days Full)" "$(awk 'BEGIN {print 32825898 / (2.196 * 86400)}')" 0.001
check "with intervals" jq -e 'all(.platforms[]; .node_days_ci95[0] < .node_days and
	.node_days_ci95[1] > .node_days)' stdout
near "a CPU factor is a ratio of throughputs" \
	"$(jq '.platforms[2].cpu_factor.value' stdout)" "$(awk 'BEGIN {print 1.762 / 1.427}')" 0.002
near "elsewhere a task holds its core for N/X" "$(node_days Milan)" \
	"$(awk 'BEGIN {print 32825898 * 96 / 2.156 * 1.762 / 1.427 / 64 / 86400}')" 0.002
tap_run plateau capacity results.yaml
tap_stdout_has "rome.db at N=96, as it recommends"
is "no line of it is wider than 80 columns" "$(awk 'length > 80' stdout)" ""
sed -i 's/at: 128/at: 100/' results.yaml
tap_run plateau capacity results.yaml
tap_status 2
tap_stderr_has "results.yaml:6:21: platforms.Full.measured.isr: rome.db has no throughput at N=100; it has 16"

# ---- Campaigns ------------------------------------------------------------------------------

# 200 tasks of measure: CPU time 30 + 5 visits, max RSS 1.3 GB + 0.03 GB visits, without noise.
awk 'BEGIN {
	print "task,cpu_s,wall_s,max_rss_bytes,visits"
	for (i = 0; i < 200; i++) {
		v = 1 + i % 60
		printf "measure,%.1f,%.1f,%.0f,%d\n", 30 + 5 * v, 31 + 5 * v, 1.3e9 + 0.03e9 * v, v
	}
	for (i = 1; i <= 100; i++)
		printf "isr,%d,%d,%d,\n", i, i + 1, 2e9 + i
}' >campaign.csv
mkdir -p sub
cat >sub/campaign.yaml <<'EOF_YAML'
name: campaign
from: {campaign: ../campaign.csv}
visits: {mean: 20, max: 50}
tasks:
  isr: {instances: 3600}
  slow: {instances: 3600, from: {type: isr, cpu: p95}}
  measure: {instances: 3600, from: {cpu: linear, max_rss: envelope-maxima}}
platforms:
  P: {cores: 1, memory: 4 GB}
EOF_YAML
tap_run plateau capacity sub/campaign.yaml --json
tap_status 0
is "CPU hours: the mean, a quantile, and a line at the mean visits" \
	"$(jq -c '[.tasks[].cpu_hours.value * 100 | round / 100]' stdout)" "[50.5,95.05,130]"
is "max RSS: the largest, and the envelope at the most visits" \
	"$(jq -c '[.tasks[].max_rss_bytes.value | round]' stdout)" "[2000000100,2000000100,2800000000]"
is "where they are from" "$(jq -r '.tasks[0].cpu_from' stdout)" \
	"mean of 100 isr tasks of ../campaign.csv"
check "and intervals of what was counted" \
	jq -e '.platforms[0] | .node_days_ci95[0] < .node_days' stdout
sed -i -e 's/type: isr/type: isrr/' -e 's/campaign.csv/gone.csv/' sub/campaign.yaml
tap_run plateau capacity sub/campaign.yaml
tap_status 2
has "a campaign that is not there" "$stderr" "gone.csv"
sed -i -e 's/type: isrr/type: stack/' -e 's/gone.csv/campaign.csv/' sub/campaign.yaml
tap_run plateau capacity sub/campaign.yaml
tap_status 2
tap_stderr_has "no tasks of type stack; from.type is one of measure, isr"
tap_run plateau import csv campaign.csv --campaign c -o campaign.db -q
tap_status 0
tap_run plateau capacity campaign.db
tap_status 2
tap_stderr_has "is a campaign; write a file of tasks and platforms"

# ---- Tables of visits -----------------------------------------------------------------------

cat >visits.csv <<'EOF_CSV'
tract,patch,ra_deg,dec_deg,band,visits,depth
1,0,1.0,2.0,u,10,8
1,0,1.0,2.0,g,4,2
2,0,1.0,2.0,g,6,5
2,1,1.0,2.0,g,0,0
EOF_CSV
cat >visits.yaml <<'EOF_YAML'
name: visits
visits: {table: visits.csv}
from: {campaign: campaign.csv, cpu: linear, max_rss: linear}
tasks:
  measure: {instances: coadds}
  makeWarp: {instances: warps, from: {type: measure, cpu: mean, max_rss: max}}
  deblend: {instances: patches, from: {type: measure}}
platforms:
  P: {cores: 4, memory: 40 GB}
EOF_YAML
tap_run plateau capacity visits.yaml --json
tap_status 0
is "coadds, warps and patches are counted" "$(jq -c '[.tasks[].instances.value]' stdout)" "[3,20,2]"
is "lines are taken at the mean and the most of the depths" \
	"$(jq -c '[.tasks[0].cpu_s.value, .tasks[0].max_rss_bytes.value] | map(. * 10 | round / 10)' stdout)" \
	"[55,1540000000]"

# What is wrong with a file that is named is told at its own place, and of the others nothing.
printf 'visit\n3\n' >visits.csv
printf '{"a": {"b": [1, 2, 3]}}\n' >sizes.json
printf 'product_sizes: sizes.json\nproducts: {b: {task: deblend}}\n' >>visits.yaml
tap_run plateau capacity visits.yaml
tap_status 2
is "a table of visits without visits is told alone" "$(cut -d: -f1-4 stderr)" \
	"visits.csv:1:1: header
plateau: visits.csv has 1 problem"

# ---- The documentation ----------------------------------------------------------------------

missing=
while read -r key; do
	[[ $key == isr || $key == calexp ]] || grep -q "\`$key\`" "$top_srcdir/docs/capacity.md" ||
		missing+="$key "
done < <(sed -n 's/.*\.name = "\([a-z_]*\)",.*/\1/p' "$top_srcdir"/src/formats/capacity/capacity_keys*.c |
	sort -u)
is "docs/capacity.md has every key" "$missing" ""

# ---- The page -------------------------------------------------------------------------------

tap_run plateau capacity "$drp" -o page.html
if command -v gnuplot >/dev/null; then
	tap_status 0
	tap_stderr_has "plateau: written: page.html"
	has "the page has the pictures" "$(cat page.html)" "What a tenth of each input does on Perlmutter"
else
	tap_status 5
fi
tap_run plateau capacity "$drp" -o "$drp"
tap_status 2
check "the capacity file is not written over" grep -q '^name: drp-y1' "$drp"
tap_run plateau capacity results.yaml -o rome.db --force
tap_status 2

# ---- Files that are wrong -------------------------------------------------------------------

cat >wrong.yaml <<'EOF_YAML'
name: wrong
tasks:
  isr: {instances: 32.8 Q, cpu_hours: 1, max_rss: 2 GB}
  b: {instances: 1, cpu_time: 3 s, maxrss: 2 GB}
platforms:
  P: {cores: 0, memory: 3 GB}
  Q: {cores: 3, memory: 3 GB, reserve: 4 GB}
  R: {measured: {isrr: x.db}}
EOF_YAML
tap_run plateau capacity wrong.yaml
tap_status 2
is "everything that is wrong is told at once, with its place" "$(cut -d: -f1-4 stderr | head -6)" \
	"wrong.yaml:3:20: tasks.isr.instances
wrong.yaml:4:36: tasks.b.maxrss
wrong.yaml:6:14: platforms.P.cores
wrong.yaml:7:3: platforms.Q
wrong.yaml:8:3: platforms.R
wrong.yaml:8:18: platforms.R.measured.isrr"
tap_run plateau capacity gone.yaml
tap_status 2
tap_run plateau capacity "$drp" --nodes 0
tap_status 2
tap_run plateau capacity "$drp" --reserve 200GB
tap_status 2
tap_stderr_has "leaves no memory for tasks on Cori-KNL"
cat >tight.yaml <<'EOF_YAML'
name: "<b>\"'`$(touch pwned)</b>"
tasks: {"big <i>": {cpu_hours: 10, max_rss: 5 GB}}
platforms: {"P' plot \"": {cores: 2, memory: 4 GB}, Q: {cores: 2, memory: 40 GB}}
EOF_YAML
tap_run plateau capacity tight.yaml -o tight.html
tap_stdout_has "big <i> takes 5.00 GB, and a node has 4.00 GB for tasks"
is "the platform that it does not fit has no node-days" \
	"$(plateau capacity tight.yaml --json | jq -c '[.platforms[].node_days]')" "[null,0.208333333333]"
lacks "names are escaped in the page" "$(cat tight.html)" "<b>\""
check "and reach no shell" test ! -e pwned
tap_done
