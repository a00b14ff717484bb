#!/usr/bin/env bash
# The layers hold: no include points up or sideways, and every library stays in its layer. The
# second half plants offenders in a copy, so that the check is known to see them.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99

scan=$top_srcdir/tests/include/scan.sh

tap_run bash "$scan" "$top_srcdir"
tap_status 0 "every include points down, and libraries stay in their layers"

# Tags are written by report/markup alone. plot_svg makes pictures, which markup builds anew;
# document_head_html knows how a page of its own begins, plot_gnuplot where a picture ends.
with_tags=$(cd "$top_srcdir/src" && grep -rlE --include='*.c' '"[^"]*<[/!]?[a-z]+([ >%]|\\\\)' ./{report,commands,analyse} |
	sort | paste -s -d ' ')
is "nobody else writes tags" "$with_tags" \
	"./report/document_head_html.c ./report/markup.c ./report/plot/plot_gnuplot.c ./report/plot/plot_svg.c"

mkdir -p house/tests/unit/plan house/src/{core,model,formats,plan,platform,run,store,analyse,report,commands,cli,pages,tasks/isr}
for layer in core model formats plan platform run store analyse report commands cli pages tasks; do
	printf '/* %s */\n' "$layer" >"house/src/$layer/$layer.h"
done

printf '/* made */\n' >house/tests/unit/plan/made.h

# plant NAME FILE INCLUDE EXPECTED: a file with that include is told of; EXPECTED "" means accepted.
plant()
{
	local name=$1 file=$2 include=$3 expected=$4
	mkdir -p "house/$(dirname "$file")"
	printf '\n%s\n' "$include" >"house/$file"
	tap_run bash "$scan" house
	if [ -z "$expected" ]; then
		is "accepts $name" "$status:$stdout" "0:"
	else
		is "finds $name" "$status:$stdout" "1:$file:2: $expected"
	fi
	rm "house/$file"
}

plant "an include that points up" src/plan/x.c '#include "report/report.h"' \
	"includes src/report/report.h: points up from plan to report"
plant "an include that points sideways" src/store/x.c '#include "run/run.h"' \
	"includes src/run/run.h: points sideways from store to run"
plant "one that points up by a relative path" src/model/x.c '#include "../cli/cli.h"' \
	"includes src/cli/cli.h: points up from model to cli"
plant "one that goes down and up again" src/model/x.c '#include "../core/./../run/run.h"' \
	"includes src/run/run.h: points up from model to run"
plant "one in angle brackets" src/core/x.c '#include <model/model.h>' \
	"includes src/model/model.h: points up from core to model"
plant "one with spaces and a comment" src/core/x.h '  #  include   "model/model.h" /* why */' \
	"includes src/model/model.h: points up from core to model"
plant "a task that sees more than core" src/tasks/isr/x.c '#include "model/model.h"' \
	"includes src/model/model.h: tasks and the layers share core alone"
plant "a layer that sees a task" src/commands/x.c '#include "tasks/tasks.h"' \
	"includes src/tasks/tasks.h: tasks and the layers share core alone"
plant "a layer that sees pages" src/cli/x.c '#include "pages/pages.h"' \
	"includes src/pages/pages.h: points up from cli to pages"
plant "a unit test that looks up" tests/unit/plan/x.c '#include "platform/platform.h"' \
	"includes src/platform/platform.h: points up from plan to platform"
plant "a source that includes a test" src/plan/x.c '#include "../../tests/unit/plan/made.h"' \
	"includes tests/unit/plan/made.h: only tests may"
plant "a test that includes a part from above" tests/unit/model/x.c '#include "../plan/made.h"' \
	"includes tests/unit/plan/made.h: points up from model to plan"
plant "a new folder that is no layer" src/utils/x.c '#include "core/core.h"' \
	"utils is not a layer"
plant "a file that does not exist" src/core/x.c '#include "core/nothing.h"' \
	'includes "core/nothing.h", which is no file of the project'
plant "a computed include" src/core/x.c '#include HEADER' \
	"an include whose name is computed"

