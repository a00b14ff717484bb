/* Placement on machines made by hand; the properties on whole machines are in tests/machines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/placement_text.h"
#include "machine.h"
#include "plan/placement.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The slots of a level as text: "0,4 1,5": each slot's PUs, own ones first and before a '+'. */
static int slots_text(const struct topology *t, const char *policy, enum placement_unit unit,
                      enum smt_order smt, uint32_t threads, uint32_t count, char out[1024],
                      struct error *err)
{
	struct placements placements = {0};
	assert_int_equal(placement_text_add(policy, &placements, err), 0);
	const struct placement_request request = {placements.items, unit, smt, threads};
	cleanup_placement_layout struct placement_layout layout = {0};
	struct plan_slot *slots = NULL;
	int r = placement_layout_build(t, &request, count, &layout, err);
	if (r == 0)
		r = placement_slots(t, &request, &layout, count, &slots, err);
	size_t length = 0;
	out[0] = '\0';
	for (uint32_t i = 0; r == 0 && i < count; i++) {
		for (size_t j = 0; j < slots[i].pu_count; j++)
			length += (size_t)snprintf(out + length, 1024 - length, "%s%u",
			                           j == 0                    ? (i ? " " : "")
			                           : j == slots[i].own_count ? "+"
			                                                     : ",",
			                           slots[i].pus[j]);
		free(slots[i].pus);
	}
	free(slots);
	placements_release(&placements);
	return r;
}

struct placement_case {
	const char *policy;
	enum placement_unit unit;
	enum smt_order smt;
	uint32_t threads;
	uint32_t count;
	const char *expected;
};

static void check_cases(const struct topology *t, const struct placement_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char got[1024];
		struct error err = {""};
		const struct placement_case *const c = &cases[i];
		assert_int_equal(
		        slots_text(t, c->policy, c->unit, c->smt, c->threads, c->count, got, &err),
		        0);
		assert_string_equal(got, c->expected);
	}
}

/* Two packages of two L3s of two cores of two PUs: cores 0-7, PUs core and core + 8. */
static void test_regular(void **state)
{
	static const struct placement_case cases[] = {
	        {"pack", UNIT_PU, SMT_LAST, 1, 9, "0 1 2 3 4 5 6 7 8"},
	        {"pack", UNIT_PU, SMT_FIRST, 1, 5, "0 8 1 9 2"},
	        {"spread", UNIT_PU, SMT_LAST, 1, 9, "0 4 2 6 1 5 3 7 8"},
	        {"spread:l3", UNIT_PU, SMT_LAST, 1, 5, "0 2 4 6 1"},
	        {"spread:numa", UNIT_PU, SMT_LAST, 1, 4, "0 4 1 5"},
	        {"spread:package", UNIT_PU, SMT_LAST, 1, 4, "0 4 1 5"},
	        {"spread:package", UNIT_PU, SMT_FIRST, 1, 4, "0 4 8 12"},
	        {"plane:1", UNIT_PU, SMT_LAST, 1, 5, "0 2 4 6 1"},
	        {"plane:3", UNIT_PU, SMT_FIRST, 1, 7, "0 8 1 2 10 3 4"},
	        {"pack", UNIT_CORE, SMT_LAST, 1, 2, "0+8 1+9"},
	        {"pack", UNIT_L3, SMT_LAST, 1, 1, "0+8,1,9"},
	        {"spread", UNIT_NUMA, SMT_LAST, 1, 2, "0+8,1,9,2,10,3,11 4+12,5,13,6,14,7,15"},
	        {"pack", UNIT_CORE, SMT_LAST, 2, 2, "0,1+8,9 2,3+10,11"},
	        {"spread", UNIT_PU, SMT_LAST, 2, 3, "0,1 4,5 2,3"},
	        {"spread", UNIT_PU, SMT_FIRST, 2, 3, "0,8 4,12 2,10"},
	        {"spread", UNIT_PU, SMT_LAST, 16, 1, "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"},
	        {"map:5,0,9", UNIT_PU, SMT_LAST, 1, 5, "5 0 9 5 0"},
	        {"map:5,0,9", UNIT_CORE, SMT_LAST, 1, 2, "5+13 0+8"},
	        {"map:5,0,9,1", UNIT_PU, SMT_LAST, 2, 3, "5,0 9,1 5,0"},
	        {"none", UNIT_CORE, SMT_LAST, 1, 3, ""},
	};
	(void)state;
	struct topology t = machine_regular(2, 2, 2, 2);
	check_cases(&t, cases, ARRAY_LENGTH(cases));
	topology_release(&t);
}

/* Only some PUs allowed: core 0 with its second PU alone, cores 1, 2 whole, core 4 first PU. */
static void test_restricted(void **state)
{
	static const uint32_t allowed[] = {8, 1, 9, 2, 10, 4};
	static const struct placement_case cases[] = {
	        {"pack", UNIT_PU, SMT_LAST, 1, 6, "8 1 2 4 9 10"},
	        {"spread", UNIT_PU, SMT_LAST, 1, 6, "8 4 2 1 10 9"},
	        {"pack", UNIT_CORE, SMT_LAST, 1, 2, "8 1+9"},
	        {"pack", UNIT_PU, SMT_LAST, 4, 2, "8,1,2,4 8,1,2,4"},
	        {"pack", UNIT_PU, SMT_LAST, 7, 1, "8,1,2,4,9,10"},
	};
	(void)state;
	struct topology t = machine_regular(2, 2, 2, 2);
	machine_allow(&t, allowed, ARRAY_LENGTH(allowed));
	check_cases(&t, cases, ARRAY_LENGTH(cases));
	topology_release(&t);
}

