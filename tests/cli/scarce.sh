#!/usr/bin/env bash
# What a run does where something runs out: the disk, at every stage, in the result's folder or in
# the temporary one; open files; a folder that cannot be written; a name that is taken; closed
# streams. The run ends with a code of its own and a message that names the cause, and nothing that
# it said was stored is lost.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3

# Small file systems of our own, in a mount namespace that ends with this test.
if [ "${SCARCE_INSIDE:-}" != yes ]; then
	how=none
	for option in -m -rm; do
		if unshare "$option" true 2>/dev/null; then
			how=$option
			break
		fi
	done
	if [ "$how" != none ]; then
		cd "$tap_start_folder" || exit 99
		rm -rf "${work:?}"
		SCARCE_INSIDE=yes exec unshare "$how" bash "$0"
	fi
fi

mkdir disk
can_mount=no
if [ "${SCARCE_INSIDE:-}" = yes ] && mount -t tmpfs -o size=64k none disk 2>/dev/null; then
	can_mount=yes
fi

# Prints what is wrong after a run whose output is in stdout and stderr, with its code and result.
look()
{
	local code=$1 result=$2 cause=$3 kept stored
	case $code in
	0) ;;
	1 | 2 | 5)
		grep -q '^plateau: ' stderr || echo "exit code $code without a word"
		grep -q "$cause" stderr || echo "exit code $code, and the cause is not named"
		;;
	*) echo "exit code $code" ;;
	esac
	[ -z "$(ls -A "$TMPDIR" 2>/dev/null)" ] || echo "left behind: $(ls -A "$TMPDIR")"
	[ "$code" -ne 0 ] || [ -e "$result" ] || echo "exit code 0 without a result"
	[ -e "$result" ] || return 0
	if ! kept=$(plateau export "$result" --csv 2>export.err); then
		echo "the result does not open: $(cat export.err)"
		return 0
	fi
	kept=$(($(printf '%s\n' "$kept" | wc -l) - 1))
	stored=$(sed -n 's/^stored //p' stderr | tail -n 1)
	[ "$kept" -ge "${stored:-0}" ] || echo "$stored were told as stored, $kept are there"
}

# disk_of SIZE: an empty file system of that size at ./disk
disk_of()
{
	umount disk
	mount -t tmpfs -o "size=$1" none disk
}

export TMPDIR=$work/tmp
mkdir "$TMPDIR"

# From nothing at all to enough, so that the disk is full in turn before the first commit, while rows
# are written, when the log is rolled in, and never.
sizes='4k 16k 48k 96k 160k 224k 320k 448k 640k 1m 16m'

if [ "$can_mount" = yes ]; then
	problems='' failures=0 successes=0
	for size in $sizes; do
		disk_of "$size"
		code=0
		timeout 60 plateau run -j 2 -r 1 -m 400 --progress always -o disk/run.db -- true \
			>stdout 2>stderr </dev/null || code=$?
		[ "$code" -eq 0 ] && successes=$((successes + 1)) || failures=$((failures + 1))
		said=$(look "$code" disk/run.db 'No space\|full')
		[ -z "$said" ] || problems+="$size: $said
$(tail -n 3 stderr)
"
		left=$(find disk -mindepth 1 ! -name 'run.db*')
		[ -z "$left" ] || problems+="$size: left on the disk: $left
"
	done
	is "a disk that is full behind the result: told, and nothing is lost" "$problems" ""
	check "some disks were too small" test "$failures" -ge 3
	check "some were large enough" test "$successes" -ge 1

	problems='' failures=0
	for size in 0k 16k 64k 256k; do
		[ "$size" != 0k ] || size=4k
		disk_of "$size"
		cat >made.yaml <<'YAML'
name: made
task:
  command: [sh, -c, 'head -c 20000 "{input}" >"{workdir}/copy" && echo done']
  inputs: {generate: [sh, -c, 'for i in 1 2 3 4; do head -c 20000 /dev/zero >"$2/$i.in" || exit 1; done', sh, "{count}", "{dir}"], count: 4}
sweep: {levels: [2], repeats: 1, measured: 4}
YAML
		code=0
		TMPDIR=$work/disk timeout 60 plateau run --progress always -o run.db made.yaml \
			>stdout 2>stderr </dev/null || code=$?
		[ "$code" -eq 0 ] || failures=$((failures + 1))
		said=$(look "$code" run.db 'No space\|full\|failed\|inputs.generate')
		[ -z "$said" ] || problems+="$size: $said
$(tail -n 3 stderr)
"
		[ -z "$(ls -A disk)" ] || problems+="$size: left on the disk: $(ls -A disk)
