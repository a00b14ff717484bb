#!/usr/bin/env bash
# What the readers of imported files make of files as other programs wrote them, or would have: each
# file of tests/import against the listing of what is in it, or of what is wrong with it and where.
# Then files that are too many, too large, too long, or no files at all.
#
# Most of perf-stat/* was written by perf stat itself (6.1, software events), the locales by
# `LC_ALL=de_DE.UTF-8 perf stat ...`; hardware*.txt and older.txt are made by hand in its layout.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99

read_import=$top_builddir/tests/unit/formats/read_import
[ -x "$read_import" ] || skip_all "tests/unit/formats/read_import was not built"
samples=$top_srcdir/tests/import

# listed FORMAT FILE: what is read of a file, with its name before it.
listed()
{
	printf '== %s\n' "$2"
	(cd "$samples" && "$read_import" "$1" "$2")
}

# section FILE LISTING: the part of a listing that is of one file.
section()
{
	awk -v name="== $1" '/^== / { on = $0 == name } on' "$2"
}

for format in perf-stat time csv levels; do
	for path in "$samples/$format"/*; do
		file=$format/${path##*/}
		listed "$format" "$file" >got.txt 2>&1
		is "$file" "$(cat got.txt)" "$(section "$file" "$samples/$format.expected")"
	done
done

# ---- What the programs of this machine write -----------------------------------------------------

# live NAME FORMAT PART: what stands in said.txt is one job, and PART is in its listing.
live()
{
	"$read_import" "$2" said.txt >got.txt 2>&1
	is "$1: one job" "$(grep -c '^said.txt:' got.txt)" 1
	has "$1: as it was" "$(cat got.txt)" "$3"
}

events=duration_time,page-faults,task-clock
if perf stat -e "$events" true >/dev/null 2>&1; then
	for options in "" "-x," "-x;" "-j"; do
		# shellcheck disable=SC2086
		perf stat $options -o said.txt -e "$events" sleep 0.05 2>/dev/null
		live "perf stat $options" perf-stat "  page-faults ok "
		has "perf stat $options: a wall time" "$(cat got.txt)" "ok wall="
	done
	for options in "-a" "-r 2" "-r 2 -x," "-I 10" "-I 10 -x,"; do
		# shellcheck disable=SC2086
		perf stat $options -o said.txt -e "$events" sleep 0.03 2>/dev/null || continue
		tap_run "$read_import" perf-stat said.txt
		case $options in
		-a) is "perf stat $options is refused" "$status" 1 ;;
		*) has "perf stat $options is refused" "$stdout" "are no tasks" ;;
		esac
	done
else
	skip "perf stat of this machine" "it does not run here"
fi
if /usr/bin/time -v true >/dev/null 2>&1; then
	/usr/bin/time -v -o said.txt sh -c 'exit 3'
	live "time -v" time "exit=3"
	/usr/bin/time -o said.txt sleep 0.05
	live "time" time "max_rss="
	/usr/bin/time -p -o said.txt sleep 0.05
	live "time -p" time "user="
	/usr/bin/time -f '%E elapsed, \n%U user, \n%S system, \n%M memory\n' -o said.txt sh -c 'kill -9 $$'
	live "time -f" time "signaled"
else
	skip "GNU time of this machine" "/usr/bin/time is not installed"
fi
TIMEFORMAT=$'real\t%3lR\nuser\t%3lU\nsys\t%3lS'
{ time sleep 0.05; } 2>said.txt
live "the shell's time" time "ok wall="

# ---- Files that everybody refuses -----------------------------------------------------------------

printf '\037\213\010\000binary\001\002' >packed.gz
head -c 100000 /dev/urandom >random.bin
head -c 100000 /dev/zero >zero.bin
printf 'a\nb\nno job\000here\n' >binary.txt
for format in perf-stat time csv levels; do
	tap_run "$read_import" "$format" packed.gz
	is "$format: a packed file" "$status:$stdout" "1:packed.gz:1:1: text: this is compressed; unpack it with gunzip first
