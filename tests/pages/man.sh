#!/usr/bin/env bash
# Man pages: one for every command, with every option, and in no way that groff or mandoc would warn
# of.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99

pages=$top_builddir/pages
[ -d "$pages" ] || pages=$top_srcdir/pages
[ -d "$pages" ] || skip_all "no pages here: a cross build has none"

mapfile -t commands < <(plateau --help |
	sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\( [a-z]\{1,\}\)\{0,1\}\)  .*/\1/p')

# A page more or less in the makefile would be installed without a command, or not at all.
expected=$({
	printf '%s\n' plateau.1 plateau-scenario.5 plateau-{isr,spin,stream}.1
	for command in "${commands[@]}"; do
		printf 'plateau-%s.1\n' "${command// /-}"
		case $command in
		*" "*) plateau help "${command% *}" | grep -qF "[ARGUMENT]" && printf 'plateau-%s.1\n' "${command% *}" ;;
		esac
	done
} | LC_ALL=C sort -u)
is "a page for every command" "$(cd "$pages" && printf '%s\n' *.[15] | LC_ALL=C sort)" "$expected"
is "all of them are installed" \
	"$(grep -o 'pages/plateau[a-z-]*\.[15]' "$top_srcdir/src/pages/module.am" | sed 's|.*/||' | LC_ALL=C sort)" \
	"$expected"

# The text of a page: names and options in full, however lines are broken.
text_of()
{
	sed 's/\\f[BIR]//g; s/\\-/-/g; s/\\(aq/'\''/g; s/\\(ga/`/g; s/\\&//g' "$1"
}

for command in "${commands[@]}"; do
	page=$pages/plateau-${command// /-}.1
	read -ra words <<<"$command"
	text=$(text_of "$page")
	missing=
	while read -r option; do
		grep -qE -- "^(-., )?$option( |\$)" <<<"$text" || missing+=" $option"
	done < <(plateau help "${words[@]}" | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p')
	is "every option of $command is on its page" "$missing" ""
	for section in NAME SYNOPSIS DESCRIPTION OPTIONS "EXIT STATUS" ENVIRONMENT "SEE ALSO"; do
		grep -qE "^\.SH \"?$section" <<<"$text" || missing+=" $section"
	done
	is "no section of $command is missing" "$missing" ""
done

# An option that no code asks for would be documented for nothing. Options stand in tables as
# {'x', "name" or {0, "name"; what asks for them has the name elsewhere.
unused=$(for command in "${commands[@]}"; do
	# shellcheck disable=SC2086
	plateau help $command | sed -n 's/^  \(-., \|    \)--\([a-z-]*\).*/\2/p'
done | sort -u | while read -r option; do
	grep -rhoE -- "(\{(0|'.'), *)?\"$option\"" "$top_srcdir"/src/{commands,cli} |
		grep -qv '^{' || printf '%s ' "$option"
done)
is "every option is asked for" "$unused" ""

# Every reference is to a page that is there.
lost=$(sed -n 's/^\.BR \([a-z\\-]*\) (\([15]\)).*/\1.\2/p' "$pages"/*.[15] | sed 's/.-/-/g' | sort -u |
	while read -r page; do [ -f "$pages/$page" ] || printf '%s ' "$page"; done)
is "every page that is referred to is there" "$lost" ""

if command -v mandoc >/dev/null; then
	# A page that is not of a release has no date.
	is "mandoc has nothing to say" \
		"$(mandoc -T lint -W warning "$pages"/*.[15] 2>&1 | grep -v 'missing date, using ""')" ""
else
	skip "mandoc has nothing to say" "there is no mandoc here"
fi
if man --version 2>&1 | grep -q man-db; then
	is "groff has nothing to say" "$(for page in "$pages"/*.[15]; do
		LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null
	done)" ""
else
	skip "groff has nothing to say" "there is no man-db here"
fi
tap_done
