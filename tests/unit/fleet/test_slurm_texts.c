/* What Slurm is told, and what its complaints and feature expressions mean: texts of people, which
 * may be hostile. */
#include "fleet/slurm/slurm_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "model/record.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NS 1000000000LL

static void test_constraint(void **state)
{
	(void)state;
	static const struct {
		const char *constraint, *features;
		int result;
		bool holds;
	} cases[] = {
	        {"rome", "rome,ib", 0, true},
	        {"ib", "rome,ib", 0, true},
	        {"rom", "rome,ib", 0, false},
	        {"rome", NULL, 0, false},
	        {"rome&ib", "rome,ib", 0, true},
	        {"rome&opa", "rome,ib", 0, false},
	        {"milan|rome", "rome,ib", 0, true},
	        {"milan|naples", "rome,ib", 0, false},
	        {"(milan|rome)&ib", "rome,ib", 0, true},
	        {" ( milan | rome ) & ib ", "rome,ib", 0, true},
	        {"ib&(milan|naples)", "rome,ib", 0, false},
	        {"", "rome", -EINVAL, false},
	        {"a|b&c", "a", -EINVAL, false},
	        {"[rack1|rack2]", "rack1", -EINVAL, false},
	        {"rome*4", "rome", -EINVAL, false},
	        {"(rome", "rome", -EINVAL, false},
	        {"rome)", "rome", -EINVAL, false},
	        {"rome&", "rome", -EINVAL, false},
	        {"rome ib", "rome", -EINVAL, false},
	        {"((((((((((((((((((((((((((((((((((a", "a", -EINVAL, false},
	};
	struct error err;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		bool holds = !cases[i].holds;
		const int r =
		        constraint_holds(cases[i].constraint, cases[i].features, &holds, &err);
		if (r != cases[i].result || (r == 0 && holds != cases[i].holds))
			fail_msg("%s: %d", cases[i].constraint, r);
	}
}

static void test_complaints(void **state)
{
	(void)state;
	static const struct {
		const char *complaint;
		int code;
		const char *words;
	} cases[] = {
	        {"sbatch: error: Batch job submission failed: Invalid node name specified\n",
	         EINVAL, "Batch job submission failed: Invalid node name specified"},
	        {"sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission "
	         "failed: Job violates accounting/QOS policy (job submit limit, user's size and/or "
	         "time limits)\n",
	         EAGAIN,
	         "QOSMaxSubmitJobPerUserLimit; Batch job submission failed: Job violates "
	         "accounting/QOS policy (job submit limit, user's size and/or time limits)"},
	        {"slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n",
	         EHOSTUNREACH,
	         "slurm_load_jobs error: Unable to contact slurm controller (connect failure)"},
	        {"squeue: error: a %s $(x)\n", EINVAL, "a %s $(x)"},
	        {"", EINVAL, ""},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_free char *words = NULL;
		assert_int_equal(slurm_complaint(cases[i].complaint, &words), cases[i].code);
		assert_string_equal(words, cases[i].words);
	}
}

static void test_submit_text(void **state)
{
	(void)state;
	struct error err;
	cleanup_words struct words options = {0};
	assert_int_equal(words_add(&options, "--nice=5", &err), 0);
	const struct batch_request request = {.name = "plateau-x",
	                                      .comment = "it's; rm -rf /",
	                                      .node = "rome01",
	                                      .folder = "/a b",
	                                      .output = "/a b/100%/job.log",
	                                      .time_limit_ns = 61 * NS,
	                                      .account = "$(id)",
	                                      .options = &options};
	cleanup_str struct str text = {0};
	assert_int_equal(slurm_submit_text(&request, &text, &err), 0);
	assert_string_equal(str_text(&text),
	                    "sbatch --nice=5 --parsable --nodes=1 --exclusive --mem=0 --no-requeue "
	                    "--signal=B:TERM@30 --open-mode=append --input=/dev/null "
	                    "--job-name=plateau-x '--comment=it'\\''s; rm -rf /' --nodelist=rome01 "
	                    "'--chdir=/a b' '--account=$(id)' '--output=/a b/100%%/job.log' "
	                    "--time=2");
}

static void test_refused(void **state)
{
	(void)state;
	struct error err;
	static const struct {
		const char *node, *output, *option;
	} cases[] = {
	        {"rome[01-99]", "/o", NULL},
	        {"rome01,rome02", "/o", NULL},
	        {"", "/o", NULL},
	        {"-x", "/o", NULL},
	        {"a b", "/o", NULL},
	        {"a;b", "/o", NULL},
	        {"/etc/hosts", "/o", NULL},
	        {"rome01", "/a\\b", NULL},
	        {"rome01", "/o", "-w"},
	        {"rome01", "/o", "other.sh"},
	        {"rome01", "/o", "--"},
	        {"rome01", "/o", "--array=1-9"},
	        {"rome01", "/o", "--arr=1"},
	        {"rome01", "/o", "--requeue"},
	        {"rome01", "/o", "--wrap=x"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_words struct words options = {0};
		if (cases[i].option)
			assert_int_equal(words_add(&options, cases[i].option, &err), 0);
		const struct batch_request request = {.name = "n",
		                                      .node = cases[i].node,
		                                      .output = cases[i].output,
		                                      .time_limit_ns = RECORD_ABSENT,
		                                      .options = &options};
		cleanup_str struct str text = {0};
		if (slurm_submit_text(&request, &text, &err) != -EINVAL)
			fail_msg("case %zu: %s", i, str_text(&text));
		assert_string_equal(str_text(&text), "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_constraint),
	        cmocka_unit_test(test_complaints),
	        cmocka_unit_test(test_submit_text),
	        cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
