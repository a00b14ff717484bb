#!/usr/bin/env bash
# plateau killed at random moments, on tasks with a pipeline and a grandchild in a session of its
# own: the result opens and holds what was told as stored, and nothing is left. KILLS (default 6)
# says how often.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 pgrep setsid

export TMPDIR=$work/tmp
mkdir "$TMPDIR"
mark=plateau-kill-test-$$

# The task: writes down when it ends, and has a pipeline and a grandchild that would live on.
cat >task <<SH
#!/bin/sh
setsid sh -c 'exec -a $mark sleep 3' >/dev/null 2>&1 &
sleep 0.04 | cat
kill %1 2>/dev/null; kill \$! 2>/dev/null
date +%s%N >>"$work/ends"
SH
sed -i '1s|sh|bash|' task
chmod +x task

# The engine of a guardian.
engine_of()
{
	pgrep -P "$1" | head -n 1
}

# WHOM SIGNAL: one run, one signal after a random time.
strike()
{
	local whom=$1 signal=$2 pid engine told
	rm -f run.db run.db-* ends
	setsid env --default-signal=INT,TERM,HUP plateau run -j 3 -r 50 -m 5 --progress always \
		-o run.db -- ./task >stdout 2>stderr &
	pid=$!
	sleep "$(awk -v r="$RANDOM" 'BEGIN { print 0.05 + 1.2 * r / 32768 }')"
	engine=$(engine_of "$pid")
	told=$(date +%s%N)
	case $whom in
	guardian) kill "-$signal" "$pid" ;;
	engine) kill "-$signal" "${engine:-$pid}" ;;
	twice)
		kill "-$signal" "$pid"
		sleep 0.3
		kill "-$signal" "$pid" 2>/dev/null
		;;
	esac
	wait "$pid" 2>/dev/null
	# The engine may outlive its guardian for as long as it takes to close the file.
	local i
	for i in $(seq 100); do
		[ -d "/proc/${engine:-none}" ] || break
		sleep 0.05
	done
	problem=$(look "$whom $signal" "$told" "$i")
	[ -z "$problem" ] || not_ok "$whom $signal" "$problem"
}

# Prints what is wrong after a strike; nothing when all is well.
look()
{
	local told=$2 stored kept early
	if pgrep -f "$mark" >/dev/null || pgrep -f "$work/./task" >/dev/null; then
		echo "processes are left: $(pgrep -af "$mark")"
	fi
	[ -z "$(ls -A "$TMPDIR")" ] || echo "folders are left: $(ls -A "$TMPDIR")"
	[ -e run.db ] || return 0 # it was ended before there was a result
	kept=$(plateau export run.db --csv 2>export.err | tail -n +2 | wc -l)
	[ -s export.err ] && echo "the result does not open: $(cat export.err)"
	stored=$(sed -n 's/^stored //p' stderr | tail -n 1)
	[ "$kept" -ge "${stored:-0}" ] || echo "$stored were told as stored, $kept are there"
	early=$(awk -v t="${told%??????}" '{ if (substr($1, 1, length($1) - 6) < t - 200) n++ }
		END { print n + 0 }' ends 2>/dev/null)
	[ "$kept" -ge "${early:-0}" ] || echo "$early had ended 200 ms before, $kept are there"
}

rounds=${KILLS:-6}
before=$tap_failures
for _ in $(seq "$rounds"); do
	strike guardian KILL
done
is "a killed guardian, $rounds times: nothing lost, nothing left" "$tap_failures" "$before"
before=$tap_failures
for _ in $(seq "$rounds"); do
	strike engine KILL
done
is "a killed engine, $rounds times: nothing lost, nothing left" "$tap_failures" "$before"
for signal in TERM HUP INT; do
	before=$tap_failures
	for _ in $(seq $(((rounds + 2) / 3))); do
		strike guardian "$signal"
	done
	is "$signal: nothing lost, nothing left" "$tap_failures" "$before"
done
before=$tap_failures
strike twice INT
is "INT twice: nothing lost, nothing left" "$tap_failures" "$before"

tap_done
