#!/bin/bash
# Plots as gnuplot draws them: every mark, texts that would do harm, files for a paper, and what
# happens without gnuplot or with one that hangs.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need python3

plateau run -q -j 1,2,3 -r 3 -m 2 -o a.db -- sleep 0.02 >run.txt 2>run.err
is "the sweep ran" "$?" 0

# ---- Without gnuplot ---------------------------------------------------------------------------
mkdir none
for program in plateau env cat; do
	ln -s "$(command -v $program)" none/
done
PATH=none tap_run plateau report a.db -o none.html
tap_status 5 "without gnuplot the page is written, and the exit code says that plots are missing"
tap_stderr_has "gnuplot-nox"
check "the page says so where a plot would be" grep -q 'Not drawn: gnuplot was not found' none.html
check "and has the figures" grep -q '<table' none.html
PATH=none tap_run plateau report a.db -o none.html --plots figures
tap_status 5
check "figures and scripts are written all the same" test -s figures/throughput.dat -a -s figures/throughput.gp

command -v gnuplot >/dev/null 2>&1 || {
	skip "everything that is drawn" "gnuplot is not installed"
	tap_done
}

# ---- The page ----------------------------------------------------------------------------------
tap_run "$top_builddir/tests/unit/report/plot_draw" page page.html
tap_status 0 "every sample is drawn"
tap_stderr_is ""
is "each is a picture" "$(grep -o '<svg ' page.html | wc -l)" "$(grep -o '<h3>' page.html | wc -l)"
is "nothing runs and nothing is fetched" \
	"$(grep -ciE '<script|href|xlink|http|javascript:|onload|<image|<foreignObject|@import' page.html)" 0
is "no text was carried out" "$(find . -name plateau-was-here | wc -l)" 0
cat >look.py <<'PYTHON'
import collections, re, sys
import xml.etree.ElementTree as tree

text = open(sys.argv[1], encoding="utf-8").read()
ids = collections.Counter(re.findall(r'\bid="([^"]*)"', text))
print("ids that are not unique:", sorted(i for i in ids if ids[i] > 1))
print("references that lead nowhere:", sorted(set(re.findall(r"url\(#([^)]*)\)", text)) - set(ids)))
pictures = [tree.fromstring(svg) for svg in re.findall(r"<svg .*?</svg>", text, re.S)]
print("elements:", *sorted({e.tag for p in pictures for e in p.iter()}))
print("without a size of their own:", all("viewBox" in p.attrib and p.get("width") == "100%" for p in pictures))
print("named:", all(p.get("role") == "img" and p.get("aria-label") for p in pictures))
wide = [e for p in pictures for e in p.iter("text") if not -1 < float(e.get("x", 0)) < 500]
print("texts beside the picture:", len(wide))
# What a point says is said where the point is.
one = next(p for p in pictures if p.get("aria-label") == "one-point")
tip = next(e for e in one.iter("rect") if e.get("class") == "tip")
x, y = (float(tip.get(a)) + float(tip.get(b)) / 2 for a, b in (("x", "width"), ("y", "height")))
dots = [re.match(r"M([\d.]+) ([\d.]+)a([\d.]+)", d) for e in one.iter("path")
        for d in re.findall(r"M[^M]*", e.get("d"))]
dots = [(float(m[1]) + float(m[3]), float(m[2])) for m in dots if m]
print("a tip is at its point:", any(abs(x - a) < 1 and abs(y - b) < 1 for a, b in dots))
# Colours are those of the style sheet, but for maps and letters on them.
named = {e.get(k)[0] for p in pictures for e in p.iter() for k in ("fill", "stroke")
         if e.get(k) and e.get(k) != "none"}
print("colours are classes, hatchings or cells:", named <= {"#", "u"})
PYTHON
tap_run python3 look.py page.html
tap_stdout_is "ids that are not unique: []
references that lead nowhere: []
elements: path pattern rect svg text title
without a size of their own: True
named: True
texts beside the picture: 0
a tip is at its point: True
colours are classes, hatchings or cells: True" "the pictures are well-formed and live side by side"
has "texts stand in it as they are" "$(cat page.html)" "&lt;script&gt;alert(1)&lt;/script&gt;"

# ---- Files -------------------------------------------------------------------------------------
tap_run "$top_builddir/tests/unit/report/plot_draw" files files
tap_status 0 "every sample is written as files"
samples=$(find files -name '*.gp' | wc -l)
for ending in dat svg pdf png; do
	is "each as .$ending" "$(find files -name "*.$ending" -size +0 | wc -l)" "$samples"
done
is "no text was carried out" "$(find . -name plateau-was-here | wc -l)" 0
is "SVG" "$(head -c 5 files/hostile.svg)" "<?xml"
is "PDF" "$(head -c 5 files/hostile.pdf)" "%PDF-"
is "PNG" "$(head -c 4 files/hostile.png | tail -c 3)" "PNG"
check "the SVG files are well-formed" python3 -c '
import sys, xml.dom.minidom
for name in sys.argv[1:]:
    xml.dom.minidom.parse(name)
' files/*.svg
has "data say what they are" "$(cat files/throughput.dat)" "# measured
# x: tasks at once (N)	y: throughput (tasks/h)	low: throughput (tasks/h)	high: throughput (tasks/h)	note
1	12"

# A script alone, in another place, with gnuplot as anybody has it.
mkdir elsewhere
cp files/stack.gp files/stack.dat elsewhere
(cd elsewhere && HOME=$work LC_ALL=C.UTF-8 gnuplot stack.gp) >out 2>&1
# What gnuplot says of its pen between the shapes depends on what it drew before.
is "a script remakes its pictures" "$(grep -v '^</*g' elsewhere/stack.svg)" "$(grep -v '^</*g' files/stack.svg)"
check "all of them" test -s elsewhere/stack.pdf -a -s elsewhere/stack.png
is "without a word" "$(cat out)" ""

# ---- The command -------------------------------------------------------------------------------
tap_run plateau report a.db -o a.html --plots "it's \"here\" \$(x)"
tap_status 0
is "the plots of a result" "$(cd "it's \"here\" \$(x)" && ls throughput.*)" "throughput.dat
throughput.gp
throughput.pdf
throughput.png
throughput.svg"
tap_run plateau report a.db -o a.html --plots a.db
tap_status 1 "a file is no folder for plots"
tap_stderr_has "a.db"

# ---- One that hangs, and one that fails --------------------------------------------------------
mkdir bad
# It is $$ of the program that is to be written there.
# shellcheck disable=SC2016
printf '#!/bin/sh\necho $$ >"%s/hanging"\nsleep 1000\n' "$work" >bad/gnuplot
chmod +x bad/gnuplot
PATH=$work/bad:$PATH tap_run "$top_builddir/tests/unit/report/plot_draw" page hang.html gnuplot 0.5
tap_status 1 "one that hangs is ended"
tap_stderr_has "throughput: 'gnuplot' did not end within 0.5 s"
is "it is gone" "$(kill -0 "$(cat hanging)" 2>&1 >/dev/null | grep -c 'No such process')" 1
printf '#!/bin/sh\necho "line 3: unknown thing" >&2\nexit 1\n' >bad/gnuplot
PATH=$work/bad:$PATH tap_run plateau report a.db -o fail.html
tap_status 5 "one that fails"
tap_stderr_has "unknown thing"
check "the page has the figures" grep -q 'Not drawn: gnuplot could not draw it: line 3' fail.html

tap_done
