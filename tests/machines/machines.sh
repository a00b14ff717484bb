# Read by the tests of this folder: makes the machines of descriptions.txt as XML files in
# $machines, a folder that is removed at the end.
# shellcheck shell=sh
here="${top_srcdir:?run this through make check}/tests/machines"
programs="${top_builddir:?run this through make check}/tests/machines"
# shellcheck disable=SC2034 # for the tests that read this
recorded="$top_srcdir/../shared/topologies"
machines=$(mktemp -d "${TMPDIR:-/tmp}/plateau-machines.XXXXXX") || exit 99
trap 'rm -rf "${machines:?}"' EXIT

make_machines()
{
	while IFS=: read -r name description; do
		case $name in '#'* | '') continue ;; esac
		"$programs/synthesize" "${description# }" "$machines/$name.xml" || return 1
	done <"$here/descriptions.txt"
}
