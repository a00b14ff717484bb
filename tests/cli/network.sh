#!/usr/bin/env bash
# A result on a network file system: written in $TMPDIR, moved when it is whole; never half a file,
# never somebody else's overwritten, and found again after a kill. The folder counts as one on a
# network by PLATEAU_TREAT_AS_NETWORK.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 pgrep setsid

export TMPDIR=$work/tmp
mkdir "$TMPDIR" net elsewhere
export PLATEAU_TREAT_AS_NETWORK=$work/net

# Waits until a file is there.
await()
{
	for _ in $(seq 200); do
		[ ! -e "$1" ] || return 0
		sleep 0.05
	done
	diag "$1 did not come within 10 s"
	return 1
}

# FILE [ARGUMENT...]: a run of about a second and a half, in the background; its id is in $pid.
begin()
{
	local file=$1
	shift
	setsid plateau run -j 1,2 -r 1 -w 0 -m 2 -o "$file" "$@" -- sleep 0.35 >said 2>&1 &
	pid=$!
	await "$file.where"
}

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

said_in() # FILE.where
{
	sed -n 's/^file: //p' "$1"
}

# Which results are in the temporary folder.
left()
{
	find "$TMPDIR" -name 'result.db*' -type f | sort
}

# ---- a plain run -------------------------------------------------------------------------------
begin net/a.db
check "while it runs a text says where the result is" test -n "$(said_in net/a.db.where)"
await "$(said_in net/a.db.where)"
check "and there it is" test -f "$(said_in net/a.db.where)"
is "nothing else is in the folder" "$(ls net)" "a.db.where"
tap_run plateau run -j 1 -r 1 -m 1 -o net/a.db -- sleep 0
tap_status 2 "a second run of that name is refused"
tap_stderr_has "is being written by a running plateau" "because the first is writing"
tap_run plateau run -j 1 -r 1 -m 1 -o net/a.db --force -- sleep 0
tap_status 2 "with --force too"
tap_run plateau run --resume net/a.db
tap_status 2 "and --resume as well"
tap_run plateau show net/a.db
tap_status 2 "show says that it is being written"
tap_stderr_has "is being written" "in words"
wait "$pid"
is "the run ends with 0" "$?" 0
is "the result is in its place, alone" "$(ls net)" "a.db"
is "it is whole" "$(query net/a.db 'pragma integrity_check')$(query net/a.db 'select state from run')" "okdone"
is "with the rights that any file gets" "$(stat -c %a net/a.db)" "$(printf %o $((0666 & ~$(umask))))"
is "nothing is left in TMPDIR" "$(ls -A "$TMPDIR")" ""
has "where it was is told" "$(cat said)" "network file system"

tap_run plateau run -j 1 -r 1 -m 1 -o net/a.db -- sleep 0
tap_status 2 "an existing result is not overwritten"
tap_run plateau run -j 1 -r 3 -w 0 -m 1 -o net/a.db --force -- sleep 0.01
tap_status 0 "--force replaces it"
is "by the new one" "$(query net/a.db 'select blocks from run')$(ls net)" "3a.db"

# ---- somebody else's file ----------------------------------------------------------------------
begin net/b.db
echo theirs >net/b.db
wait "$pid"
is "a file that came meanwhile: exit code" "$?" 1
is "it is not overwritten" "$(cat net/b.db)" theirs
has "where the result is, is told" "$(cat said)" "$(left)"
is "it is whole there" "$(query "$(left)" 'select state from run')" "done"
rm net/b.db
tap_run plateau run --resume net/b.db
tap_status 0 "when the place is free, --resume moves it there"
is "alone" "$(ls net)" "a.db
b.db"
is "nothing is left in TMPDIR" "$(ls -A "$TMPDIR")" ""

# ---- killed ------------------------------------------------------------------------------------
begin net/c.db --progress always
await "$(said_in net/c.db.where)"
sleep 0.6
kill_both
check "after a kill the text is still there" test -f net/c.db.where
is "and no half result" "$(ls net)" "a.db
b.db
c.db.where"
tap_run plateau run -j 1 -r 1 -m 1 -o net/c.db -- sleep 0
tap_status 2 "a new run does not take its place"
tap_stderr_has "--resume net/c.db" "and says what to do"
tap_run plateau run --resume net/c.db
tap_status 0 "--resume finds it"
is "and moves it when it is whole" "$(ls net)$(query net/c.db 'select state from run')" "a.db
b.db
c.dbdone"
is "with every trial" "$(query net/c.db "select count(*) from last_trial where state='done'")" 2
is "nothing is left in TMPDIR" "$(find "$TMPDIR" -name 'plateau-result*')" ""

# ---- more blocks for one that is there ----------------------------------------------------------
tap_run plateau run --resume net/a.db -r 4
tap_status 0 "--resume of a result in such a folder"
is "brings it up to date" "$(query net/a.db 'select blocks from run')" 4
is "in place" "$(ls net)" "a.db
b.db
c.db"
setsid plateau run --resume net/b.db -r 2 >said 2>&1 &
pid=$!
await net/b.db.where
check "meanwhile the old one is there" test "$(query net/b.db 'select blocks from run')" = 1
cp net/a.db other && mv other net/b.db
wait "$pid"
is "one that somebody changed meanwhile: exit code" "$?" 1
is "is not overwritten" "$(query net/b.db 'select blocks from run')" 4
has "the message says where it is" "$(cat said)" "$(left)"
rm -r net/b.db net/b.db.where "${TMPDIR:?}"/plateau-result-*

# ---- what cannot be ----------------------------------------------------------------------------
tap_run env TMPDIR="$work/net" plateau run -j 1 -r 1 -m 1 -o net/d.db -- sleep 0
tap_status 2 "TMPDIR on a network file system too"
tap_stderr_has "set TMPDIR" "is told with what to do"
echo "file: nowhere" >net/e.db.where
tap_run plateau run --resume net/e.db
tap_status 2 "a text that says nothing"
tap_stderr_has "remove it" "is told"
printf 'x\nfile: /nowhere/result.db\nhost: elsewhere\n' >net/e.db.where
tap_run plateau run --resume net/e.db
tap_status 5 "a result on another node"
tap_stderr_has "on the node elsewhere in /nowhere/result.db" "is told with its place"
printf 'x\nfile: /nowhere/result.db\nhost: %s\n' "$(uname -n)" >net/e.db.where
tap_run plateau run --resume net/e.db
tap_status 2 "one that is gone"
tap_stderr_has "not there any more" "is told"
rm net/e.db.where

# ---- no room at the move -----------------------------------------------------------------------
if unshare -rm mount -t tmpfs -o size=64k none elsewhere 2>/dev/null; then
	PLATEAU_TREAT_AS_NETWORK=$work/elsewhere tap_run unshare -rm sh -c \
		'mount -t tmpfs -o size=64k none elsewhere || exit 9
		plateau run -j 1 -r 1 -m 1 -w 0 -o elsewhere/full.db -- sleep 0.01; code=$?
		ls elsewhere
		exit $code'
	tap_status 1 "no room where it is to be moved to"
	tap_stderr_has "No space left on device" "is told"
	tap_stderr_has "$(left)" "with where the result is"
	has "nothing half is in its place" "$stdout" "full.db.where"
	lacks "no copy either" "$stdout" "full.db.new"
	is "the result is whole" "$(query "$(left)" 'select state from run')" "done"
else
	skip "no room where it is to be moved to" "no file system can be mounted here"
fi

tap_done
