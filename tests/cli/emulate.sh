#!/usr/bin/env bash
# What scripts/emulate refuses before it fetches or boots anything; tests/emulated boots.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99

emulate=$top_srcdir/scripts/emulate
export XDG_CACHE_HOME=$work/cache

tap_run "$emulate" --help
tap_status 0 "--help"
tap_stdout_has "usage: scripts/emulate" "and it says how to use it"

# refused TEXT ARGUMENT...: exit code 2, and TEXT among the words
refused()
{
	local text=$1
	shift
	tap_run "$emulate" "$@"
	tap_status 2 "refused: $*"
	tap_stderr_has "$text" "with the reason: $text"
}
refused "usage: scripts/emulate"
refused "unknown option '--machines'" --machines rome -- true
refused "--machine takes numa, small or rome, not 'milan'" --machine milan -- true
refused "--pmu takes on or off, not 'maybe'" --pmu maybe -- true
refused "--paranoid takes a whole number, not 'x'" --paranoid x -- true
refused "--timeout takes seconds, not '0'" --timeout 0 -- true
refused "not '3-'" --offline 3- -- true
refused "not '1;reboot'" --cpuset '1;reboot' -- true
refused "cannot read 'absent.yaml'" absent.yaml
refused "cannot read 'absent.c'" --build absent.c -- true
: >program.rs
refused "--build takes a .c or .S file, not 'program.rs'" --build program.rs -- true
refused "--cache needs a value" --cache
check "nothing was fetched" test ! -e "$XDG_CACHE_HOME"
tap_done
