#!/usr/bin/env bash
# What plateau itself does around its commands: help, version, usage errors, the end of stdout.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99

tap_run plateau
tap_status 2 "no arguments: exit code 2"
tap_stdout_is "" "no arguments: nothing on stdout"
tap_stderr_has "Usage: plateau COMMAND" "no arguments: the help on stderr"
help=$stderr

for word in --help -h help 'help --help'; do
	read -ra words <<<"$word"
	tap_run plateau "${words[@]}"
	tap_status 0
	tap_stdout_is "$help"
	tap_stderr_is ""
done

tap_run plateau --version
tap_status 0
matches "the version comes first" "$(head -n 1 stdout)" \
	'^plateau [0-9]+\.[0-9]+\.[0-9]+(-[a-z0-9]+)?$'
short=$stdout
tap_run plateau --version now
tap_status 2 "--version and another word"
tap_stderr_is "plateau: --version takes nothing but --verbose, and not 'now'"
tap_run plateau help scenario
tap_status 0 "help on the files, which are no command"
tap_stdout_has 'man 5 plateau-scenario'
tap_run plateau --version --verbose
tap_status 0
has "with --verbose the same first" "$stdout" "$short"
for library in "C library" hwloc libpfm4 GSL SQLite libyaml jansson libarchive nettle; do
	matches "and the version of $library" "$stdout" "^$library +([a-z]+ )?[0-9]+\.[0-9]"
done

tap_run plateau shwo
tap_status 2
tap_stderr_is "plateau: unknown command 'shwo'; did you mean 'show'?"
tap_run plateau xyzzy
tap_status 2
tap_stderr_is "plateau: unknown command 'xyzzy'; \`plateau --help\` lists them"
tap_run plateau --xyzzy
tap_status 2
tap_stderr_is "plateau: unknown option '--xyzzy'; \`plateau --help\` lists them"
tap_run plateau $'sh\e[31mow'
tap_stderr_has 'sh\x1b[31mow' "control characters are made visible"
tap_run plateau $'a\xc2\x9b31m\xe2\x80\xaeb\xe2\x80\x8fc\xe2\x80\xa8d\x9be\xc3\xa9'
tap_stderr_has $'a\\u009b31m\\u202eb\\u200fc\\u2028d\\x9be\xc3\xa9' \
	"C1 controls and marks of direction too"

# Every command: its help is complete and fits, and mistakes are told with exit code 2.
mapfile -t commands < <(sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\( [a-z]\{1,\}\)\{0,1\}\)  .*/\1/p' <<<"$help")
check "there are commands" test "${#commands[@]}" -gt 0
for command in "${commands[@]}"; do
	read -ra words <<<"$command"
	tap_run plateau "${words[@]}" --help
	tap_status 0
	tap_stderr_is ""
	tap_stdout_has "Usage: plateau $command [OPTION]..."
	tap_stdout_has "--json"
	is "$command --help fits 80 columns" "$(awk 'length > 80' stdout)" ""
	cp stdout "$command.help"
	tap_run plateau "${words[@]}" --quiet -h --no-such-option
	is "$command -h wins over what follows" "$status:$(cat stdout)" "0:$(cat "$command.help")"

	tap_run plateau help "${words[@]}"
	is "help $command is the same" "$status:$(cat stdout)" "0:$(cat "$command.help")"

	tap_run plateau "${words[@]}" --jsn
	tap_status 2
	tap_stdout_is ""
	tap_stderr_is "plateau: $command: unknown option --jsn; did you mean --json?
plateau: \`plateau $command --help\` tells what it takes"
	tap_run plateau "${words[@]}" --color=blue
	tap_status 2
	tap_stderr_has "plateau: $command: --color: 'blue' is none of auto|always|never"
	tap_run env PLATEAU_PROGRESS=often plateau "${words[@]}"
	tap_status 2 "$command: a wrong word in the environment: exit code 2"
	tap_stderr_has "PLATEAU_PROGRESS: 'often' is none of auto|always|never" \
		"$command: a wrong word in the environment is told with its variable"
done

tap_run plateau help fleet
tap_status 0
tap_stdout_has "Usage: plateau fleet COMMAND"
tap_run plateau help help
tap_status 0 "help on help"
tap_stdout_has "Usage: plateau"
tap_run plateau help show --help
tap_status 0 "help, asked for twice"
tap_stdout_has "plateau show"
# WORDS of help that name no command|what is said
while IFS='|' read -r words message; do
	read -ra words <<<"$words"
	tap_run plateau help "${words[@]}"
	tap_status 2
	tap_stdout_is ""
	tap_stderr_is "plateau: $message"
done <<'END'
shwo|unknown command 'shwo'; did you mean 'show'?
fleet rnak|unknown command 'fleet rnak'; did you mean 'fleet rank'?
capacity overlap|unknown command 'capacity overlap'; did you mean 'capacity overlaps'?
show result.db|unknown command 'result.db'; `plateau --help` lists them
END

# An answer that does not arrive is a failure.
to_full()
{
	plateau --help >/dev/full
}
to_closed()
{
	plateau --help >&-
}
tap_run to_full
tap_status 1 "a full disk: exit code 1"
tap_stderr_is "plateau: cannot write to standard output: No space left on device"
tap_run to_closed
tap_status 1 "a closed stdout: exit code 1"
tap_stderr_is "plateau: cannot write to standard output: Bad file descriptor"

# A reader that goes away: no message, no death by signal.
to_nobody()
{
	(
		sleep 0.2
		code=0
		plateau --help || code=$?
		echo "$code" >code
	) | true
}
tap_run to_nobody
is "a reader that went away: exit code 1" "$(cat code)" 1
tap_stderr_is "" "a reader that went away: silence"

# With all standard streams closed nothing that is opened may take their place.
plateau --help <&- >&- 2>&-
is "all streams closed: exit code 1" "$?" 1

tap_run env COLUMNS=100 plateau plan --help
matches "--help is as wide as COLUMNS" "$(wc -L <stdout)" '^(9[0-9]|100)$'
tap_run env COLUMNS=500 plateau plan --help
matches "but not wider than is read with ease" "$(wc -L <stdout)" '^1(1[0-9]|20)$'

tap_done
