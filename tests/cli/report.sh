#!/bin/bash
# `plateau report`: the page and where it goes, what it never replaces, what is in it, and that texts
# of a result stay texts wherever they are written.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3

plateau run -q -j 1,2 -r 2 -m 2 -o a.db -- sleep 0.02 >run.txt 2>run.err
is "the sweep ran" "$?" 0

# ---- Where the page goes -----------------------------------------------------------------------
has_gnuplot=no
! command -v gnuplot >/dev/null 2>&1 || has_gnuplot=yes
drawn=$([ "$has_gnuplot" = yes ] && echo 0 || echo 5)
tap_run plateau report a.db
tap_status "$drawn" "the page is written, and the exit code says whether it has its plots"
tap_stdout_is "a.html" "its name is the result's, and is the answer"
check "it is a page" grep -q '^<!doctype html>' a.html
is "nothing else is left" "$(find . -name 'a.html*' | wc -l)" 1

mkdir sub
tap_run plateau report a.db -o sub/page.html
tap_stdout_is "sub/page.html"
is "the same page each time" "$(cmp a.html sub/page.html && echo same)" same
plateau report a.db -o - >piped.html 2>/dev/null
is "and on stdout" "$(cmp a.html piped.html && echo same)" same
tap_run plateau report a.db
tap_status "$drawn" "an earlier report is replaced"
cp a.db other
tap_run plateau report other
tap_stdout_is "other.html" "a result of another name gets .html behind it"

echo "my notes" >notes.html
tap_run plateau report a.db -o notes.html
tap_status 2
tap_stderr_has "notes.html is there already and is no report"
is "it is as it was" "$(cat notes.html)" "my notes"
tap_run plateau report a.db -o a.db
tap_status 2 "a result is not replaced"
echo mine >text
tap_run plateau report --force a.db -o text
check "nor is a file that --force names spared" grep -q '^<!doctype html>' text
tap_run plateau report --force a.db -o a.db
tap_status 2 "not even with --force"
check "the result is whole" plateau show a.db
tap_run plateau report a.db -o sub
tap_status 2 "a folder is no file"
tap_run plateau report a.db -o missing/page.html
tap_status 2 "no such folder"
tap_stderr_has "missing/page.html"
tap_run plateau report a.db a.db
tap_status 2 "several results need a name"
tap_run plateau report nothing.db
tap_status 2
tap_run plateau report notes.html
tap_status 2 "what is no result is refused"
is "and nothing is written for it" "$(find . -name 'nothing.html' | wc -l)" 0

tap_run plateau report --json a.db
tap_status "$drawn"
if command -v jq >/dev/null 2>&1; then
	is "the answer as JSON" "$(jq -r '.page.path, .results, .plots' <<<"$stdout" | paste -s -d ' ')" \
		"a.html 1 null"
	is "and the size of the page" "$(jq .page.bytes <<<"$stdout")" "$(wc -c <a.html)"
else
	skip "the answer as JSON" "jq is not installed"
fi
tap_run plateau report --json a.db -o -
tap_status 2 "page and answer cannot both be stdout"

# A link is written through.
ln -s linked.html link.html
: >linked.html
plateau report a.db -o link.html >/dev/null 2>&1
check "a link stays a link" test -L link.html
check "and the page is behind it" grep -q '^<!doctype html>' linked.html

# ---- What is in it -----------------------------------------------------------------------------
page=$(cat a.html)
for title in Throughput "Per task" "Data quality" "The node" Provenance "What plateau itself cost"; do
	has "the page has $title" "$page" "<h2>$title</h2>"
done
has "how the run is made again" "$page" "plateau run -j 1,2 -r 2 -m 2 -- sleep 0.02"
has "who measured it" "$page" "$(query a.db 'select id from run')"
lacks "no number is NaN" "$page" ">nan"
# The tables of the terminal are those of the page.
plateau show a.db | awk '/^Throughput$/ { on = 1 } /^$/ { on = 0 } on' | grep -E '^ +[12] ' |
	tr -s ' ' '\n' | grep . | sort -u >cells
