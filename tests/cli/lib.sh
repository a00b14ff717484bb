# shellcheck shell=bash
# TAP for shell tests. A test sources this file, makes checks, and ends with `tap_done`:
#
#   . "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
#   tap_run plateau --version
#   tap_status 0
#   tap_stdout_has "plateau 0"
#   tap_done
#
# The first line is to be written like this: a test that is run by hand without make would else go
# on without these helpers, in the wrong folder and with $work empty. By the same token nothing is
# removed but "${work:?}/...". tests/include/check.sh looks for both.
#
# It works in a fresh folder ($work), which is removed at the end, on failure too. The plateau that
# was just built is the one that PATH finds. Every check prints one line; the ones about output show
# what was expected and what came when they fail. A test must call tap_done: without it, automake
# sees no plan and counts a failure, so that a script which stops early cannot pass.

set -uo pipefail

: "${top_srcdir:?tests run through make check}"
: "${top_builddir:?tests run through make check}"
export LC_ALL=C
export PATH="$top_builddir:$PATH"

# What the caller's shell has set must not change the defaults under test.
for tap_variable in "${!PLATEAU_@}"; do
	unset "$tap_variable"
done
unset tap_variable COLUMNS

# Tests run wherever they are run: what else goes on there is looked at by tests/cli/preflight.sh.
export PLATEAU_PREFLIGHT=off

tap_count=0
tap_failures=0
tap_start_folder=$PWD
work=$(mktemp -d "${TMPDIR:-/tmp}/plateau-test.XXXXXX") || exit 99
# A test may put more into tap_cleanup (a function) before it ends.
tap_leave()
{
	if declare -F tap_cleanup >/dev/null; then
		tap_cleanup
	fi
	cd "$tap_start_folder" || :
	chmod -R u+rwx "${work:?}" 2>/dev/null
	rm -rf "${work:?}"
}
trap tap_leave EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$work" || exit 99

# ok NAME, not_ok NAME [TEXT shown as diagnostics]
ok()
{
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s\n' "$tap_count" "$1"
}

not_ok()
{
	tap_count=$((tap_count + 1))
	tap_failures=$((tap_failures + 1))
	printf 'not ok %d - %s\n' "$tap_count" "$1"
	if [ $# -gt 1 ]; then
		diag "$2"
	fi
}

diag()
{
	printf '%s\n' "$1" | sed 's/^/# /'
}

# skip NAME REASON: one check that this host cannot make.
skip()
{
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

# skip_all REASON: the whole test; call it before any check.
skip_all()
{
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

# need PROGRAM...: skips the whole test where one of them is not there.
need()
{
	local program
	for program in "$@"; do
		command -v "$program" >/dev/null 2>&1 || skip_all "$program is not installed"
	done
}

# is NAME GOT EXPECTED
is()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got:      $2
expected: $3"
	fi
}

# check NAME COMMAND...: the command succeeds. For `!`, pipes and [[: put them into a function.
check()
{
	local name=$1 said
	shift
	if said=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "failed ($?): $*
$said"
	fi
}

# has NAME TEXT PART: TEXT contains PART (no pattern); lacks: it does not.
has()
{
	case $2 in
	*"$3"*) ok "$1" ;;
	*) not_ok "$1" "looked for: $3
in:
$2" ;;
	esac
}

lacks()
{
	case $2 in
	*"$3"*) not_ok "$1" "must not hold: $3
holds:
$2" ;;
	*) ok "$1" ;;
	esac
}

# matches NAME TEXT REGEX: some line of TEXT matches the extended regular expression.
matches()
{
	if grep -Eq -- "$3" <<<"$2"; then
		ok "$1"
	else
		not_ok "$1" "no line matches: $3
in:
$2"
	fi
}

# near NAME GOT EXPECTED RELATIVE: |GOT/EXPECTED - 1| <= RELATIVE, by awk.
near()
{
	if awk -v g="$2" -v e="$3" -v r="$4" \
		'BEGIN { d = g / e - 1; exit !(g == g && d <= r && -d <= r) }'; then
		ok "$1"
	else
		not_ok "$1" "got $2, expected $3 within $4 of it"
	fi
}

# tap_run COMMAND...: runs it with its streams in $work/stdout and $work/stderr, and sets
# $status, $stdout and $stderr.
tap_run()
{
	tap_command="$*"
	status=0
	"$@" >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?
	stdout=$(cat "$work/stdout")
	stderr=$(cat "$work/stderr")
}

# About the last tap_run; NAME is optional everywhere.
tap_status() # CODE [NAME]
{
	if [ "$status" -eq "$1" ]; then
		ok "${2:-$tap_command: exit code $1}"
	else
		not_ok "${2:-$tap_command: exit code $1}" "exit code $status
stdout:
$stdout
stderr:
$stderr"
	fi
}

tap_stdout_is() # TEXT [NAME]
{
	is "${2:-$tap_command: stdout}" "$stdout" "$1"
}

tap_stderr_is() # TEXT [NAME]
{
	is "${2:-$tap_command: stderr}" "$stderr" "$1"
}

tap_stdout_has() # PART [NAME]
{
	has "${2:-$tap_command: stdout has $1}" "$stdout" "$1"
}

tap_stderr_has() # PART [NAME]
{
	has "${2:-$tap_command: stderr has $1}" "$stderr" "$1"
}

# golden NAME FILE EXPECTED_FILE: the files are equal. With GOLDEN_UPDATE=1 the expected file is
# written instead, and the check fails so that nobody commits in this mode by accident.
golden()
{
	local name=$1 got=$2 expected=$3 difference
	if [ -n "${GOLDEN_UPDATE:-}" ]; then
		cp "$got" "$expected"
		not_ok "$name" "written: $expected"
		return
	fi
	if difference=$(diff -u "$expected" "$got" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "$difference"
	fi
}

# query DATABASE SQL: one value from a result file.
query()
{
	sqlite3 -readonly "$1" "$2"
}

tap_done()
{
	printf '1..%d\n' "$tap_count"
	[ "$tap_failures" -eq 0 ]
	exit
}
