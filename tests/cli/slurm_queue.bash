#!/usr/bin/env bash
# Stands in for Slurm's commands (linked as sbatch, squeue, sinfo, scontrol, sacct and scancel), so
# that what plateau asks and does can be tested without a Slurm: it takes jobs, keeps a queue and goes
# wrong where it is told to, for `fleet submit`. (slurm_answers.bash says what a test has written
# down, with every field of the real ones, for what only asks.) $STANDIN is its folder:
#   nodes          a node a line: NAME|PARTITION|STATE|REASON_BY|REASON|FEATURES; \n in REASON is a
#                  line end
#   jobs/ID        state, name, comment, node, a line each
#   sbatch.log     of every job that was taken: its arguments, one a line, then "--"
#   calls.log      the name of every command that was started
# What it does wrong, where such a file is there:
#   silent         nothing answers
#   silent-sbatch  sbatch alone does not, once
#   hang-sbatch    sbatch never answers
#   odd-sbatch     sbatch takes no job, says the words in it, and ends well
#   refuse         sbatch refuses with the words in it; only for the nodes in refuse-nodes, if there
#   limit          sbatch takes no more jobs than this number
#   kill-before, kill-after   sbatch kills plateau (PPID) before or after it has taken the job, once
#   end-one        every squeue ends a job first
set -u
: "${STANDIN:?}"
me=${0##*/}
printf '%s\n' "$me" >>"$STANDIN/calls.log"
complain()
{
	printf '%s: error: %s\n' "$me" "$1" >&2
	exit 1
}
[ -e "$STANDIN/silent" ] && complain "Unable to contact slurm controller (connect failure)"

live_jobs()
{
	grep -lxE 'PENDING|RUNNING' "$STANDIN"/jobs/* 2>/dev/null
}

# set_state FILE STATE: the first line.
set_state()
{
	local rest
	rest=$(tail -n +2 "$1")
	printf '%s\n%s\n' "$2" "$rest" >"$1.new" && mv "$1.new" "$1"
}

case $me in
scontrol)
	if [ "$1 $2" = "show hostnames" ]; then
		list=$3
		while [[ $list =~ ^([^,[]*)\[([0-9]+)-([0-9]+)\](,(.*))?$ || $list =~ ^([^,[]+)()()(,(.*))?$ ]]; do
			prefix=${BASH_REMATCH[1]} low=${BASH_REMATCH[2]} high=${BASH_REMATCH[3]}
			list=${BASH_REMATCH[5]}
			if [ -n "$low" ]; then
				seq -f "$prefix%0${#low}g" "$low" "$high"
			else
				printf '%s\n' "$prefix"
			fi
		done
	else
		printf 'Configuration data\nAccountingStorageType   = accounting_storage/none\n'
		printf 'SLURM_VERSION           = 22.05.8\n'
	fi
	;;
sinfo)
	while [ $# -gt 1 ]; do
		[ "$1" = -o ] && format=$2
		shift
	done
	separator=${format#%N}
	separator=${separator%%%*}
	while IFS='|' read -r name partition state by reason features; do
		reason=$(printf '%b' "$reason")
		printf '%s' "$name$separator$partition$separator$state$separator$by$separator"
		printf '%s\n' "$reason$separator$features$separator"
	done <"$STANDIN/nodes"
	;;
squeue)
	while [ $# -gt 1 ]; do
		[ "$1" = -O ] && format=$2
		[ "$1" = -n ] && wanted=$2
		shift
	done
	if [ -e "$STANDIN/end-one" ]; then
		first=$(live_jobs | sort -V | head -n 1)
		[ -n "$first" ] && set_state "$first" COMPLETED
	fi
	separator="|${format#*|}"
	separator=${separator%%,*}
	for file in $(find "$STANDIN/jobs" -type f ! -name '*.new' | sort -V); do
		{ read -r state && read -r name && read -r comment && read -r node; } <"$file"
		[ "$name" = "$wanted" ] || continue
		code=0:0 reason=None
		[ "$state" = FAILED ] && code=1:0 reason=NonZeroExitCode
		for field in "${file##*/}" "$comment" "$node" "$node" all "$state" "$code" "$reason" \
			UNLIMITED "$(date +%s)" "$(date +%s)" "$(date +%s)"; do
			printf '%-40s%s' "$field" "$separator"
		done
		printf '\n'
	done
	;;
sbatch)
	cat >"$STANDIN/script"
	if [ -e "$STANDIN/silent-sbatch" ]; then
		rm "$STANDIN/silent-sbatch"
		complain "Batch job submission failed: Socket timed out on send/recv operation"
	fi
	[ ! -e "$STANDIN/hang-sbatch" ] || exec sleep 100
	[ ! -e "$STANDIN/odd-sbatch" ] || exec cat "$STANDIN/odd-sbatch"
	name='' comment='' node=''
	for word in "$@"; do
		case $word in
		--job-name=*) name=${word#*=} ;;
		--comment=*) comment=${word#*=} ;;
		--nodelist=*) node=${word#*=} ;;
		esac
	done
	if [ -e "$STANDIN/kill-before" ]; then
		rm "$STANDIN/kill-before"
		kill -9 "$PPID"
		exit 1
	fi
	if [ -e "$STANDIN/refuse" ] && { [ ! -e "$STANDIN/refuse-nodes" ] ||
		grep -qx "$node" "$STANDIN/refuse-nodes"; }; then
		complain "Batch job submission failed: $(cat "$STANDIN/refuse")"
	fi
	if [ -e "$STANDIN/limit" ] && [ "$(live_jobs | wc -l)" -ge "$(cat "$STANDIN/limit")" ]; then
		printf 'sbatch: error: AssocMaxSubmitJobLimit\n' >&2
		complain "Batch job submission failed: Job violates accounting/QOS policy"
	fi
	id=100
	until (set -o noclobber && printf 'PENDING\n%s\n%s\n%s\n' "$name" "$comment" "$node" \
		>"$STANDIN/jobs/$id") 2>/dev/null; do
		id=$((id + 1))
	done
	printf '%s\0' "$@" -- >>"$STANDIN/sbatch.log"
	live_jobs | wc -l >>"$STANDIN/live.log"
	if [ -e "$STANDIN/kill-after" ]; then
		rm "$STANDIN/kill-after"
		kill -9 "$PPID"
	fi
	printf '%s\n' "$id"
	;;
esac
