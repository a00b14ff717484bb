# shellcheck shell=bash
# Single calls of a command fail, one place after the other. Sourced behind tests/cli/lib.sh:
#
#   faults_begin NAME           takes the case of that name (tests/faults/cases.bash)
#   faults_list CALL...         finds the places at which it makes these calls
#   faults_try CALL ERROR MODE  the call fails at each of them, once, or there and from then on
#                               at all of them (MODE `on`); every $FAULTS_EVERY-th place is tried
#
# The command runs in $work/room with TMPDIR=$work/room.tmp; what it says is in $work/stdout and
# $work/stderr. Whatever the fault, it has to end in time, with one of $faults_codes, with a message
# that names the cause when the code is not 0, without a process, a folder or a descriptor left.
# $FAULTS_TABLE, where it is set, gets a line of each try: case, call, error, mode, places found,
# places reached, places at which something was wrong.

faults_inject=$top_builddir/tests/faults/inject
faults_library=$top_builddir/tests/faults/malloc_fault.so
faults_report=$work/fault
faults_tried=0
faults_call=none
# The sanitizers' library is not the first when ours is in front of it.
export ASAN_OPTIONS=verify_asan_link_order=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}

# Whether calls can be held here at all.
faults_can()
{
	"$faults_inject" -x "$top_builddir/plateau" -c openat -o "$work/can" -- plateau --version \
		>/dev/null 2>"$work/cannot"
}

# faults_command NAME PROGRAM COMMAND...: what is tried; PROGRAM is whose calls fail. For case_NAME.
faults_command()
{
	faults_program=$2
	faults_name=$1
	shift 2
	faults_words=("$@")
	faults_codes=' 0 1 2 5 '
	faults_plain=0
}

faults_begin()
{
	"case_$1"
	faults_name=$1
	faults_places=$work/places.$1
	faults_descriptors=
	: >"$faults_places"
}

# faults_run OPTION OF INJECT...: once; sets $faults_code.
faults_run()
{
	rm -rf "${work:?}/room" "${work:?}/room.tmp"
	mkdir "$work/room" "$work/room.tmp"
	cd "$work/room" || exit 99
	"prepare_$faults_name"
	faults_code=0
	TMPDIR=$work/room.tmp "$faults_inject" -x "$faults_program" -t "${FAULTS_SECONDS:-60}" \
		-l "$faults_library" -o "$faults_report" "$@" -- "${faults_words[@]}" \
		>"$work/stdout" 2>"$work/stderr" </dev/null || faults_code=$?
	cd "$work" || exit 99
}

# faults_told WORD: what the report says.
faults_told()
{
	sed -n "s/^$1 //p" "$faults_report"
}

# A second time for those places that a race decides about.
faults_list()
{
	local calls said
	calls=$(IFS=,; printf '%s' "$*")
	for _ in 1 2; do
		faults_run -c "$calls"
		said=$(faults_judge none)
		[ "$faults_code" -eq "$faults_plain" ] || said="exit code $faults_code, not $faults_plain"
		[ -z "$said" ] || not_ok "$faults_name without a fault" "$said
$(tail -n 5 "$work/stderr")"
		grep '^place ' "$faults_report" >>"$faults_places"
		said=$(faults_told descriptors)
		[ "$said" -le "${faults_descriptors:-0}" ] || faults_descriptors=$said
	done
	sort -u -k 2,3 "$faults_places" -o "$faults_places"
}

# How the message may say what failed, as an extended regular expression: the C library's words, or
# plateau's own for it. CALL
faults_cause()
{
	local cause
	cause=$(faults_told sentence)
	case $cause in
	'No space left on device') cause+='|disk is full' ;;
	'Cannot allocate memory') cause+='|[Oo]ut of memory|Resource temporarily unavailable' ;;
	'Resource temporarily unavailable') cause+='|limit of processes' ;;
	'Permission denied') cause+='|cannot be removed|see its rights|was not found' ;;
	*'open files'*) cause+='|ulimit -n' ;;
	esac
	case $1 in
	write) cause+='|cannot write to standard output' ;;
	newfstatat) cause+='|not in PATH' ;; # where a program could not be looked at
	perf_event_open) cause+='|no-permission' ;;
	esac
	printf '%s' "$cause"
}

