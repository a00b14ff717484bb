# shellcheck shell=bash
# What scripts/emulate boots: a kernel and libraries of Debian for arm64 in a folder of their own,
# plateau cross-built against them, and the file system in memory that holds all of it. Every
# step is left out where its outcome is there; an outcome appears under its name when it is whole.
# Uses top, cache and say of the caller.

guest_suite=bookworm
guest_triple=aarch64-linux-gnu
guest_libraries=(libc6-dev libhwloc-dev libpfm4-dev libgsl-dev libsqlite3-dev libyaml-dev
	libjansson-dev libarchive-dev nettle-dev libcfitsio-dev busybox-static)
guest_kernel=linux-image-cloud-arm64
# What the guest's serial ports need, in the order in which they go in (init.sh).
guest_modules=(virtio_ring virtio virtio_mmio virtio_console)
# Tools that the -dev packages ask for and that no guest runs.
guest_left_out='perl.*|libperl.*|libgdbm.*|libdb5\.3|autoconf|automake|autotools-dev|m4|debianutils|dpkg|tar'

# apt with lists, status and cache of its own, for arm64: the host's dpkg never hears of it.
guest_apt()
{
	local state=$cache/apt
	LC_ALL=C apt-get -q -y \
		-oAPT::Architecture=arm64 -oAPT::Architectures=arm64 -oAPT::Install-Recommends=false \
		-oAPT::Sandbox::User="$(id -un)" -oAcquire::Languages=none -oAcquire::Retries=2 \
		-oAPT::Update::Error-Mode=any -oDebug::NoLocking=1 \
		-oDir::State="$state" -oDir::State::Lists="$state/lists" \
		-oDir::State::status="$state/status" -oDir::Cache="$state/cache" \
		-oDir::Etc::sourcelist="$state/sources.list" -oDir::Etc::sourceparts=/dev/null \
		-oDir::Etc::preferences=/dev/null -oDir::Etc::preferencesparts=/dev/null "$@"
}

# The Debian mirrors of this host where it has some of this suite, else the usual ones.
guest_sources()
{
	local keys=/usr/share/keyrings/debian-archive-keyring.gpg found
	if [ ! -r "$keys" ]; then
		say "$keys is missing (package debian-archive-keyring)"
		return 1
	fi
	# shellcheck disable=SC2016
	found=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' \
		'Created-By: Packages' 2>/dev/null |
		awk -v suite="$guest_suite" '$3 == "main" && index($2, suite) == 1 { print $1, $2 }' |
		sort -u)
	if [ -z "$found" ]; then
		found="http://deb.debian.org/debian $guest_suite
http://deb.debian.org/debian $guest_suite-updates
http://deb.debian.org/debian-security $guest_suite-security"
	fi
	printf '%s\n' "$found" | sed "s#^#deb [arch=arm64 signed-by=$keys] #; s#\$# main#"
}

# Names of what comes with these packages, themselves included, on a system with nothing on it.
guest_closure()
{
	guest_apt -s install "$@" 2>>"$cache/apt/log" | awk '/^Inst / { print $2 }'
}

