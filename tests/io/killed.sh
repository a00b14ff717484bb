#!/usr/bin/env bash
# `plateau io -- COMMAND` that is killed, as a whole or in part: nothing of it goes on, and no file is
# left. And what ends it in order still does.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/io/lib.sh
. "${top_srcdir:?is set by make check}/tests/io/lib.sh" || exit 99
need_strace
need setsid pgrep ps

# In the arguments of all that is started here: of plateau, its watcher, strace and the command too.
mark=$$$RANDOM
nap=77.$mark
mkdir tmp
export TMPDIR=$work/tmp

# left: what runs of it: by its arguments, and by an environment that all begin with.
left()
{
	pgrep -a -f -- "$nap"
	grep -l -a -s "KILLED_TEST=$mark" /proc/[0-9]*/environ
}

# gone NAME: within a few seconds nothing runs.
gone()
{
	local i
	for ((i = 0; i < 100; i++)); do
		[ -z "$(left)" ] && break
		sleep 0.05
	done
	is "$1" "$(left)" ""
}

tap_cleanup()
{
	local one
	for one in $(left | grep -o '^[0-9]*\|[0-9]\+/environ$') $(cat threads 2>/dev/null); do
		kill -9 "${one%/environ}" 2>/dev/null
	done
}

# await COUNT: until so many naps run.
await()
{
	local i
	for ((i = 0; i < 200; i++)); do
		[ "$(pgrep -c -f "^sleep $nap")" -ge "$1" ] && return
		sleep 0.05
	done
	diag "waited for $1 naps in vain: $(left)"
}

# Each naps in the end. The environment of the one that leaves the session is empty.
commands=(
	"sleep $nap & sleep $nap & wait"
	"env -i $(command -v setsid) sleep $nap & sleep $nap"
	"(while :; do echo line; done) | cat >/dev/null & sleep $nap"
	"while :; do (sh -c 'cat <f >g' & : ); done & $(command -v setsid) sh -c 'sleep $nap & sleep $nap & wait'"
)
echo text >f

# begin COMMAND: in the background, in a process group of its own; $pid.
begin()
{
	set -m
	KILLED_TEST=$mark plateau io -- sh -c "$1" >said 2>complaint &
	pid=$!
	set +m
}

# end: waits for it; $status.
end()
{
	status=0
	wait "$pid" 2>/dev/null || status=$?
}

watcher()
{
	pgrep -P "$pid" -x plateau-watcher
}

# ---- Killed at any moment ------------------------------------------------------------------------

RANDOM=20
failures=
for ((k = 0; k < 20; k++)); do
	begin "${commands[k % 4]}"
	# Every other time while strace is tried, or just begins.
	sleep "0.$(printf '%03d' $((RANDOM % (k % 2 ? 50 : 200))))"
	# Every third time the whole group, strace and the command with it.
	if ((k % 3 == 0)); then kill -9 -- "-$pid"; else kill -9 "$pid"; fi
	end
	for ((i = 0; i < 100; i++)); do
		[ -z "$(left)" ] && break
		sleep 0.02
	done
	if [ -n "$(left)" ]; then
		failures+="killed $k: $(left)"$'\n'
		tap_cleanup
	fi
done
is "killed at 20 moments, nothing goes on" "$failures" ""
is "and no file is left" "$(ls -A tmp)" ""

# ---- Killed while it is known to run ---------------------------------------------------------------

begin "${commands[1]}"
await 2
is "the watcher is out of the group" "$(ps -o pgid= "$(watcher)" | tr -d ' ')" "$(watcher)"
is "the command is in it" \
	"$(ps -o pgid= "$(pgrep -P "$(pgrep -P "$(watcher)" -x strace)" -x sh)" | tr -d ' ')" "$pid"
kill -9 "$pid"
end
gone "killed, the command, a session of its own and strace are gone"
lacks "and strace complains of nothing" "$(cat complaint)" "strace:"

begin "${commands[1]}"
await 2
kill -9 -- "-$pid"
end
gone "the whole group killed, the session of its own is gone"

# What the command sees of its end is KILL: none of its calls fails before. A call that fails ends
# the loop and is told.
begin "while echo x >>out; do : ; done 2>err; echo failed >told; sleep $nap"
for ((i = 0; i < 100; i++)); do
	[ -s out ] && break
	sleep 0.05
done
kill -9 "$pid"
end
gone "killed among its calls, it is gone"
is "and none of its calls failed" "$(cat told 2>/dev/null)" ""

# ---- Parts of it killed -----------------------------------------------------------------------------

begin "${commands[1]}"
await 2
kill -9 "$(pgrep -P "$(watcher)" -x strace)"
end
is "strace killed alone: the command failed" "$status" 1
has "it is told" "$(tr -s ' \n' ' ' <said)" "strace was ended by signal 9"
gone "and nothing goes on"

begin "${commands[3]}"
await 2
kill -9 "$(watcher)"
end
is "the watcher killed alone: the command failed" "$status" 1
has "it is told too" "$(tr -s ' \n' ' ' <said)" "watches over the command was killed"
gone "and nothing goes on"

begin "${commands[1]}"
await 2
strace=$(pgrep -P "$(watcher)" -x strace)
kill -9 "$(watcher)" "$strace"
end
is "both killed: the command failed" "$status" 1
gone "and nothing goes on"

