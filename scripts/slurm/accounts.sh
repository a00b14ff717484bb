# What accounting needs: munge, a database and slurmdbd in the testbed's folder; sourced by
# scripts/slurm-testbed. The folder is for its user alone, and so are the sockets in it: nothing
# here has a password.
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
		AccountingStoragePass=$dir/run/munge
		AccountingStoragePort=$((base + 1))
	EOF
}

write_database_configuration()
{
	cat <<-EOF
		AuthType=auth/munge
		AuthInfo=socket=$dir/run/munge
		DbdHost=localhost
		DbdAddr=127.0.0.1
		DbdPort=$((base + 1))
		SlurmUser=$(id -un)
		StorageType=accounting_storage/mysql
		StorageHost=localhost
		StorageUser=slurm
		StorageLoc=slurm
		PidFile=$dir/run/slurmdbd.pid
		LogFile=$dir/log/slurmdbd.log
	EOF
}

start_munge()
{
	(
		umask 077
		head -c 128 /dev/urandom >"$dir/run/munge.key"
	) || return 1
	# --force: it would rather have a folder that everybody can enter.
	PLATEAU_TESTBED=$dir munged --force --socket "$dir/run/munge" \
		--key-file "$dir/run/munge.key" --pid-file "$dir/run/munged.pid" \
		--seed-file "$dir/run/munge.seed" --log-file "$dir/log/munged.log" \
		>>"$dir/log/start.log" 2>&1 </dev/null
}

database_answers()
{
	[ -S "$dir/run/mariadb" ] && [ -d "$dir/db/slurm" ]
}

start_database()
{
	mkdir "$dir/db" || return 1
	printf 'CREATE DATABASE IF NOT EXISTS slurm;\n' >"$dir/run/database.sql" || return 1
	# Without its tables of users it needs no installing; and it listens on its socket alone.
	PLATEAU_TESTBED=$dir setsid mariadbd --no-defaults --user="$(id -un)" --datadir="$dir/db" \
		--socket="$dir/run/mariadb" --pid-file="$dir/run/mariadb.pid" \
		--init-file="$dir/run/database.sql" --skip-grant-tables --skip-networking \
		--innodb-buffer-pool-size=32M --innodb-log-file-size=16M \
		--innodb-flush-log-at-trx-commit=0 --innodb-lock-wait-timeout=900 \
		>>"$dir/log/mariadb.log" 2>&1 </dev/null &
	wait_for 60 database_answers
}

accounts_answer()
{
	SLURM_CONF=$dir/slurm.conf timeout 10 sacctmgr -n show cluster >/dev/null 2>&1
}

start_accounts()
{
	start_munge && start_database || return 1
	(
		umask 077
		write_database_configuration >"$dir/slurmdbd.conf"
	) || return 1
	# It looks for its configuration beside slurm.conf, and for the database's socket here.
	PLATEAU_TESTBED=$dir SLURM_CONF=$dir/slurm.conf MYSQL_UNIX_PORT=$dir/run/mariadb slurmdbd \
		>>"$dir/log/start.log" 2>&1 </dev/null || return 1
	wait_for 60 accounts_answer || return 1
	# The cluster is not known to a new database, and a user only with an account.
	{
		SLURM_CONF=$dir/slurm.conf sacctmgr -i add cluster testbed &&
			SLURM_CONF=$dir/slurm.conf sacctmgr -i add account plateau Cluster=testbed &&
			SLURM_CONF=$dir/slurm.conf sacctmgr -i add user "$(id -un)" Account=plateau
	} >>"$dir/log/start.log" 2>&1
}
