#!/usr/bin/env bash
# Tasks that are not well-behaved, and callers that are odd: helpers without an environment, mounts
# and links in working folders, a program that is replaced, a terminal that is read from, a guardian
# that is killed while TERM is ignored.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 pgrep

run=(plateau run -e task-clock -r 1 -w 0)
sql()
{
	sqlite3 -readonly "$@"
}

# Slot 0 waits for a helper that has cleared its environment and left session and group.
cat >helped <<'SH'
#!/bin/sh
[ "$1" = 0 ] || exec sleep 0.2
mkfifo "$2/f" 2>/dev/null
(env -i setsid sh -c "sleep 0.5; echo fine >$2/f" &)
read -r said <"$2/f"
[ "$said" = fine ]
SH
chmod +x helped
tap_run "${run[@]}" -j 2 -m 3 --timeout 30s -o helped.db -- ./helped '{slot}' '{workdir}'
tap_status 0 "a helper without an environment is not ended while its task waits for it"
is "and no other task is blamed for it" \
	"$(sql helped.db "SELECT DISTINCT state FROM task WHERE state NOT IN ('ok', 'ended')")" ""

# A daemon that still prints to its task's files is that task's.
cat >leaves <<'SH'
#!/bin/sh
[ "$1" = 0 ] || exec sleep 0.2
(env -i setsid sleep 77.5 &)
SH
chmod +x leaves
tap_run "${run[@]}" -j 2 -m 1 -o leaves.db -- ./leaves '{slot}'
is "a daemon without an environment: its own task has left it" \
	"$(sql leaves.db "SELECT DISTINCT slot FROM task WHERE state='left-children'")" 0
is "a daemon without an environment: it is gone" "$(pgrep -f 'sleep 77.5')" ""

# One that prints nowhere cannot be told to be anybody's.
cat >hides <<'SH'
#!/bin/sh
[ "$1" = 0 ] || exec sleep 0.3
(env -i setsid sleep 78.5 >/dev/null 2>&1 &)
exec sleep 0.2
SH
chmod +x hides
tap_run "${run[@]}" -j 2 -m 2 -o hides.db -- ./hides '{slot}'
is "a daemon that hides: no task of the trial is blamed" \
	"$(sql hides.db "SELECT count(*) FROM task WHERE trial>0 AND state='left-children'")" 0
is "a daemon that hides is told" \
	"$(sql hides.db "SELECT count(*)>0 FROM event WHERE code='orphans-unowned'")" 1
is "a daemon that hides: it is gone" "$(pgrep -f 'sleep 78.5')" ""

# Children of fillers that are ended are nobody's secret: on their way out they only look like it.
tap_run plateau run -q -e task-clock -j 3 -r 4 -m 3 -w 0 -o shells.db -- \
	sh -c 'for i in 1 2 3 4 5 6 7 8; do x=$(/bin/true); done'
is "shells that are ended while they wait for a child have hidden nothing" \
	"$(sql shells.db "SELECT count(*) FROM event WHERE code='orphans-unowned'")" 0

# Where one task runs at a time it can only be its.
tap_run "${run[@]}" -j 1 -m 1 -o alone.db -- ./hides 0
is "a daemon that hides, one slot: its task has left it" \
	"$(sql alone.db "SELECT count(*)>0 FROM task WHERE state='left-children'")" 1

# Links in working folders are removed, not followed.
mkdir precious
touch precious/kept
chmod 0755 precious
tap_run "${run[@]}" -j 1 -m 1 -o links.db -- sh -c "chmod 700 \"\$1/d\";
	mkdir -p \"\$1/d\"; ln -snf '$work/precious' \"\$1/l\"; ln -snf '$work/precious' \"\$1/d/l\";
	chmod 0 \"\$1/d\"" sh '{workdir}'
tap_status 0
is "what a link in a working folder leads to stays" "$(ls precious)" kept
is "and keeps its rights" "$(stat -c %a precious)" 755

# Nor is what is mounted there.
if unshare -m true 2>/dev/null; then
	mkdir mounts # what is mounted on is left there, and goes with the test
	unshare -m env TMPDIR="$work/mounts" precious="$work/precious" "${run[@]}" -j 1 -m 1 -o mounted.db -- \
		sh -c 'mkdir "$1/m" && mount --bind "$precious" "$1/m"' sh '{workdir}' \
		>stdout 2>stderr </dev/null
	is "what is mounted below a working folder stays" "$(ls precious)" kept
	unshare -m env TMPDIR="$work/mounts" precious="$work/precious" "${run[@]}" -j 1 -m 1 -o covered.db -- \
		sh -c 'mount --bind "$precious" "$1"' sh '{workdir}' >stdout 2>stderr </dev/null
	is "what is mounted on a working folder stays" "$(ls precious)" kept
	has "what is mounted is told" "$(cat stderr)" "mounted"
	is "and stored" \
		"$(sql covered.db "SELECT count(*)>0 FROM event WHERE code='workdir-not-empty'")" 1
