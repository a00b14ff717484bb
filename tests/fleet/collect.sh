#!/usr/bin/env bash
# plateau fleet collect: results of many nodes in one fleet file, from a fleet's folder and from
# elsewhere; only what is new is read; what is damaged is told; the fleet file is always whole.
# shellcheck source=tests/cli/lib.sh
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99
# shellcheck source=tests/fleet/job.bash
. "${top_srcdir:?tests run through make check}/tests/fleet/job.bash" || exit 99
# shellcheck source=tests/cli/slurm_answers.bash
. "${top_srcdir:?tests run through make check}/tests/cli/slurm_answers.bash" || exit 99
need awk python3 sha256sum hostname
stand_in_slurm
stand_in_silence

# clone FILE HOST [SECONDS [RUN_ID]]: the result as one of another node.
clone()
{
	python3 "$top_srcdir/tests/fleet/clone.py" real.db "$@"
}

inode()
{
	stat -c '%i %Y %s' "$1"
}

# key JSON-KEY...: of the last answer.
key()
{
	python3 -c 'import json, sys
value = json.loads(sys.argv[1])
for word in sys.argv[2:]:
	value = value[word]
print(value)' "$stdout" "$@"
}

cat >judged.yaml <<'YAML'
name: judged
task: {command: [sleep, "0.01"]}
sweep: {levels: [1, 2], repeats: 2}
counters: {events: [task-clock]}
accept: {criteria: [{metric: failures, at_most: 0}]}
YAML
tap_run plateau run judged.yaml --here -q -o real.db
tap_status 0 "a run to make results of"

# ---- Results from elsewhere ----

mkdir r
for i in 1 2 3 4 10; do
	clone r/n$i.db n$i "$i"
done
tap_run plateau fleet collect r
tap_status 2 "results from elsewhere need the name of a fleet file"
tap_stderr_has "-o FLEET.db is needed"
tap_run plateau fleet collect r -o f.db
tap_status 0 "results are collected"
tap_stdout_is "Results: 5 new, 0 known.
Nodes: 5, in 5 attempts: 5 pass.
f.db is written."
tap_stderr_is "" "and nothing is said of them"
is "their nodes are the host names, as people count" \
	"$(query f.db "SELECT group_concat(name) FROM (SELECT name FROM node ORDER BY node)")" \
	n1,n2,n3,n4,n10
is "the criteria of their scenario were judged" \
	"$(query f.db "SELECT count(*) FROM judgement WHERE verdict='pass'")" 5
is "their figures are there" "$(query f.db "SELECT count(DISTINCT attempt) FROM figure_wide
	WHERE measure='throughput' AND concurrency=2 AND value>0")" 5
is "and the hardware that was found" \
	"$(query f.db "SELECT count(*) FROM attempt_wide WHERE class LIKE 'processor=%'")" 5
is "paths are absolute" "$(query f.db "SELECT result_path FROM attempt_wide WHERE node='n3'")" \
	"$work/r/n3.db"
is "hashes are those of the files" \
	"$(query f.db "SELECT result_sha256 FROM attempt_wide WHERE node='n3'")" \
	"$(sha256sum <r/n3.db | cut -d ' ' -f 1)"

