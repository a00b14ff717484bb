#!/usr/bin/env bash
# plateau-spin: the clock by chains that must agree, a fixed amount of work, what it prints and what
# it refuses.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99

tap_run plateau-spin --version
tap_status 0
matches "the version" "$stdout" '^plateau-spin [0-9]+\.[0-9]+\.[0-9]+(-[a-z0-9]+)?$'
tap_run plateau-spin --help
tap_status 0
for option in --seconds --work --chain --json --help --version; do
	tap_stdout_has "$option" "help names $option"
done
is "help fits 80 columns" "$(awk 'length > 80' <<<"$stdout")" ""

# figure NAME: of the last run's lines.
figure()
{
	awk -v name="$1" '$1 == name { print $2 }' <<<"$stdout"
}

# The figure, on a processor whose chains are known; other tests may want the machine, too, and an
# emulator has no clock to be told: three tries, and the reason when none serves.
for _ in 1 2 3; do
	tap_run plateau-spin --seconds 0.3
	if [ "$status" -eq 0 ]; then
		break
	fi
done
matches "lines are a name and a number" "$stdout" '^chunks [0-9]+$'
is "nothing but lines NAME VALUE" \
	"$(grep -Evc '^[a-z][a-z0-9_]* [0-9.]+(e[+-]?[0-9]+)?$' <<<"$stdout")" 0
if [ "$status" -ne 0 ]; then
	skip "the clock" "$stderr"
	is "no figure that cannot be relied on" "$(figure frequency_hz_p50)" ""
	tap_stderr_has "cannot tell the clock here" "and the reason"
else
	tap_stderr_is "" "nothing on stderr"
	p50=$(figure frequency_hz_p50)
	check "a clock between 0.2 and 10 GHz" \
		awk -v f="$p50" 'BEGIN { exit !(f > 2e8 && f < 1e10) }'
	check "the maximum is not below the median" \
		awk -v f="$p50" -v m="$(figure frequency_hz_max)" 'BEGIN { exit !(m >= f) }'
	case $(uname -m) in
	x86_64)
		near "imul and add agree" "$(figure chain_imul_hz_p50)" "$(figure chain_add_hz_p50)" 0.021
		is "the figure is imul's" "$(figure chain_imul_hz_p50)" "$p50"
		;;
	aarch64)
		near "add and eor agree" "$(figure chain_add_hz_p50)" "$(figure chain_eor_hz_p50)" 0.021
		check "a product takes 2 to 5 cycles" \
			awk -v c="$(figure chain_mul_cycles)" 'BEGIN { exit !(c > 1.9 && c < 5.1) }'
		;;
	esac
fi

# JSON. What jq or python3 would say of it is said by the one that is there.
for _ in 1 2 3; do
	tap_run plateau-spin --seconds 0.2 --json
	if [ "$status" -eq 0 ]; then
		break
	fi
done
if command -v python3 >/dev/null 2>&1; then
	cat >schema.py <<'END'
import json, sys
answer = json.load(sys.stdin)
told = answer["reason"] is None
number = lambda x: isinstance(x, (int, float)) and not isinstance(x, bool) and x > 0
for key in ("p50", "max"):
    assert number(answer["frequency_hz"][key]) if told else answer["frequency_hz"][key] is None
assert answer["chains"] and answer["load"] == "scalar" and answer["chunk_s"] == 0.02
assert answer["load_operations_per_cycle"] is None
for name, chain in answer["chains"].items():
    assert sorted(chain) == ["cycles", "cycles_found", "max", "p50", "steps_per_s"], name
    assert number(chain["steps_per_s"])
    assert (chain["cycles"] is None) == (chain["p50"] is None)
assert answer["chunks"] >= 1 and number(answer["wall_s"]) and 0 <= answer["lost_share"] < 1
if told and "imul" in answer["chains"]:
    imul, add = answer["chains"]["imul"], answer["chains"]["add"]
    assert imul["cycles"] == 3 and add["cycles"] == 1 and answer["agree"] is True
    assert abs(add["steps_per_s"] / imul["steps_per_s"] / 3 - 1) <= 0.05
    # In the median chunk, where both had the same clock; their medians may be a step of it apart.
    assert 0 <= answer["disagreement"] <= abs(add["p50"] / imul["p50"] - 1) + 0.05
END
	check "the JSON holds what it should" python3 schema.py <"$work/stdout"
else
	skip "the JSON holds what it should" "python3 is not installed"
fi

# Every load that this processor has runs, and checks its own sums.
for chain in scalar avx2 avx512 neon auto; do
	tap_run plateau-spin --chain "$chain" --work 0.02
	if [ "$status" -eq 2 ]; then
		tap_stderr_has "this processor does not have" "$chain: refused with the reason"
		tap_stderr_has "--chain auto" "$chain: and the remedy"
	else
		tap_status 0
		matches "$chain: one chunk or more" "$stdout" '^chunks [1-9]'
	fi
