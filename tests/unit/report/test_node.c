/* The answer of `plateau node` for a machine made by hand: every section, 80 columns, texts from
 * outside that would steer a terminal, and the same as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "report/json/node_json.h"
#include "report/node_text.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A bare machine, whose host name and command line somebody else has written. */
static const struct {
	const char *name;
	const char *value;
	const char *reason;
} facts_of_metal[] = {
        {"hostname", "node7\033[2J", NULL},
        {"processor", "AMD EPYC 7702 64-Core Processor", NULL},
        {"processor_vendor", "AuthenticAMD", NULL},
        {"processor_family", "23", NULL},
        {"processor_model", "49", NULL},
        {"processor_stepping", "0", NULL},
        {"microarchitecture", "AMD64 Fam17h Zen2", NULL},
        {"packages_machine", "2", NULL},
        {"cores_machine", "128", NULL},
        {"pus_machine", "256", NULL},
        {"threads_per_core", "2", NULL},
        {"smt", "on", NULL},
        {"smt_control", "on", NULL},
        {"pus_allowed_list", "0-255", NULL},
        {"cores_allowed", "128", NULL},
        {"packages", "2", NULL},
        {"l3_caches", "32", NULL},
        {"l3_bytes", "16777216", NULL},
        {"cores_per_l3", "4", NULL},
        {"l2_bytes", NULL, "the machine shows no such cache"},
        {"numa_nodes_machine", "8", NULL},
        {"numa_mode", "NPS4", NULL},
        {"memory_total_bytes", "540000000000", NULL},
        {"memory_available_bytes", "500000000000", NULL},
        {"numa_memory_bytes",
         "0: 67500000000, 1: 67500000000, 2: 67500000000, 3: 67500000000, 4: 67500000000, "
         "5: 67500000000, 6: 67500000000, 7: 67500000000",
         NULL},
        {"memory_type", "16 x 32768 MiB DDR4-3200", NULL},
        {"swap_total_bytes", "8000000000", NULL},
        {"swap_free_bytes", "6000000000", NULL},
        {"swappiness", "60", NULL},
        {"huge_pages", "2 MiB: 60 of 64 free, 1024 MiB: none", NULL},
        {"transparent_hugepages", "always [madvise] never", NULL},
        {"cpufreq_driver", "acpi-cpufreq", NULL},
        {"cpufreq_governor", "performance, powersave", NULL},
        {"energy_preference", NULL, "the cpufreq driver does not say"},
        {"boost", "on", NULL},
        {"frequency_max_hz", "3350000000", NULL},
        {"frequency_limit_hz", "2000000000", NULL},
        {"frequency_base_hz", NULL, "the cpufreq driver does not say"},
        {"kernel", "4.18.0-553.el8.x86_64", NULL},
        {"operating_system", "Some Linux 8.10", NULL},
        {"kernel_arguments", "mitigations=off isolcpus=\033]0;x\a", NULL},
        {"mitigations", "none", NULL},
        {"vulnerabilities", "spectre_v1, spectre_v2", NULL},
        {"pus_isolated_list", "1-31", NULL},
        {"clock_source", "tsc", NULL},
        {"nmi_watchdog", "on", NULL},
        {"perf_event_paranoid", "-1", NULL},
        {"hypervisor", NULL, "no sign of one"},
        {"cpu_quota_cpus", "1.5", NULL},
        {"memory_limit_bytes", "100000000000", NULL},
};

static const struct capability capabilities_of_metal[] = {
        {"counters", "cycles", CAPABILITY_YES, "amd64_fam17h_zen2::CYCLES_NOT_IN_HALT_AND_MORE", "",
         "", WHO_NOBODY, NULL},
        {"counters", "task-clock", CAPABILITY_PART, "perf::TASK-CLOCK", "user mode only",
         "ask the administrator for more", WHO_ADMINISTRATOR, NULL},
        {"over time", "temperature", CAPABILITY_NO, "", "no driver is loaded", "modprobe k10temp",
         WHO_ADMINISTRATOR, NULL},
        {"over time", "energy", CAPABILITY_NO, "", "no driver is loaded", "modprobe k10temp",
         WHO_ADMINISTRATOR, NULL},
        {"report", "plots", CAPABILITY_NO, "", "gnuplot is not there", "install it", WHO_YOU, NULL},
};

static const struct node_remark findings_of_metal[] = {
        {"other-load", "other programs use 12 % of the node's CPU time", "", false},
};

static const struct node_remark fit_of_metal[] = {
        {"command", "the command \033[31mx: not found in PATH", "install it", true},
        {"shared-pus", "the largest level has 300 copies", "", false},
};

