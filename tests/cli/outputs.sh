#!/bin/bash
# No command writes a file that it reads, nor one that somebody else made: pages, JUnit files, files
# of criteria and results, with --force too.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

for file in keep ref other; do
	plateau run -q -j 1,2 -r 3 -m 2 -o "$file.db" -- sleep 0.02 >/dev/null 2>&1
done
ln -s keep.db link.db
cat >c.yaml <<'YAML'
criteria:
  - {metric: failures, at_most: 0}
YAML
cat >s.yaml <<'YAML'
name: short
task: {command: [sleep, "0.01"]}
sweep: {levels: [1], repeats: 3, warmup: 0, measured: 1}
accept:
  criteria:
    - {metric: failures, at_most: 0}
YAML
sed 's/short/held/; s/at_most: 0/at_most: 5, margin: 5%, reference: ref.db/' s.yaml >held.yaml
sed -i 's/at_most: 5, //' held.yaml
sed -i 's/metric: failures/metric: throughput, level: 1/' held.yaml
echo "mine" >notes.txt
printf 'concurrency,wall_s\n1,1.0\n1,1.1\n1,1.2\n' >table.csv
mkdir before
cp ./*.db ./*.yaml notes.txt table.csv before

# refuses NAME COMMAND...: with exit code 2, and no file is another one afterwards.
refuses()
{
	local name=$1 file lost=
	shift
	tap_run "$@"
	tap_status 2 "$name"
	for file in before/*; do
		cmp -s "$file" "${file#before/}" || lost+=" ${file#before/}"
		cp "$file" "${file#before/}" 2>/dev/null
	done
	is "$name: nothing is lost" "$lost" ""
}

accept=(plateau accept keep.db --criteria c.yaml)
for force in "" --force; do
	for option in --junit -o; do
		refuses "$option over the result $force" "${accept[@]}" "$option" keep.db $force
		refuses "through a link $force" "${accept[@]}" "$option" link.db $force
		refuses "over another result $force" "${accept[@]}" "$option" other.db $force
		refuses "over the criteria $force" "${accept[@]}" "$option" c.yaml $force
		refuses "over a reference $force" "${accept[@]}" --reference ref.db "$option" \
			ref.db $force
	done
	refuses "both in one file $force" "${accept[@]}" --junit same.x -o ./same.x $force
	check "which is not made" test ! -e same.x
	refuses "criteria over their source $force" plateau accept keep.db --make-criteria -o \
		keep.db $force
	refuses "criteria over another result $force" plateau accept keep.db --make-criteria -o \
		other.db $force
	refuses "a comparison over a side $force" plateau compare keep.db ref.db -o ref.db $force
	refuses "behind -- too $force" plateau compare keep.db -- ref.db -o ref.db $force
	refuses "a comparison over a result $force" plateau compare keep.db ref.db -o other.db $force
	refuses "a report over a result $force" plateau report keep.db -o other.db $force
	refuses "an import over its input $force" plateau import csv table.csv -o table.csv $force
	refuses "an import over what is no result $force" plateau import csv table.csv -o \
		notes.txt $force
	refuses "a run over what is no result $force" plateau run s.yaml -o notes.txt $force
	refuses "a run over its scenario $force" plateau run s.yaml -o s.yaml $force
	refuses "a run over a reference of --reference $force" plateau run --accept held.yaml \
		--reference keep.db -o keep.db $force
	refuses "a run over a reference of its criteria $force" plateau run held.yaml -o ref.db \
		$force
	refuses "JUnit over the result of the run $force" plateau run --accept s.yaml -o rr.db \
		--junit rr.db $force
	check "which is not begun" test ! -e rr.db
	refuses "JUnit over the scenario $force" plateau run --accept s.yaml -o rr.db --junit \
		s.yaml $force
	refuses "JUnit over another result $force" plateau run --accept s.yaml -o rr.db --junit \
		other.db $force
done
refuses "JUnit over the result that is gone on with" plateau run --accept --resume keep.db \
	--junit keep.db
refuses "JUnit over somebody's file" "${accept[@]}" --junit notes.txt
tap_stderr_has "--force" "what would help is said"
refuses "JUnit of a run over somebody's file" plateau run --accept s.yaml -o rr.db --junit notes.txt
refuses "JUnit into a folder" "${accept[@]}" --junit .
refuses "a page in no folder" "${accept[@]}" -o no/such.html
refuses "a comparison in no folder" plateau compare keep.db ref.db -o no/such.html
refuses "an import of a device" plateau import csv /dev/zero -o zero.db
tap_stderr_has "device"
ln -s nothing.there hanging.xml
refuses "JUnit through a link to nothing" "${accept[@]}" --junit hanging.xml

tap_run "${accept[@]}" --junit a.xml
tap_status 0 "a JUnit file of our own"
tap_run "${accept[@]}" --junit a.xml
tap_status 0 "is replaced"
tap_run "${accept[@]}" --junit notes.txt --force
tap_status 0 "and somebody's file with --force"
tap_run plateau run -q --accept s.yaml -o rr.db --junit a.xml
tap_status 0 "by a run too"

# A result that is still written: what cannot be read is 2, for each of them.
plateau run -q -j 1 -r 200 -m 1 -o live.db -- sleep 0.1 >/dev/null 2>&1 &
live=$!
until [ -e live.db ]; do sleep 0.05; done
tap_run plateau accept live.db --criteria c.yaml
tap_status 2 "accept"
tap_run plateau compare live.db keep.db
tap_status 2 "compare"
tap_run plateau import csv table.csv -o live.db --force
tap_status 2 "import"
tap_run plateau run -q s.yaml -o live.db --force
tap_status 2 "run"
kill -TERM "$live"
wait "$live"

tap_run plateau import csv table.csv -o imported.db
tap_status 0 "an import"
tap_run plateau import csv table.csv -o imported.db --force
tap_status 0 "a result is replaced with --force"

# ---- Folders with long names ---------------------------------------------------------------------
deep=$PWD
for _ in 1 2 3 4 5 6; do deep+=/$(printf 'd%.0s' {1..90}); done
mkdir -p "$deep" && cp keep.db "$deep"
tap_run plateau show "$deep/keep.db"
tap_status 2 "a path that is longer than SQLite takes"
tap_stderr_has "choose a shorter path"
tap_run env -C "$deep" plateau run -q -j 1 -r 1 -m 1 -o new.db -- true
tap_status 2 "a short name in such a folder"
tap_stderr_has "choose a shorter path"
is "leaves nothing" "$(ls "$deep")" "keep.db"

tap_done
