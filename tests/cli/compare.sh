#!/usr/bin/env bash
# plateau compare: sides from words, folders and patterns; the answers; what is refused.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need jq

answer()
{
	jq -r "$1" "$work/stdout"
}

# FILE OPTION... -- COMMAND...: a short run.
measure()
{
	local file=$1
	shift
	plateau run -q --here -w 0 -m 1 --sampling off -o "$file" "$@" >"$work/said" 2>&1 ||
		not_ok "measuring $file" "$(cat "$work/said")"
}

mkdir -p old new
measure a.db -j 1,2 -r 2 -e task-clock -- sleep 0.03
measure new/b.db -j 1,2 -r 2 -e none -- sleep 0.3
measure new/c.db -j 1,2 -r 2 -e none -- sleep 0.3
measure old/d.db -j 1 -r 2 -e none -- sleep 0.03
measure old/e.db -j 1 -r 2 -e none -- sleep 0.03

# ---- one against one ------------------------------------------------------------------------------
tap_run plateau compare a.db new/b.db
tap_status 0
tap_stderr_is ""
text=$(tr -s ' \n' ' ' <"$work/stdout")
has "the answer first" "$text" "times the work of"
has "each at its best N" "$text" "each at its best N (2 and 2)"
has "it is called within-run" "$text" "within-run"
has "that the commands differ is said" "$text" "The commands differ, sleep 0.03 on a and sleep 0.3 on b"

tap_run plateau compare a.db new/b.db --json
tap_status 0
tap_stderr_is ""
is "schema" "$(answer .schema_version)" 1
is "the sides" "$(answer '.base.name + " " + .comparisons[0].new.name')" "a b"
is "levels" "$(answer '[.comparisons[0].levels[].concurrency] | join(" ")')" "1 2"
is "the basis" "$(answer '.comparisons[0].levels[0].measures.throughput_per_s.basis')" within-run
is "much less throughput" \
	"$(answer '.comparisons[0].levels[0].measures.throughput_per_s.ratio | . > 0 and . < 0.9')" true
is "what one side has not counted has no ratio, and a reason" \
	"$(answer '.comparisons[0].levels[0].measures["counter.task-clock"] |
		[.ratio == null and .difference == null, (.base.value > 0), (.reason | length > 0)] | join(" ")')" \
	"true true true"
is "fits are there for both" \
	"$(answer '[.base.runs[0].plateau, .comparisons[0].new.runs[0].plateau] | map(type) | join(" ")')" \
	"object object"
is "every null has a reason beside it" "$(answer '[.. | objects |
	select((has("ratio") and .ratio == null) or (has("value") and .value == null)) |
	select(has("reason") | not)] | length')" 0
is "the remark on the command is serious" \
	"$(answer '.comparisons[0].remarks[] | select(.code == "command") | .serious')" true

# ---- several runs, several sides ------------------------------------------------------------------
tap_run plateau compare --json a.db new
tap_status 0
is "a folder is one side of all its results" "$(answer '.comparisons[0].new.runs | length')" 2
is "one run against two is held against what the two differ by" \
	"$(answer '.comparisons[0].levels[0].measures.wall_s | [.basis, .base_n, .new_n] | join(" ")')" \
	"runs 1 2"
has "and that it is taken to differ so is said" \
	"$(answer '.comparisons[0].remarks[] | select(.code == "one-run") | .text')" "as the 2 runs of new do"
tap_run plateau compare --json old new
is "runs of both sides are the replicates" \
	"$(answer '.comparisons[0].levels[0].measures.wall_s | [.basis, .base_n, .new_n] | join(" ")')" \
	"runs 2 2"
is "sides of several runs go by their folders" \
	"$(answer '.base.name + " " + .comparisons[0].new.name')" "old new"
is "a level of one side alone is told" \
	"$(answer '[.comparisons[0].only_new[].concurrency] | join(" ")')" 2
tap_run plateau compare --json old/d.db old/e.db -- new/b.db new/c.db
tap_status 0
is "-- parts the sides" \
	"$(answer '[(.base.runs | length), (.comparisons | length), (.comparisons[0].new.runs | length)] | join(" ")')" \
	"2 1 2"
tap_run plateau compare --json --names "old,first new,second" a.db new/b.db 'new/c*'
tap_status 0
is "several sides, each against the first, by the names that they are given" \
	"$(answer '[.base.name, .comparisons[].new.name] | join(";")')" "old;first new;second"
tap_run plateau compare a.db new/b.db new/c.db
tap_status 0
has "a table against the first" "$stdout" "b"

has "runs of one host are no nodes" "$stdout" "2 others against"

