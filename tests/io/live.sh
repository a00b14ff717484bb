#!/usr/bin/env bash
# `plateau io -- COMMAND`: of a program whose figures are known, and of real ones; what the command
# gets of its surroundings, how it ends, and what is told then.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/io/lib.sh
. "${top_srcdir:?is set by make check}/tests/io/lib.sh" || exit 99
need_strace
sweeps=$(cd "$tap_start_folder" && realpath "${top_builddir:?}/tests/io/sweeps")

# ---- A file that is read again before each write --------------------------------------------------

tap_run plateau io --json -- "$sweeps" x.fits 250
tap_status 0
said=$(cat "$work/stderr")
matches "what the command prints is not mixed with the answer" "$said" '^size [0-9]+ read'
is "size, bytes and calls are exact" \
	"$(figure '[f("/x.fits")[k] for k in ("size_bytes", "read_bytes", "written_bytes")]')" \
	"[$(made "$said" size), $(made "$said" read), $(made "$said" written)]"
is "the pattern is named" "$(figure 'p("whole-file-reread")["calls"]')" 250
is "the kind of file system is known" "$(figure 'f("/x.fits")["file_system"]')" \
	"$(figure 'a["folders"][0]["file_system"]')"
is "nothing was lost on the way" "$(figure 'a["log"]["not_followed"], a["log"]["unreadable"]')" "(0, 0)"

tap_run plateau io --file x.fits -o page.html -- "$sweeps" x.fits 250
tap_status 0
tap_stdout_has "x.fits: the whole file is read again"
tap_stdout_has "r: read, w: written, #: both"
matches "the command's own output comes first" "$(head -1 <<<"$stdout")" '^size [0-9]+ read'
check "the page is there" grep -q 'Position against time: x.fits' page.html
# The name of the command may be longer, where this folder is deep.
is "no line is wider than a terminal" "$(tail -n +2 <<<"$stdout" | grep -v "^  command " | awk 'length > 80')" ""

PLATEAU_TREAT_AS_NETWORK=$work tap_run plateau io --json -- "$sweeps" x.fits 20
is "a shared file system is told" "$(figure 'f("/x.fits")["is_shared"]')" True

tap_run plateau io -- sh -c 'exit 7' "a'b"
has "the command is told as a shell takes it" "$stdout" "  command   sh -c 'exit 7' 'a'\\''b'"

# ---- Where tracing is forbidden ---------------------------------------------------------------------
# forbidden ERRNO COMMAND...: what ptrace fails with, as in a container.
cat >forbidden.py <<'END'
import ctypes, os, platform, struct, sys
ptrace = {"x86_64": 101, "aarch64": 117}.get(platform.machine())
if ptrace is None:
    sys.exit(77)
filter = b"".join(struct.pack("=HBBI", *one) for one in (
    (0x20, 0, 0, 0), (0x15, 0, 1, ptrace), (0x06, 0, 0, 0x50000 | int(sys.argv[1])),
    (0x06, 0, 0, 0x7FFF0000)))
kept = ctypes.create_string_buffer(filter)
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
libc = ctypes.CDLL(None)
program = Program(4, ctypes.addressof(kept))
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(program), 0, 0):
    sys.exit(77)
os.execvp(sys.argv[2], sys.argv[2:])
END
if python3 forbidden.py 1 true; then
	for code in 1 13 38; do
		tap_run python3 forbidden.py "$code" "$top_builddir/plateau" io -- touch ran
		tap_status 5
		has "ptrace fails with $code: it is told what to do" "$stderr" "--cap-add=SYS_PTRACE"
	done
	ok "and the command has not run" test ! -e ran
fi

# ---- The stand-in task, and several processes -----------------------------------------------------

if command -v plateau-isr >/dev/null 2>&1; then
	plateau-isr --synthesize 1 isr --size 0.1 >/dev/null
	tap_run plateau io --json -- plateau-isr isr/raw-00000.fits isr/post.fits
	tap_status 0
	is "plateau-isr writes its image once" \
		"$(figure 'round(f("isr/post.fits")["rewrite_factor"], 1)')" 1.0
	is "and reads each calibration once" \
		"$(figure '[x["path"].split("/")[-1] for x in a["files"] if "/isr/calib/" in x["path"]
			and x["size_bytes"] > 100000 and not 0.99 < x["reread_factor"] < 1.1]')" "[]"
	is "the size is the file's" "$(figure 'f("isr/post.fits")["size_bytes"]')" \
		"$(stat -c %s isr/post.fits)"
	is "nothing of it stands out" "$(figure 'len(a["patterns"])')" 0
else
	skip "plateau-isr" "it was not built"
fi

tap_run plateau io --json -- sh -c 'seq 1000 >in; (cat in & cat in & wait) | sort -n >out'
is "processes side by side are told apart" \
	"$(figure 'sorted((x["path"].split("/")[-1], x["processes"]) for x in a["programs"]
		if not x["path"].endswith("sh"))')" "[('cat', 2), ('seq', 1), ('sort', 1)]"
is "what they read adds up" "$(figure 'f("/in")["read_bytes"]')" $((2 * $(stat -c %s in)))

# ---- What the command gets, and how it ends -------------------------------------------------------

said=$(printf 'in\n' | VARIABLE=kept plateau io -- sh -c 'cat; echo "$VARIABLE"; echo err >&2' 2>err)
is "it has its input, its output and its environment" "$(head -2 <<<"$said")" "in
kept"
has "and its errors" "$(cat err)" err

tap_run plateau io -- sh -c 'echo text >made; exit 3'
tap_status 1
tap_stdout_has "The command ended with exit code 3."
tap_stdout_has "made"
# shellcheck disable=SC2016 # $$ is the command's own
tap_run plateau io --json -- sh -c 'kill -9 $$'
tap_status 1
is "so is a signal" "$(figure 'a["is_failed"], "signal 9" in a["ending"]')" "(True, True)"
tap_run plateau io -- ./not-there
tap_status 2
tap_stderr_has not-there

plateau io --json -- sleep 20 >interrupted.json 2>/dev/null &
pid=$!
for ((i = 0; i < 100; i++)); do
	watcher=$(pgrep -P "$pid") && pgrep -P "$watcher" strace >/dev/null && break
	sleep 0.05
done
sleep 0.3
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
is "an interrupt ends it" "$status" 130
stdout=$(cat interrupted.json)
has "and what was seen is told" "$(figure 'a["ending"]')" "interrupted"

mkdir empty
real=$(command -v plateau)
tap_run env PATH="$work/empty" "$real" io -- /bin/true
tap_status 5
tap_stderr_has "strace is not installed"
tap_run plateau io --log x -- true
tap_status 2

tap_done
