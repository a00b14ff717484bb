# shellcheck shell=bash
# Stand-ins for Slurm's commands, for tests of `plateau fleet` where there is no Slurm: they say what
# the test has put into files, and take no jobs (slurm_queue.bash does). Sourced after lib.sh; then:
#
#   stand_in_slurm                        puts them into PATH
#   stand_in_node NAME PARTITION STATE REASON_BY REASON FEATURES      a line of sinfo's
#   stand_in_job ID COMMENT NODE ASKED PARTITION STATE EXIT REASON SUBMITTED STARTED ENDED [LIMIT]
#   stand_in_nothing                      neither nodes nor jobs any more
#   stand_in_silence / stand_in_voice     the controller does not answer, and does again
#
# "$work/slurm/calls" gets a line for every command that was started. Times are in seconds since
# 1970. What the real ones say is tested on a real Slurm (tests/fleet).

stand_in_slurm()
{
	mkdir -p "$work/slurm/bin"
	: >"$work/slurm/calls"
	stand_in_nothing
	cat >"$work/slurm/bin/answer" <<'EOF'
#!/usr/bin/env bash
# The separator stands between the first two fields of the format; fields of an answer are by tabs.
slurm=$(dirname "$(dirname "$0")")
command=$(basename "$0")
printf '%s %s\n' "$command" "$*" >>"$slurm/calls"
if [ -e "$slurm/silent" ]; then
	printf '%s: error: Unable to contact slurm controller (connect failure)\n' "$command" >&2
	exit 1
fi
answer()
{
	tr -d '\n' <<<"$1" >"$slurm/separator"
	awk -F '\t' -v order="$2" 'BEGIN { getline separator <ARGV[1]; ARGV[1] = ""
			count = split(order, column, " ") }
		{ for (i = 1; i <= count; i++) printf "%s%s", $column[i], separator; print "" }' \
		"$slurm/separator" "$3"
}
format=
while [ $# -gt 0 ]; do
	case $1 in
	-o | -O) format=$2 && shift ;;
	esac
	shift
done
case $command in
squeue)
	separator=${format#JobID:40}
	# Fields come in the order in which they are asked for.
	declare -A column=([JobID]=1 [Comment]=2 [NodeList]=3 [ReqNodes]=4 [Partition]=5 [State]=6
		[exit_code]=7 [Reason]=8 [SubmitTime]=9 [StartTime]=10 [EndTime]=11 [TimeLimit]=12)
	order=
	while read -r field; do
		order="$order ${column[${field%:*}]}"
	done < <(grep -o '[A-Za-z_]\+:[0-9]\+|' <<<"$format")
	answer "${separator%%,*}" "$order" "$slurm/jobs"
	;;
sinfo)
	separator=${format#%N}
	answer "${separator%%%*}" "1 2 3 4 5 6" "$slurm/nodes"
	;;
scontrol)
	printf 'SLURM_VERSION           = 22.05.8\nAccountingStorageType   = accounting_storage/none\n'
	;;
esac
EOF
	chmod +x "$work/slurm/bin/answer"
	local command
	for command in squeue sinfo scontrol sbatch sacct scancel; do
		ln -s answer "$work/slurm/bin/$command"
	done
	PATH="$work/slurm/bin:$PATH"
}

stand_in_nothing()
{
	: >"$work/slurm/nodes"
	: >"$work/slurm/jobs"
}

stand_in_line() # FILE FIELD...
{
	local file=$1 line
	shift
	line=$(printf '%s\t' "$@")
	printf '%s\n' "${line%$'\t'}" >>"$work/slurm/$file"
}

stand_in_node()
{
	stand_in_line nodes "$@"
}

stand_in_job()
{
	stand_in_line jobs "$@"
}

stand_in_silence()
{
	touch "$work/slurm/silent"
}

stand_in_voice()
{
	rm -f "${work:?}/slurm/silent"
}
