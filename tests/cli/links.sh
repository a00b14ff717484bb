#!/usr/bin/env bash
# Links between the pages of the documentation: every file that a page points to is there and is in the
# release, every anchor is a heading of its page, every page is in the index, and every test and program
# that docs/method.md and its pages name is there.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99

cd "$top_srcdir" || exit 99
pages=(README.md CONTRIBUTING.md docs/*.md scenarios/README.md tests/curves/README.md)

# Anchors of a page, as hosts of repositories make them of headings: in small letters, without marks,
# blanks as hyphens.
anchors()
{
	awk '/^```/ { is_code = !is_code } !is_code && /^#+ / { sub(/^#+ +/, ""); print }' "$1" |
		sed 's/\[\([^]]*\)\]([^)]*)/\1/g' | tr '[:upper:]' '[:lower:]' |
		sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# Targets of the links of a page that point to files of the tree, one in a line.
targets()
{
	awk '/^```/ { is_code = !is_code } !is_code' "$1" |
		sed 's/`[^`]*`//g' | grep -o '](<\?[^) >]*' | sed 's/^](<\?//' |
		grep -v '^[a-z]*:' | sort -u || :
}

# What PAGE's links miss.
broken_links()
{
	local page=$1 target file anchor
	while IFS= read -r target; do
		file=${target%%#*}
		anchor=
		case $target in
		*'#'*) anchor=${target#*#} ;;
		esac
		if [ -n "$file" ]; then
			file=$(dirname "$page")/$file
		else
			file=$page
		fi
		if [ ! -e "$file" ]; then
			echo "$page: $target: there is no $file"
		elif [ -n "$anchor" ] && ! anchors "$file" | grep -qxF -- "$anchor"; then
			echo "$page: $target: $file has no such heading"
		fi
	done < <(targets "$page")
}

for page in "${pages[@]}"; do
	is "links of $page" "$(broken_links "$page")" ""
done

# The test itself finds what is broken.
printf '%s\n' '# A `heading`, and more' 'a [b](page.md#a-heading-and-more)' >"$work/page.md"
is "a link that is right" "$(broken_links "$work/page.md")" ""
printf '%s\n' '[c](page.md#heading)' '[d](none.md)' '```' '[e](f.md)' '```' '[g](https://h)' >>"$work/page.md"
is "links that are wrong" "$(broken_links "$work/page.md" | wc -l)" 2

for page in docs/*.md; do
	name=${page#docs/}
	[ "$name" = README.md ] && continue
	check "the index has $name" grep -qF "]($name)" docs/README.md
	check "the release has $name" grep -qwF "docs/$name" docs/module.am
done

# Programs and scripts of tests that a page names as evidence.
named()
{
	grep -ohE '(tests|scripts)/[A-Za-z0-9_./-]*[A-Za-z0-9_]' docs/*.md README.md CONTRIBUTING.md |
		grep -v -e "\.log$" -e "/LAYER$" | sort -u
}
missing=
while IFS= read -r name; do
	if [ ! -e "$name" ] && [ ! -e "$name.c" ]; then
		missing+="$name "
	fi
done < <(named)
is "tests and scripts that pages name are there" "$missing" ""

# What the table of simulations calls by name, and what scripts/simulations runs.
programs=$("$top_srcdir/scripts/simulations" --help | awk '/^  [a-z-]+ +tests\// { print $1, $2 }')
missing=
while read -r name program; do
	[ -e "$program.c" ] || missing+="$program.c "
	grep -qE "^\| [^|]* \| ([a-z-]+, )*$name(, [a-z-]+)* \|" docs/method.md || missing+="$name "
done <<<"$programs"
is "every simulation has a program and a line in docs/method.md" "$missing" ""

tap_done