# A process whose first thread has ended looks like a zombie and lives.
cat >threads.py <<'END'
import ctypes, os, threading, time
threading.Thread(target=lambda: time.sleep(77)).start()
with open("threads", "w") as file:
    print(os.getpid(), file=file)
ctypes.CDLL(None).pthread_exit(None)
END
# state: of that process, and how many threads it has.
state()
{
	local python
	python=$(cat threads 2>/dev/null) || return
	awk '/^State:/ { state = $2 } /^Threads:/ { print state, $2 }' "/proc/$python/status" 2>/dev/null
}
begin "python3 threads.py & sleep $nap"
await 1
for ((i = 0; i < 200; i++)); do
	[ "$(state)" = "Z 2" ] && break
	sleep 0.05
done
is "the first thread has ended, the process not" "$(state)" "Z 2"
kill -9 "$(pgrep -P "$(watcher)" -x strace)"
end
is "and it is ended with strace" "$(state)" ""
rm -f threads

# ---- Ended in order ---------------------------------------------------------------------------------

for name in INT TERM HUP; do
	begin "trap 'echo got $name; kill \$!; exit 7' $name; sleep $nap & wait"
	await 1
	kill -s "$name" "$pid"
	end
	is "$name is told" "$status" 130
	has "$name reaches the command" "$(cat said)" "got $name"
	gone "nothing goes on after $name"
done

# While strace begins, the command is not there yet, or not itself: it gets the signal all the same,
# and nobody waits the 5 s after which it would be killed.
late=
for ((k = 0; k < 12; k++)); do
	begin "exec sleep $nap"
	sleep "0.0$(printf '%02d' $((8 + 6 * k)))"
	began=$EPOCHREALTIME
	kill -s "$([ $((k % 2)) = 0 ] && echo INT || echo QUIT)" "$pid"
	end
	took=$(((${EPOCHREALTIME/[.,]/} - ${began/[.,]/}) / 1000))
	[ $took -lt 4000 ] || late+="moment $k: $took ms"$'\n'
done
is "asked while it begins, it ends at once" "$late" ""
gone "and nothing goes on"

begin "trap 'echo no' TERM; sleep $nap & wait; wait"
await 1
kill -TERM "$pid"
for ((i = 0; i < 100; i++)); do
	[ -s said ] && break
	sleep 0.05
done
kill -TERM "$pid"
end
is "asked twice, it does not wait for the command" "$status" 130
gone "which is gone"

# A terminal: the command is in its foreground, Ctrl-C reaches it, and so does Ctrl-Z.
cat >terminal.py <<'END'
import os, pty, re, select, sys, time
command, steps = sys.argv[1], sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.environ["PS1"] = "ready>"
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
seen = b""
def until(what):
    global seen
    end = time.time() + 20
    while what not in seen and time.time() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 4096)
    if what not in seen:
        sys.exit("waited for %r in %r" % (what, seen))
    seen = seen[seen.index(what) + len(what):]
until(b"ready>")
for step in [command + "\\n"] + steps:
    if step.startswith("?"):
        until(step[1:].encode())
    else:
        os.write(terminal, step.encode().decode("unicode_escape").encode())
print("as it should be")
os.write(terminal, b"exit\n")
os.close(terminal)
os.waitpid(pid, 0)
END
terminal()
{
	timeout 60 python3 terminal.py "$@" 2>&1
}
is "it reads from the terminal" "$(terminal "plateau io -- sh -c 'echo a\"\"sk; read x; echo got \$x'" \
	'?ask' 'word\n' '?got word' '?What it does' '?ready>')" "as it should be"
is "Ctrl-C ends it" "$(terminal "plateau io -- sh -c 'echo a\"\"sk; sleep $nap'" \
	'?ask' '\x03' '?It was interrupted' '?ready>')" "as it should be"
is "Ctrl-Z stops it, fg continues it" "$(terminal "plateau io -- sh -c 'echo a\"\"sk; read x; echo got \$x'" \
	'?ask' '\x1a' '?Stopped' '?ready>' 'fg\n' 'word\n' '?got word' '?What it does' '?ready>')" "as it should be"
is "stopped, and its shell gone, it does not stay" "$(terminal "plateau io -- sh -c 'echo a\"\"sk; sleep $nap'" \
	'?ask' '\x1a' '?Stopped' '?ready>' 'kill -9 $$\n')" "as it should be"
gone "nothing of it is left"

begin "kill -STOP \$\$; sleep 0.1; exit 3"
for ((i = 0; i < 100; i++)); do
	[ "$(pgrep -c -g "$pid" -r T,t -x sh)" -gt 0 ] && break
	sleep 0.05
done
kill -STOP -- "-$pid"
kill -CONT -- "-$pid"
end
is "stopped and continued, it comes to its end" "$status" 1
has "with its exit code" "$(cat said)" "exit code 3"

tap_run plateau io --json -- sh -c "(sleep 0.4; echo late >late) & exit 0"
tap_status 0
is "what it leaves in the background is waited for" "$(cat late)" late
is "and followed" "$(figure 'f("/late")["written_bytes"]')" 5
gone "nothing is left in the end"
tap_done
