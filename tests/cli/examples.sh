#!/bin/bash
# The examples of how other programs call plateau and read its answers. ReFrame and NHC are not there:
# small stand-ins of their interfaces call the examples, which call plateau itself.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

examples=$(cd "$top_srcdir/examples" && pwd)

# scenario FILE CRITERION...
scenario()
{
	local file=$1
	shift
	{
		printf 'name: example\ntask: {command: [sleep, "0.03"]}\n'
		printf 'sweep: {levels: [1, 2], repeats: 3, measured: 2}\naccept:\n  criteria:\n'
		printf '    - {%s}\n' "$@"
	} >"$file"
}
mkdir stage
scenario stage/pass.yaml "metric: throughput, level: 2, at_least: 0.001 /s" "metric: failures, at_most: 0"
scenario stage/fail.yaml "metric: throughput, level: 2, at_least: 1000000 /s"
scenario stage/open.yaml "metric: throughput, level: 64, at_least: 1 /s"

# ---- ReFrame -------------------------------------------------------------------------------------

if command -v python3 >/dev/null 2>&1; then
	reframe()
	{
		rm -f stage/result.db stage/verdict.xml
		python3 "$top_srcdir/tests/cli/reframe_stub.py" "$examples/reframe_plateau.py" stage \
			"scenario=$1" 2>&1
	}
	answer=$(reframe pass.yaml)
	is "ReFrame: a node that passes" "$(head -n 1 <<<"$answer")" PASS
	has "its figures" "$answer" "throughput_per_s_throughput_at_N_2 "
	check "its files" test -s stage/result.db -a -s stage/verdict.xml
	answer=$(reframe fail.yaml)
	has "one that fails, with the reason" "$answer" "FAIL: fail: throughput at N=2: "
	answer=$(reframe open.yaml)
	has "one that is inconclusive" "$answer" "FAIL: inconclusive: throughput at N=64: "
	answer=$(reframe missing.yaml)
	is "no verdict" "$answer" "FAIL: plateau gave no verdict; its stderr says why"
else
	skip "ReFrame" "python3 is not installed"
fi

# ---- NHC -----------------------------------------------------------------------------------------

for name in pass fail open; do
	plateau run "stage/$name.yaml" -o "$name.db" >"$name.txt" 2>&1
done
# What NHC gives to a check: die ends it, log tells, mostly in a subshell of nobody.
cat >nhc.sh <<'SH'
log() { echo "log: $*"; }
die() { shift; echo "die: $*"; exit 1; }
. "$1"
shift
check_plateau "$@"
echo "healthy"
SH
nhc()
{
	bash -u nhc.sh "$examples/plateau.nhc" "$@" 2>&1
}
is "NHC: a node that passes" "$(nhc pass.db)" healthy
has "one that fails, with the reason" "$(nhc fail.db)" "die: check_plateau:  FAIL: throughput at N=2"
has "an inconclusive one is told" "$(nhc open.db)" "log: check_plateau:  INCONCLUSIVE: "
has "and is healthy" "$(nhc open.db)" healthy
has "unless asked otherwise" "$(nhc -i open.db)" "die: check_plateau:  INCONCLUSIVE: "
has "criteria of its own" "$(nhc -c stage/fail.yaml pass.db)" "die: check_plateau:  FAIL: "
has "no result" "$(nhc gone.db)" "die: check_plateau:  there is no result gone.db"
has "none named" "$(nhc "")" "die: check_plateau:  there is no result (none named)"
cp pass.db old.db
touch -d '100 days ago' old.db
has "an old one" "$(nhc -a 90 old.db)" "die: check_plateau:  old.db is older than 90 days"
is "not too old" "$(nhc -a 101 old.db)" healthy
echo nothing >text.db
has "one that is none" "$(nhc text.db)" "die: check_plateau:  no verdict (exit code 2): "
has "a wrong option" "$(nhc -z pass.db)" "die: check_plateau:  wrong option -z"

tap_done