# Names that say which one it is: folders before scenarios, and no bare numbers.
mkdir -p good sg2
printf 'name: other\ntask:\n  command: [sleep, "0.03"]\nsweep: {levels: [1]}\n' >other.yaml
cp old/d.db good/1.db
cp old/e.db good/2.db
measure sg2/1.db -j 1 -r 2 -e none other.yaml
measure sg2/2.db -j 1 -r 2 -e none other.yaml
tap_run plateau compare --json good sg2
tap_status 0
is "folders by their names" "$(answer '.base.name + " " + .comparisons[0].new.name')" "good sg2"
tap_run plateau compare --json good/1.db good/2.db
tap_status 0
is "numbers with their folders" "$(answer '.base.name + " " + .comparisons[0].new.name')" \
	"good/1 good/2"

mkdir -p twice
cp old/d.db twice/first.db
cp old/d.db twice/second.db
cp old/e.db twice/third.db
tap_run plateau compare --json twice new
tap_status 0
is "a copy of a run is no further run" "$(answer '.base.runs | length')" 2
has "and it is said that one was left out" \
	"$(answer '.comparisons[0].remarks[] | select(.code == "copies" and .serious) | .text')" \
	"1 file of twice is a copy"

tap_run plateau compare a.db a.db
tap_status 0
text=$(tr -s ' \n' ' ' <"$work/stdout")
has "a run against itself is told" "$text" "Both sides hold the same run"

# ---- published curves ------------------------------------------------------------------------------
# tests/published has their ratios.
for name in rome perlmutter; do
	plateau import levels "$top_srcdir/results/published/rtn028-$name.csv" -o "$name.db" >said 2>&1 ||
		not_ok "import of $name" "$(cat said)"
done
tap_run plateau compare --json --names Rome,Milan rome.db perlmutter.db
tap_status 0
is "how well figures were read is no 95 % interval" \
	"$(answer '.comparisons[0].levels[0].measures.throughput_per_s |
		[.basis, .ci95 == null, (.read_within | length)] | join(" ")')" "reading true 2"
has "a node that was not measured to its end is told" "$(answer '.comparisons[0].node.sentence')" \
	"Milan was not measured beyond N=64"
is "and that its scenario is not known" \
	"$(answer '[.comparisons[0].remarks[] | select(.code == "scenario" and .serious)] | length')" 1

# ---- the page --------------------------------------------------------------------------------------
tap_run plateau compare a.db new/b.db -o both.html
if command -v gnuplot >/dev/null; then
	tap_status 0
else
	tap_status 5
fi
has "the page says it too" "$(cat both.html)" "times the work of"
tap_run plateau compare a.db new/b.db -o a.db
tap_status 2
has "no result is overwritten" "$stderr" "a.db is a result itself"
echo mine >mine.html
tap_run plateau compare a.db new/b.db -o mine.html
tap_status 2
is "nor what somebody else made" "$(cat mine.html)" mine

# ---- what is refused -------------------------------------------------------------------------------
tap_run plateau compare
tap_status 2
tap_run plateau compare a.db
tap_status 2
has "one result is not enough" "$stderr" "one result cannot be compared"
tap_run plateau compare a.db --
tap_status 2
has "nothing behind --" "$stderr" "behind --"
tap_run plateau compare a.db none.db
tap_status 2
has "a file that is not there" "$stderr" "none.db"
printf 'not a result' >text.db
tap_run plateau compare a.db text.db
tap_status 2
has "a file that is no result" "$stderr" "text.db"
mkdir -p empty
tap_run plateau compare a.db empty
tap_status 2
has "an empty folder" "$stderr" "empty"
tap_run plateau compare --names one a.db new/b.db
tap_status 2
has "names for all sides" "$stderr" "--names has 1 name, and there are 2 sides"
tap_run plateau compare --names one,one a.db new/b.db
tap_status 2
has "names that differ" "$stderr" "twice"

tap_run plateau compare a.db a.db --names $'a\nFAKE,c'
tap_status 2 "a name is one line"
tap_run plateau compare a.db a.db --names "$(printf 'x%.0s' {1..100}),c"
tap_status 2 "and not without end"
tap_stderr_has "longer than 63 bytes"
tap_run plateau compare $'no\nFAKE' a.db
is "a file's name does not begin a line on stderr" "$(wc -l <<<"$stderr")" 1

# No room, by way of a limit of 1 kB a file.
(
	trap '' XFSZ
	ulimit -f 1
	exec plateau compare a.db new/b.db --plots full >/dev/null 2>&1
)
is "plots without room" "$?" 1
is "nothing that is cut off stays" "$(find full -type f -size 1024c | wc -l)" 0

tap_done