# Prints what is wrong with the words of a command that did not end with 0. CALL
faults_judge_words()
{
	grep -q '^plateau: ' "$work/stderr" || echo "exit code $faults_code without a word"
	# Of tasks the result has the reason.
	! grep -q 'tasks failed; .plateau show' "$work/stderr" ||
		find "$work/room" -name '*.db' -exec plateau show {} + >>"$work/stderr" 2>&1
	grep -Eq -- "$(faults_cause "$1")" "$work/stderr" || echo "the cause is not named"
}

# Prints what is wrong with how the last one ended. CALL; none: without a fault
faults_judge()
{
	local left call=$1 bad='runtime error|Sanitizer|SUMMARY|SIG[A-Z]+'
	case $faults_codes in
	*" $faults_code "*) ;;
	*) echo "exit code $faults_code" ;;
	esac
	grep -E '^(left|hung) ' "$faults_report"
	case $faults_code$call in
	0* | *none) ;;
	3* | 4*) ;; # an answer, which speaks for itself
	*) faults_judge_words "$call" ;;
	esac
	grep -E -m 3 "$bad" "$work/stderr"
	# hwloc keeps folders open that it cannot look at; a close that was kept back has closed nothing;
	# a child that could not become a program ends with what its parent has open.
	[[ $call == @(newfstatat|close|execve) ]] || [ -z "$faults_descriptors" ] ||
		[ "$(faults_told descriptors)" -le "$faults_descriptors" ] ||
		echo "$(faults_told descriptors) descriptors at the end, else $faults_descriptors"
	case $call in
	unlink* | rmdir | openat | getdents64 | newfstatat | fstat) ;; # what may not be removed stays
	*)
		# A result that could not be moved is kept, and its place told.
		while read -r left; do
			grep -qF "/$left/" "$work/stderr" || echo "left behind: $left"
		done < <(ls -A "$work/room.tmp")
		;;
	esac
	"look_$faults_name" "$faults_code"
}

# Where a place is, for people. ADDRESS...
faults_where()
{
	addr2line -f -s -e "$faults_program" "$@" 2>/dev/null | paste - - |
		awk '{ printf "%s%s (%s)", (NR > 1 ? " < " : ""), $1, $2 }'
}

# Whether it is a library's own doing (known.txt). CALL ADDRESS...
faults_is_known()
{
	local call=$1 function
	shift
	for function in $(addr2line -f -i -e "$faults_program" "$@" 2>/dev/null); do
		! grep -qxF "$call $function" "$top_srcdir/tests/faults/known.txt" || return 0
	done
	return 1
}

faults_try()
{
	local call=$1 error=$2 mode=$3 every=${FAULTS_EVERY:-1} said problems='' lines line place frames
	local number=0 reached=0 bad=0 ways=()
	[ "$mode" = once ] || ways=(-g)
	mapfile -t lines < <(grep "^place $call " "$faults_places")
	for line in "${lines[@]}"; do
		read -r _ _ place _ frames <<<"$line"
		number=$((number + 1))
		[ $(((number - 1) % every)) -eq 0 ] || continue
		# shellcheck disable=SC2034 # read in cases.bash
		faults_call=$call
		faults_run "${ways[@]}" -c "$call" -e "$error" -p "$place"
		[ "$(faults_told fired)" != 0 ] || [ "$faults_code" -eq 124 ] || continue
		reached=$((reached + 1))
		said=$(faults_judge "$call")
		[ -n "$said" ] || continue
		# shellcheck disable=SC2086 # addresses
		if faults_is_known "$call" $frames; then
			diag "$faults_name: $call $place: $(tr '\n' ' ' <<<"$said")(known)"
			continue
		fi
		bad=$((bad + 1))
		# shellcheck disable=SC2086 # addresses
		problems+="$place at $(faults_where $frames)
$said
$(grep '^plateau: ' "$work/stderr" | grep -v -e 'copies, spread' -e 'the result is in' | tail -n 3)

"
	done
	faults_tried=$((faults_tried + reached))
	[ -z "${FAULTS_TABLE:-}" ] ||
		printf '%s %s %s %s %d %d %d\n' "$faults_name" "$call" "$error" "$mode" "${#lines[@]}" \
			"$reached" "$bad" >>"$FAULTS_TABLE"
	line="$faults_name: $call fails with $error, $mode"
	if [ "$reached" -eq 0 ]; then
		skip "$line" "none of ${#lines[@]} places was reached"
	elif [ -z "$problems" ]; then
		ok "$line ($reached of ${#lines[@]} places)"
	else
		not_ok "$line ($bad of $reached places)" "$problems"
	fi
}
