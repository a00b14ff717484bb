#!/usr/bin/env bash
# The commands of docs/fleet.md for sites without Slurm, as they stand there, with stand-ins for ssh,
# flux and qsub that refuse what the real ones would.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

page=$top_srcdir/docs/fleet.md

# block NAME: the shell commands behind the remark with this name.
block()
{
	awk -v mark="<!-- tests/fleet/without_slurm.sh: $1 -->" '
		$0 == mark { wanted = 1; next }
		wanted && /^```sh$/ { inside = 1; next }
		inside && /^```$/ { exit }
		inside { print }' "$page"
}

mkdir bin
export PATH=$work/bin:$PATH
cat >bin/ssh <<'SH'
#!/bin/sh
# ssh -n NODE COMMAND: in the home folder, without this shell's variables.
[ "$1" = -n ] && [ $# -eq 3 ] || { echo "ssh: what is $*?" >&2; exit 255; }
case $2 in *[!a-z0-9]*) exit 255 ;; esac
echo "$2" >>"$ASKED"
exec env -i PATH=/usr/bin:/bin PLATEAU_PREFLIGHT=off TMPDIR="$TMPDIR" sh -c "cd / && $3"
SH
cat >bin/flux <<'SH'
#!/bin/sh
[ "$1" = submit ] && shift || exit 1
while :; do
	case $1 in
	--nodes=1) nodes=1 ;;
	--exclusive) exclusive=1 ;;
	--requires=host:*) node=${1#*host:} ;;
	--output=*) output=${1#*=} ;;
	-*) echo "flux: what is $1?" >&2; exit 1 ;;
	*) break ;;
	esac
	shift
done
[ -n "$nodes$exclusive" ] && [ -n "$node" ] || exit 1
echo "$node" >>"$ASKED"
"$@" >"$output" 2>&1
echo f1234
SH
cat >bin/qsub <<'SH'
#!/bin/sh
while [ $# -gt 0 ]; do
	case $1:$2 in
	-N:plateau | -j:oe | -l:place=exclhost) ;;
	-o:/*) output=$2 ;;
	-l:select=1:host=*:ncpus=*) node=${2#*host=} ;;
	*) echo "qsub: what is $1 $2?" >&2; exit 1 ;;
	esac
	shift 2
done
echo "${node%%:*}" >>"$ASKED"
cd / && sh >"$output" 2>&1
echo 1.server
SH
chmod +x bin/*
export ASKED=$work/asked TMPDIR=${TMPDIR:-/tmp}

printf 'n1\nn2\nn3\n' >nodes.txt
for way in ssh flux pbs; do
	mkdir "$way" && cd "$way" || exit 99
	cp ../nodes.txt nodes
	cat >scenario.yaml <<'YAML'
name: without
task: {command: [sleep, "0.01"]}
sweep: {levels: [1], repeats: 1, warmup: 0, measured: 2}
YAML
	rm -f "$ASKED"
	block "$way" >commands
	check "$way: the page has commands" test -s commands
	tap_run sh -eu commands
	tap_status 0 "$way: the commands of the page work"
	is "$way: each node is asked" "$(sort "$ASKED")" "n1
n2
n3"
	for node in n1 n2 n3; do
		check "$way: the result of $node is whole" plateau export "results/$node.db" --csv \
			-o /dev/null
	done
	rm results/n2.db
	stat -c %Y.%i results/n1.db >before
	sh -u commands >/dev/null 2>&1
	is "$way: again: what is there stays" "$(stat -c %Y.%i results/n1.db)" "$(cat before)"
	check "$way: again: what is missing is measured" test -e results/n2.db
	cd ..
done

cd ssh || exit 99
block rank >commands
check "the page says how they are ranked" test -s commands
tap_run sh -u commands
check "what was gathered is collected" test -s fleet.db
check "what was gathered is ranked" test -s fleet.html

cd ..

# The rack of docs/acceptance.md, and a node that cannot be reached.
mkdir rack && cd rack || exit 99
page=$top_srcdir/docs/acceptance.md
printf 'no-such-node\nn1\nn2\n' >nodes
sed 's/without/rack/' ../ssh/scenario.yaml >acceptance.yaml
rm -f "$ASKED"
block rack >commands
check "rack: the page has commands" test -s commands
tap_run sh -u commands
tap_stderr_has "no-such-node: exit code 255" "rack: a node that cannot be reached is told, and ends nothing"
tap_status 4 "rack: a node without a result is no pass"
is "rack: each node that can be reached is asked" "$(sort "$ASKED")" "n1
n2"
tap_stdout_has "- no-such-node: It was expected, and there is no result of it." "rack: it is named"
tap_run plateau accept 'rack/*.db'
tap_status 2 "rack: they are judged, and have no criteria here"

tap_done