before=$(inode f.db)
tap_run plateau fleet collect r -o f.db
tap_stdout_has "Results: 0 new, 5 known: nothing is new." "the second time nothing is new"
tap_stdout_has "f.db says all of this already"
is "and the file is as it was" "$(inode f.db)" "$before"
touch r/n3.db
cp r/n4.db r/copy.db
tap_run plateau fleet collect r/*.db ./r/n1.db -o f.db
tap_stdout_has "Results: 0 new, 7 known" "a new date, a copy, another spelling are nothing new"
is "and change nothing" "$(inode f.db)" "$before"
rm r/copy.db

# A node whose clock was wrong.
mkdir clock
clone clock/n1.db n1 20
clone clock/n2.db n2 21
clone clock/n3.db n3 22
sqlite3 clock/n2.db "UPDATE run SET origin_calendar_ns=1000000000000000000"
sqlite3 clock/n3.db "UPDATE run SET origin_calendar_ns=4000000000000000000"
tap_run plateau fleet collect clock -o clock.db
tap_status 0 "dates that cannot be are taken"
is "and warned of, those alone" "$(grep -c 'was wrong, its attempts stand in the wrong order' <<<"$stderr")" 2
tap_stderr_has "n2.db is dated 2001-09-09"

# ---- Damaged, held, and none at all ----

head -c 20000 r/n1.db >r/n5.db
echo "no result" >r/n6.db
clone r/n7.db n7 7
python3 -c '
import fcntl, sys, time
f = open("r/n7.db", "r+b")
fcntl.lockf(f, fcntl.LOCK_EX, 1, 0x40000000)
print("held", flush=True)
time.sleep(100)' >held &
holder=$!
until [ -s held ]; do sleep 0.05; done
tap_run plateau fleet collect r -o f.db
tap_status 0 "what cannot be read is no failure of the others"
tap_stdout_has "Results: 0 new, 5 known, 3 that could not be read."
tap_stderr_has "warning: $work/r/n5.db is cut short"
tap_stderr_has "warning: $work/r/n6.db is not a plateau result file"
tap_stderr_has "warning: $work/r/n7.db is being written"
tap_stdout_has "Nodes: 8, in 8 attempts: 5 pass, 3 no result." "they are no nodes that pass"
tap_run plateau fleet rank f.db
tap_status 4 "a fleet file knows what could not be read"
lacks "and does not call the fleet good" "$stdout" "ALL PASS"
has "it names it" "$stdout" "N n5: no result. Its result cannot be judged: $work/r/n5.db"
has "it is said besides" "$stderr" "r/n7.db is being written"
before=$(inode f.db)
tap_run plateau fleet collect f.db -o f.db
is "and stays as it is" "$(inode f.db)" "$before"
tap_run plateau fleet collect f.db r/n6.db -o again.db
tap_stdout_has "Nodes: 8, in 8 attempts: 5 pass, 3 no result." "put to another, each stands once"
kill "$holder"
wait "$holder" 2>/dev/null
rm r/n6.db
clone r/n5.db n5 5
tap_run plateau fleet collect r -o f.db
tap_stdout_has "Results: 2 new, 5 known, 1 that could not be read." "once they are whole they are taken"
tap_stdout_has "Nodes: 8, in 8 attempts: 7 pass, 1 no result." "what is gone is not forgotten"
clone r/n6.db other-name
tap_run plateau fleet collect r -o f.db
is "until it is read: then the node is the one that it names" \
	"$(query f.db "SELECT group_concat(name) FROM (SELECT name FROM node ORDER BY node)")" \
	n1,n2,n3,n4,n5,n7,n10,other-name
rm r/n6.db f.db
plateau fleet collect r -o f.db >/dev/null
tap_run plateau fleet collect held -o g.db
tap_status 2 "where nothing can be read there is no fleet"
check "and no fleet file" test ! -e g.db

# ---- Nodes that should be there ----

printf 'n[1-3] # the first\nn10\nn11\nn12.site.example\n' >nodes
tap_run plateau fleet collect r --expect nodes -o expected.db
tap_status 0 "nodes that should be there"
tap_stdout_has "9, in 7 attempts: 7 pass, 2 not run." "without a result are not run"
tap_stderr_is "plateau: warning: n4 is not among the nodes of --expect
plateau: warning: n5 is not among the nodes of --expect
plateau: warning: n7 is not among the nodes of --expect" "and those that should not be are named"
tap_run plateau fleet rank expected.db
tap_status 4 "a fleet file knows what was expected"
lacks "and does not call the fleet good" "$stdout" "ALL PASS"
tap_stdout_has "- n11, n12.site.example: It was expected, and there is no result of it."
before=$(inode expected.db)
plateau fleet collect r -o expected.db >/dev/null
is "also when it is put to once more" "$(inode expected.db)" "$before"
tap_run plateau fleet rank r --expect 'n[1-5],n7,n10'
tap_status 0 "where all of them are there"
tap_stderr_is "" "nothing is said"
tap_run plateau fleet rank r --expect 'n[1-'
tap_status 2 "a list that is none"
tap_stderr_has "--expect n[1-: 'n[1-': a bracket without its other half"

# ---- One node several times ----

clone r/later.db n2 1000
clone r/earlier.db n2 -1000
tap_run plateau fleet collect r -o f.db --json
tap_status 0 "more results of a node"
is "the answer in JSON says what is new" "$(key results new) $(key attempts) $(key nodes)" "2 9 7"
is "and how the nodes are" "$(key in_verdict pass) $(key fleet_file)" "7 f.db"
is "they are in the order of time" "$(query f.db "SELECT group_concat(path) FROM (SELECT
	replace(result_path, rtrim(result_path, replace(result_path, '/', '')), '') AS path
	FROM attempt_wide WHERE node='n2' ORDER BY number)")" "earlier.db,n2.db,later.db"
run=$(query r/n3.db "SELECT id FROM run")
clone r/n3.db n3 33 "$run"
tap_run plateau fleet collect r -o f.db
tap_stdout_has "Results: 0 new, 1 changed, 8 known." "a result that changed is loaded again"
is "and takes its own place" "$(query f.db "SELECT count(*) FROM attempt_wide WHERE node='n3'")" 1
rm -r "${work:?}/r"
tap_run plateau fleet collect real.db --node 'by hand' -o f.db
tap_status 0 "what is gone stays in the fleet file"
tap_stdout_has "Nodes: 8, in 10 attempts"
tap_run plateau fleet collect real.db --node 'another' -o f.db
tap_stderr_has "real.db is known as a result of by hand, and not of another" "and moves none later"
is "--node names the node" "$(query f.db "SELECT count(*) FROM node WHERE name='by hand'")" 1
tap_run plateau fleet collect f.db --again -o f.db
tap_stdout_has "says all of this already" "a file is put to itself"

# ---- Names that mean harm ----

mkdir odd
evil=$'n\';DROP TABLE node;--\n\e[31m"$(touch pwned)"<b>'
clone odd/1.db "$evil"
clone odd/2.db ""
tap_run plateau fleet collect odd -o odd.db
tap_status 0 "host names that mean harm"
check "do none" test ! -e pwned
is "and are kept as they are" "$(query odd.db "SELECT count(*) FROM node WHERE name LIKE '%<b>'")" 1
tap_stderr_has "2.db has no host name: it counts as of the node 2 (--node names another)"
tap_run plateau fleet collect odd -o $'odd\e[31m.db'
lacks "no escape goes to the terminal" "$stdout$stderr" $'\e'
tap_stdout_has 'odd\x1b[31m.db is written'

# ---- Fleet files put together ----

mkdir a b
for i in 1 2; do
	clone a/$i.db n$i "$i"
	clone b/$i.db n$((i + 1)) $((i + 100))
done
plateau fleet collect a -o a.db >/dev/null
plateau fleet collect b -o b.db >/dev/null
tap_run plateau fleet collect a.db b.db -o both.db
tap_stdout_is "Fleet files: 2, with 4 attempts.
Nodes: 3, in 4 attempts: 3 pass.
both.db is written." "fleet files are put together"
before=$(inode both.db)
tap_run plateau fleet collect b.db a.db a -o both.db
is "in any order, and again" "$(inode both.db)" "$before"

# The questions of the document are ones that can be asked.
cp both.db fleet.db
tap_run python3 - "$top_srcdir/docs/fleet-file.md" <<'PYTHON'
import re, sqlite3, sys
text = open(sys.argv[1], encoding="utf-8").read()
questions = re.findall(r'sqlite3 fleet.db "([^"]*)"', text)
assert len(questions) > 5, len(questions)
database = sqlite3.connect("fleet.db")
for question in questions:
    database.execute(question).fetchall()
for table in ("table", "view"):
    for name, in database.execute("SELECT name FROM sqlite_master WHERE type=?", (table,)):
        assert f"`{name}`" in text, name
        for row in database.execute(f"PRAGMA table_info({name})"):
            assert table == "view" or re.search(rf"\b{row[1]}\b", text), (name, row[1])
PYTHON
tap_status 0 "docs/fleet-file.md: its questions work, and no table or column is missing from it"

# ---- What is not written over ----

cp real.db keep.db
tap_run plateau fleet collect a -o keep.db
tap_status 2 "a result is not written over"
tap_stderr_has "is a plateau result file, not a plateau fleet file"
check "and stays" cmp real.db keep.db
head -c 30000 a.db >damaged.db
tap_run plateau fleet collect a -o damaged.db
tap_status 2 "nor a damaged fleet file, whose history would be lost"
tap_stderr_has "is cut short"
tap_stderr_has "move it away to begin a new fleet file"
is "it stays too" "$(stat -c %s damaged.db)" 30000
tap_run plateau fleet collect a -o nowhere/f.db
tap_status 2 "a folder that is not there"
tap_stderr_has "cannot write nowhere/f.db"
tap_run plateau fleet collect nothing
tap_status 2 "a source that is not there"
tap_stderr_has "there is no file or folder nothing"
tap_run plateau show a.db
tap_status 2 "a fleet file is no result"
tap_stderr_has "plateau fleet rank"

# ---- The folder of a fleet ----

make_fleet fleet "$(sed 's/judged/in a fleet/' judged.yaml)" rome1 rome2 rome10
node_job fleet rome1 1 2>/dev/null
node_job fleet rome2 1 2>/dev/null
tap_run plateau fleet collect fleet
tap_status 0 "a fleet's folder is collected"
tap_stdout_is "Results: 2 new, 0 known.
Nodes: 3, in 2 attempts: 2 pass, 1 not run.
fleet/fleet.db is written."
tap_stderr_has "jobs are known by what they left alone"
is "the fleet is told" "$(query fleet/fleet.db "SELECT name FROM fleet")" "job test"
is "a node without a job is there" \
	"$(query fleet/fleet.db "SELECT verdict FROM node WHERE name='rome10'")" not-run
before=$(inode fleet/fleet.db)
tap_run plateau fleet collect "$work/fleet/"
tap_stdout_has "nothing is new" "collecting it again, by another spelling"
is "changes nothing" "$(inode fleet/fleet.db)" "$before"
cp fleet/nodes/rome2/attempt-1/result.db taken.db
rm -r "${work:?}/fleet/nodes/rome2"
echo damage >fleet/nodes/rome1/attempt-1/result.db
tap_run plateau fleet collect fleet
tap_stdout_has "Nodes: 3, in 2 attempts: 2 pass, 1 not run." \
	"results that are gone or damaged since stay as they were collected"
tap_stderr_has "rome1/attempt-1/result.db is not a plateau result file"
tap_run plateau fleet rank fleet --junit -
has "which JUnit tells, too" "$stdout" '<error type="unreadable"'
node_job fleet rome2 2 2>/dev/null
tap_run plateau fleet collect fleet taken.db -o all.db
tap_status 0 "a folder and results from elsewhere"
tap_run plateau fleet collect fleet
tap_stdout_has "Results: 1 new, 0 known, 1 that could not be read." "a second attempt"
is "stands behind the first" "$(query fleet/fleet.db "SELECT group_concat(number||' '||verdict)
	FROM attempt_wide WHERE node='rome2'")" "1 pass,2 pass"

# What is not what its job noted: cut off, empty, of another run, damaged where SQLite does not see it.
make_fleet noted "$(cat judged.yaml)" n1 n2
node_job noted n1 1 2>/dev/null
node_job noted n2 1 2>/dev/null
kept=noted/nodes/n1/attempt-1/result.db
cp "$kept" whole.db
spoiled()
{
	COLUMNS=200 tap_run plateau fleet status noted
	tap_status "$2" "$1: status"
	[ "$2" = 0 ] || tap_stdout_has "its result cannot be judged: result.db $3"
	rm -f noted/fleet.db
	tap_run plateau fleet rank noted
	tap_status 4 "$1: rank"
	lacks "$1: is no pass" "$stdout" "ALL PASS"
	cp whole.db "$kept"
}
: >"$kept"
spoiled empty 4 "has 0 bytes, and its job noted $(stat -c %s whole.db)"
truncate -s 60000 "$kept"
spoiled "cut off" 4 "has 60000 bytes"
cp noted/nodes/n2/attempt-1/result.db "$kept"
truncate -s "$(stat -c %s whole.db)" "$kept"
spoiled "another's" 0
has "another's: the reason" "$stderr" "n1/attempt-1/result.db"
sed -i 's/sleeping/Sleeping/; s/judged/Judged/g' "$kept"
spoiled "damaged, of the same size" 0
has "damaged: the reason" "$stderr" "n1/attempt-1/result.db is not what its job noted (sha256)"
plateau fleet collect noted >/dev/null 2>&1
sed -i '/result_bytes/d; /result_sha256/d' noted/nodes/n1/attempt-1/state.json
: >"$kept"
tap_run plateau fleet status noted
tap_status 4 "an empty result of a job that noted nothing"
tap_stdout_has "result.db is empty"

# One run under two nodes, of jobs that noted nothing, on hosts that are called alike.
sed -i '/result_bytes/d; /result_sha256/d' noted/nodes/n2/attempt-1/state.json
cp whole.db noted/nodes/n1/attempt-1/result.db
cp whole.db noted/nodes/n2/attempt-1/result.db
rm noted/fleet.db
tap_run plateau fleet rank noted
tap_status 4 "one run under two nodes"
tap_stderr_has "warning: node n1: $work/noted/nodes/n1/attempt-1/result.db is run "
tap_stderr_has "which node n1 (attempt 1) has, too, and whose it is cannot be told"
is "the fleet file says so, too" "$(query noted/fleet.db "SELECT group_concat(verdict) FROM node")" \
	no-result,no-result
sed -i 's/"host": .*/"host": "elsewhere",/' noted/nodes/n2/attempt-1/state.json
tap_run plateau fleet rank noted
tap_stderr_has "warning: node n2: $work/noted/nodes/n2/attempt-1/result.db is run " "the host's name tells"
is "and leaves it to one" "$(query noted/fleet.db "SELECT group_concat(verdict) FROM node")" \
	pass,no-result

