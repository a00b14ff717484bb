#!/usr/bin/env bash
# Single system calls of a run fail, by strace's injection: the run ends, with an exit code of its
# own and a message when it is not 0; it leaves no process and no folder, and a result that is there
# opens and holds what was told as stored. FAULTS=all tries more calls, and each at more places.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need strace sqlite3 pgrep

export TMPDIR=$work/tmp
mkdir "$TMPDIR"
strace -f -qq -e trace=none true 2>/dev/null || skip_all "strace cannot trace here"

# CALL ERROR [once|late]: it fails at a place and, unless once is said, from there on for good. Late:
# not while the program is loaded, when there is nobody yet to tell of it.
faults='clone EAGAIN
mkdir ENOSPC
openat EMFILE
perf_event_open EINVAL
waitid EINTR once'
places='1 3'
if [ "${FAULTS:-}" = all ]; then
	faults+='
clone ENOMEM
clone3 EAGAIN
mkdirat EACCES
openat ENFILE
openat EACCES
mmap ENOMEM late
dup3 EMFILE
signalfd4 EMFILE
ppoll EINTR once
wait4 EINTR once
ftruncate EIO
renameat2 EIO
fsync EIO
pwrite64 ENOSPC
pwrite64 EIO
read EIO
fstat EIO
unlink EACCES
unlinkat EACCES'
	places='1 2 4 8 16 32 64 128'
fi

# Prints what is wrong with how the run under a fault ended; nothing when all is well.
look()
{
	local code=$1 stored kept
	case $code in
	0 | 1 | 2 | 5) ;;
	127) # the program could not even be loaded
		grep -q 'shared librar' stderr || echo "exit code 127"
		return 0
		;;
	*) echo "exit code $code" ;;
	esac
	[ "$code" -eq 0 ] || grep -q '^plateau: ' stderr || echo "exit code $code without a word"
	[ "$code" -ne 124 ] || echo "it did not end"
	if pgrep -f "$work/bin/nap" >/dev/null; then
		echo "tasks are left"
		pkill -KILL -f "$work/bin/nap"
	fi
	# What may not be removed cannot be removed.
	case $fault in
	unlink*) rm -rf "${work:?}"/tmp/* ;;
	*) [ -z "$(ls -A "$TMPDIR")" ] || echo "left in the temporary folder: $(ls -A "$TMPDIR")" ;;
	esac
	[ -e run.db ] || return 0
	if ! plateau export run.db --csv >rows 2>export.err; then
		echo "the result does not open: $(cat export.err)"
		return 0
	fi
	kept=$(tail -n +2 rows | wc -l)
	stored=$(sed -n 's/^stored //p' stderr | tail -n 1)
	[ "$kept" -ge "${stored:-0}" ] || echo "$stored were told as stored, $kept are there"
}

mkdir bin
cat >bin/nap <<'SH'
#!/bin/sh
exec sleep 0.02
SH
chmod +x bin/nap

while read -r call error mode; do
	problems=
	for place in $places; do
		[ "$mode" != late ] || [ "$place" -ge 64 ] || continue
		for times in "$place" "$place+"; do
			[ "$mode$times" != "once$place+" ] || continue
			fault="$call $error at $times"
			rm -f run.db run.db-* run.db.*
			timeout -k 5 60 strace -f -qq -o trace -e "trace=$call" \
				-e "inject=$call:error=$error:when=$times" \
				plateau run -j 2 -r 2 -m 3 --progress always -o run.db -- "$work/bin/nap" \
				>stdout 2>stderr
			said=$(look $?)
			[ -z "$said" ] || problems+="$fault: $said
$(tail -n 3 stderr)
"
			rm -rf "${work:?}"/tmp/*
		done
	done
	if [ -z "$problems" ]; then
		ok "$call fails with $error"
	else
		not_ok "$call fails with $error" "$problems"
	fi
done <<<"$faults"

tap_done
