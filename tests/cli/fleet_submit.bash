# shellcheck shell=bash
# A site without Slurm: stand-ins for its commands, nodes and a queue, for tests of plateau fleet submit.
# Source it after lib.sh; the variable plain_path is PATH without the stand-ins.

# plain_path is for those who end with it.
# shellcheck disable=SC2034

mkdir bin site
for name in sbatch squeue sinfo scontrol scancel; do
	ln -s "$top_srcdir/tests/cli/slurm_queue.bash" "bin/$name"
done
export STANDIN=$work/site
plain_path=$PATH
export PATH="$work/bin:$PATH"

cat >s.yaml <<'YAML'
name: sleepers
task: {command: [sleep, "0.1"]}
sweep: {levels: [1, 2], repeats: 2}
counters: {events: []}
YAML

# new_site: five nodes, of which one is busy, one drained and one silent, and an empty queue.
new_site()
{
	rm -rf "${work:?}/site"
	mkdir -p "$work/site/jobs"
	cat >"$work/site/nodes" <<'NODES'
n1|all|allocated|||rome
n2|all|idle|||rome
n3|all|drained|root|bad DIMM|rome
n10|all|idle|||rome
n11|all|down*|slurm|Not responding|milan
NODES
}
# set_jobs STATE NODE...: what became of their jobs; of all where none is named.
set_jobs()
{
	local state=$1 file
	shift
	for file in "$STANDIN"/jobs/*; do
		[ $# -eq 0 ] || [[ " $* " == *" $(sed -n 4p "$file") "* ]] || continue
		sed -i "1s/.*/$state/" "$file"
	done
}
# comments: of every job that was ever taken, in their order.
comments()
{
	[ ! -e "$STANDIN/sbatch.log" ] || tr '\0' '\n' <"$STANDIN/sbatch.log" | sed -n 's/^--comment=plateau.//p' | xargs
}
queue()
{
	find "$STANDIN/jobs" -type f | wc -l
}
# stdout_tells REGEX: a line of the last answer does.
stdout_tells()
{
	matches "it tells: $1" "$stdout" "$1"
}
submit()
{
	tap_run plateau fleet submit "$@"
}