# Criteria that fail, and a task that fails.
make_fleet failing "$(sed 's/sleep, "0.01"/"false"/' judged.yaml)" n1
node_job failing n1 1 2>/dev/null
tap_run plateau fleet collect failing
tap_stdout_has "Nodes: 1, in 1 attempt: 1 fail."
matches "the criterion that failed is named" \
	"$(query failing/fleet.db "SELECT reason FROM node")" \
	"failed: failed tasks: ([0-9]+) of \\1 tasks failed; at most 0 is asked"
# Every fourth task fails.
every_fourth="sh, -c, 'echo >>$work/ran; test \$((\$(wc -l <$work/ran) % 4)) -gt 0'"
make_fleet allowed "$(sed "s|sleep, \"0.01\"|$every_fourth|; s/at_most: 0/at_most: 1000/" judged.yaml)" n1
node_job allowed n1 1 2>/dev/null
tap_run plateau fleet collect allowed
tap_stdout_has "Nodes: 1, in 1 attempt: 1 pass." "a criterion that speaks of failed tasks decides alone"
is "by its measure" "$(query allowed/fleet.db "SELECT label||': '||measure FROM judgement")" \
	"failed tasks: failures"
make_fleet named "$(sed "s|sleep, \"0.01\"|$every_fourth|
	s/metric.*/metric: throughput, at_least: 0.001 \/s, name: no failure of the fan}]}/" judged.yaml)" n1
