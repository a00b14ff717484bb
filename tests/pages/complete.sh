#!/usr/bin/env bash
# Completion in real shells: keys are typed into bash and zsh on a terminal of their own, and what a
# line has become is what the command, a function there, is called with.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need script

pages=$top_builddir/pages
[ -d "$pages" ] || pages=$top_srcdir/pages
[ -d "$pages" ] || skip_all "no pages here: a cross build has none"

# Keys: TAB completes, ESC * puts in everything that is offered.
tab=$'\t'
all=$'\e*'

mkdir shell
printf '%s\n' "PS1='\$ '" "bind 'set enable-bracketed-paste off'" "bind 'set bell-style none'" \
	". '$pages/bash/plateau'" \
	"plateau() { { printf '<%s>' \"\$@\"; echo; } >>'$work/called'; }" >shell/bashrc
printf '%s\n' "PS1='\$ '" "unsetopt beep" "fpath=('$pages/zsh' \$fpath)" \
	'autoload -Uz compinit && compinit -u -D' \
	"zstyle ':completion:all-matches:*' completer _all_matches _complete" \
	"zstyle ':completion:all-matches:*' insert true" \
	"zstyle ':completion:all-matches:*' old-matches no" \
	'zle -C all-matches complete-word _generic' "bindkey '\\e*' all-matches" \
	"plateau() { { printf '<%s>' \"\$@\"; echo; } >>'$work/called'; }" >shell/.zshrc

mkdir -p files/folder
touch files/{a.db,'b c.db',x.yaml,z.yml,y.txt,c.csv,t.xml}

# type_into SHELL: the lines of the file keys, with an exit behind them; what came of them is in the
# file called, a line for each.
type_into()
{
	local shell=$1 command
	case $shell in
	bash) command="bash --noprofile --rcfile '$work/shell/bashrc' -i" ;;
	zsh) command="env ZDOTDIR='$work/shell' zsh -d -i" ;;
	esac
	: >called
	{ cat keys && echo exit; } |
		(cd files && TERM=vt100 HOME=$work timeout 60 script -qec "$command" /dev/null) >screen 2>&1
}

# What is typed, and the words that it becomes, sorted where everything is put in.
# shellcheck disable=SC2016
cases()
{
	cat <<END
rep$tab|<report>
fleet $all|<collect><fleet><history><job><rank><status><submit>
fleet ra$tab|<fleet><rank>
help fl${tab}ra$tab|<help><fleet><rank>
help capacity o$tab|<help><capacity><overlaps>
capacity over$tab|<capacity><overlaps>
run --color=al$tab|<run><--color=always>
run --color al$tab|<run><--color><always>
run --preflight fu$tab|<run><--preflight><full>
plan --policy spread:n$tab|<plan><--policy><spread:numa>
plan --policy=spread:n$tab|<plan><--policy=spread:numa>
plan --unit $all|<--unit><core><l3><numa><package><plan><pu>
plan --memory-policy in$tab|<plan><--memory-policy><interleave>
show $all|<a.db><b c.db><folder><show>
show b$tab|<show><b c.db>
show b\\ $tab|<show><b c.db>
run $all|<folder><run><x.yaml><z.yml>
run -qj 2 x$tab|<run><-qj><2><x.yaml>
run -- cat y$tab|<run><--><cat><y.txt>
run -- unam$tab|<run><--><uname>
report a.db --plots=f$tab|<report><a.db><--plots=folder>
report a.db --plots f$tab|<report><a.db><--plots><folder/>
run --reference $all|<--reference><a.db><b c.db><folder><run>
run --reference a.db b$tab -q x$tab|<run><--reference><a.db><b c.db><-q><x.yaml>
plan --topology $all|<--topology><folder><plan><t.xml>
fit $all|<a.db><b c.db><c.csv><fit><folder>
import $all|<csv><import><levels><lsst-metadata><perf-stat><sacct><time>
import csv ${tab}c.$tab|<import><csv><c.csv>
fleet submit --retry failed,sl$tab x.y$tab|<fleet><submit><--retry><failed,slow><x.yaml>
fleet status $all|<fleet><folder><status>
compare a.db -- b$tab|<compare><a.db><--><b c.db>
run --no-such$tab|<run><--no-such>
END
}

# Words in one order, whatever the shell's is.
sorted()
{
	printf '%s' "${1//></>$'\n'<}" | LC_ALL=C sort | tr -d '\n'
}

# A folder has a slash in some shells.
plain()
{
	printf '%s' "${1//\/>/>}"
}

try_cases()
{
	local shell=$1 typed expected called at=0
	cases | sed 's/|.*//; s/^/plateau /' >keys
	type_into "$shell"
	mapfile -t called <called
	is "$shell: every line came through" "${#called[@]}" "$(wc -l <keys)"
	while IFS='|' read -r typed expected; do
		case $typed in
		*"$all") is "$shell: ${typed%"$all"} offers" "$(sorted "$(plain "${called[at]}")")" "$(plain "$expected")" ;;
		*) is "$shell: ${typed//$tab/ TAB }" "$(plain "${called[at]}")" "$(plain "$expected")" ;;
		esac
		((++at))
	done < <(cases)
}

# Every option in full is offered for every command, and nothing else.
try_options()
{
	local shell=$1 called at=0 command offered
	sed "s/.*/plateau & --$all/" commands >keys
	type_into "$shell"
	mapfile -t called <called
	while read -r command; do
		offered=$(tr '<' '\n' <<<"${called[at]}" | grep -o -- '--[a-z-]*' | LC_ALL=C sort -u)
		is "$shell: options of $command" "$offered" "$(options_of "$command")"
		((++at))
	done <commands
}

options_of()
{
	# shellcheck disable=SC2086
	plateau help $1 | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p' | LC_ALL=C sort
}

plateau --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\( [a-z]\{1,\}\)\{0,1\}\)  .*/\1/p' >commands
is "there are commands" "$(($(wc -l <commands) > 10))" 1

for shell in bash zsh; do
	if ! command -v "$shell" >/dev/null; then
		skip "$shell completes" "there is no $shell here"
		continue
	fi
	try_cases "$shell"
	try_options "$shell"
done
tap_done
