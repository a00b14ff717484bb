#!/usr/bin/env bash
# What is read of strace: as many calls and bytes as the kernel counts, the same from its options,
# and nothing of ours in the command.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/io/lib.sh
. "${top_srcdir:?is set by make check}/tests/io/lib.sh" || exit 99

need_strace
track_log=$(cd "$tap_start_folder" && realpath "${top_builddir:?}")/tests/unit/analyse/track_log
[ -x "$track_log" ] || skip_all "track_log is not built"

# ---- As the kernel counts ------------------------------------------------------------------------
# What /proc/PID/io says of a shell has in it what those did that it has waited for. What comes
# behind the snapshot is cat's writing of it; executing programs reads their first bytes.
cat >work.sh <<'END'
dd if=/dev/zero of=f bs=1000 count=3000 2>dd.txt
cat f | wc -c >size
dd if=f of=g bs=512 2>dd.txt
cat /proc/$$/io >counts
END
tap_run "$track_log" --totals --run sh work.sh
tap_status 0
counted=$(grep ' reads of ' <<<"$stdout")
# "9101 reads of 12029499 bytes, 8892 writes of 9000324 bytes, ..."
# within NAME KEY COLUMN: the kernel's figure and ours differ by less than 1 %.
within()
{
	local ours theirs
	theirs=$(awk -v key="$2:" '$1 == key { print $2 }' counts)
	ours=$(awk -v column="$3" '{ print $column }' <<<"$counted")
	is "$1 as the kernel counts them, within 1 %" \
		"$(awk -v a="$ours" -v b="$theirs" 'BEGIN { d = a - b; d = d < 0 ? -d : d
			print (b > 0 && d < 0.01 * b) ? "yes" : a " and " b }')" yes
}
within "read calls" syscr 1
within "bytes read" rchar 4
within "write calls" syscw 6
within "bytes written" wchar 9

# ---- The same from all options -------------------------------------------------------------------
cat >small.sh <<'END'
echo text >x
cat x x >y
mv y z
(cat z; cat x) >w
rm x
END
# totals LOG: reads and writes of a log.
totals()
{
	"$track_log" --totals --folder "$work" "$1" | grep ' reads of ' | cut -d, -f1,2
}
strace -f -o plain.log sh small.sh
expected=$(totals plain.log)
is "a plain log has the figures" "${expected:+there}" there
same()
{
	local name=$1
	shift
	rm -f log log.*
	strace "$@" -o log sh small.sh
	is "$name tells the same" "$(totals log)" "$expected"
}
same "-f -tt -T" -f -tt -T
same "-f -r" -f -r
same "-f -y -ttt -s 0" -f -y -ttt -s 0
same "-f -x -i" -f -x -i
same "-ff" -ff
same "-ff -ttt -y" -ff -ttt -y
rm -f log log.*
strace -f -tt sh small.sh 2>log
is "standard error tells the same" "$(totals log)" "$expected"

# ---- What the command gets -----------------------------------------------------------------------
# The fourth is that of the folder which ls lists.
"$track_log" --totals --run sh -c 'ls /proc/self/fd >fds; cat >copy' 7<small.sh <small.sh >said
is "no descriptor but the streams reaches the command" "$(paste -s -d ' ' fds)" "0 1 2 3"
is "and it has its input" "$(cmp small.sh copy && echo the same)" "the same"

# ---- Where processes may not be traced -----------------------------------------------------------
# Who is traced already cannot be traced again.
strace -f -o nested.log "$track_log" --totals --run true 2>complaint
is "it is told that tracing is forbidden, and what to do" \
	"$(grep -c 'may not be traced here.*SYS_PTRACE' complaint)" 1

tap_done
