#!/bin/bash
# Two users of one node, for real: what the one has put in the way does the other no harm. Only root can
# be both.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need setpriv sqlite3
[ "$(id -u)" -eq 0 ] || skip_all "only root can be two users"
readonly victim=64001 attacker=64002

# as USER COMMAND...: runs it as that user, who is in no other's group.
as()
{
	local user=$1
	shift
	setpriv --reuid "$user" --regid "$user" --clear-groups --inh-caps=-all -- "$@"
}

# The program where both can reach it, and a folder for each that only it can write to.
chmod 711 "$work"
mkdir bin home evil shared sticky
plateau_path=$(command -v plateau)
cp "$plateau_path" bin/plateau || skip_all "plateau cannot be copied"
as $victim bin/plateau --version >version.txt 2>&1 || skip_all "another user cannot start plateau here"
export PATH="$work/bin:$PATH"
chown $victim home && chmod 700 home
chown $attacker evil && chmod 755 evil
chmod 777 shared   # without a sticky bit the kernel guards nothing
chmod 1777 sticky
export TMPDIR=$work/sticky HOME=$work/home
cd home || exit 99
as $victim plateau run -q -j 1 -r 1 -m 2 -o "$work/home/own.db" -- sleep 0.01 >run.txt 2>&1
check "the victim has a result" test -s own.db
as $victim cp own.db "$work/shared/result.db"

# ---- Results of others ---------------------------------------------------------------------------
cp own.db ../evil/other.db
chown $attacker ../evil/other.db
before=$(stat -c '%s %Y %Z' ../evil/other.db)
for command in show report\ -o\ page.html fit export\ --csv compare\ own.db; do
	# shellcheck disable=SC2086 # words of a command
	tap_run as $victim plateau $command ../evil/other.db
	tap_status 0 "$command of another user's result"
done
tap_run plateau show ../evil/other.db
tap_status 0 "root reads another user's result"
is "nothing has been left beside it" "$(ls ../evil)" "other.db"
is "and it is as it was" "$(stat -c '%s %Y %Z' ../evil/other.db)" "$before"
chmod 600 ../evil/other.db
tap_run as $victim plateau show ../evil/other.db
tap_status 2 "what may not be read is refused"
tap_stderr_has "Permission denied"

# ---- Outputs in a folder of all ------------------------------------------------------------------
as $victim sh -c 'echo precious >precious.txt'
as $attacker ln -s "$work/home/precious.txt" "$work/shared/page.html"
as $attacker mkfifo -m 666 "$work/shared/pipe.html"
as $attacker ln -s "$work/home/precious.txt" "$work/shared/rows.csv"
for name in page.html pipe.html; do
	tap_run as $victim timeout 20 plateau report own.db -o "$work/shared/$name" --force
	is "report does not write through another's $name" "$status" 1
	tap_stderr_has "is another user's" "$name: the reason is told"
done
tap_run as $victim plateau export own.db --csv -o "$work/shared/rows.csv"
check "export does not write through another's link" test "$status" -ne 0
tap_run as $victim plateau run -q -j 1 -r 1 -m 1 --force -o "$work/shared/page.html" -- true
check "a run does not replace another's link" test "$status" -ne 0
is "what they led to is as it was" "$(cat precious.txt)" "precious"
as $victim ln -s "$work/home/rows.csv" "$work/shared/mine.csv"
as $victim touch rows.csv
tap_run as $victim plateau export own.db --csv -o "$work/shared/mine.csv"
tap_status 0 "a link of one's own is followed"
check "and written through" test -s rows.csv

# ---- NAME.where of another -----------------------------------------------------------------------
printf 'x\nfile: %s\nhost: %s\n' "$work/home/own.db" "$(uname -n)" >"$work/shared/new.db.where"
chown $attacker "$work/shared/new.db.where"
tap_run as $victim plateau run -q -j 1 -r 1 -m 1 --force -o "$work/shared/new.db" -- true
tap_stderr_has "belongs to another user" "another's NAME.where stands in the way"
tap_run as $victim plateau run --resume "$work/shared/new.db"
check "nothing is gone on with by it" test "$status" -ne 0
check "nor moved" test -s own.db
chown $victim "$work/shared/new.db.where"
tap_run as $victim plateau run --resume "$work/shared/new.db"
tap_stderr_has "no private folder" "one that names a file anywhere is refused too"

# ---- Temporary folders ---------------------------------------------------------------------------
tap_run as $victim env TMPDIR="$work/shared" plateau run -q -j 1 -r 1 -m 1 -o a.db -- true
check "a TMPDIR in which all may rename is refused" test "$status" -ne 0
tap_stderr_has "no sticky bit"
as $victim plateau run -q -j 1 -r 1 -m 1 -o b.db -- sleep 1 >run.txt 2>&1 &
run=$!
for _ in $(seq 100); do
	folder=$(find "$TMPDIR" -maxdepth 1 -name 'plateau-*' -user $victim)
	[ -n "$folder" ] && break
	sleep 0.05
done
check "the run's folder is there" test -d "$folder"
is "and private" "$(stat -c '%a %u' "$folder")" "700 $victim"
tap_run as $attacker ls "$folder"
check "the other user does not get in" test "$status" -ne 0
wait $run
is "nothing of it is left" "$(find "$TMPDIR" -name 'plateau-*')" ""

# ---- A folder that somebody else locks for ever --------------------------------------------------
if command -v flock >/dev/null 2>&1; then
	setpriv --reuid $attacker --regid $attacker --clear-groups -- \
		flock -F "$work/shared" sleep 600 >held.txt 2>&1 &
	holder=$!
	sleep 0.2
	as $victim timeout 60 plateau run -q -j 1 -r 1 -m 1 -o "$work/shared/held.db" -- true >run.txt 2>&1
	is "a foreign lock of a folder does not hold a run up" "$?" 0
	kill "$holder"
	wait "$holder" 2>/dev/null
	check "the result is whole" as $victim plateau show "$work/shared/held.db"
else
	skip "a foreign lock of a folder does not hold a run up" "flock is not installed"
fi

# ---- What tasks get, and what is kept ------------------------------------------------------------
exec 9<precious.txt
# shellcheck disable=SC2016 # for the task's shell
tap_run as $victim env SECRET_TOKEN=hunter2-open-sesame plateau run -q -j 1 -r 1 -m 1 -o c.db -- \
	sh -c 'for n in 3 4 5 6 7 8 9; do test ! -e /proc/$$/fd/$n || exit 7; done'
exec 9<&-
tap_status 0 "tasks get the three streams and nothing else"
check "their environment is not kept in the result" sh -c '! grep -aq hunter2-open-sesame c.db'

# ---- Rights that are not the caller's ------------------------------------------------------------
cp "$work/bin/plateau" "$work/bin/suid" && chmod 4755 "$work/bin/suid"
if ! findmnt -n -o OPTIONS -T "$work" 2>/dev/null | grep -qw nosuid; then
	tap_run as $victim "$work/bin/suid" --version
	tap_status 2 "with the rights of root it does nothing for others"
	tap_stderr_has "more rights than its caller"
else
	skip "with the rights of root it does nothing for others" "set-user-ID has no effect here"
fi

# ---- Fleets --------------------------------------------------------------------------------------
as $victim mkdir fleet
cat >s.yaml <<'YAML'
name: s
task: {command: ["true"]}
sweep: {levels: [1], repeats: 2, warmup: 0, measured: 1}
YAML
chmod 777 fleet
tap_run as $victim plateau fleet submit s.yaml --nodes n1 fleet
tap_status 2 "no fleet in a folder that everybody can change"
tap_stderr_has "every user may change"
tap_done
