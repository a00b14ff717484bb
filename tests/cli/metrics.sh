#!/usr/bin/env bash
# Metric files: which event is taken for a name, end to end, with events that every kernel counts.
. "${top_srcdir:?is set by make check}/tests/cli/lib.sh" || exit 99
need sqlite3

# measure RESULT OPTION...: counts one task.
measure()
{
	local result=$1
	shift
	tap_run plateau run -q -j 1 -r 1 -w 0 -m 1 --policy none -o "$result" "$@" -- true
}

cat >site.yaml <<'EOF'
metrics:
  x:
    unit: pages
    meaning: what a task touches
    check: faults
    choices:
      generic:
        - r5843
        - {event: perf::PAGE-FAULTS, meaning: by the kernel's own count}
  odd:
    check: misses
    choices: {generic: [perf::MAJOR-FAULTS]}
  page-faults:
    choices: {generic: [perf::MINOR-FAULTS]}
EOF

measure probe.db -e perf::PAGE-FAULTS
if [ "$(query probe.db "select state from counter_event")" != ok ]; then
	skip_all "software events cannot be counted here"
fi
raw=$(query probe.db "select encoded from counter_event")

# ---- the first choice does not open, the second does -------------------------------------------
measure a.db --metrics site.yaml -e X,odd,page-faults,task-clock
tap_status 0 "a site's metrics"
is "the choice is in the result" \
	"$(query a.db "select name, metric, choice, encoded, type, config, state
		from counter_event where event = 0")" "X|x|2|$raw|1|2|ok"
has "what it means, and what became of the one before" \
	"$(query a.db "select note from counter_event where event = 0")" \
	"by the kernel's own count; tried before: r5843: not-supported ("
is "a counter that tells nonsense is not used" \
	"$(query a.db "select name, metric, choice, state, reason from counter_event where event = 1")" \
	"odd|odd|1|implausible|it counted 0 while 4096 lines were read that no cache held"
matches "and a remedy stands beside it" \
	"$(query a.db "select remedy from counter_event where event = 1")" "do not use it|hypervisor"
is "it has no values" "$(query a.db "select count(*) from counter where event = 1")" 0
is "the file overrides plateau's own list" \
	"$(query a.db "select metric, choice, config from counter_event where event = 2")" \
	"page-faults|1|5"
is "what it does not speak of stays" \
	"$(query a.db "select metric, choice, config, note from counter_event where event = 3")" \
	"task-clock|1|1|"
is "tasks have values of what was taken" \
	"$(query a.db "select count(*) > 0, min(raw) > 0 from counter where event = 0")" "1|1"

PLATEAU_METRICS=$work/site.yaml measure b.db -e x
is "the variable stands for the option" "$(query b.db "select choice from counter_event")" 2
measure c.db -e x
tap_stderr_has "x will not be counted" "without the file there is no such metric"
is "which is not a failure" "$status|$(query c.db "select state from counter_event")" "0|unknown"

tap_run plateau run -v -j 1 -r 1 -w 0 -m 1 --policy none --metrics site.yaml -e x,odd -o d.db -- true
tap_stderr_has "x is perf::PERF_COUNT_SW_PAGE_FAULTS" "-v tells what was taken"
tap_stderr_has "tried before: r5843" "-v tells what was tried"
tap_stderr_has "odd is implausible" "-v tells what is not used"

# ---- names that metrics do not have -------------------------------------------------------------
measure e.db -e cycels,context-switches:u,msr/nothing/
tap_stderr_has "did you mean cycles?"
is "states of what cannot be counted" \
	"$(query e.db "select name, state from counter_event order by event" | paste -s -d ,)" \
	"cycels|unknown,context-switches:u|not-counted,msr/nothing/|not-supported"
is "each with a remedy" \
	"$(query e.db "select count(*) from counter_event where remedy is null")" 0

# Commas of an event's own are no ends of it.
measure j.db -e "raw:config=0x1b7,config1=0x3f,cpu/event=0x3c,umask=0/,raw:config=0x1,task-clock"
is "commas inside events" \
	"$(query j.db "select name from counter_event order by event" | paste -s -d ' ')" \
	"raw:config=0x1b7,config1=0x3f cpu/event=0x3c,umask=0/ raw:config=0x1 task-clock"
is "config1 of a raw encoding" \
	"$(query j.db "select type, config, config1 from counter_event where event = 0")" "4|439|63"

# The page of metrics is that of the file.
documented()
{
	local name
	for name in $(sed -n '/^metrics:/,$s/^  \([A-Za-z0-9-]*\):$/\1/p' "$top_srcdir/data/metrics.yaml") \
		$(sed -n '/^processors:/,/^metrics:/s/^  \([a-z0-9-]*\):$/\1/p' "$top_srcdir/data/metrics.yaml"); do
		grep -q "^| \`$name\` |" "$top_srcdir/docs/metrics.md" || { echo "$name is missing"; return 1; }
	done
	[ -n "${name:-}" ]
}
check "docs/metrics.md names every metric and processor" documented
sed -n '/^```yaml$/,/^```$/p' "$top_srcdir/docs/metrics.md" | sed '/^```/d' >page.yaml
measure k.db --metrics page.yaml -e fp-operations,task-clock
tap_status 0 "the file of the page is one"
is "and its metric is known" "$(query k.db "select metric from counter_event where event = 0")" \
	fp-operations

# ---- going on -----------------------------------------------------------------------------------
# Neither the file nor its option is needed: the codes of the result decide.
measure f.db --metrics site.yaml -e x,odd,page-faults
rm site.yaml
tap_run plateau run -q --resume f.db -r 2
tap_status 0 "a run goes on without the metric file that it was begun with"
is "and counts the same" "$(query f.db "select count(distinct trial) from task join counter using (task)
	where event = 0 and counter.state = 'ok' and role != 'probe'")" 2
tap_run plateau run -q --resume f.db -r 3 --metrics other.yaml
tap_status 2
tap_stderr_has "--metrics does not go with --resume"

# ---- an ordinary user ----------------------------------------------------------------------------
# From perf_event_paranoid 2 on the kernel is not for him: its events would read 0, and must not.
paranoid=$(cat /proc/sys/kernel/perf_event_paranoid 2>/dev/null)
as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all)
if [ "$(id -u)" -eq 0 ] && [ "${paranoid:-0}" -eq 2 ] && chmod 0777 "$work" &&
	"${as_nobody[@]}" test -x "$top_builddir/plateau" 2>/dev/null; then
	tap_run "${as_nobody[@]}" plateau run -q -j 1 -r 1 -w 0 -m 1 --policy none -o "$work/u.db" \
		-e context-switches,page-faults,cpu-migrations -- true
	tap_status 0 "an ordinary user counts what he may"
	is "what happens in the kernel alone is not permitted, and not 0" \
		"$(query u.db "select name, state from counter_event where event <> 1" | paste -s -d ,)" \
		"context-switches|no-permission,cpu-migrations|no-permission"
	has "with the remedy" "$(query u.db "select remedy from counter_event where event = 0")" \
		"ask the administrator for \`sysctl kernel.perf_event_paranoid=1\`"
	is "user mode alone is said to be so" \
		"$(query u.db "select state, user_only, reason <> '' from counter_event where event = 1")" \
		"ok|1|1"