"
		rm -f run.db*
	done
	is "a temporary folder that is full: told, and nothing is left" "$problems" ""
	check "some temporary folders were too small" test "$failures" -ge 2

	# A result that is moved at its end, to a disk with less room than it needs by then.
	problems=''
	for size in 4k 64k 16m; do
		disk_of "$size"
		code=0
		PLATEAU_TREAT_AS_NETWORK=$work/disk timeout 60 plateau run -j 2 -r 1 -m 50 \
			--progress always -o disk/run.db -- true >stdout 2>stderr </dev/null || code=$?
		[ "$code" -eq 0 ] && result=disk/run.db ||
			result=$(find "$TMPDIR" -name '*.db' | head -n 1)
		if [ "$code" -ne 0 ] && [ -n "$result" ]; then
			grep -qF "$result" stderr || problems+="$size: where the result is was not told
"
		fi
		[ -z "$result" ] || sqlite3 "$result" 'SELECT count(*) FROM task' >/dev/null ||
			problems+="$size: the result does not open
"
		grep -q '^plateau: .*\(No space\|full\)' stderr || [ "$code" -eq 0 ] ||
			problems+="$size: exit code $code: $(tail -n 2 stderr)
"
		rm -rf "${work:?}"/tmp/*
	done
	is "no room for a result that is moved: it is kept, and where is told" "$problems" ""
	umount disk

	mkdir locked
	mount -t tmpfs none locked
	mount -o remount,ro locked
	tap_run plateau run -j 1 -r 1 -m 1 -o locked/run.db -- true
	tap_status 2 "a read-only folder: exit code 2"
	tap_stderr_has "locked/run.db: " "a read-only folder is named"
	tap_stderr_has "Read-only file system" "a read-only folder: the cause"
	umount locked
else
	skip "full disks" "no file system can be mounted here"
fi

tap_run plateau run -j 1 -r 1 -m 1 -o missing/run.db -- true
tap_status 2 "a folder that is not there: exit code 2"
tap_stderr_has "missing" "a folder that is not there is named"

tap_run plateau run -j 1 -r 1 -m 1 -o taken.db -- true
tap_status 0
before=$(sha256sum taken.db)
tap_run plateau run -j 1 -r 1 -m 1 -o taken.db -- true
tap_status 2 "a name that is taken: exit code 2"
tap_stderr_has "--force" "a name that is taken: the remedy"
is "a name that is taken: the file stays as it was" "$(sha256sum taken.db)" "$before"

# So few numbers of processes that every one is given out again as soon as it is free: no task may be
# taken for what another has left behind, and ended with it. Linux 6.14 has the limit per namespace;
# before that it is the whole machine's, and stays as it is.
few_numbers=(unshare -pf --mount-proc sh -c 'echo 400 >/proc/sys/kernel/pid_max && exec "$@"' few)
if printf '6.14\n%s\n' "$(uname -r)" | sort -CV && "${few_numbers[@]}" true 2>/dev/null; then
	tap_run "${few_numbers[@]}" plateau run -q --here -j 97 -r 1 -m 25 -e none --sampling off \
		-o numbers.db -- sleep 0.01
	tap_status 0 "numbers of processes run out: exit code"
	is "numbers of processes run out: every task is only itself" \
		"$(sqlite3 numbers.db "select state, count(*) from task where state not in ('ok', 'ended')
			group by state")" ""
else
	skip "numbers of processes run out" "no namespace with few of them can be made here"
fi

# 64 copies need more.
code=0
(ulimit -n 64 && exec plateau run -j 1,4,64 -r 1 -m 2 --preflight fast --here -o few.db -- true) \
	>stdout 2>stderr </dev/null || code=$?
is "64 open files: exit code" "$code" 5
is "64 open files: nothing is left" "$(look "$code" few.db 'open files')" ""
has "64 open files: the remedy" "$(cat stderr)" 'ulimit -Hn'

code=0
plateau run -j 1 -r 1 -m 1 -o closed.db -- true >&- 2>stderr </dev/null || code=$?
is "stdout closed: exit code" "$code" 1
check "stdout closed: the result is whole" sqlite3 closed.db 'SELECT 1/(count(*)>0) FROM task'
code=0
plateau run -j 1 -r 1 -m 1 -o closed2.db -- true >&- 2>&- <&- || code=$?
is "all streams closed: exit code" "$code" 1
check "all streams closed: the result is whole" sqlite3 closed2.db 'SELECT 1/(count(*)>0) FROM task'

tap_done
