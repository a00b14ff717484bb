#!/usr/bin/env bash
# `plateau io --log`: logs of strace, of programs whose figures are known, and of none.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/io/lib.sh
. "${top_srcdir:?is set by make check}/tests/io/lib.sh" || exit 99
need_strace
sweeps=$(cd "$tap_start_folder" && realpath "${top_builddir:?}/tests/io/sweeps")

# ---- A file that is read again before each write: every figure is exact ---------------------------

said=$(strace -f -y -ttt -T -o sweeps.log "$sweeps" x.fits 400)
tap_run plateau io --log sweeps.log --json
tap_status 0
is "the size is exact" "$(figure 'f("/x.fits")["size_bytes"]')" "$(made "$said" size)"
is "so is what was read" "$(figure 'f("/x.fits")["read_bytes"]')" "$(made "$said" read)"
is "and written" "$(figure 'f("/x.fits")["written_bytes"]')" "$(made "$said" written)"
is "and the calls" "$(figure 'f("/x.fits")["calls"]["read"], f("/x.fits")["calls"]["write"], f("/x.fits")["calls"]["seek"]')" \
	"($(made "$said" reads), $(made "$said" writes), $(made "$said" seeks))"
near "and the factor" "$(figure 'f("/x.fits")["reread_factor"]')" \
	"$(python3 -c "print($(made "$said" read) / $(made "$said" size))")" 1e-9
is "every byte was touched" "$(figure 'f("/x.fits")["distinct_written_bytes"]')" \
	"$(made "$said" size)"
is "the pattern is named" "$(figure 'p("whole-file-reread")["calls"]')" 400
is "and no other" "$(figure 'len(a["patterns"])')" 1

tap_run plateau io --log sweeps.log --file x.fits -o page.html --plots plots
tap_status 0
tap_stderr_has "written: page.html, and plots in plots"
has "what stands out is told" "$(flat)" "the whole file is read again before each small write"
has "with its evidence" "$(flat)" "before 400 of its 401 writes"
has "and the factor" "$(flat)" "201 times its size"
check "the page is there" grep -q 'Position against time' page.html
check "and the plot as data" test -s plots/position-1.dat
is "no line is wider than a terminal" "$(awk 'length > 80' <<<"$stdout")" ""

# Every second write is followed by nothing: the same file without the reading has no pattern.
strace -f -y -ttt -T -o plain.log dd if=/dev/zero of=plain.dat bs=64k count=30 2>/dev/null
tap_run plateau io --log plain.log --json
is "writing as one should is no pattern" "$(figure 'len(a["patterns"])')" 0
is "a file that was written once" "$(figure 'f("/plain.dat")["rewrite_factor"]')" 1.0

# ---- sqlite3 filling a database -------------------------------------------------------------------

if command -v sqlite3 >/dev/null 2>&1; then
	{
		echo "CREATE TABLE visit(id INTEGER PRIMARY KEY, band TEXT);"
		for ((i = 0; i < 60; i++)); do
			echo "INSERT INTO visit(band) VALUES('r$i');"
		done
	} >fill.sql
	strace -f -y -ttt -T -o sqlite.log sqlite3 registry.sqlite3 <fill.sql
	PLATEAU_TREAT_AS_NETWORK=$work tap_run plateau io --log sqlite.log --here --json
	is "its journal is named" "$(figure 'p("journals")["files"][0].split("/")[-1]')" \
		registry.sqlite3-journal
	is "once for each statement" "$(figure 'f("sqlite3-journal")["lives"]')" 61
	is "as on a shared file system" "$(figure 'p("journals")["is_shared"]')" True
	is "syncs are named" "$(figure 'p("sync-per-write") is not None')" True
	is "and locks" "$(figure 'p("locks")["calls"] > 100')" True
	is "the database has the size that it has" "$(figure 'f("registry.sqlite3")["size_bytes"]')" \
		"$(stat -c %s registry.sqlite3)"
	PLATEAU_TREAT_AS_NETWORK=$work tap_run plateau io --log sqlite.log --here
	has "it is said in words" "$(flat)" "This is on a shared file system."
	{
		echo "BEGIN; PRAGMA journal_mode=MEMORY;"
		cat fill.sql
		echo "COMMIT;"
	} | strace -f -y -ttt -T -o once.log sqlite3 once.sqlite3 >/dev/null
	tap_run plateau io --log once.log --json
	is "what is advised helps" "$(figure '[x["name"] for x in a["patterns"]]')" "[]"
