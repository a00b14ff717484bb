#!/bin/bash
# What docs/security.md promises of the source: no shell, programs started in few places, descriptors that
# close on exec, no function of the C library that cannot be used safely.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

# code FOLDER: its C files as "path:number:line", less comments and texts.
code()
{
	find "$1" -name '*.[ch]' -print0 | LC_ALL=C sort -z | xargs -0 awk '
	FNR == 1 { in_comment = 0 }
	{
		line = $0
		gsub(/\\"/, "", line)
		gsub(/"[^"]*"/, "\"\"", line)
		if (in_comment) {
			if (!sub(/^.*\*\//, "", line))
				next
			in_comment = 0
		}
		gsub(/\/\*[^*]*\*\//, "", line)
		if (sub(/\/\*.*$/, "", line))
			in_comment = 1
		print FILENAME ":" FNR ":" line
	}'
}

# found PATTERN FILE: lines in which a function of that pattern is called.
found()
{
	grep -E "(^|[^A-Za-z0-9_>.])($1)\(" "$2"
}

cd "$top_srcdir" || exit 99
code src >"$work/code"
check "the source is there" test "$(wc -l <"$work/code")" -gt 10000

is "nothing asks a shell" \
	"$(found 'system|popen|wordexp|execlp|execvp|execvpe|execl|execle|posix_spawnp?' "$work/code")" ""
is "programs are started by these alone" \
	"$(found 'execve?|fexecve|syscall\(SYS_execve' "$work/code" | cut -d: -f1 | sort -u | tr '\n' ' ')" \
	"src/core/subprocess.c src/fleet/job_child.c src/platform/strace_watch.c "
is "and tasks by one" "$(grep -l 'SYS_execve,' -r src)" "src/platform/launch.c"
is "no name of a temporary file is made up" "$(found 'mktemp|tmpnam|tempnam|tmpfile' "$work/code")" ""
is "nothing is written without a bound" "$(found 'gets|sprintf|vsprintf|strcat' "$work/code")" ""
is "nobody's identity is changed" \
	"$(found 'setuid|seteuid|setreuid|setresuid|setgid|setegid|setregid|setresgid|chown|fchown|lchown' \
		"$work/code")" ""

# A call may go over several lines.
without_flag()
{
	cut -d: -f1,3- "$work/code" | awk -F: '
	/(^|[^A-Za-z0-9_>.])(open|openat)\(/ && !/static|return vfs|^[a-z]* [a-z_]*open/ {
		call = $0
		while (call !~ /;|\{$/ && (getline more) > 0)
			call = call " " more
		if (call !~ /O_CLOEXEC|_flags\(/)
			print $1
	}' | sort -u
}
# /dev/null in place of a standard stream that the caller has closed is to stay.
is "what is opened closes on exec" "$(without_flag)" "src/cli/main.c"
is "streams, too" "$(grep -nE '[^a-z_]fopen\([^;]*\)' -r src --include=*.c |
	grep -vE '"(r|w|a)b?\+?(b?e|eb?)"' | grep -v '^src/tasks/')" ""

# ---- Scripts -------------------------------------------------------------------------------------
is "no script evaluates a text" \
	"$(grep -nE '(^|[;&|]|then|do)[[:space:]]*eval[[:space:]]' -r scripts |
		grep -v ':[0-9]*:#' | grep -vF 'eval "$(scripts/slurm-testbed start')" ""
is "nothing is removed by a name that may be empty" \
	"$(grep -nE 'rm -[a-z]*r[a-z]* .*"?\$\{?[a-z_]+\}?/' -r scripts | grep -v ':?')" ""
tap_done