packed.gz has 1 problem"
	tap_run "$read_import" "$format" random.bin
	is "$format: random bytes" "$status" 1
	tap_run "$read_import" "$format" zero.bin
	has "$format: zeros" "$stdout" "zero.bin:1:1: text: a zero byte: this is no text"
	tap_run "$read_import" "$format" "$work"
	has "$format: a folder" "$stdout" "is a folder; give the files in it"
	tap_run "$read_import" "$format" nowhere.txt
	has "$format: no file" "$stdout" "cannot open nowhere.txt: No such file or directory"
done
tap_run "$read_import" perf-stat binary.txt
has "a zero byte is told with its line" "$stdout" "binary.txt:3:1: text: a zero byte"

# ---- What is much --------------------------------------------------------------------------------

# 2,000 files of one job each, and one that is wrong among them: nothing of it is taken.
mkdir jobs
for i in $(seq 2000); do
	printf '%s\n' jobs/"$i".txt
done >names.txt
xargs -a names.txt tee <"$samples/perf-stat/hardware.txt" >/dev/null
cp "$samples/perf-stat/points.txt" jobs/1000.txt
start=$(date +%s%N)
xargs -a names.txt "$read_import" perf-stat --count >got.txt
diag "2,000 files of perf stat were read in $((($(date +%s%N) - start) / 1000000)) ms"
is "2,000 files, one of them wrong" "$(tail -n 1 got.txt)" "1999 tasks, 0 figures, 1 files refused"

# Files of any length cost the memory of a line: 2 GB in 64 MB, a hole that is read as a line too.
# limited COMMAND...: with no more memory than that.
limited()
{
	(
		ulimit -v 65536
		exec "$@"
	)
}
if limited "$read_import" time --count "$samples/time/shell.txt" >/dev/null 2>&1; then
	{
		yes 'INFO a line that somebody else wrote, 12 of them, and again' | head -c 200000000
		printf '\n'
		cat "$samples/perf-stat/text.txt"
	} | limited "$read_import" perf-stat --count /dev/stdin >got.txt
	is "perf stat at the end of 200 MB" "$(cat got.txt)" "1 tasks, 0 figures, 0 files refused"
	truncate -s 2G hole.txt
	tap_run limited "$read_import" perf-stat --count hole.txt
	has "2 GB without a line" "$stdout" "hole.txt:1:1: text: a zero byte: this is no text"
	for format in perf-stat time csv levels; do
		head -c 100000000 hole.txt | tr '\0' x |
			limited "$read_import" "$format" --count /dev/stdin >got.txt
		has "$format: one line of 100 MB" "$(cat got.txt)" \
			"0 tasks, 0 figures, 1 files refused"
	done
	{
		printf 'wall_s,"host\n'
		yes x | head -c 50000000
	} | limited "$read_import" csv --count /dev/stdin >got.txt
	has "a quote that never ends" "$(cat got.txt)" "this row is longer than 1 MiB: a quote is not closed"
else
	skip "enormous files" "this build needs more address space than ulimit leaves (a sanitizer?)"
fi

# Somebody writes for ever: what is no table ends at the first lines.
yes 'a,b' | timeout 60 "$read_import" csv --count /dev/stdin >got.txt 2>&1
has "an endless table without a wall time" "$(cat got.txt)" "no column for the wall time"

# Real listings, where they are at hand.
for n in 16 128; do
	file=${PLATEAU_SAMPLES:-$top_srcdir/../shared/data/samples}/perf_stat_d_n${n}_transcribed.txt
	if [ ! -r "$file" ]; then
		skip "the listing of the study at N=$n" "it is not at hand"
		continue
	fi
	tap_run "$read_import" perf-stat "$file"
	has "the listing of the study at N=$n" "$stdout" "instructions:u (user) scaled 291"
done

tap_done