static struct clock_reading readings[] = {
        {0, 0, 0, 0, 3.30e9, 3.35e9, 0.001},
        {1, 1, 0, 0, 2.90e9, 3.00e9, 0.002},
        {2, -1, -1, -1, NAN, NAN, 0},
        {3, 3, 1, 1, 3.10e9, 3.20e9, 0.001},
};

static char here[] = "this machine";

struct made {
	struct host_facts facts;
	struct capabilities capabilities;
	struct topology topology;
	struct clock_probe one;
	struct clock_probe all;
	struct node_view view;
};

static void make(struct made *m)
{
	struct error err;
	*m = (struct made){.topology = {.source = here, .memory_bytes = -1},
	                   .one = {readings, 1, ""},
	                   .all = {readings, ARRAY_LENGTH(readings), ""}};
	for (size_t i = 0; i < ARRAY_LENGTH(facts_of_metal); i++)
		assert_int_equal(host_facts_add(&m->facts, facts_of_metal[i].name,
		                                facts_of_metal[i].value, facts_of_metal[i].reason,
		                                &err),
		                 0);
	for (size_t i = 0; i < ARRAY_LENGTH(capabilities_of_metal); i++)
		assert_int_equal(
		        capabilities_add(&m->capabilities, &capabilities_of_metal[i], &err), 0);
	m->view = (struct node_view){
	        .facts = &m->facts,
	        .topology = &m->topology,
	        .capabilities = &m->capabilities,
	        .findings = {findings_of_metal, ARRAY_LENGTH(findings_of_metal)},
	        .idle = &m->one,
	        .all = &m->all,
	        .disturbance = "other programs run",
	        .scenario = "isr",
	        .fit = {fit_of_metal, ARRAY_LENGTH(fit_of_metal)},
	};
}

static void release(struct made *m)
{
	host_facts_release(&m->facts);
	capabilities_release(&m->capabilities);
}

static char *text_of(const struct node_view *view, bool is_full)
{
	static const struct text_style style = {.width = 80, .is_ascii = true};
	struct error err;
	char *text = NULL;
	assert_int_equal(node_text_write(view, &style, is_full, &text, &err), 0);
	return text;
}

static void check_has(const char *text, const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strstr(text, parts[i]))
			fail_msg("%s is not in: %s", parts[i], text);
}

static void test_text(void **state)
{
	static const char *const parts[] = {
	        "The node node7?[2J: the scenario cannot be measured here\n",
	        "  X the command ?[31mx: not found in PATH. What would help: install it.\n",
	        "2 sockets, 128 cores, 256 PUs, 2 threads per core, SMT on\n",
	        "32 groups, 16 MiB each, 4 cores in it\n",
	        "  L2        not known: the machine shows no such cache\n",
	        "8 nodes, NPS4\n",
	        "transparent pages: madvise, 2 MiB: 60 of 64 free, 1024 MiB: none\n",
	        "8.00 GB, 2.00 GB in use, swappiness 60\n",
	        "  prefers   not known: the cpufreq driver does not say\n",
	        "  highest                 3.350  cpufreq/cpuinfo_max_freq\n",
	        "  highest as set now      2.000  cpufreq/scaling_max_freq\n",
	        "base (cpufreq/base_frequency)",
	        "isolcpus=?]0;x?\n",
	        "  isolated  PUs 1-31\n",
	        "NMI watchdog on: it holds a counter of every CPU\n",
	        "-1: everybody counts everything",
	        "  virtual   no sign of one\n",
	        "1.5 CPUs' worth of time\n",
	        "  memory    100 GB\n",
	        "  task-clock   in part  perf::TASK-CLOCK\n",
	        "  - temperature, energy: no driver is loaded.\n",
	        "    Remedy (the administrator): modprobe k10temp.\n",
	        "    Remedy: ask the administrator for more.\n",
	        "    Remedy (you): install it.\n",
	        "  ! other programs use 12 % of the node's CPU time.\n",
	        "3.300 GHz by the median, at most 3.350 GHz (PU 0, core 0, L3 0,",
	        "3.100 GHz by the median, at most 3.350 GHz (3 PUs at once)\n",
	        "of 1 more PU the clock could not be told\n",
	        "  slowest   2.900 GHz (PU 1, core 1, L3 0, socket 0)\n",
	        "  fastest   3.300 GHz (PU 0, core 0, L3 0, socket 0)\n",
	        "  spread    13.79 %\n",
	        "The probe was disturbed: other programs run.\n",
	};
	struct made m;
	(void)state;
	make(&m);
	cleanup_free char *text = text_of(&m.view, true);
	check_has(text, parts, ARRAY_LENGTH(parts));
	for (const char *line = text; *line;) {
		const size_t length = strcspn(line, "\n");
		if (length > 80)
			fail_msg("%zu columns: %.*s", length, (int)length, line);
		for (size_t i = 0; i < length; i++)
			assert_true(line[i] >= ' ' && line[i] <= '~');
		line += length + (line[length] == '\n');
	}
	release(&m);
}

