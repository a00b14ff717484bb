# What accounting needs: munge, a database and slurmdbd in the testbed's folder; sourced by
# scripts/slurm-testbed.
# shellcheck shell=bash
# The variables are those of scripts/slurm-testbed.
# shellcheck disable=SC2154

# The lines of slurm.conf.
accounts_lines()
{
	cat <<-EOF
		AuthType=auth/munge
		AuthInfo=socket=$dir/run/munge
		CredType=cred/munge
		AccountingStorageType=accounting_storage/slurmdbd
		AccountingStorageHost=127.0.0.1
		AccountingStoragePort=$((base + 1))
		AccountingStoreFlags=job_comment
	EOF
}

start_accounts()
{
	return 1
}
