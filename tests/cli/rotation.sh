#!/usr/bin/env bash
# More events than counters, by the command line: the key and its option, what a plan says, and a run
# that keeps the sets that its file has. Which events fit together is found on real counters:
# tests/emulated/counters.sh; here the file is given sets, of events that every machine has.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
need sqlite3 python3

# ---- The key -----------------------------------------------------------------------------------
tap_run plateau run -q --overflow sometimes -- true
tap_status 2 "a way that there is not"
tap_stderr_has '--overflow: "sometimes" is not one of rotate, multiplex'
tap_run plateau plan -e "$(seq -s , 25)" -- true
tap_status 2 "25 events"
tap_stderr_has "--events: more than 24 events; name fewer"
tap_run plateau plan -e cycles,task-clock,cycles -- true
tap_status 2 "an event twice"
tap_stderr_has "--events: the event cycles is there twice; name it once"

tap_run plateau plan -j 1 -e task-clock,page-faults,no-such-event --overflow multiplex -- true
tap_status 0 "a plan"
tap_stdout_has "counters   2 of 3 events, all in every task; cannot be counted here:"
tap_run plateau plan -j 1 -e none -- true
tap_stdout_has "counters   none"
tap_run plateau plan -j 1 -e task-clock,no-such-event --json -- true
is "and as JSON" "$(python3 -c '
import json, sys
counters = json.load(open("stdout"))["counters"]
print(counters["overflow"], counters["event_sets"],
      [(e["name"], e["state"], e["sets"]) for e in counters["events"]])')" \
	"rotate 0 [('task-clock', 'ok', None), ('no-such-event', 'unknown', None)]"

# ---- All fit -----------------------------------------------------------------------------------
cat >scenario.yaml <<'YAML'
name: turns
task: {command: ["true"]}
sweep: {levels: [1, 2], repeats: 1, measured: 2, warmup: 0}
counters: {events: [task-clock, page-faults, context-switches], overflow: rotate}
YAML
tap_run plateau run scenario.yaml -q -o turns.db
tap_status 0 "software events take no counters"
is "so nothing takes turns" "$(query turns.db "select (select count(*) from event_set),
	(select count(event_set) from trial), (select count(*) from counter) = 3 * count(*)
	from task")" "0|0|1"
is "the key is in the file" "$(query turns.db \
	"select json_extract(scenario_json, '\$.counters.overflow') from run")" rotate
tap_run plateau run --resume turns.db --overflow multiplex -q
tap_status 2 "a run that goes on keeps its way"

# ---- A file with sets is gone on with ----------------------------------------------------------
# As if page-faults and context-switches did not fit together when it was begun.
sqlite3 turns.db "insert into event_set values (1, 0), (1, 1), (2, 0), (2, 2);
	update trial set event_set = level % 2 + 1;
	delete from counter where event = 2 and task in (select task from task join trial using(trial)
		where event_set = 1);
	delete from counter where event = 1 and task in (select task from task join trial using(trial)
		where event_set = 2)"
tap_run plateau show turns.db
tap_status 0 "one block for two sets"
tap_stdout_has "2 sets of events take turns, one in a trial"
tap_stdout_has "page-faults       ok     1 of 2"
tap_stdout_has "! Not counted: page-faults at N=2; context-switches at N=1. 2 sets of events"
tap_run plateau run --resume turns.db -r 4
tap_status 0 "three more blocks"
tap_stderr_has "2 sets of events take turns, one in a trial; in all of them: task-clock; in set 1: page-faults; in set 2: context-switches" \
	"says what takes turns"
is "every trial has the set that follows from its block and level" "$(query turns.db \
	"select count(*), sum(event_set = (block + level) % 2 + 1) from trial")" "8|8"
is "and its tasks count that set alone" "$(query turns.db "select count(*) > 8 and
	count(*) = sum((select group_concat(event) from (select event from counter c
		where c.task = t.task order by event)) = case r.event_set when 1 then '0,1' else '0,2' end)
	from task t join trial r using(trial, attempt) where r.block > 0")" 1
tap_run plateau show turns.db
tap_stdout_has "task-clock        ok     8 of 8"
tap_stdout_has "page-faults       ok     4 of 8"
lacks "nothing is missing any more" "$stdout" "Not counted:"
tap_run plateau show turns.db --json
is "the same as JSON, at N=1" "$(python3 -c '
import json
level = json.load(open("stdout"))["levels"][0]
print([(n, c["trials"], c["state"], c["running_share"], c["mean"] > 0 or n == "context-switches")
       for n, c in level["counters"].items()])')" \
	"[('task-clock', 4, 'ok', 1.0, True), ('page-faults', 2, 'ok', 1.0, True), ('context-switches', 2, 'ok', 1.0, True)]"
tap_run plateau export turns.db --jsonl
tap_status 0 "export"
is "what was not counted is no 0" "$(python3 -c '
import json
rows = [json.loads(line) for line in open("stdout")]
rows = [r for r in rows if r.get("trial")]
print(len(rows) > 0, all((r["page-faults"] is None) == (r["page-faults_state"] == "not-counted")
    and (r["page-faults"] is None) != (r["context-switches"] is None) for r in rows))')" "True True"
tap_run plateau report turns.db -o turns.html
tap_status 0 "a page"
check "has the table too" grep -q "4 of 8" turns.html

tap_done