/* Neither cores nor caches nor packages nor NUMA nodes, as some virtual machines have it. */
static void test_bare(void **state)
{
	static const struct placement_case cases[] = {
	        {"pack", UNIT_CORE, SMT_LAST, 1, 4, "0 1 2 3"},
	        {"spread", UNIT_L3, SMT_LAST, 1, 5, "0 1 2 3 0"},
	        {"spread:numa", UNIT_NUMA, SMT_FIRST, 1, 1, "0+1,2,3"},
	        {"plane:2", UNIT_PACKAGE, SMT_LAST, 1, 1, "0+1,2,3"},
	};
	(void)state;
	struct topology t = machine_regular(1, 1, 4, 1);
	for (size_t i = 0; i < t.pu_count; i++) {
		struct topology_pu *const pu = &t.pus[i];
		pu->core = pu->l2 = pu->l3 = pu->numa = pu->package = -1;
	}
	check_cases(&t, cases, ARRAY_LENGTH(cases));
	/* A PU without a core is a core of its own: none of these is a second PU. */
	static const struct placement_case packages[] = {
	        {"plane:1", UNIT_CORE, SMT_LAST, 1, 4, "0 2 1 3"},
	        {"spread", UNIT_CORE, SMT_LAST, 2, 2, "0,1 2,3"},
	};
	t.pus[2].package = t.pus[3].package = 1;
	check_cases(&t, packages, ARRAY_LENGTH(packages));
	topology_release(&t);
}

/* L3s of 3, 1 and 2 cores: planes give what fits, spread evens out what it can. */
static void test_uneven(void **state)
{
	static const int32_t l3s[] = {0, 0, 0, 1, 2, 2};
	static const struct placement_case cases[] = {
	        {"plane:2", UNIT_PU, SMT_LAST, 1, 6, "0 1 3 4 5 2"},
	        {"spread", UNIT_PU, SMT_LAST, 1, 6, "0 3 4 1 5 2"},
	        {"spread", UNIT_PU, SMT_LAST, 2, 3, "0,1 3,2 4,5"},
	        {"spread", UNIT_L3, SMT_LAST, 2, 2, "0,1+2 3,2+0,1"},
	};
	(void)state;
	struct topology t = machine_regular(1, 1, 6, 1);
	for (size_t i = 0; i < t.pu_count; i++)
		t.pus[i].l3 = l3s[i];
	t.l3_count = 3;
	check_cases(&t, cases, ARRAY_LENGTH(cases));
	topology_release(&t);
}

static void test_refuses(void **state)
{
	static const uint32_t allowed[] = {1, 2, 3};
	char got[1024];
	struct error err = {""};
	(void)state;
	struct topology t = machine_regular(1, 1, 4, 1);
	machine_allow(&t, allowed, 3);
	assert_int_equal(slots_text(&t, "map:2,0", UNIT_PU, SMT_LAST, 1, 1, got, &err), -EINVAL);
	assert_non_null(strstr(err.text, "map:2,0"));
	assert_non_null(strstr(err.text, "PU 0 "));
	assert_non_null(strstr(err.text, "1-3"));
	machine_allow(&t, allowed, 0);
	assert_int_equal(slots_text(&t, "pack", UNIT_PU, SMT_LAST, 1, 1, got, &err), -EINVAL);
	topology_release(&t);
}

static void test_oversubscribed(void **state)
{
	static const struct {
		const char *policy;
		uint32_t threads;
		uint32_t count;
		bool expected;
	} cases[] = {
	        {"pack", 1, 8, false},   {"pack", 1, 9, true},    {"pack", 3, 2, false},
	        {"pack", 3, 3, true},    {"pack", 9, 1, true},    {"none", 1, 8, false},
	        {"none", 1, 9, true},    {"none", 9, 1, true},    {"map:0,1", 1, 2, false},
	        {"map:0,1", 1, 3, true}, {"map:0,1", 3, 1, true},
	};
	(void)state;
	struct topology t = machine_regular(1, 1, 4, 2);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		struct placements placements = {0};
		struct placement_layout layout = {0};
		assert_int_equal(placement_text_add(cases[i].policy, &placements, &err), 0);
		const struct placement_request request = {placements.items, UNIT_PU, SMT_LAST,
		                                          cases[i].threads};
		assert_int_equal(
		        placement_layout_build(&t, &request, cases[i].count, &layout, &err), 0);
		assert_int_equal(placement_is_oversubscribed(&t, &request, &layout, cases[i].count),
		                 cases[i].expected);
		placement_layout_release(&layout);
		placements_release(&placements);
	}
	assert_int_equal(placement_capacity(&t, 3), 2);
	assert_int_equal(placement_capacity(&t, 9), 0);
	topology_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_regular), cmocka_unit_test(test_restricted),
	        cmocka_unit_test(test_bare),    cmocka_unit_test(test_uneven),
	        cmocka_unit_test(test_refuses), cmocka_unit_test(test_oversubscribed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