done

# Work is an amount of work: seconds of user time go with it, so that neither the compiler nor the
# clock decides. Alternating, medians.
user_s()
{
	local TIMEFORMAT=%U
	{ time plateau-spin --work "$1" >/dev/null 2>&1; } 2>&1
}
median()
{
	printf '%s\n' "$@" | sort -g | sed -n "$((($# + 1) / 2))p"
}
small=() more=() twice=()
for _ in 1 2 3 4 5 6 7; do
	small+=("$(user_s 0.2)")
	more+=("$(user_s 0.22)")
	twice+=("$(user_s 0.4)")
done
near "twice the work takes twice the time" \
	"$(awk -v a="$(median "${twice[@]}")" -v b="$(median "${small[@]}")" 'BEGIN { print a / b }')" 2 0.15
near "a tenth more takes a tenth more" \
	"$(awk -v a="$(median "${more[@]}")" -v b="$(median "${small[@]}")" 'BEGIN { print a / b }')" 1.1 0.07

# As a task: its figures are in the result, and so is the clock of the idle node, of no trial; neither is
# the frequency of a task.
cat >spin.yaml <<'END'
name: spin
task:
  command: [plateau-spin, --work, "0.02"]
  figures: {names: [frequency_hz_p50, lost_share]}
sweep: {levels: [1, 2], repeats: 2, warmup: 0, measured: 1}
counters: {events: [task-clock]}
END
tap_run plateau run spin.yaml -o spin.db --json
tap_status 0
if command -v sqlite3 >/dev/null 2>&1; then
	is "a figure of every measured task" \
		"$(query spin.db "SELECT count(DISTINCT task) = (SELECT count(*) FROM task WHERE role = 'measured') FROM figure JOIN task USING(task) WHERE name = 'lost_share' AND role = 'measured'")" 1
	is "the idle clock once before each block" \
		"$(query spin.db "SELECT count(*) FROM sample WHERE name = 'chain_frequency_hz' AND trial IS NULL")" 2
	is "on a PU, or without a value" \
		"$(query spin.db "SELECT count(*) FROM sample WHERE name = 'chain_frequency_hz' AND (value IS NULL) != (place IS NULL)")" 0
else
	skip "what the result holds" "sqlite3 is not installed"
fi
if command -v python3 >/dev/null 2>&1; then
	cat >idle.py <<'END'
import json, sys
idle = json.load(sys.stdin)["idle_clock_hz"]
assert idle["source"] == "timed-chain"
if idle["n"]:
    assert 0 < idle["min"] <= idle["median"] <= idle["max"] and idle["pu"] >= 0
else:
    assert idle["median"] is None and idle["reason"]
END
	check "the JSON has the idle clock" python3 idle.py <"$work/stdout"
fi
tap_run plateau show spin.db
has "and so has the text" "$stdout" "  clock     "
sed "s/events: .task-clock./events: []/" spin.yaml >none.yaml
tap_run plateau run none.yaml -o none.db
tap_status 0
if command -v sqlite3 >/dev/null 2>&1; then
	is "none in a run that counts nothing" \
		"$(query none.db "SELECT count(*) FROM sample WHERE name = 'chain_frequency_hz'")" 0
fi

# Usage.
usage()
{
	local expected=$1
	shift
	tap_run plateau-spin "$@"
	tap_status 2
	tap_stderr_has "$expected"
	tap_stdout_is "" "$tap_command: nothing on stdout"
}
usage "unknown option --secnds, did you mean --seconds" --secnds 3
usage "word: takes options only" word
usage "--seconds needs a value: --seconds S" --seconds
usage "--seconds: 0 is not between 0.02 and 1e+06" --seconds 0
usage "--seconds: -1 is not between" --seconds=-1
usage "--seconds: " --seconds nan
usage "--seconds: " --seconds ""
usage "--work: 1e9 is not between 0.01 and 1e+06" --work 1e9
usage "--work: " --work "1 s"
usage "--work and --seconds: give one of them" --work 1 --seconds 1
usage "--json takes no value" --json=yes
usage "there is no sse; there are scalar, neon, avx2, avx512, auto" --chain sse
usage "unknown option -j" -j

# A closed or full stdout is noticed.
closed()
{
	plateau-spin "$@" >&-
}
tap_run closed --seconds 0.02
tap_status 1
tap_stderr_has "stdout cannot be written" "a closed stdout is noticed"
if [ -c /dev/full ]; then
	full()
	{
		plateau-spin "$@" >/dev/full
	}
	tap_run full --help
	tap_status 1
	tap_stderr_has "stdout cannot be written: No space left" "a full disk is noticed"
fi

tap_done
