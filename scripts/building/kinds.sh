# shellcheck shell=bash
# What scripts/builds makes: kind_NAME FOLDER for each, in a process of its own. Uses top, work and
# jobs of the caller.

# Ends the kind: its tools are not here.
skip()
{
	printf '%s\n' "$*" >"$work/$kind.skipped"
	exit 77
}

need()
{
	local program
	for program in "$@"; do
		command -v "$program" >/dev/null 2>&1 || skip "$program is not installed"
	done
}

fail()
{
	printf '%s\n' "$*"
	exit 1
}

# Through ccache where that is.
compiler()
{
	printf '%s%s\n' "$(command -v ccache >/dev/null && echo 'ccache ')" "$1"
}

# configured FOLDER CONFIGURE-ARGUMENT...: goes there; configures when it was not, or otherwise.
configured()
{
	local folder=$1
	shift
	cd "$folder" || exit 1
	if [ ! -f Makefile ] || [ "$(cat arguments 2>/dev/null)" != "$*" ]; then
		if [ -f Makefile ]; then
			make distclean >/dev/null
		fi
		"$top/configure" --enable-werror --prefix="$folder/installed" "$@" || exit 1
		printf '%s\n' "$*" >arguments
	fi
}

# Unit tests that compute, and ask nothing of the machine: where a compiler's liberties would show.
computing_tests()
{
	make -s --no-print-directory list-tests |
		grep -E '^tests/unit/(core|formats|plan)/|^tests/unit/analyse/test_(fit|interval|line|quantile|stat)'
}

# flags FOLDER CONFIGURE-ARGUMENT...: all of it, installed and tried.
flags()
{
	local -a tests
	local test
	configured "$@"
	make -j "$jobs" || exit 1
	make install >/dev/null || exit 1
	"$top/packaging/smoke" "$1/installed" || exit 1
	mapfile -t tests < <(computing_tests)
	make -j "$jobs" "${tests[@]}" || exit 1
	for test in "${tests[@]}"; do
		srcdir=$top top_srcdir=$top "./$test" >test.log 2>&1 || {
			cat test.log
			fail "$test failed"
		}
	done
}

kind_O0()
{
	flags "$1" CC="$(compiler gcc)" CFLAGS='-g -O0'
}

kind_Os()
{
	flags "$1" CC="$(compiler gcc)" CFLAGS=-Os
}

# Deeper inlining lets gcc see null pointers where there are none (after a function that has told of
# its failure by its return value).
kind_native()
{
	flags "$1" CC="$(compiler gcc)" CFLAGS='-O3 -march=native -Wno-error=null-dereference'
}

kind_lto()
{
	need gcc-ar
	# With all files in view gcc warns of paths that no caller takes.
	local doubts='-Wno-error=null-dereference -Wno-error=maybe-uninitialized -Wno-error=array-bounds'
	flags "$1" CC="$(compiler gcc)" CFLAGS="-O2 -flto=$jobs $doubts" AR=gcc-ar RANLIB=gcc-ranlib
}

# The project is C11; whoever compiles everything as a newer C can.
kind_c23()
{
	flags "$1" CC="$(compiler gcc)" CFLAGS='-O1 -std=gnu2x'
}

kind_clang()
{
	need clang
	flags "$1" CC="$(compiler clang)" CFLAGS='-O3 -march=native'
}

kind_hardened()
{
	need dpkg-buildflags
	export DEB_BUILD_MAINT_OPTIONS=hardening=+all
	flags "$1" CC="$(compiler gcc)" CFLAGS="$(dpkg-buildflags --get CFLAGS | sed 's/-ffile-prefix-map=[^ ]*//')" \
		CPPFLAGS="$(dpkg-buildflags --get CPPFLAGS)" LDFLAGS="$(dpkg-buildflags --get LDFLAGS)"
}

# Everything below a folder, but for folders that every system has.
left_in()
{
	(cd "$1" && find . -mindepth 1 | grep -vxE '\./opt(/plateau(/(bin|share))?)?|\./opt/plateau/share/(man(/man[0-9])?|bash-completion(/completions)?|zsh(/site-functions)?)')
}

