#!/usr/bin/env bash
# README.md and docs/tour.md, which goes on from it, are true: every command in their ```console
# blocks works, in the order of the pages, in a copy of the scenarios; and every table by N shown there,
# but for the sections named below, has the columns that the command prints. The sweeps are shortened through the environment. Scripts that
# install and build are asked for their --help only: scripts/fresh-root runs them.
#
# README_UPDATE=1 make check TESTS=tests/cli/readme.sh writes what the commands print here, without
# shortening, into the pages of the source tree; the test then fails, so that somebody looks.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need sqlite3 jq
export LC_ALL=C.UTF-8

if [ -z "${README_UPDATE:-}" ]; then
	export PLATEAU_REPEATS=1 PLATEAU_MEASURED=1
fi

mkdir tour
cp -R "$top_srcdir/scenarios" "$top_srcdir/scripts" tour/
mkdir tour/results
cp -R "$top_srcdir/results/published" tour/results/
cd tour || exit 99

# The heads of tables (they begin with N), without units that depend on how fast a machine is, and
# without the sections whose columns depend on what was found there.
table_heads()
{
	awk '/^[^ ]/ { is_found = /^(Causes|Memory of a task|Tasks that stand apart|Slow places|The node meanwhile)/ } !is_found' "$1" |
		grep -E '^ *N  ' | sed 's#[^ ]*/[^ ]*##g' | tr -s ' \t' ' ' || :
}

compare()
{
	is "shows the columns that are printed: $1" \
		"$(table_heads "$work/shown")" "$(table_heads "$work/said")"
}

run_command()
{
	local command=$1 code=0
	case $command in
	git\ clone* | cd\ *)
		return
		;;
	scripts/quickstart* | scripts/test* | scripts/setup* | scripts/fresh-root*)
		code=0
		"${command%% *}" --help >"$work/said" 2>&1 || code=$?
		is "is there: $command" "$code" 0
		return
		;;
	esac
	bash -c "$command" >"$work/said" 2>&1 </dev/null || code=$?
	if [ -n "${README_UPDATE:-}" ]; then
		sed 's/[[:space:]]*$//' "$work/said" >"$work/shown"
		return
	fi
	if [ "$code" -eq 0 ]; then
		ok "works: $command"
	else
		not_ok "works: $command" "exit code $code
$(cat "$work/said")"
	fi
	compare "$command"
}

# Goes through the page: $work/page gets it line by line, in update mode with what was printed.
command=
flush()
{
	if [ -n "$command" ]; then
		run_command "$command"
		cat "$work/shown" >>"$work/page"
	fi
	command=
	: >"$work/shown"
}

# PAGE, from the top of the tree.
read_page()
{
	local page=$top_srcdir/$1 line inside=no
	is "$1 has commands" "$(($(grep -c '^\$ ' "$page") > 5))" 1
	command=
	: >"$work/shown"
	: >"$work/page"
	while IFS= read -r line <&3; do
		case $inside:$line in
		yes:'```')
			flush
			inside=no
			printf '%s\n' "$line" >>"$work/page"
			;;
		yes:'$ '*)
			flush
			command=${line#'$ '}
			printf '%s\n' "$line" >>"$work/page"
			;;
		yes:*) printf '%s\n' "$line" >>"$work/shown" ;;
		*)
			if [ "$line" = '```console' ]; then
				inside=yes
			fi
			printf '%s\n' "$line" >>"$work/page"
			;;
		esac
	done 3<"$page"
	if [ -n "${README_UPDATE:-}" ]; then
		cp "$work/page" "$page"
		not_ok "$1 was written; look at it"
	else
		check "$1 was read whole" cmp "$work/page" "$page"
	fi
}

read_page README.md
read_page docs/tour.md

tap_done