node_job named n1 1 2>/dev/null
tap_run plateau fleet collect named
tap_stdout_has "Nodes: 1, in 1 attempt: 1 fail." "a word in its name makes no criterion speak of failed tasks"
matches "what failed is told" "$(query named/fleet.db "SELECT reason FROM node")" \
	"[0-9]+ of [0-9]+ tasks failed"

# What the batch system said is kept when it has forgotten the job.
now=$(date +%s)
make_fleet told "$(cat judged.yaml)" n1 n2
stand_in_voice
stand_in_node n1 all 'down*' root 'no power' ''
stand_in_job 77 plateau/n1/attempt-1 n1 n1 all NODE_FAIL 0:0 None $((now - 90)) $((now - 80)) \
	$((now - 20))
tap_run plateau fleet collect told
tap_stdout_has "Nodes: 2, in 1 attempt: 1 node failed, 1 not run." "what the batch system says is told"
lacks "then nothing is said of its absence" "$stderr" "jobs are known by"
is "and stored" "$(query told/fleet.db "SELECT job||' '||job_state FROM attempt_wide")" \
	"77 node-fail"
stand_in_nothing
tap_run plateau fleet collect told
tap_stdout_has "1 node failed, 1 not run." "once it has forgotten the job, that stays"
stand_in_silence
tap_run plateau fleet collect told
tap_stdout_has "1 node failed, 1 not run." "and when it does not answer"