kind_install()
{
	local stage=$1/stage moved=$1/moved\ here version
	plain
	rm -rf "${stage:?}" "${moved:?}"
	make install DESTDIR="$stage" || exit 1
	[ "$(ls "$stage")" = opt ] || fail "DESTDIR has more than the prefix: $(ls "$stage")"
	"$top/packaging/smoke" "$stage/opt/plateau" || exit 1
	cp -a "$stage/opt/plateau" "$moved"
	"$top/packaging/smoke" "$moved" || fail "what was moved does not work"
	if command -v modulecmd >/dev/null; then
		version=$(basename "$moved"/share/plateau/modulefiles/plateau/*.lua .lua)
		MODULEPATH="$moved/share/plateau/modulefiles" modulecmd sh load "plateau/$version" >loaded
		grep -F 'moved\ here/bin' loaded || fail "the module does not find what was moved"
	fi
	make uninstall DESTDIR="$stage" >/dev/null || exit 1
	if left_in "$stage"; then
		fail "this is left after make uninstall"
	fi
}

kind_missing()
{
	local folder=$1/pc library
	mkdir -p "$folder" "$1/none"
	printf 'Name: hwloc\nDescription: too old\nVersion: 1.11.12\nLibs: -lhwloc\n' >"$folder/hwloc.pc"
	cd "$1/none" || exit 1
	if PKG_CONFIG_LIBDIR=$folder "$top/configure" >said 2>&1; then
		fail "configure goes on without libraries"
	fi
	for library in "hwloc >= 2.1: found is 1.11.12" "gsl: not found" "sqlite3 >= 3.26: not found" \
		"yaml-0.1: not found" "jansson: not found" "libarchive >= 3.3.3: not found" \
		"nettle: not found" "cfitsio: not found" "RHEL, Fedora: hwloc-devel"; do
		grep -F "$library" said || fail "configure does not say: $library"
	done
	if PFM_LIBS=-lno_such_library "$top/configure" >said 2>&1; then
		fail "configure goes on without libpfm4"
	fi
	grep -F "cannot be linked by -lno_such_library" said || fail "libpfm4 is not told of"
	grep -F "libpfm-devel" said || fail "its package is not named"
}

kind_hwloc()
{
	configured "$1" CC="$(compiler gcc)" CFLAGS='-g -O1' ac_cv_header_hwloc_cpukinds_h=no \
		ac_cv_have_decl_HWLOC_TOPOLOGY_FLAG_RESTRICT_TO_CPUBINDING=no
	make -j "$jobs" tests/unit/platform/test_node || exit 1
	tests/unit/platform/test_node
}

kind_arm64()
{
	local cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/plateau-emulate tree root
	need qemu-aarch64
	"$top/scripts/emulate" --prepare || skip "scripts/emulate cannot prepare here"
	plain
	make tests/machines/synthesize || exit 1
	./tests/machines/synthesize "pack:2 [numa(memory=64GB)] l3:2 core:2 pu:2" "$1/duo.xml" || exit 1
	tree=$cache/trees/$(printf '%s' "$top" | cksum | cut -d ' ' -f 1)
	root=$(find "$cache" -maxdepth 1 -name 'guest-*' ! -name '*.partial' -printf '%T@ %p\n' |
		sort -n | tail -n 1 | cut -d ' ' -f 2)/root
	cd "$1" || exit 1
	try()
	{
		qemu-aarch64 -L "$root" -E LD_LIBRARY_PATH="$root/usr/lib/aarch64-linux-gnu" \
			"$tree/stage/usr/bin/$1" "${@:2}"
	}
	try plateau --version || exit 1
	try plateau plan --topology duo.xml "$top/scenarios/sleep.yaml" || exit 1
	# On a busy machine an emulator has no clock that can be told; that is said, then.
	try plateau-spin --seconds 0.2 >spun 2>&1 || grep 'cannot tell the clock here' spun
}

kind_musl()
{
	local headers=$1/headers file name
	need musl-gcc
	configured "$1" CC="$(compiler gcc)" CFLAGS='-g -O2'
	rm -rf "${headers:?}"
	mkdir -p "$headers/hwloc"
	# Of this system's headers only the libraries' and the kernel's: none of its C library.
	for name in archive.h archive_entry.h asm asm-generic fitsio.h gsl hwloc.h jansson.h jansson_config.h \
		linux longnam.h nettle perfmon sqlite3.h yaml.h hwloc/*; do
		for file in /usr/include/"$name" /usr/include/*-linux-gnu/"$name"; do
			[ ! -e "$file" ] || [ -e "$headers/$name" ] || ln -s "$file" "$headers/$name"
		done
	done
	for file in /usr/include/hwloc/* /usr/include/*-linux-gnu/hwloc/*; do
		ln -sf "$file" "$headers/hwloc/"
	done
	(cd "$top" && find src -name '*.c') | xargs -P "$jobs" -I FILE musl-gcc -std=gnu11 -fsyntax-only -w \
		-Werror=implicit-function-declaration -include config.h -I"$top/src" -idirafter "$headers" \
		-DPLATEAU_DATADIR='"/usr/share/plateau"' -DPLATEAU_SYSCONFDIR='"/etc"' "$top/FILE" || exit 1
}

# Where what depends on no flag is built: $work/install.
plain()
{
	mkdir -p "$work/install"
	configured "$work/install" CC="$(compiler gcc)" CFLAGS='-g -O2' --prefix=/opt/plateau
	make -j "$jobs" || exit 1
}

# Sets $tarball: for all packages the same one, of what is here now.
make_tarball()
{
	plain
	rm -f plateau-*.tar.xz
	make -s dist || exit 1
	tarball=$(find "$PWD" -maxdepth 1 -name 'plateau-*.tar.xz')
}

kind_deb()
{
	need dpkg-buildpackage dh lintian
	make_tarball
	rm -rf "${1:?}/packages"
	# Who the package is by is of no meaning here, but must be somebody.
	DEBFULLNAME=plateau DEBEMAIL=plateau@example.org \
		"$top/scripts/package" deb --no-tests --output "$1/packages" "$tarball" || exit 1
	lintian --allow-root --fail-on error "$1"/packages/*.changes || fail "lintian has errors"
	dpkg-deb -x "$1"/packages/plateau_*.deb "$1/packages/unpacked"
	"$top/packaging/smoke" "$1/packages/unpacked/usr"
}

kind_rpm()
{
	need rpmbuild rpmspec
	make_tarball
	rm -rf "${1:?}/packages"
	tar -x -O -f "$tarball" --wildcards '*/packaging/plateau.spec' >"$1/plateau.spec"
	cd "$1" || exit 1
	rpmspec -P plateau.spec || fail "the spec is not understood"
	if command -v rpmlint >/dev/null; then
		rpmlint plateau.spec || fail "rpmlint has errors"
	fi
	"$top/scripts/package" rpm --source-only --output "$1/packages" "$tarball" || exit 1
	rpm -qp --requires "$1"/packages/*.src.rpm
}

kind_spack()
{
	need python3
	make_tarball
	rm -rf "${1:?}/packages"
	"$top/scripts/package" spack --output "$1/packages" "$tarball" || exit 1
	python3 -m py_compile "$1"/packages/spack_repo/plateau/packages/plateau/package.py
}