else
	skip "what is mounted in a working folder stays" "nothing can be mounted here"
fi

# A program that is replaced while the run goes on.
printf '#!/bin/sh\nexec sleep 0.1\n' >program
printf '#!/bin/sh\nexec sleep 0.11\n' >program2
chmod +x program program2
cat >replaces <<'SH'
#!/bin/sh
sleep 0.6
mv program2 program
SH
sh ./replaces &
tap_run plateau run -e task-clock -j 1 -r 4 -w 0 -m 4 -o replaced.db -- ./program
wait
tap_stderr_has "the program was replaced" "a program that is replaced is told"
is "and stored" "$(sql replaced.db "SELECT count(*) FROM event WHERE code='program-changed'")" 1

# A program that is gone: the trial is left, and the file does not fill with failures.
printf '#!/bin/sh\nexec sleep 0.05\n' >goes
chmod +x goes
(sleep 0.7 && rm goes) &
tap_run plateau run -e task-clock -j 2 -r 1 -w 0 -m 100 -o gone.db -- ./goes
wait
tap_status 1 "a program that is gone: exit code 1"
has "a program that is gone: the reason" "$(sql gone.db 'SELECT reason FROM trial')" \
	"no task could be started any more: cannot execute the command"
check "a program that is gone: few failures" test \
	"$(sql gone.db "SELECT count(*) FROM task WHERE state='not-started'")" -le 100

# Tasks have no terminal: one that reads from it is told so, and does not hang.
if command -v script >/dev/null 2>&1; then
	timeout 60 script -qec "${run[*]} -j 1 -m 1 -o tty.db -- sh -c 'read -r x </dev/tty || :'" /dev/null \
		>stdout 2>&1 </dev/null
	is "a task that reads from the terminal does not hang" "$?" 0
else
	skip "a task that reads from the terminal" "there is no script(1)"
fi

# With TERM ignored from the start, the engine still learns that its guardian was killed.
(
	trap '' TERM
	exec "${run[@]}" -j 1 -m 600 --progress always -o unguarded.db -- sleep 0.05
) >stdout 2>stderr </dev/null &
guardian=$!
for _ in $(seq 100); do
	[ -n "$(sql unguarded.db "SELECT 1 FROM trial WHERE state='running'" 2>/dev/null)" ] && break
	grep -q 'trial 1' stderr && break
	sleep 0.1
done
sleep 0.5
engine=$(pgrep -P "$guardian")
kill -KILL "$guardian"
wait "$guardian" 2>/dev/null
for _ in $(seq 100); do
	kill -0 "$engine" 2>/dev/null || break
	sleep 0.1
done
check "a killed guardian is noticed though TERM is ignored" \
	test ! -d "/proc/$engine"
is "the trial says why it ended" "$(sql unguarded.db 'SELECT reason FROM trial')" \
	"the guarding process was killed"

# What a shell had running before it became plateau, and what comes of it, is left alone.
bash -c '(sleep 0.4; setsid sleep 79.5 & sleep 0.3) & exec plateau run -e task-clock -j 1 -r 1 -w 0 -m 3 \
	-o spared.db -- sleep 0.4' >stdout 2>stderr </dev/null
check "what the shell before plateau has started is left alone" pgrep -f 'sleep 79.5'
pkill -f 'sleep 79.5'

mkdir relative
cd relative || exit 1
mkdir t
tap_run env TMPDIR=t plateau run -e task-clock -j 1 -r 1 -w 0 -m 1 -o r.db -- \
	sh -c 'cd / && touch "$1/made"' sh '{workdir}'
tap_status 0 "a relative TMPDIR: tasks get a whole path"
tap_run env TMPDIR=missing plateau run -e task-clock -j 1 -r 1 -w 0 -m 1 -o m.db -- true
tap_status 0 "a TMPDIR that is missing"
tap_stderr_has 'TMPDIR is "missing", which is no folder: /tmp is used' "a TMPDIR that is missing is told"

tap_done
