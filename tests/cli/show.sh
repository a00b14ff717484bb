#!/bin/bash
# `plateau show`: a result that was just measured, as text and as JSON; what is no result; an
# answer that cannot be written.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

plateau run -j 1,2 -r 2 -o a.db -- sleep 0.05 >run.txt 2>run.err
is "the sweep ran" "$?" 0

tap_run plateau show a.db
tap_status 0
tap_stdout_has "Throughput"
tap_stdout_has "What was counted"
tap_stdout_has "What plateau itself cost"
is "run printed the same at its end" "$(cat run.txt)" "$(plateau show a.db)"

plateau show a.db >80.txt
check "nothing is wider than 80 columns in a pipe" test "$(wc -L <80.txt)" -le 80
check "only ASCII in the C locale" bash -c '! grep -q "[^ -~]" 80.txt'
LC_ALL=C.UTF-8 plateau show a.db >utf8.txt
check "block letters in a UTF-8 locale" grep -q '█' utf8.txt
lacks "no escape sequences in a pipe" "$(cat utf8.txt)" $'\033'
has "colour when asked for" "$(plateau show --color always a.db)" $'\033[1m'

if command -v python3 >/dev/null 2>&1; then
	plateau show --json a.db >a.json
	cat >look.py <<'PY'
import json, sys
answer = json.load(open("a.json"), parse_constant=lambda c: sys.exit("not JSON: " + c))
one, two = answer["levels"]
assert answer["schema_version"] == 1
assert (one["concurrency"], two["concurrency"]) == (1, 2)
assert one["efficiency"]["value"] == 1 and one["trials"] == 2
x = two["throughput_per_s"]
assert x["ci95"][0] <= x["value"] <= x["ci95"][1] and x["n"] == 2
# Two slots do what their tasks' time and the gaps between them allow.
held = two["occupancy"]["held"]
assert abs(x["value"] * two["wall_s"]["mean"] / (2 * held) - 1) < 0.01, (x, two["wall_s"], held)
assert answer["run"]["state"] == "done"
PY
	check "the JSON is sound, and X = N x held / wall where tasks are alike" python3 look.py
else
	skip "the JSON is sound" "python3 is not installed"
fi

tap_run plateau show a.db a.db
tap_status 0
is "two results are printed one after the other" "$(grep -c "^What plateau" <<<"$stdout")" 2

plateau run -j 1 -r 1 -m 2 -o failed.db -- \
	sh -c 'echo out; printf "first\n\033[1mboom\n" >&2; exit 3' >failed.txt 2>&1
tap_run plateau show failed.db
tap_status 0
tap_stdout_has "it said: ?[1mboom" "what a failed task said is shown, cleaned"

tap_run plateau show nothing.db
tap_status 2
tap_stderr_is "plateau: there is no file nothing.db" "the path is said once"
echo "this is text" >text.db
tap_run plateau show text.db a.db
tap_status 2
tap_stdout_has "Throughput"
tap_run plateau show
tap_status 2

if [ -w /dev/full ]; then
	plateau show a.db >/dev/full 2>full.err
	is "an answer that does not fit ends with 1" "$?" 1
	has "and says so" "$(cat full.err)" "standard output"
else
	skip "an answer that does not fit" "there is no /dev/full"
fi

tap_done