else
	skip "an ordinary user" "needs root, perf_event_paranoid 2, setpriv and a build that all may read"
fi

# ---- files that are wrong ------------------------------------------------------------------------
printf 'metrics:\n  x: {chioces: {generic: [r1]}}\n  y: {check: timx, choices: {zen77: [r2]}}\n' >wrong.yaml
measure g.db --metrics wrong.yaml -e x
tap_status 2 "a wrong file: exit code 2"
is "everything that is wrong, at once" "$(grep -c '^wrong.yaml:[0-9]*:[0-9]*: metrics' stderr)" 4
tap_stderr_has "wrong.yaml:2:7: metrics.x.chioces: unknown key; did you mean choices?"
tap_stderr_has "did you mean time?"
check "nothing was measured" test ! -e g.db
measure h.db --metrics nowhere.yaml -e x
tap_status 2 "no such file: exit code 2"
tap_stderr_has "nowhere.yaml"

# ---- without plateau's own file ------------------------------------------------------------------
mkdir bare
if cp "$top_builddir/plateau" bare/plateau && ! strings bare/plateau |
	sed -n 's|^\(/.*/metrics.yaml\)$|\1|p' | xargs -r ls >/dev/null 2>&1; then
	tap_run bare/plateau run -q -j 1 -r 1 -w 0 -m 1 --policy none -e page-faults -o i.db -- true
	tap_status 0 "a plateau without its data folder counts all the same"
	tap_stderr_has "plateau's own metrics are missing"
	is "by libpfm4's names" "$(query i.db "select metric is null, state from counter_event")" "1|ok"
else
	skip "a plateau without its data folder" "one is installed"
fi

tap_done
