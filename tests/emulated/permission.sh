#!/usr/bin/env bash
# What an ordinary user may count at each perf_event_paranoid, and what is said where it is not
# permitted. Debian's kernel closes all at 3.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/emulated/lib.bash
. "${top_srcdir:?}/tests/emulated/lib.bash" || exit 99

# The boot as an ordinary user, and then from one as root, for the settings below.
in_node 'plateau run -q -j 1 -r 1 -w 0 -m 1 -e cycles,instructions,task-clock -o 3.db -- \
	loop 10 >3.txt' --user --paranoid 3
tap_status 0 "a sweep as an ordinary user at 3"
in_node 'for paranoid in 2 1; do
	echo $paranoid >/proc/sys/kernel/perf_event_paranoid
	chmod 777 .
	su -p user -s /bin/sh -c "plateau run -q -j 1 -r 1 -w 0 -m 1 -e cycles,instructions,task-clock \
		-o $paranoid.db -- loop 10 >$paranoid.txt" || exit
done'
tap_status 0 "and at 2 and 1"

for event in cycles instructions; do
	is "at 3, $event: no permission" "$(event_says out/3.db $event state)" no-permission
	has "at 3, the remedy of $event names the setting" "$(event_says out/3.db $event remedy)" \
		perf_event_paranoid
	is "at 2, $event are counted" "$(states out/2.db $event)" ok
	is "at 2, in user mode only" "$(event_says out/2.db $event user_only)" 1
	is "at 1, $event are counted" "$(states out/1.db $event)" ok
	is "at 1, in kernel mode too" "$(event_says out/1.db $event user_only)" 0
done
# The text may be wrapped anywhere.
shown=$(plateau show out/3.db 2>&1 | tr -s ' \n' '  ')
has "the table says so in words" "$shown" "not permitted"
has "with what to do" "$shown" perf_event_paranoid
tap_done