# Criteria that are held against runs of a good node.
mkdir good against
for i in 1 2 3; do
	clone good/$i.db good "$i"
done
# (Five repeats: of two, an interval is twelve times as wide as they differ.)
sed 's|^accept.*|accept: {criteria: [{metric: throughput, margin: 90%, reference: "good/*.db"}]}|
	s|repeats: 2|repeats: 5|' judged.yaml >against.yaml
plateau run against.yaml --here -q -o against.db >/dev/null
for i in 1 2 3 4 5 6; do
	python3 "$top_srcdir/tests/fleet/clone.py" against.db against/$i.db n$i "$i"
done
tap_run plateau fleet collect against -o against.fleet
tap_stdout_has "6 pass." "criteria with a reference"
has "say what they were held against" \
	"$(query against.fleet "SELECT reason FROM judgement LIMIT 1")" "times the reference (3 runs)"
rm -r "${work:?}/good"
tap_run plateau fleet collect against -o against.fleet
tap_stdout_has "6 pass." "a reference that is gone takes nothing back"
tap_run plateau fleet collect against --again -o against.fleet
tap_stdout_has "Nodes: 6, in 6 attempts: 6 inconclusive." "unless all is judged again"
has "with the reason" "$(query against.fleet "SELECT reason FROM node LIMIT 1")" "no file matches"

