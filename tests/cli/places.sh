#!/usr/bin/env bash
# A result's name: two runs that begin or go on at one moment and want the same one, links to a
# result, and what is left of a file that was being made. Where moments have to meet, one side is
# held up in a system call by strace.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 pgrep setsid

export TMPDIR=$work/tmp
mkdir "$TMPDIR" net
export PLATEAU_TREAT_AS_NETWORK=$work/net

can_hold_up=no
if strace -f -qq -o strace.out -e inject=getppid:delay_exit=1 true 2>/dev/null; then
	can_hold_up=yes
fi

# FILE: waits until it is there.
await()
{
	for _ in $(seq 200); do
		[ ! -e "$1" ] || return 0
		sleep 0.05
	done
	diag "$1 did not come within 10 s"
	return 1
}

# CALL WHEN COMMAND...: in the background, held up for two seconds behind that call.
held_up()
{
	local call=$1 when=$2
	shift 2
	setsid strace -f -qq -o strace.out -e trace="$call" \
		-e inject="$call:delay_exit=2000000:when=$when" "$@" >said 2>&1 &
	pid=$!
}

# The guardian $pid and its engine.
kill_both()
{
	local engine
	engine=$(pgrep -P "$pid" | head -n 1)
	kill -KILL "$pid" "$engine" 2>/dev/null
	wait "$pid" 2>/dev/null
	for _ in $(seq 100); do
		[ -d "/proc/${engine:-none}" ] || break
		sleep 0.05
	done
}

# ---- two begin at one moment --------------------------------------------------------------------
lost=0
for _ in $(seq 12); do
	rm -f pair.db pair.db-*
	plateau run -q -j 1 -r 1 -w 0 -m 1 -e none -o pair.db -- true >/dev/null 2>&1 &
	pid=$!
	plateau run -q --force -j 1 -r 1 -w 0 -m 1 -e none -o pair.db -- true >/dev/null 2>&1
	first=$?
	wait "$pid"
	second=$?
	[ -e pair.db ] && [ "$((first * second))" -eq 0 ] || lost=$((lost + 1))
done
is "of a start and one with --force, one has its result: pairs that lost both" "$lost" 0

if [ "$can_hold_up" = yes ]; then
	held_up renameat2 1 plateau run -q -j 1 -r 1 -w 0 -m 1 -o a.db -- true
	await a.db
	tap_run plateau run -q --force -j 1 -r 1 -w 0 -m 1 -o a.db -- true
	tap_status 2 "--force against one that has just got its name"
	tap_stderr_has "is being written by a running plateau" "is refused, because it is written"
	wait "$pid"
	is "the first one ends with 0" "$?" 0
	is "and its result is there" "$(query a.db 'select state from run')" "done"

	held_up renameat2 1 plateau run -q -j 1 -r 1 -w 0 -m 1 -o net/a.db -- true
	await net/a.db.where
	tap_run plateau run -q --force -j 1 -r 1 -w 0 -m 1 -o net/a.db -- true
	tap_status 2 "the same on a network file system"
	tap_stderr_has "is being written by a running plateau" "is refused for the same reason"
	wait "$pid"
	is "the first one ends with 0 there too" "$?" 0
	is "and its result is in its place" "$(ls net)$(query net/a.db 'select state from run')" "a.dbdone"

	held_up renameat2 1 plateau run -q -r 2 --resume net/a.db
	await net/a.db.where
	tap_run plateau run -q -r 2 --resume net/a.db
	tap_status 2 "two go on with one result there: one is refused"
	tap_stderr_has "try again when" "with what to do"
	lacks "and not with what it cannot do" "$stderr" "-o"
	wait "$pid"
	is "the other one goes on" "$?$(query net/a.db 'select blocks from run')" 02
else
	skip "two that meet in one moment" "strace cannot hold up a program here"
fi
is "nothing is left in TMPDIR" "$(ls -A "$TMPDIR")" ""

# ---- links --------------------------------------------------------------------------------------
setsid plateau run -q -j 1 -r 1 -w 0 -m 8 -o real.db -- sleep 0.2 >said 2>&1 &
pid=$!
await real.db
for _ in $(seq 100); do
	[ "$(stat -c %s real.db-wal 2>/dev/null || echo 0)" -lt 20000 ] || break
	sleep 0.05
done
sleep 0.5
kill_both
ln -s real.db link.db
ln -s ../real.db net/link.db
ln real.db hard.db
rows=$(plateau export real.db --csv | wc -l)
check "a killed run has rows in its log: $rows" test "$rows" -gt 2
is "by a symbolic link the same rows are read" "$(plateau export link.db --csv | wc -l)" "$rows"
tap_run plateau export hard.db --csv
tap_status 2 "by a hard link, beside which no log is"
tap_stderr_has "hard link" "that is told"
cp -a real.db kept.db && cp -a real.db-wal kept.db-wal
tap_run plateau run -q --resume link.db
tap_status 0 "by a symbolic link it is gone on with"
check "which stays a link" test -L link.db
is "no row is lost" "$(query real.db "select count(*) >= $((rows - 1)) from task")" 1
rm real.db hard.db
mv kept.db real.db && mv kept.db-wal real.db-wal
tap_run plateau run -q --resume net/link.db
tap_status 0 "by a link on a network file system too"
check "which stays a link" test -L net/link.db
is "and no row is lost" "$(query real.db "select count(*) >= $((rows - 1)) from task")" 1

tap_done
