#!/bin/bash
# The JUnit file of `plateau accept`: valid XML by our own schema, by the common ones where their
# files are at hand (JUNIT_SCHEMAS=FILE:FILE), with hostile names in it, and read by a program that
# reads such files for a living.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

schema=$top_srcdir/tests/cli/junit.xsd
for i in 1 2 3; do
	plateau run -j 1,2 -r 2 -m 2 -o "$i.db" -- sleep 0.03 >"$i.txt" 2>&1
done
cat >all.yaml <<'YAML'
criteria:
  - {metric: throughput, level: 2, at_least: 0.001 /s}
  - {metric: throughput, level: 2, at_least: 1000000 /s, name: "too <much> & \"more\" 'still' ]]> \u202e"}
  - {metric: throughput, level: 64, at_least: 1 /s}
  - {metric: energy_per_task, level: 2, at_most: 1 J, where_absent: skip}
  - {metric: throughput, level: 2, at_least: 0.002 /s}
YAML
sed -n '1,2p' all.yaml >pass.yaml
sed -n '1,2p;5p' all.yaml >skip.yaml
sed -n '1,2p;4p' all.yaml >open.yaml
sed -n '1,3p' all.yaml >fail.yaml

# A node and a file that want to break out.
hostile=$'a "quoted" <b>&amp;]]>\'.db'
mv 3.db "$hostile"
sqlite3 "$hostile" "UPDATE host SET value = 'n<1>&\"' || char(27) || '[2J' || char(10) || ' ]]> ' || char(1) || char(65535) || CAST(x'FF' AS TEXT) WHERE name = 'hostname';"

plateau accept 1.db --criteria all.yaml --junit one.xml >one.txt
is "one of each verdict" "$?" 3
plateau accept "$hostile" 1.db 2.db missing.db --criteria all.yaml --junit many.xml >many.txt 2>&1
is "several results, a hostile and a missing one among them" "$?" 2
for verdict in pass skip open fail; do
	plateau accept 1.db --criteria "$verdict.yaml" --junit "$verdict.xml" >"$verdict.txt"
done
plateau accept 1.db --criteria pass.yaml --junit - >out.xml
check "on stdout it is the same as in a file" cmp out.xml pass.xml

if command -v xmllint >/dev/null 2>&1; then
	for file in one many pass; do
		check "$file.xml is valid by our schema" xmllint --noout --schema "$schema" "$file.xml"
	done
	value()
	{
		xmllint --xpath "string($1)" "$2"
	}
	suite='/testsuites/testsuite[1]'
	is "tests" "$(value "$suite/@tests" one.xml)" 5
	is "failures: what fails" "$(value "$suite/@failures" one.xml)" 1
	is "errors: what is inconclusive" "$(value "$suite/@errors" one.xml)" 1
	is "skipped" "$(value "$suite/@skipped" one.xml)" 1
	is "criteria that speak of one thing have names of their own" \
		"$(value "$suite/testcase[5]/@name" one.xml)" "throughput at N=2 (2)"
	is "an inconclusive one says why" "$(value "$suite/testcase/error/@type" one.xml)" inconclusive
	has "in words" "$(value "$suite/testcase/error/@message" one.xml)" "N=64"
	is "a criterion's own name is a text, without what steers" \
		"$(value "$suite/testcase[2]/@name" one.xml)" \
		"too <much> & \"more\" 'still' ]]> ?"
	is "so is a node's" "$(value "$suite/@hostname" many.xml)" 'n<1>&"?[2J  ]]> ???'
	is "and a file's" \
		"$(value "$suite/properties/property[@name='result']/@value" many.xml)" "$hostile"
	is "results of one name are told apart" \
		"$(value "/testsuites/testsuite[2]/@name" many.xml)" "sleep on $(hostname) (1.db)"
	is "what could not be judged is an error" \
		"$(value "/testsuites/testsuite[4]/@errors" many.xml)" 1
else
	skip "valid by our schema" "xmllint is not installed"
fi

IFS=: read -ra schemas <<<"${JUNIT_SCHEMAS:-}"
if [ ${#schemas[@]} -gt 0 ] && command -v xmllint >/dev/null 2>&1; then
	for schema in "${schemas[@]}"; do
		for file in one many pass; do
			check "$file.xml is valid by ${schema##*/}" \
				xmllint --noout --schema "$schema" "$file.xml"
		done
	done
else
	skip "valid by the common schemas" "JUNIT_SCHEMAS names no files (JUnit.xsd, junit-10.xsd)"
fi

# A reader of such files, and what a pipeline makes of them.
python=
for program in /usr/bin/python3 python3; do
	if "$program" -c 'import junitparser' 2>/dev/null; then
		python=$program
		break
	fi
done
if [ -n "$python" ]; then
	verify()
	{
		[ -s "$1" ] || echo "no $1"
		"$python" -m junitparser verify "$1" >/dev/null
		echo "$?"
	}
	is "junitparser lets a node pass that passes" "$(verify pass.xml)" 0
	is "one where a criterion is skipped" "$(verify skip.xml)" 0
	is "not one that is inconclusive" "$(verify open.xml)" 1
	is "not one that fails" "$(verify fail.xml)" 1
	is "not several of which one could not be read" "$(verify many.xml)" 1
	cat >read.py <<'PY'
import junitparser
suites = list(junitparser.JUnitXml.fromfile("many.xml"))
assert [s.errors for s in suites] == [1, 1, 1, 1] and [s.tests for s in suites] == [5, 5, 5, 1]
assert suites[0].hostname == 'n<1>&"?[2J  ]]> ???', suites[0].hostname
kinds = [type(r).__name__ for case in suites[1] for r in case.result]
assert kinds == ["Failure", "Error", "Skipped"], kinds
assert suites[1].time > 0 and suites[1].timestamp.startswith("20")
facts = {p.name: p.value for p in suites[1].properties()}
assert facts["verdict"] == "fail" and int(facts["cores_allowed"]) >= 1
PY
	check "and finds everything in it" "$python" read.py
else
	skip "read by junitparser" "python3-junitparser is not installed"
fi

tap_done
