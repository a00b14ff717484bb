# shellcheck shell=bash
# For the tests of `plateau io`; sourced after tests/cli/lib.sh.

# figure EXPRESSION: of the answer in $stdout, as `a`, in Python. f(NAME): what is told of the file
# whose path ends so; p(NAME): of the pattern of that name, None where it was not found.
figure()
{
	python3 -c '
import json, sys
a = json.load(sys.stdin)
def f(name):
    return next((x for x in a["files"] if x["path"].endswith(name)), None)
def p(name):
    return next((x for x in a["patterns"] if x["name"] == name), None)
print(eval(sys.argv[1]))' "$1" <<<"$stdout"
}

# flat: $stdout as one line.
flat()
{
	tr -s ' \n' ' ' <<<"$stdout"
}

# need_strace: skips the whole test where it is missing, or may not look at processes.
need_strace()
{
	# What is built to find leaks cannot look for them while it is traced.
	export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
	need strace python3
	strace -o /dev/null true 2>/dev/null || skip_all "strace may not look at processes here"
}

# made SAID KEY: a figure of what sweeps printed.
made()
{
	awk -v key="$2" '{ for (i = 1; i < NF; i += 2) if ($i == key) print $(i + 1) }' <<<"$1"
}