# ---- Killed ----

mkdir many
python3 "$top_srcdir/tests/fleet/clone.py" real.db many -n 40
plateau fleet collect many/n001.db -o kill.db >/dev/null
bad=
kills=${KILLS:-10}
for i in $(seq "$kills"); do
	[ "$i" -ne 5 ] || plateau fleet collect many/n00*.db -o kill.db >/dev/null
	setsid plateau fleet collect many --again -o kill.db >/dev/null 2>&1 &
	collector=$!
	sleep "0.$(printf '%03d' $((RANDOM % 350)))"
	kill -KILL "$collector" 2>/dev/null
	wait "$collector" 2>/dev/null
	plateau fleet collect kill.db -o "again$i.db" >/dev/null 2>kill.err || bad+="$i: $(cat kill.err)"
	rm -f "again$i.db"
done
is "killed $kills times, the fleet file is whole each time" "$bad" ""
tap_run plateau fleet collect many -o kill.db
tap_stdout_has "Nodes: 40, in 40 attempts: 40 pass."
clone many/one.db one
plateau fleet collect many -o kill.db >/dev/null
left "a collect that was killed"
is "and nothing is left beside it" "$(find . -maxdepth 1 -name 'kill.db*')" ./kill.db

# Two at once: none loses what the other found.
clone one.db one 1
clone two.db two 2
counts=
for i in $(seq 12); do
	rm -f twice.db
	plateau fleet collect one.db -o twice.db >/dev/null &
	plateau fleet collect two.db -o twice.db >/dev/null &
	wait
	counts+=$(query twice.db "SELECT count(*) FROM node")
done
is "of two at once none loses what the other found" "$counts" 222222222222

tap_done