# Fetches and unpacks kernel and libraries into $guest; 5 where that cannot be done.
guest_fetch()
{
	local program names kernel package module
	if [ -d "$guest" ]; then
		return 0
	fi
	for program in apt-get dpkg-deb; do
		if ! command -v "$program" >/dev/null 2>&1; then
			say "fetching the guest's packages needs $program"
			return 5
		fi
	done
	say "fetching a kernel and libraries for arm64 (50 MB, once)"
	mkdir -p "$cache/apt/lists/partial" "$cache/apt/cache/archives/partial"
	: >"$cache/apt/status"
	guest_sources >"$cache/apt/sources.list" || return 5
	if ! guest_apt update >"$cache/apt/log" 2>&1; then
		tail -n 5 "$cache/apt/log" >&2
		say "the list of packages cannot be fetched"
		return 5
	fi
	kernel=$(guest_closure "$guest_kernel" | grep '^linux-image-[0-9]' || :)
	names=$(guest_closure "${guest_libraries[@]}" | grep -vxE "$guest_left_out" || :)
	if [ -z "$kernel" ] || [ -z "$names" ]; then
		say "the mirror has no $guest_kernel, or not all of ${guest_libraries[*]}"
		return 5
	fi
	rm -rf "${guest:?}.partial"
	mkdir -p "$guest.partial/packages" "$guest.partial/root" "$guest.partial/kernel"
	# shellcheck disable=SC2086
	if ! (cd "$guest.partial/packages" && guest_apt download $kernel $names) \
		>>"$cache/apt/log" 2>&1; then
		tail -n 5 "$cache/apt/log" >&2
		say "the packages cannot be fetched"
		return 5
	fi
	for package in "$guest.partial/packages"/*.deb; do
		case $package in
		*/linux-image-*) dpkg-deb -x "$package" "$guest.partial/kernel" ;;
		*) dpkg-deb -x "$package" "$guest.partial/root" ;;
		esac || return 1
	done
	# Of 100 MB of kernel these are needed.
	mkdir "$guest.partial/modules"
	for module in "${guest_modules[@]}"; do
		find "$guest.partial/kernel/lib/modules" -name "$module.ko" \
			-exec cp {} "$guest.partial/modules/" \;
	done
	cp "$guest.partial"/kernel/boot/vmlinuz-* "$guest.partial/vmlinuz" || return 1
	rm -rf "${guest:?}.partial/packages" "${guest:?}.partial/kernel"
	mv "$guest.partial" "$guest"
}

# The project's files, one on each line: from git where this is a clone (of somebody whom git
# trusts), else all but what is built.
guest_source_list()
{
	(
		cd "$top" || exit 1
		if [ -e .git ] && git ls-files -co --exclude-standard 2>/dev/null | grep .; then
			exit 0
		fi
		find . \( -name .git -o -name 'build*' ! -name build-aux -o -name autom4te.cache \
			-o -name .deps -o -path './results/*' ! -path './results/published*' ! -name README.md \) -prune \
			-o -type f ! -name '*.[oa]' ! -name '*.log' ! -name '*.trs' ! -name config.status \
			! -name config.h ! -name stamp-h1 ! -name Makefile ! -path './plateau*' -print |
			sed 's#^\./##'
	) | while IFS= read -r file; do
		if [ -f "$top/$file" ]; then
			printf '%s\n' "$file"
		fi
	done | LC_ALL=C sort -u
}

# A copy of the sources, so that a path with spaces (which configure refuses) and a tree that was
# configured for the host do not matter. Times are kept: make builds what has changed.
guest_copy_sources()
{
	local gone
	mkdir -p "$tree/source"
	if [ -f "$tree/list" ]; then
		LC_ALL=C comm -23 "$tree/list" "$tree/list.now" | while IFS= read -r gone; do
			rm -f "$tree/source/$gone"
		done
	fi
	(cd "$top" && tar -c -T "$tree/list.now") | tar -x -C "$tree/source" || return 1
	cp "$tree/list.now" "$tree/list"
}

# configure, make and make install. Only the compiler hears of a path that may hold spaces: it is
# found by PATH (also from the folders in which configure tries it), as one word that knows the rest.
guest_compile()
(
	guest_key=$guest_triple-cc-$(basename "$guest")
	root=../../../$(basename "$guest")/root
	if [ ! -x "$tree/source/configure" ]; then
		(cd "$tree/source" && autoreconf -fi) || exit 1
	fi
	if [ "$(cat "$tree/build/configured" 2>/dev/null)" != "$guest_key" ]; then
		rm -rf "${tree:?}/build"
	fi
	mkdir -p "$tree/build/bin" && cd "$tree/build" || exit 1
	cat >"bin/$guest_triple-cc" <<-'EOF'
		#!/bin/sh
		root=$(cat "$(dirname "$0")/root")
		exec $(command -v ccache) aarch64-linux-gnu-gcc --sysroot="$root" "$@" \
			-Wl,-rpath-link,"$root/lib/aarch64-linux-gnu" \
			-Wl,-rpath-link,"$root/usr/lib/aarch64-linux-gnu"
	EOF
	printf '%s\n' "$guest/root" >bin/root
	chmod +x "bin/$guest_triple-cc"
	export PATH="$tree/build/bin:$PATH"
	export PKG_CONFIG_SYSROOT_DIR=$root
	export PKG_CONFIG_LIBDIR=$root/usr/lib/$guest_triple/pkgconfig:$root/usr/share/pkgconfig
	if [ ! -f configured ]; then
		../source/configure --host="$guest_triple" --build="$(uname -m)-linux-gnu" \
			--prefix=/usr --sysconfdir=/etc CC="$guest_triple-cc" PKG_CONFIG=pkg-config CFLAGS=-O2 ||
			exit 1
		printf '%s\n' "$guest_key" >configured
	fi
	rm -rf "${tree:?}/stage"
	make -j "$(nproc)" && make install DESTDIR="$tree/stage" || exit 1
	find "$tree/stage/usr/bin" -type f -exec "$guest_triple-strip" {} \; 2>/dev/null || :
)

