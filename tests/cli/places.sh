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

# SIDE CALL WHEN COMMAND...: in the background, held up for hold_us before (enter) or behind (exit)
# that call; WHEN says the how manieth it is. (Under strace a leak sanitizer cannot work.)
hold_us=2000000
held_up()
{
	local side=$1 call=$2 when=$3
	shift 3
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 setsid strace -f -qq -o strace.out -e trace="$call" \
		-e inject="$call:delay_$side=$hold_us:when=$when" "$@" >said 2>&1 &
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
	held_up exit renameat2 1 plateau run -q -j 1 -r 1 -w 0 -m 1 -o a.db -- true
	await a.db
	tap_run plateau run -q --force -j 1 -r 1 -w 0 -m 1 -o a.db -- true
	tap_status 2 "--force against one that has just got its name"
	tap_stderr_has "is being written by a running plateau" "is refused, because it is written"
	wait "$pid"
	is "the first one ends with 0" "$?" 0
	is "and its result is there" "$(query a.db 'select state from run')" "done"

	held_up exit renameat2 1 plateau run -q -j 1 -r 1 -w 0 -m 1 -o net/a.db -- true
	await net/a.db.where
	tap_run plateau run -q --force -j 1 -r 1 -w 0 -m 1 -o net/a.db -- true
	tap_status 2 "the same on a network file system"
	tap_stderr_has "is being written by a running plateau" "is refused for the same reason"
	wait "$pid"
	is "the first one ends with 0 there too" "$?" 0
	is "and its result is in its place" "$(ls net)$(query net/a.db 'select state from run')" "a.dbdone"

	held_up exit renameat2 1 plateau run -q -r 2 --resume net/a.db
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

# ---- what is left of a file that was being made -------------------------------------------------
# What is in the folder $1 under names that begin with $2.
named()
{
	find "$1" -maxdepth 1 -name "$2*" | sort
}

# PATTERN: waits until there is such a file.
await_some()
{
	for _ in $(seq 200); do
		[ -z "$(compgen -G "$1")" ] || return 0
		sleep 0.05
	done
	diag "no $1 within 10 s"
	return 1
}

# FILE: waits until something is in it; one that is young and empty is left alone by the sweep.
await_bytes()
{
	for _ in $(seq 200); do
		[ ! -s "$1" ] || return 0
		sleep 0.05
	done
	diag "nothing in $1 within 10 s"
	return 1
}

if [ "$can_hold_up" = yes ]; then
	# strace, the guardian below it, the engine below that one: killed before the time is over.
	hold_us=5000000
	held_up exit pwrite64 4 plateau run -q -j 1 -r 1 -w 0 -m 1 -o k.db -- true
	await_some 'k.db.new-*' && await_bytes k.db.new-????????
	guardian=$(pgrep -P "$pid" | head -n 1)
	kill -KILL "$(pgrep -P "$guardian" | head -n 1)"
	wait "$pid"
	is "the engine killed while the file is made: nothing is left" "$(named . k.db)" ""
	has "and nothing is said to be stored" "$(cat said)" "was ended by signal 9"
	lacks "in words" "$(cat said)" "what it had stored"

	held_up exit pwrite64 4 plateau run -q -j 1 -r 1 -w 0 -m 1 -o k.db -- true
	await_some 'k.db.new-*'
	guardian=$(pgrep -P "$pid" | head -n 1)
	engine=$(pgrep -P "$guardian" | head -n 1)
	echo mine >k.db.new-notes
	cp k.db.new-notes k.db.new-00000000
	tap_run plateau run -q -j 1 -r 1 -w 0 -m 1 -o k.db -- true
	tap_status 0 "another run takes the name meanwhile"
	check "and leaves alone what is being made" test "$(named . k.db.new | wc -l)" -gt 2
	kill -KILL "$guardian" "$engine"
	wait "$pid" 2>/dev/null
	tap_run plateau run -q --force -j 1 -r 1 -w 0 -m 1 -o k.db -- true
	tap_status 0 "both killed, the next run of that name"
	is "clears away what was left, and nothing of anybody else" "$(named . k.db)" "./k.db
./k.db.new-00000000
./k.db.new-notes"
	# Its control groups have the name of its folder.
	for left in "${TMPDIR:?}"/plateau-*; do
		find /sys/fs/cgroup -depth -type d -path "*/${left##*/}*" -exec rmdir {} + 2>/dev/null
	done
	rm -r "${TMPDIR:?}"/plateau-*

	held_up enter renameat2 3 plateau run -q -j 1 -r 1 -w 0 -m 1 -o net/m.db -- true
	await_some 'net/m.db.new-*'
	guardian=$(pgrep -P "$pid" | head -n 1)
	kill -KILL "$guardian" "$(pgrep -P "$guardian" | head -n 1)"
	wait "$pid" 2>/dev/null
	check "both killed during the move, a copy is left" test -n "$(named net m.db.new)"
	tap_run plateau run -q --resume net/m.db
	tap_status 0 "--resume brings the result to its place"
	is "alone" "$(named net m.db)" "net/m.db"
else
	skip "what is left of a file that was being made" "strace cannot hold up a program here"
fi
is "nothing is left in TMPDIR after that" "$(ls -A "$TMPDIR")" ""

# ---- names that plateau chooses -----------------------------------------------------------------
# Within one second, since one or the other pair is.
pids=()
for _ in 1 2 3 4; do
	plateau run -q -j 1 -r 1 -w 0 -m 1 -e none -- true >>said 2>&1 &
	pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do
	wait "$pid" || failed=$((failed + 1))
done
is "four runs at once without -o: all have a result" "$failed$(named results true- | wc -l)" 04
mkdir net/away
tap_run sh -c 'cd net/away && plateau run -q -j 1 -r 1 -w 0 -m 1 -- true'
tap_status 0 "on a network file system too"

# ---- a name that is taken away, or is no good -----------------------------------------------------
setsid plateau run -q -j 1 -r 1 -w 0 -m 60 -o live.db -- sleep 0.2 >said 2>&1 &
pid=$!
await live.db-wal
sleep 0.3
mv live.db elsewhere.db
SECONDS=0
wait "$pid"
is "a live result that is renamed: exit code" "$?" 1
check "the run ends at once" test "$SECONDS" -lt 10
has "the cause is told" "$(cat said)" "was renamed, replaced or removed by somebody"
mv elsewhere.db live.db
tap_run plateau export live.db --csv
tap_status 0 "its name given back, it is read"

long=$(printf 'x%.0s' $(seq 236))
tap_run plateau run -q -j 1 -r 1 -m 1 -o "$long" -- true
tap_status 2 "a name that is too long"
tap_stderr_has "choose a shorter one" "is told"
tap_run sh -c 'ulimit -f 50; plateau run -q -j 1 -r 1 -m 1 -o small.db -- true'
tap_status 1 "a limit on the size of files"
tap_stderr_has "File too large" "is named"

# A folder that becomes read-only before the end, for somebody who is not root.
chmod 755 "$work"
mkdir -m 777 open
mkdir -m 1777 other
as_other()
{
	if [ "$(id -u)" -eq 0 ]; then
		TMPDIR=$work/other setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}
if as_other plateau --version >/dev/null 2>&1; then
	(cd open && as_other plateau run -q -j 1 -r 1 -w 0 -m 5 -o ro.db -- sleep 0.3) >said 2>&1 &
	pid=$!
	await open/ro.db
	sleep 0.5
	chmod 555 open
	wait "$pid"
	is "a folder that has become read-only: exit code" "$?" 1
	has "the log that stays is told" "$(cat said)" "the log ro.db-wal cannot be removed"
	chmod 777 open
	rows=$(plateau export open/ro.db --csv | wc -l)
	tap_run plateau run --resume open/ro.db
	tap_stderr_has "now it is whole" "then --resume makes one file of both"
	check "without a log" test ! -e open/ro.db-wal
	is "and nothing is missing" "$(plateau export open/ro.db --csv | wc -l)" "$rows"
else
	skip "a folder that becomes read-only" "plateau cannot be run by another user here"
fi

# ---- the calendar -------------------------------------------------------------------------------
cat >shift.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	if (!real)
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	const int r = real(id, now);
	if (id == CLOCK_REALTIME && access("set-back", F_OK) == 0)
		now->tv_sec -= 100000;
	return r;
}
C
if cc -shared -fPIC -o shift.so shift.c -ldl 2>/dev/null &&
	LD_PRELOAD=$work/shift.so plateau --version >/dev/null 2>&1; then
	LD_PRELOAD=$work/shift.so plateau run -q -j 1 -r 1 -w 0 -m 3 -o back.db -- sleep 0.3 >said 2>&1 &
	pid=$!
	await back.db
	touch set-back
	wait "$pid"
	rm set-back
	is "the calendar set back meanwhile: the run's end is after its begin" \
		"$(query back.db 'select finished_calendar_ns - origin_calendar_ns between 1 and 60000000000 from run')" 1
else
	skip "the calendar set back" "no library can be put before plateau here"
fi

tap_done