else
	skip "sqlite3 filling a database" "sqlite3 is not installed"
fi

# ---- Several processes ----------------------------------------------------------------------------

cat >pipeline.sh <<'SH'
seq 1500 >in.txt
sort -rn in.txt | while read -r x; do echo "$x"; done | gzip >out.gz
for i in 1 2 3; do cat in.txt; done >thrice.txt
cp in.txt made.tmp && mv made.tmp stays.txt
SH
strace -f -y -ttt -T -o pipeline.log bash pipeline.sh
tap_run plateau io --log pipeline.log --json
is "a shell's read takes single bytes" \
	"$(figure 'p("byte-reads")["calls"] >= '"$(stat -c %s in.txt)"'')" True
is "what was written by one is read by others" "$(figure 'f("/in.txt")["read_bytes"]')" \
	"$((5 * $(stat -c %s in.txt)))"
is "each program is told" "$(figure 'sorted(x["path"].split("/")[-1] for x in a["programs"])')" \
	"['bash', 'cat', 'cp', 'gzip', 'mv', 'seq', 'sort']"
is "and its processes" "$(figure '[x["processes"] for x in a["programs"]
	if x["path"].endswith("/cat")]')" "[3]"
tap_run plateau io --log pipeline.log
has "what is counted of a process that went on as another program is said" "$(flat)" \
	"One that went on to execute another program is counted there"
is "and no count of processes is blank" \
	"$(sed -n '/^Programs/,/processes: /p' <<<"$stdout" | grep -c '^  /[^ ]*   *[0-9]')" 7
tap_run plateau io --log pipeline.log --json
is "one that gets its name when it is whole is none that is temporary" \
	"$(figure 'p("temporary-files")')" None
is "a file that was renamed is one file" "$(figure 'f("/stays.txt")["first_path"].split("/")[-1]')" \
	made.tmp
is "folders add up" "$(figure 'sum(x["read_bytes"] for x in a["folders"])')" \
	"$(figure 'a["total"]["read_bytes"]')"
is "so do files" "$(figure 'sum(x["written_bytes"] for x in a["files"])')" \
	"$(figure 'a["total"]["written_bytes"]')"

# ---- What is not there, and what would do harm ----------------------------------------------------

cat >plain.strace <<'LOG'
openat(AT_FDCWD, "/d/\33[31mred<script>alert(1)</script>\"'&", O_RDONLY) = 3
read(3, ""..., 4096) = 100
read(3, ""..., 4096) = 0
close(3) = 0
LOG
tap_run plateau io --log plain.strace --json
tap_status 0
is "without times there are none" "$(figure 'a["wall_s"], a["files"][0]["in_calls_s"]')" \
	"(None, None)"
tap_run plateau io --log plain.strace -o hostile.html
tap_status 0
tap_stdout_has "the log has none"
lacks "a name does not steer the terminal" "$stdout" $'\033'
check "nor the page" test "$(grep -c '<script>alert' hostile.html)" -eq 0

printf 'this is\nno log\n' >no.log
tap_run plateau io --log no.log
tap_status 2
tap_stderr_has no.log
tap_run plateau io --log missing.log
tap_status 2
tap_run plateau io
tap_status 2
tap_run plateau io --log sweeps.log --rows 0
tap_status 2
tap_stderr_has "--rows"
tap_run plateau io --log sweeps.log --file nothing.fits
tap_status 2
tap_stderr_has "no file of that name was used"
tap_stdout_has "What stands out"
tap_run plateau io --log sweeps.log -o sweeps.log
tap_status 2
check "the log is as it was" grep -q x.fits sweeps.log
echo mine >mine.html
tap_run plateau io --log sweeps.log -o mine.html
tap_status 2
is "what somebody else made stays" "$(cat mine.html)" mine

tap_done
