# shellcheck shell=bash
# What tests on a testbed (scripts/slurm-testbed) share; source it behind tests/cli/lib.sh. A test
# puts its testbeds into $work; they are stopped when it ends.

# Skips the whole test where there is no Slurm to start.
need_slurm()
{
	PATH=$PATH:/usr/sbin:/sbin
	need slurmctld slurmd sbatch sinfo squeue scontrol
}

# The same, or no database for accounts.
need_accounts()
{
	need_slurm
	need slurmdbd munged mariadbd sacct
}

tap_cleanup()
{
	local folder
	for folder in "$work"/*/testbed "$work"/*/*/testbed; do
		[ -f "$folder" ] || continue
		"$top_srcdir/scripts/slurm-testbed" stop --dir "$(dirname "$folder")" ||
			diag "a testbed could not be stopped: $folder"
	done
}

# within SECONDS COMMAND...: it succeeds before they are over.
within()
{
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.2
	done
}

# The pids of a testbed's daemons.
testbed_processes()
{
	grep -lzsxF -- "PLATEAU_TESTBED=$1" /proc/[0-9]*/environ | cut -d / -f 3 | sort -n
}

# The pids of what a testbed's Slurm started for jobs, of a node where one is given.
job_processes()
{
	local file
	grep -lzsxF -- "SLURM_CONF=$1/slurm.conf" /proc/[0-9]*/environ | while read -r file; do
		if grep -qzs "^SLURMD_NODENAME=${2:-}" "$file"; then
			printf '%s\n' "$file" | cut -d / -f 3
		fi
	done
}
