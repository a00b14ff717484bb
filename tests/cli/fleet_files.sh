#!/bin/bash
# What other programs read of a ranked fleet: the JUnit file (our schema, the common ones of
# JUNIT_SCHEMAS, junitparser) and the script that drains nodes (a shell's syntax, and run with a
# stand-in scontrol that writes down its arguments). Of fleets made by hand (fleet_draw), one of
# which is made of names that want to break out.
. "${top_srcdir:?tests run through make check}/tests/cli/lib.sh" || exit 99

fleet_draw=$top_builddir/tests/unit/report/fleet_draw
schema=$top_srcdir/tests/cli/junit.xsd
for kind in faults healthy systemic hostile; do
	"$fleet_draw" "$kind" 45 junit >"$kind.xml"
	"$fleet_draw" "$kind" 45 drain >"$kind.sh"
done

# ---- JUnit -------------------------------------------------------------------------------------
IFS=: read -ra schemas <<<"$schema${JUNIT_SCHEMAS:+:$JUNIT_SCHEMAS}"
if command -v xmllint >/dev/null 2>&1; then
	for kind in faults healthy systemic hostile; do
		for one in "${schemas[@]}"; do
			check "$kind: valid by ${one##*/}" xmllint --noout --schema "$one" "$kind.xml"
		done
		is "$kind: a test for every node" \
			"$(xmllint --xpath 'count(//testcase)' "$kind.xml")" 45
	done
	is "what is bad is a failure" "$(xmllint --xpath 'string(//testsuite/@failures)' faults.xml)" \
		"$(xmllint --xpath 'count(//failure[@type="slow" or @type="fail" or @type="hung" or @type="node-fail"])' faults.xml)"
	is "what is open is an error" "$(xmllint --xpath 'string(//testsuite/@errors)' faults.xml)" \
		"$(xmllint --xpath 'count(//error)' faults.xml)"
else
	skip "valid by our schema" "xmllint is not installed"
fi
python=
for program in /usr/bin/python3 python3; do
	if "$program" -c 'import junitparser' 2>/dev/null; then
		python=$program
		break
	fi
done
if [ -n "$python" ]; then
	for kind in faults:1 healthy:0 systemic:1 hostile:1; do
		"$python" -m junitparser verify "${kind%:*}.xml" >/dev/null
		is "junitparser's word on ${kind%:*}" "$?" "${kind#*:}"
	done
else
	skip "read by junitparser" "python3-junitparser is not installed"
fi

# ---- Draining ----------------------------------------------------------------------------------
# scontrol: writes its arguments down, one a line; knows a reason of somebody else for rome008, one
# of ours for rome013, and no node called rome018.
mkdir bin
cat >bin/scontrol <<'SH'
#!/bin/sh
for word in "$@"; do
	printf '<%s>' "$word" >>"$SCONTROL_LOG"
done
echo >>"$SCONTROL_LOG"
[ "$1" != -o ] && exit 0
case $4 in
rome008) printf 'NodeName=rome008 Arch=x86_64 State=IDLE+DRAIN Reason=DIMM \033[2J\\101 A3 [root@2026-11-20T10:00:00]\n' ;;
rome013) echo "NodeName=rome013 Arch=x86_64 State=IDLE Reason=plateau: slow, core 3 [root@2026-11-20T10:00:00]" ;;
rome018) exit 1 ;;
*) echo "NodeName=$4 Arch=x86_64 State=IDLE" ;;
esac
SH
chmod +x bin/scontrol
export SCONTROL_LOG=$PWD/calls

# drain KIND: runs its script; calls has what scontrol was asked.
drain()
{
	: >calls
	PATH=$PWD/bin:$PATH sh "$1.sh" >"$1.out" 2>&1
}

for kind in faults healthy systemic hostile; do
	check "$kind: a script by its syntax" sh -n "$kind.sh"
	if command -v dash >/dev/null 2>&1; then
		check "$kind: by that of dash too" dash -n "$kind.sh"
	fi
done
drain healthy
is "of a healthy fleet nothing is drained" "$?-$(cat calls)" 0-
drain systemic
is "nor where the cause is in none of the nodes" "$?-$(cat calls)" 0-
has "and the script says so" "$(cat systemic.sh)" "None is drained: too many are bad"

drain faults
is "a node that scontrol does not know makes the script fail" "$?" 1
grep -o '^<update><NodeName=[^>]*>' calls | sort >drained
grep -o "^drain '[^']*'" faults.sh | sed "s/drain '\(.*\)'/<update><NodeName=\1>/" |
	grep -v -e rome008 -e rome018 | sort >asked
check "the others are drained" cmp drained asked
has "one with our own reason too" "$(cat drained)" "NodeName=rome013"
has "one with a reason of somebody else is left alone" "$(cat faults.out)" \
	'rome008: left alone, it has a reason: DIMM [2J\101 A3'
is "and that reason does not steer the terminal" "$(tr -d '[:print:]\n' <faults.out | wc -c)" 0
is "every reason begins with ours" "$(grep '^<update>' calls | grep -vc '<Reason=plateau: ')" 0
is "and every call has four words" "$(grep -c '^<update><[^>]*><State=DRAIN><[^>]*>$' calls)" \
	"$(grep -c '^<update>' calls)"

drain hostile
is "hostile names: the script ends well" "$?" 0
is "only plain names reach scontrol" \
	"$(grep '^<update>' calls | grep -vc '^<update><NodeName=long-[a-z0-9-]*><State=DRAIN><Reason=plateau: [^<>]*>$')" 0
check "and nothing of them was run" test ! -e hacked
is "nor did anything steer the terminal" "$(tr -d '[:print:]\n' <hostile.sh | wc -c)" "$(tr -cd '\t' <hostile.sh | wc -c)"

tap_done
