#!/usr/bin/env bash
# Prints every include below ROOT/src and ROOT/tests/unit that points up or sideways in the
# layers, takes a library's header outside its layer, or cannot be resolved; exit code 1 when
# there is one. docs/design.md describes the layers.
#
# usage: scan.sh ROOT
set -euo pipefail

root=${1:?usage: scan.sh ROOT}
cd "$root"

folders=(src)
if [ -d tests/unit ]; then
	folders+=(tests/unit)
fi

find "${folders[@]}" -type f | LC_ALL=C sort | awk '
BEGIN {
	# A file may include its own layer and any of lower rank. Layers of one rank do not know
	# each other; src/tasks is apart and sees core alone.
	split("core model formats plan platform run store analyse report fleet commands cli pages", names)
	split("0    1     2       3    4        5   5     5       6      7     8        9   10", ranks)
	for (i in names)
		rank[names[i]] = ranks[i] + 0
	rank["tasks"] = 1

	# header pattern -> the layers that may take it
	home["^hwloc(\\.h$|/)"] = "platform"
	home["^perfmon/"] = "platform"
	home["^sqlite3"] = "store"
	home["^gsl/"] = "analyse"
	home["^yaml\\.h$"] = "formats"
	home["^jansson"] = "formats report"
	home["^archive(_entry)?\\.h$"] = "formats"
	home["^nettle/"] = "core"
	home["^(fitsio2?|longnam|drvrsmem)\\.h$"] = "tasks"
	home["^cmocka"] = "tests"
	bad = 0
}

# The path without "." and "..", or "" when it leaves the root.
function resolve(path,    n, parts, i, out, depth, kept)
{
	n = split(path, parts, "/")
	depth = 0
	for (i = 1; i <= n; i++) {
		if (parts[i] == "" || parts[i] == ".")
			continue
		if (parts[i] == "..") {
			if (depth == 0)
				return ""
			depth--
		} else {
			kept[++depth] = parts[i]
		}
	}
	out = ""
	for (i = 1; i <= depth; i++)
		out = out (i > 1 ? "/" : "") kept[i]
	return out
}

function layer_of(path,    parts)
{
	split(path, parts, "/")
	return parts[1] == "tests" ? parts[3] : parts[2]
}

function complain(file, line, text)
{
	printf "%s:%d: %s\n", file, line, text
	bad = 1
}

function check_layers(file, line, target,    from, to)
{
	from = layer_of(file)
	to = layer_of(target)
	if (target ~ /^tests\// && file !~ /^tests\//)
		complain(file, line, "includes " target ": only tests may")
	else if (!(from in rank))
		complain(file, line, from " is not a layer")
	else if (!(to in rank))
		complain(file, line, "includes " target ": " to " is not a layer")
	else if (from == to || from == "pages") # they describe all that has a command line
		return
	else if (from == "tasks" || to == "tasks") {
		if (to != "core")
			complain(file, line, "includes " target ": tasks and the layers share core alone")
	} else if (rank[to] > rank[from])
		complain(file, line, "includes " target ": points up from " from " to " to)
	else if (rank[to] == rank[from])
		complain(file, line, "includes " target ": points sideways from " from " to " to)
}

# Unit tests may look with any library at what their layer made.
function check_library(file, line, header,    pattern, homes)
{
	for (pattern in home) {
		if (header !~ pattern)
			continue
		homes = " " home[pattern] " "
		if (file ~ /^tests\// || index(homes, " " layer_of(file) " "))
			return
		complain(file, line, "includes <" header ">, which belongs to " home[pattern] " only")
	}
}

function check_include(file, line, text,    quote, name, folder, target)
{
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", text)
	quote = substr(text, 1, 1)
	if (quote != "\"" && quote != "<") {
		complain(file, line, "an include whose name is computed")
		return
	}
	name = substr(text, 2)
	sub(/[">].*/, "", name)
	folder = file
	sub(/[^\/]*$/, "", folder)
	target = resolve(folder name)
	if (quote == "\"" && target in exists) {
		check_layers(file, line, target)
		return
	}
	target = resolve("src/" name)
	if (target in exists)
		check_layers(file, line, target)
	else if (quote == "\"")
		complain(file, line, "includes \"" name "\", which is no file of the project")
	else
		check_library(file, line, name)
}

{
	exists[$0] = 1
	if ($0 ~ /\.[ch]$/)
		files[++count] = $0
}

END {
	if (count == 0) {
		print "no source files below " ARGV[0]
		exit 1
	}
	for (i = 1; i <= count; i++) {
		line = 0
		while ((getline text < files[i]) > 0) {
			line++
			if (text ~ /^[ \t]*#[ \t]*include/)
				check_include(files[i], line, text)
		}
		close(files[i])
	}
	exit bad
}
'