library()
{
	plant "$1 in $2" "src/$2/x.c" "#include <$1>" "includes <$1>, which belongs to $3 only"
}
library hwloc.h run platform
library hwloc/linux.h core platform
library perfmon/pfmlib_perf_event.h run platform
library sqlite3.h report store
library gsl/gsl_fit.h report analyse
library yaml.h commands formats
library jansson.h commands "formats report"
library fitsio.h formats tasks
library cmocka.h core tests
library archive.h store formats
library nettle/sha2.h model core

plant "an include that points down" src/report/x.c '#include "store/store.h"' ""
plant "one of its own layer" src/store/x.c '#include "store.h"' ""
plant "a page that sees a task" src/pages/x.c '#include "tasks/tasks.h"' ""
plant "one relative and down" src/run/x.c '#include "../core/core.h"' ""
plant "a task's core" src/tasks/isr/x.c '#include "core/core.h"' ""
plant "jansson in report" src/report/x.c '#include <jansson.h>' ""
plant "a test with a part of its own" tests/unit/plan/x.c '#include "made.h"' ""
plant "a test with a part from below" tests/unit/run/x.c '#include "../plan/made.h"' ""
plant "sqlite in a test of the store" tests/unit/store/x.c '#include <sqlite3.h>' ""

# Functions of at most 60 lines and files of at most 500, the rows of constant tables apart.
tap_run bash "$top_srcdir/tests/include/sizes.sh" "$top_srcdir"
is "functions and files are of a size to be read at once" "$stdout" ""
mkdir -p large/{src/core,tests/unit,scripts}
lines()
{
	awk -v count="$1" -v line="$2" 'BEGIN { while (count-- > 0) print line }'
}
body()
{
	printf '%s\n{\n' "$1"
	lines "$2" "$3"
	printf '}\n'
}
{
	body 'int a(void)' 60 $'\tb();'
	printf 'int c(void)\n{\n\tstatic const struct {\n\t\tint x;\n\t} rows[] = {\n'
	lines 99 $'\t        {1},'
	printf '\t};\n\tstatic const int one[] = {\n\t        1};\n'
	lines 60 $'\tb();'
	printf '}\n'
} >large/src/core/good.c
body 'int a(void)' 61 $'\tb();' >large/src/core/long.c
body 'a()' 61 $'\tb' >large/scripts/a
lines 500 '# x' >large/tests/unit/module.am
lines 501 '# x' >large/tests/unit/x.py
tap_run bash "$top_srcdir/tests/include/sizes.sh" large
is "what is longer is told of" "$status:$stdout" "1:scripts/a:2: a function of 61 lines, 60 at the most
src/core/long.c:2: a function of 61 lines, 60 at the most
tests/unit/x.py:1: a file of 501 lines, 500 at the most"

# A shell test that is run by hand without make, or with a variable empty, must stop before it does
# harm: see tests/cli/lib.sh.
loose_lines()
{
	find "$1" -name '*.sh' ! -path '*/include/check.sh' -exec grep -nHE \
		'^\. "?\$top_srcdir|^\. .*lib\.sh"?$|rm -[a-z]*r[a-z]* .*\$\{?[A-Za-z_]+\}?"?/' {} + || :
}
is "shell tests stop where they are run without make, and remove guarded paths only" \
	"$(loose_lines "$top_srcdir/tests")" ""
mkdir loose
printf '%s\n' '. "$top_srcdir/tests/cli/lib.sh"' >loose/a.sh
printf '%s\n' 'rm -rf "$TMPDIR"/*' >loose/b.sh
printf '%s\n' 'rm -fr ${TMPDIR}/x' >loose/c.sh
printf '%s\n' '. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99' \
	'rm -rf "${work:?}/x"' 'rm -rf "$machines"' >loose/d.sh
is "such lines are seen" "$(loose_lines loose | cut -d: -f1 | sort | xargs)" \
	"loose/a.sh loose/b.sh loose/c.sh"

tap_done
