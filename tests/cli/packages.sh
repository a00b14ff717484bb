#!/usr/bin/env bash
# What configure asks for is what scripts/setup installs and what every package depends on, from the
# same version on; modulefiles and the smoke test are whole.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99

packaging=$top_srcdir/packaging

# "MODULE VERSION" of each library that configure looks for.
libraries()
{
	sed -n 's/^PLATEAU_LIBRARY(\[[A-Z]*\], \[\([^]]*\)\]\(, \[\([^]]*\)\]\)\{0,1\})$/\1 \3/p' \
		"$top_srcdir/configure.ac"
}

# The packages of one library: "Debian RHEL openSUSE Spack".
named()
{
	bash "$top_srcdir/scripts/setup" --names "$1" | sed 's/;/\n/g' | sed 's/.*: //' | xargs
}

has_line()
{
	has "$1 has $3" "$(grep -v '^#' "$2" | sed 's/^[[:space:]]*//; s/,$//')" "$3"
}

libraries >found
is "configure asks for its libraries in a way that is understood" \
	"$(wc -l <found)" "$(grep -c '^PLATEAU_LIBRARY' "$top_srcdir/configure.ac")"

while read -r module least; do
	read -r debian _ _ spack < <(named "pkg:$module")
	check "scripts/setup looks for $module${least:+ from $least on}" \
		grep -qF "pkg:$module${least:+>=$least} " "$top_srcdir/scripts/setup"
	has_line "debian/control" "$packaging/debian/control" "$debian${least:+ (>= $least)}"
	has_line "plateau.spec" "$packaging/plateau.spec.in" "pkgconfig($module)${least:+ >= $least}"
	has_line "the Spack recipe" "$packaging/spack/package.py.in" \
		"depends_on(\"$spack${least:+@$least:}\")"
	check "docs/install.md knows ${module%-*}${least:+ from $least on}" \
		grep -qiE "^\|.*${module%%[-0-9]*}.*\|.*${least:-any}" "$top_srcdir/docs/install.md"
done <found

read -r debian rhel _ spack < <(named header:perfmon/pfmlib_perf_event.h)
has_line "debian/control" "$packaging/debian/control" "$debian"
has_line "plateau.spec" "$packaging/plateau.spec.in" "$rhel"
has_line "the Spack recipe" "$packaging/spack/package.py.in" "depends_on(\"$spack\")"

tap_run bash "$top_srcdir/scripts/setup" --names pkg:no-such-library
tap_status 2 "a name that is not in the list is refused"
tap_run bash "$top_srcdir/scripts/package" deb no-such.tar.xz
tap_status 2
tap_stderr_has "make dist makes one"
: >other.tar.xz
tap_run bash "$top_srcdir/scripts/package" deb other.tar.xz
tap_status 2
tap_stderr_has "is not called plateau-VERSION.tar.xz"

# The modulefile leads to where it stands, when plateau is there, and else to the prefix.
if command -v modulecmd >/dev/null; then
	mkdir -p "moved here/share/plateau/modulefiles/plateau" "moved here/bin" site/plateau
	cp "$top_builddir"/modulefiles/* "moved here/share/plateau/modulefiles/plateau/"
	cp "$top_builddir"/modulefiles/* site/plateau/
	: >"moved here/bin/plateau"
	chmod +x "moved here/bin/plateau"
	MODULEPATH="$work/moved here/share/plateau/modulefiles" tap_run modulecmd python load plateau
	tap_stdout_has "$work/moved here/bin" "the module finds a tree that was moved"
	MODULEPATH=$work/site tap_run modulecmd python load plateau
	tap_stdout_has "$(sed -n 's/^set prefix {\(.*\)}$/\1/p' site/plateau/*[0-9v])/bin" \
		"a copy elsewhere leads to the prefix"
	MODULEPATH=$work/site tap_run modulecmd sh help plateau
	tap_stderr_has "plateau --help" "and it has help"
else
	skip "modulefiles" "environment-modules is not installed"
fi

tap_done