# Copies the libraries that the programs of a folder need, and those that they need.
guest_copy_libraries() # ROOT
{
	local root=$1 name folder file
	local -A seen=()
	local -a queue
	mkdir -p "$root/lib/$guest_triple"
	mapfile -t queue < <(find "$root/usr/bin" -type f)
	while [ ${#queue[@]} -gt 0 ]; do
		file=${queue[0]}
		queue=("${queue[@]:1}")
		while read -r name; do
			if [ -n "${seen[$name]:-}" ]; then
				continue
			fi
			seen[$name]=yes
			for folder in lib usr/lib; do
				if [ -e "$guest/root/$folder/$guest_triple/$name" ]; then
					cp -L "$guest/root/$folder/$guest_triple/$name" "$root/lib/$guest_triple/"
					queue+=("$root/lib/$guest_triple/$name")
					break
				fi
			done
		done < <("$guest_triple-objdump" -p "$file" 2>/dev/null | awk '$1 == "NEEDED" { print $2 }')
	done
	cp -L "$guest/root/lib/ld-linux-aarch64.so.1" "$root/lib/"
}

# The part of the guest's file system that is the same for every boot: $tree/base.cpio.
guest_pack()
{
	local root=$tree/root
	rm -rf "${root:?}"
	mkdir -p "$root"/{bin,dev,etc,lib/modules,proc,root,run,sys,tmp,usr/bin,usr/local/bin,usr/share,var,work}
	mkdir -p "$root/home/user"
	cp -a "$tree/stage/usr/bin/." "$root/usr/bin/" || return 1
	if [ -d "$tree/stage/usr/share/plateau" ]; then
		cp -a "$tree/stage/usr/share/plateau" "$root/usr/share/"
	fi
	guest_copy_libraries "$root" || return 1
	cp -L "$guest/root/bin/busybox" "$root/bin/busybox" || return 1
	ln -s busybox "$root/bin/sh"
	cp "$guest/modules"/*.ko "$root/lib/modules/" || return 1
	printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'user:x:1000:1000:user:/home/user:/bin/sh' \
		>"$root/etc/passwd"
	printf '%s\n' 'root:x:0:' 'user:x:1000:' >"$root/etc/group"
	cp "$top/scripts/emulated/init.sh" "$root/init"
	chmod 755 "$root/init"
	guest_archive "$root" >"$tree/base.cpio.partial" || return 1
	mv "$tree/base.cpio.partial" "$tree/base.cpio"
}

guest_archive() # FOLDER
{
	(cd "$1" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0)
}

# Builds what is to run in the guest from the sources at $top; $tree is the folder for it.
guest_build()
{
	local now
	mkdir -p "$tree"
	printf '%s\n' "$top" >"$tree/of"
	guest_source_list >"$tree/list.now"
	now=$(cd "$top" && basename "$guest" &&
		tr '\n' '\0' <"$tree/list.now" | xargs -0 stat -c '%n %s %y' | cksum)
	if [ "$now" = "$(cat "$tree/built" 2>/dev/null)" ] && [ -f "$tree/base.cpio" ]; then
		return 0
	fi
	rm -f "$tree/built"
	say "building plateau for arm64"
	if ! { guest_copy_sources && guest_compile && guest_pack; } >"$tree/log" 2>&1 </dev/null; then
		tail -n 30 "$tree/log" >&2
		say "building for arm64 failed (all of it: $tree/log)"
		return 1
	fi
	printf '%s\n' "$now" >"$tree/built"
}

# Trees whose sources are gone.
guest_prune()
{
	local of
	for of in "$cache"/trees/*/of; do
		if [ -f "$of" ] && [ ! -d "$(cat "$of")" ]; then
			rm -rf "$(dirname "${of:?}")"
		fi
	done
}
