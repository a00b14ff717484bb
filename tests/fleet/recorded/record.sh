#!/usr/bin/env bash
# Records anew what tests/unit/fleet/test_slurm.c reads: Slurm's answers about nodes and jobs in every
# state that a testbed can bring about. Two minutes. Times and figures will differ, and the test says
# which.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
testbed=$here/../../../scripts/slurm-testbed
dir=$(mktemp -d "${TMPDIR:-/tmp}/plateau-record.XXXXXX")
trap '"$testbed" stop --dir "$dir/slurm"; rm -rf "${dir:?}"' EXIT
eval "$("$testbed" start --nodes 8 --accounting --dir "$dir/slurm")"

submit()
{
	local node=$1 comment=$2
	shift 2
	sbatch --parsable --nodes=1 --exclusive --mem=0 --no-requeue --job-name=plateau-fleet \
		--output=/dev/null -w "$node" --comment="$comment" "$@"
}
script()
{
	printf '#!/bin/sh\n%s\n' "$1"
}

hostile=$(printf "NHC: a|b \"c\" 'd' \$(touch x) %%s \\\\ \\001 <b>\nsecond line")
scontrol update NodeName=rome04 State=DRAIN "Reason=$hostile"
scontrol create reservation ReservationName=maint StartTime=now Duration=60 "Users=$(id -un)" \
	Nodes=milan04 Flags=MAINT
hold="python3 -c 'x=bytearray(100<<20); import time; time.sleep(4)'"
script "$hold & $hold; wait" | submit rome01 "plateau rome01 1"
script "sleep 1; exit 3" | submit rome02 $'a|b "c"\nsecond %s'
script "sleep 100" | submit rome03 "plateau rome03 1"
script "sleep 100" | submit rome04 "plateau rome04 1"
script "sleep 300" | submit milan01 "plateau milan01 1" --time=1
script "sleep 300" | submit milan02 "plateau milan02 1"
script "sleep 300" | submit milan03 "plateau milan03 1"
script "sleep 300" | submit milan03 "plateau milan03 2"
script "sleep 300" | submit milan03 "plateau milan03 3" --hold
script "sleep 300" | submit milan03 "plateau milan03 4"
# shellcheck disable=SC2016
script 'kill -9 $$' | submit rome02 "plateau rome02 2"
script "exit 0" | submit rome02 "plateau rome02 3" --output=/nonexistent/x
script "sleep 300" | submit rome03 "plateau rome03 2" --requeue
sleep 6
scancel 3 10
"$testbed" kill milan02 --dir "$dir/slurm"
sleep 5
scontrol requeuehold 13
scontrol update NodeName=milan03 State=DRAIN Reason=later
sleep 90

# As src/fleet/slurm asks, but for the digits, which are new in each process there.
s='|0123456789abcdef|'
export SLURM_TIME_FORMAT=%s
sinfo -N -h -a -o "%N$s%R$s%T$s%u$s%E$s%f$s" >"$here/sinfo.txt"
format=
for field in JobID:40 Comment:1024 NodeList:256 ReqNodes:256 Partition:256 State:40 exit_code:24 \
	Reason:512 TimeLimit:40 SubmitTime:40 StartTime:40 EndTime:40; do
	format=$format${format:+,}$field$s
done
squeue -h -a -t all -O "$format" -n plateau-fleet -u "$(id -u)" >"$here/squeue.txt"
sacct -n -p --noconvert -o \
	JobID,Comment,NodeList,Partition,State,ExitCode,Timelimit,Submit,Start,End,MaxRSS,AveRSS \
	--delimiter="$s" --name=plateau-fleet --user="$(id -u)" --starttime=now-1000seconds \
	>"$here/sacct.txt"
scontrol show config | grep -E '^(Acc|JobAcct|Kill|MinJob|SLURM_V|SlurmdTimeout|MaxJobC)' \
	>"$here/config.txt"
