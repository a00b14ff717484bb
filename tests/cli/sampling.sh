#!/usr/bin/env bash
# The node over time: what is sampled while trials run, at the ends of windows, and what is said of
# what cannot be had here.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 python3

query()
{
	sqlite3 "$@"
}

tap_run plateau run -q -j 1,2 -r 2 -w 1 -m 2 --sampling 50ms -e none -o node.db -- sleep 0.3
tap_status 0 "a run that samples every 50 ms"

# Every machine has these.
for name in cpu_busy_share memory_available_bytes; do
	is "$name in every trial" \
		"$(query node.db "select count(distinct trial) from sample where name='$name'")" 4
done
is "and often enough" "$(query node.db "select min(n)>=5 from (select count(*) as n from sample
	where name='memory_available_bytes' group by trial)")" 1
is "between a trial's beginning and its end" "$(query node.db "select count(*) from sample s
	join trial t using(trial, attempt) where s.name='memory_available_bytes'
	and (s.at_ns < t.start_ns or s.at_ns > t.end_ns + 100000000)")" 0
is "shares are shares" "$(query node.db "select count(*) from sample
	where (name like 'cpu%share' or name like 'psi%share') and (value < 0 or value > 1.5)")" 0
is "totals of the window, and the time that they are of" "$(query node.db "select count(*) from sample
	where name in ('cpu_busy_s', 'cpu_elapsed_s')")" 8
is "which is that of the window" "$(query node.db "select count(*) from sample s join trial t using(trial, attempt)
	where s.name='cpu_elapsed_s'
	and abs(s.value - (t.window_end_ns - t.window_start_ns)/1e9) > 0.5")" 0
is "what it cost is known, and little" "$(query node.db "select count(*) from sample
	where name='node_sampler_cpu_share' and value > 0 and value < 0.5")" 4

# A sensor is there, or says why not: in the facts, in the table and in JSON.
is "every sensor has a source or a reason" "$(query node.db "select count(*) from host
	where name like 'sensor_%' and (value is null) = (reason is not null and reason <> '')")" 8
tap_run plateau show --json node.db
tap_status 0 "show --json"
cp stdout node.json
cat >look.py <<'END'
import json
import sqlite3

levels = json.load(open("node.json"))["levels"]
facts = dict(sqlite3.connect("node.db").execute("select name, reason from host where name like 'sensor_%'"))
keys = {"energy_per_task_j": "energy", "power_w": "energy", "temperature_c": "temperature",
        "cpu_clock_hz": "cpu_clock", "kernel_frequency_hz": "cpu_frequency",
        "core_throttle_events": "throttle", "cpu_busy_share": "cpu_time",
        "memory_available_least_bytes": "memory"}
for level in levels:
    for key, sensor in keys.items():
        figure = level[key]
        reason = facts["sensor_" + sensor]
        if reason:
            assert figure["value"] is None and figure["reason"] == reason, (key, figure, reason)
        else:
            assert figure["value"] is not None or figure["reason"], (key, figure)
    assert 0 <= level["cpu_busy_share"]["value"] <= 1.1
    assert level["memory_available_least_bytes"]["value"] > 0
END
tap_run python3 look.py
tap_status 0 "figures, or the reasons of the sensors"
tap_run plateau show node.db
tap_stdout_has "The node meanwhile"
tap_stdout_has "to sample the node"
if [ -n "$(query node.db "select 1 from host where name='sensor_energy' and value is null")" ]; then
	tap_stdout_has "- energy"
fi

# ---- Off -----------------------------------------------------------------------------------------
tap_run plateau run -q -j 1 -r 1 -w 0 -m 1 --sampling off -e none -o off.db -- sleep 0.1
tap_status 0 "a run that samples nothing"
is "nothing is sampled of the node" "$(query off.db "select count(*) from sample
	where name like 'cpu_busy%' or name like 'memory_available%' or name like 'node_%'")" 0
tap_run plateau show --json off.db
tap_stdout_has "nothing was sampled (sampling.interval was off)"
tap_run plateau show off.db
is "and nothing is told of it" "$(printf '%s' "$stdout" | grep -c 'The node meanwhile')" 0

# ---- What is wrong -------------------------------------------------------------------------------
for bad in 1 5ms 2h never ''; do
	tap_run plateau run --sampling "$bad" -j 1 -o bad.db -- true
	tap_status 2 "--sampling '$bad'"
done
cat >bad.yaml <<'END'
name: bad
task: {command: ["true"]}
sweep: {levels: [1]}
sampling: {interval: 1ms, every: 1s}
END
tap_run plateau plan bad.yaml
tap_status 2 "a scenario with a wrong interval"
tap_stderr_has "bad.yaml:4:22: sampling.interval: 1ms is out of range; write 10 ms to 1 h, or off"
tap_stderr_has "sampling.every"

# ---- The result says how it was made, and goes on so -----------------------------------------------
tap_run plateau run -q --resume node.db -r 3
tap_status 0 "another block"
is "is sampled alike" "$(query node.db "select count(distinct trial) from sample
	where name='memory_available_bytes'")" 6
is "and keeps the interval" "$(query node.db "select json_extract(scenario_json, '\$.sampling.interval_s') from run")" 0.05
tap_run plateau run --resume node.db --sampling 1s
tap_status 2 "an interval of another part of the run"

# ---- An ordinary user ------------------------------------------------------------------------------
if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null 2>&1; then
	skip "an ordinary user" "needs root and setpriv"
else
	mkdir user
	chmod 1777 user
	chmod 755 "$work"
	tap_run env TMPDIR="$work/user" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$(command -v plateau)" run -q --here -j 1 -r 1 -w 0 -m 1 -e none -o user/user.db -- sleep 0.2
	tap_status 0 "an ordinary user"
	is "has a source or a reason for every sensor too" "$(query user/user.db "select count(*) from host
		where name like 'sensor_%' and (value is null) = (reason is not null and reason <> '')")" 8
fi
tap_done