/* Nothing is known, nothing was looked at: no section is wrong, none is empty. */
static void test_nothing(void **state)
{
	static const char *const parts[] = {"The node\n", "not known",
	                                    "Not looked at: --preflight off",
	                                    "Not measured: --no-probe"};
	const struct host_facts facts = {0};
	const struct topology topology = {.source = here, .memory_bytes = -1};
	const struct capabilities none = {0};
	struct node_view view = {.facts = &facts,
	                         .topology = &topology,
	                         .capabilities = &none,
	                         .findings_reason = "--preflight off",
	                         .probe_reason = "--no-probe"};
	(void)state;
	cleanup_free char *text = text_of(&view, false);
	check_has(text, parts, ARRAY_LENGTH(parts));
	assert_null(strstr(text, "null"));
	assert_null(strstr(text, "nan"));
	struct error err;
	cleanup_free char *json = NULL;
	assert_int_equal(node_json_write(&view, &json, &err), 0);
	json_t *const answer = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(answer);
	assert_true(json_is_null(json_object_get(answer, "scenario")));
	assert_true(json_is_null(json_object_get(json_object_get(answer, "processor"), "cores")));
	json_decref(answer);
}

/* PUs that differ by less than a chain tells are not named. */
static void test_alike(void **state)
{
	static struct clock_reading alike[] = {
	        {0, 0, 0, 0, 3.3000e9, 3.35e9, 0.001},
	        {1, 1, 0, 0, 3.2990e9, 3.30e9, 0.001},
	};
	struct made m;
	(void)state;
	make(&m);
	const struct clock_probe all = {alike, ARRAY_LENGTH(alike), ""};
	m.view.all = &all;
	cleanup_free char *text = text_of(&m.view, false);
	assert_non_null(strstr(text, "  spread    0.03 %: no PU stands apart\n"));
	assert_null(strstr(text, "slowest"));
	release(&m);
}

static void test_json(void **state)
{
	struct made m;
	struct error err;
	cleanup_free char *json = NULL;
	(void)state;
	make(&m);
	assert_int_equal(node_json_write(&m.view, &json, &err), 0);
	json_t *const answer = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(answer);
	const char *state_text = NULL;
	const char *who = NULL;
	const char *reason = NULL;
	int cores = 0;
	int measurable = 1;
	int slowest = -1;
	double spread = 0;
	json_t *const list = json_object_get(answer, "capabilities");
	assert_int_equal(json_array_size(list), ARRAY_LENGTH(capabilities_of_metal));
	assert_int_equal(json_unpack(json_array_get(list, 2), "{s:s, s:s, s:n}", "state",
	                             &state_text, "who", &who, "by"),
	                 0);
	assert_string_equal(state_text, "no");
	assert_string_equal(who, "the administrator");
	assert_int_equal(json_unpack(answer, "{s:{s:i, s:n, s:{s:s}}, s:{s:{s:f, s:i}}, s:{s:b}}",
	                             "processor", "cores", &cores, "l2_bytes", "reasons",
	                             "l2_bytes", &reason, "clock", "all", "spread", &spread,
	                             "slowest_pu", &slowest, "scenario", "measurable", &measurable),
	                 0);
	assert_int_equal(cores, 128);
	double quota = 0;
	double paranoid = 0;
	assert_int_equal(json_unpack(answer, "{s:{s:F}, s:{s:F}}", "allowed", "cpu_quota_cpus",
	                             &quota, "kernel", "perf_event_paranoid", &paranoid),
	                 0);
	assert_float_equal(quota, 1.5, 1e-9);
	assert_float_equal(paranoid, -1, 1e-9);
	assert_non_null(strstr(reason, "no such cache"));
	assert_float_equal(spread, 3.3 / 2.9 - 1, 1e-9);
	assert_int_equal(slowest, 1);
	assert_false(measurable);
	json_decref(answer);
	release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_text),
	        cmocka_unit_test(test_nothing),
	        cmocka_unit_test(test_alike),
	        cmocka_unit_test(test_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
