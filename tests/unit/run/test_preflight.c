/* What speaks against measuring: the judgement of made-up sights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run/preflight.h"

#include <string.h>

static const struct preflight_limits two_percent = {0.02, 0.02, 0.02};
static const struct preflight_limits never = {-1, -1, -1};

static const struct preflight_seen quiet = {
        .load = 0,
        .steal = 0,
        .stalled_memory = -1,
        .stalled_io = -1,
        .swap_used_bytes = 4096,
        .cpu_quota = -1,
        .allowed_pus = 4,
        .disk_free_bytes = -1,
        .disk_needed_bytes = 100,
        .temporary_free_bytes = 1000,
        .temporary_needed_bytes = 1000,
        .largest = 4,
};

static struct preflight_findings judge(const struct preflight_seen *seen,
                                       const struct preflight_limits *refuse)
{
	struct preflight_findings findings;
	preflight_judge(seen, &two_percent, refuse, &findings);
	return findings;
}

static void expect_one(const struct preflight_seen *seen, const char *code,
                       enum preflight_weight weight, const char *text)
{
	const struct preflight_findings findings = judge(seen, &never);
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.items[0].code, code);
	assert_int_equal(findings.items[0].weight, weight);
	assert_non_null(strstr(findings.items[0].text, text));
}

static void test_a_quiet_node(void **state)
{
	(void)state;
	const struct preflight_findings findings = judge(&quiet, &never);
	assert_int_equal(findings.count, 0);
	assert_null(preflight_refusal(&findings));
}

static void test_shares(void **state)
{
	(void)state;
	struct preflight_seen seen = quiet;
	seen.load = 0.02;
	assert_int_equal(judge(&seen, &never).count, 0);
	seen.load = 0.12;
	expect_one(&seen, "other-load", PREFLIGHT_WARNS, "other programs use 12 %");
	seen.load = 1.04;
	expect_one(&seen, "other-load", PREFLIGHT_WARNS, "other programs use 100 %");
	seen.load = 0.12;
	struct preflight_limits refuse = never;
	refuse.load = 0.1;
	const struct preflight_findings findings = judge(&seen, &refuse);
	assert_non_null(preflight_refusal(&findings));
	assert_non_null(
	        strstr(preflight_refusal(&findings)->text, "preflight.refuse.load is 10 %"));
	seen = quiet;
	seen.steal = 0.5;
	expect_one(&seen, "steal", PREFLIGHT_WARNS, "50 %");
	seen = quiet;
	seen.stalled_io = 0.05;
	expect_one(&seen, "pressure-io", PREFLIGHT_WARNS, "waited for a disk 5 %");
}

static void test_room_and_limits(void **state)
{
	(void)state;
	struct preflight_seen seen = quiet;
	seen.disk_free_bytes = 99;
	expect_one(&seen, "disk-room", PREFLIGHT_WARNS, "the result has 99 B left");
	seen = quiet;
	seen.temporary_free_bytes = 999;
	expect_one(&seen, "disk-room", PREFLIGHT_WARNS, "$TMPDIR");
	seen = quiet;
	seen.swap_used_bytes = 1 << 30;
	expect_one(&seen, "swap-in-use", PREFLIGHT_WARNS, "in swap");
	seen = quiet;
	seen.cpu_quota = 1.5;
	expect_one(&seen, "cpu-quota", PREFLIGHT_WARNS, "1.5 CPUs");
	seen.cpu_quota = 4;
	assert_int_equal(judge(&seen, &never).count, 0);
}

static void test_company(void **state)
{
	(void)state;
	struct preflight_seen seen = quiet;
	seen.batch_system = "Slurm";
	expect_one(&seen, "no-allocation", PREFLIGHT_REFUSES, "--here");
	seen.largest = 1;
	expect_one(&seen, "no-allocation", PREFLIGHT_WARNS, "Slurm");
	seen.largest = 4;
	seen.is_insisted = true;
	expect_one(&seen, "no-allocation", PREFLIGHT_WARNS, "login node");
	seen = quiet;
	seen.busy_others = 2;
	seen.busiest_name = "root.exe";
	seen.busiest_share = 0.98;
	expect_one(&seen, "other-users", PREFLIGHT_REFUSES, "2 processes of other users run here");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_a_quiet_node),
	        cmocka_unit_test(test_shares),
	        cmocka_unit_test(test_room_and_limits),
	        cmocka_unit_test(test_company),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