missing=$(while read -r cell; do grep -qF ">$cell<" <<<"${page//$'\u2007'/}" || grep -qF "$cell" a.html || echo "$cell"; done <cells)
is "what show says of throughput stands in the page" "$missing" ""

tap_run plateau report a.db a.db -o two.html
tap_status "$drawn"
is "two results stand in one page, behind an index" \
	"$(grep -o '<article id="r[0-9]-result">' two.html | wc -l)" 3
has "which has them side by side" "$(cat two.html)" "<h1>2 results of plateau</h1>"
is "no id is there twice" "$(grep -o ' id="[^"]*"' two.html | sort | uniq -d)" ""

if [ "$has_gnuplot" = yes ]; then
	tap_run plateau report a.db --plots plots
	tap_status 0
	for kind in svg pdf png gp dat; do
		check "plots as .$kind" test -n "$(find plots -name "*.$kind" -size +0)"
	done
	mkdir tools
	ln -s "$(command -v plateau)" tools/plateau
	tap_run env PATH="$work/tools" plateau report a.db
	tap_status 5 "without gnuplot this node cannot draw"
	tap_stderr_has "gnuplot"
	has "the page says so in their place" "$(cat a.html)" "Not drawn: "
	has "and has the figures" "$(cat a.html)" "<summary>Figures</summary>"
else
	skip "plots as files" "gnuplot is not installed"
fi

# ---- Texts from outside ------------------------------------------------------------------------
# shellcheck disable=SC2016 # they are to stay as they are
evil='</title></p><script>window.hacked=1</script><img src=x onerror="window.hacked=1">`touch '$work'/hacked`$(touch '$work'/hacked)'"';system(\"touch $work/hacked\")@=1+1"$'\n\033[31m\007'
cp a.db evil.db
sqlite3 evil.db <<SQL
update run set name = '${evil//\'/\'\'}', command = '${evil//\'/\'\'}', program_path = '${evil//\'/\'\'}',
	scenario_text = 'name: x' || char(10) || '${evil//\'/\'\'}', task_type = '=HYPERLINK("http://x")',
	working_folder = '${evil//\'/\'\'}', plateau_version = '${evil//\'/\'\'}';
update host set value = '${evil//\'/\'\'}' where name in ('hostname', 'processor', 'kernel', 'operating_system');
update host set reason = '${evil//\'/\'\'}' where value is null;
update level set policy = '${evil//\'/\'\'}';
update counter_event set name = '${evil//\'/\'\'}' || event, reason = '${evil//\'/\'\'}';
insert into event (at_ns, code, text) values (0, 'evil', '${evil//\'/\'\'}');
SQL
plateau report evil.db --plots evil-plots >evil.txt 2>evil.err
code=$?
is "hostile texts make no difference" "$code" "$drawn"
evil_page=$(cat evil.html)
is "one script, ours" "$(grep -o '<script' evil.html | wc -l)" 1
lacks "no picture of theirs" "$evil_page" "<img"
lacks "no attribute of theirs" "$(grep -o '<[^>]*onerror[^>]*>' evil.html)" "onerror"
has "they are there to be read" "$evil_page" "&lt;script&gt;window.hacked=1&lt;/script&gt;"
lacks "no escape sequences in the page" "$evil_page" $'\033'
check "nothing of them was run" test ! -e hacked
plateau show evil.db >evil.txt 2>&1
lacks "nor are there any in the terminal" "$(cat evil.txt)" $'\033'
lacks "nor a bell" "$(cat evil.txt)" $'\007'
plateau export --csv evil.db >evil.csv
is "an export has no formula" "$(cut -d , -f 2 evil.csv | sort -u | grep -c '^"*[=+@-]')" 0
has "a text that looks like one is marked" "$(cat evil.csv)" "\"'=HYPERLINK("

tap_done
