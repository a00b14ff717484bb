/* Why an event cannot be counted, and what would help, for every situation: the table of states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "platform/counting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct counting_conditions guest = {
        .paranoid = 2, .nmi_watchdog = 0, .hypervisor = "KVM"};
static const struct counting_conditions bare = {.paranoid = 2, .nmi_watchdog = 1};
static const struct counting_conditions bare_pmu = {
        .paranoid = 2, .nmi_watchdog = 1, .has_core_pmu = true};
static const struct counting_conditions debian = {
        .paranoid = 3, .nmi_watchdog = 0, .has_core_pmu = true};
static const struct counting_conditions container = {.paranoid = 1,
                                                     .nmi_watchdog = 0,
                                                     .has_core_pmu = true,
                                                     .has_seccomp = true,
                                                     .container = "docker"};
static const struct counting_conditions container_root = {.paranoid = 2,
                                                          .nmi_watchdog = 0,
                                                          .has_core_pmu = true,
                                                          .is_root = true,
                                                          .container = "docker"};
static const struct counting_conditions no_perf = {.paranoid = INT64_MIN, .nmi_watchdog = -1};

static const struct {
	struct counting_problem problem;
	const struct counting_conditions *conditions;
	enum counter_state state;
	const char *reason; /* a part of it */
	const char *remedy; /* a part of it */
} cases[] = {
        {{.fault = COUNTING_REFUSED, .code = ENOENT, .is_hardware = true},
         &guest,
         COUNTER_NOT_SUPPORTED,
         "this virtual machine (KVM) has no PMU",
         "plateau-spin"},
        {{.fault = COUNTING_REFUSED, .code = EOPNOTSUPP, .is_hardware = true},
         &guest,
         COUNTER_NOT_SUPPORTED,
         "this virtual machine (KVM) has no PMU",
         "vPMU"},
        {{.fault = COUNTING_REFUSED, .code = ENOENT, .is_hardware = true},
         &bare,
         COUNTER_NOT_SUPPORTED,
         "shows no PMU",
         "dmesg"},
        {{.fault = COUNTING_REFUSED, .code = ENOENT, .is_hardware = true},
         &bare_pmu,
         COUNTER_NOT_SUPPORTED,
         "no such event for this processor",
         "--metrics"},
        {{.fault = COUNTING_REFUSED, .code = ENOENT, .is_other_pmu = true},
         &guest,
         COUNTER_NOT_SUPPORTED,
         "the PMU does not have this event",
         "event_source"},
        {{.fault = COUNTING_REFUSED, .code = EINVAL},
         &bare_pmu,
         COUNTER_NOT_SUPPORTED,
         "encoding",
         "--metrics"},
        {{.fault = COUNTING_REFUSED, .code = ENXIO},
         &bare_pmu,
         COUNTER_NOT_SUPPORTED,
         "not there",
         "event_source"},
        {{.fault = COUNTING_REFUSED, .code = ENODEV},
         &bare_pmu,
         COUNTER_NOT_SUPPORTED,
         "not there",
         "event_source"},
        {{.fault = COUNTING_REFUSED, .code = ENOSYS},
         &container,
         COUNTER_NOT_SUPPORTED,
         "filter of system calls (docker) hides",
         "--cap-add PERFMON"},
        {{.fault = COUNTING_REFUSED, .code = ENOSYS},
         &no_perf,
         COUNTER_NOT_SUPPORTED,
         "without perf_event_open",
         "CONFIG_PERF_EVENTS"},
        {{.fault = COUNTING_REFUSED, .code = EPERM},
         &container,
         COUNTER_NO_PERMISSION,
         "filter of system calls (docker) forbids",
         "whoever starts the container"},
        {{.fault = COUNTING_REFUSED, .code = EACCES},
         &debian,
         COUNTER_NO_PERMISSION,
         "perf_event_paranoid is 3",
         "CAP_SYS_ADMIN on Debian"},
        {{.fault = COUNTING_REFUSED, .code = EPERM},
         &debian,
         COUNTER_NO_PERMISSION,
         "perf_event_paranoid is 3",
         "ask the administrator for `sysctl kernel.perf_event_paranoid=1`"},
        {{.fault = COUNTING_REFUSED, .code = EACCES},
         &container_root,
         COUNTER_NO_PERMISSION,
         "root has no CAP_PERFMON here (docker)",
         "--cap-add PERFMON"},
        {{.fault = COUNTING_REFUSED, .code = EACCES, .is_other_pmu = true},
         &bare_pmu,
         COUNTER_NO_PERMISSION,
         "user and kernel mode together",
         "perf_event_paranoid=1"},
        {{.fault = COUNTING_REFUSED, .code = EACCES},
         &bare_pmu,
         COUNTER_NO_PERMISSION,
         "perf_event_paranoid is 2",
         "or run with CAP_PERFMON"},
        {{.fault = COUNTING_REFUSED, .code = EACCES},
         &no_perf,
         COUNTER_NO_PERMISSION,
         "perf_event_paranoid is unknown",
         "CAP_PERFMON"},
        {{.fault = COUNTING_REFUSED, .code = EMFILE},
         &bare_pmu,
         COUNTER_NOT_COUNTED,
         "open files",
         "ulimit -n"},
        {{.fault = COUNTING_REFUSED, .code = EBUSY},
         &bare_pmu,
         COUNTER_NOT_COUNTED,
         "something else",
         "perf"},
        {{.fault = COUNTING_REFUSED, .code = E2BIG},
         &bare_pmu,
         COUNTER_NOT_SUPPORTED,
         "perf_event_open: ",
         "manual page"},
        {{.fault = COUNTING_NAME_UNKNOWN, .detail = "no such thing"},
         &bare_pmu,
         COUNTER_UNKNOWN,
         "no such thing",
         "docs/metrics.md"},
        {{.fault = COUNTING_ABSENT, .detail = "no PMU msr"},
         &guest,
         COUNTER_NOT_SUPPORTED,
         "no PMU msr",
         "runs the hypervisor (KVM)"},
        {{.fault = COUNTING_ABSENT, .detail = "no PMU msr"},
         &bare,
         COUNTER_NOT_SUPPORTED,
         "no PMU msr",
         "/sys/bus/event_source/devices"},
        {{.fault = COUNTING_NO_CHOICE, .detail = "zen9"},
         &bare_pmu,
         COUNTER_NOT_SUPPORTED,
         "no event for this processor (zen9)",
         "--metrics FILE"},
        {{.fault = COUNTING_NEVER_RAN},
         &bare_pmu,
         COUNTER_NOT_COUNTED,
         "NMI watchdog",
         "kernel.nmi_watchdog=0"},
        {{.fault = COUNTING_NEVER_RAN}, &debian, COUNTER_NOT_COUNTED, "no counter", "perf"},
        {{.fault = COUNTING_KERNEL_ONLY, .is_user_asked = true},
         &bare_pmu,
         COUNTER_NOT_COUNTED,
         "would read 0",
         "leave the modifier away"},
        {{.fault = COUNTING_KERNEL_ONLY},
         &bare_pmu,
         COUNTER_NO_PERMISSION,
         "would read 0",
         "perf_event_paranoid=1"},
        {{.fault = COUNTING_KERNEL_ONLY},
         &debian,
         COUNTER_NO_PERMISSION,
         "would read 0",
         "CAP_SYS_ADMIN on Debian"},
        {{.fault = COUNTING_WRONG, .detail = "it stayed at 0"},
         &guest,
         COUNTER_IMPLAUSIBLE,
         "it stayed at 0",
         "virtual PMU (KVM)"},
        {{.fault = COUNTING_WRONG, .detail = "it stayed at 0"},
         &bare_pmu,
         COUNTER_IMPLAUSIBLE,
         "it stayed at 0",
         "do not use it"},
};

static void test_explanations(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		enum counter_state found = COUNTER_STATES;
		char reason[RECORD_REASON_BYTES];
		char remedy[RECORD_REASON_BYTES];
		counting_explain(&cases[i].problem, cases[i].conditions, &found, reason, remedy);
		print_message("# %s: %s; %s\n", counter_state_names[found], reason, remedy);
		assert_int_equal(found, cases[i].state);
		assert_non_null(strstr(reason, cases[i].reason));
		assert_non_null(strstr(remedy, cases[i].remedy));
		/* Nothing is cut off, and every placeholder is filled. */
		assert_true(strlen(reason) < RECORD_REASON_BYTES - 1);
		assert_true(strlen(remedy) < RECORD_REASON_BYTES - 1);
		assert_null(strpbrk(reason, "{}"));
		assert_null(strpbrk(remedy, "{}"));
	}
}

static void test_state_of(void **state)
{
	(void)state;
	static const struct {
		int code;
		enum counter_state state;
	} codes[] = {
	        {EINVAL, COUNTER_NOT_SUPPORTED},     {ENOSYS, COUNTER_NOT_SUPPORTED},
	        {ENOENT, COUNTER_NOT_SUPPORTED},     {ENXIO, COUNTER_NOT_SUPPORTED},
	        {EOPNOTSUPP, COUNTER_NOT_SUPPORTED}, {EACCES, COUNTER_NO_PERMISSION},
	        {EPERM, COUNTER_NO_PERMISSION},      {EMFILE, COUNTER_NOT_COUNTED},
	        {EBUSY, COUNTER_NOT_COUNTED},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
		assert_int_equal(counting_state_of(codes[i].code), codes[i].state);
}

/* ---- Conditions from made-up trees --------------------------------------------------------- */

static void put(const char *root, const char *path, const char *text)
{
	cleanup_free char *whole = NULL;
	struct error err;
	assert_int_equal(str_format(&whole, &err, "%s%s", root, path), 0);
	for (char *slash = strchr(whole + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0777);
		*slash = '/';
	}
	if (!text)
		return;
	assert_int_equal(file_replace(whole, text, strlen(text), &err), 0);
}

static char *make_root(void)
{
	char *root = NULL;
	struct error err;
	assert_int_equal(file_make_temporary_folder(NULL, "test-counting", &root, &err), 0);
	return root;
}

static void remove_root(char *root)
{
	struct error err;
	assert_int_equal(file_remove_tree(AT_FDCWD, root, &err), 0);
	free(root);
}

static const char first_namespace[] = "         0          0 4294967295\n";

static void test_conditions(void **state)
{
	(void)state;
	char *const root = make_root();
	put(root, "/proc/sys/kernel/perf_event_paranoid", "4\n");
	put(root, "/proc/sys/kernel/nmi_watchdog", "1\n");
	put(root, "/proc/self/uid_map", first_namespace);
	put(root, "/proc/self/status",
	    "Name:\tx\nUid:\t1000\t1000\t1000\t1000\nCapEff:\t0000004000000000\nSeccomp:\t2\n");
	put(root, "/sys/bus/event_source/devices/cpu_core/type", "4\n");
	put(root, "/sys/bus/event_source/devices/cpu_atom/type", "10\n");
	put(root, "/sys/bus/event_source/devices/msr/type", "11\n");
	put(root, "/sys/hypervisor/type", "xen\n");
	struct counting_conditions c;
	counting_conditions_read(root, &c);
	assert_int_equal(c.paranoid, 4);
	assert_int_equal(c.nmi_watchdog, 1);
	assert_true(c.has_perfmon);
	assert_false(c.has_admin);
	assert_false(c.is_root);
	assert_true(c.has_seccomp);
	assert_true(c.has_core_pmu);
	assert_true(c.is_hybrid);
	assert_string_equal(c.hypervisor, "xen");
	assert_string_equal(c.container, "");
	/* The root of a container's own user namespace has its capabilities there alone. */
	put(root, "/proc/self/uid_map", "0 100000 65536\n");
	put(root, "/proc/self/status",
	    "Uid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n");
	counting_conditions_read(root, &c);
	assert_true(c.is_root);
	assert_false(c.has_perfmon);
	assert_false(c.has_seccomp);
	put(root, "/proc/self/uid_map", first_namespace);
	counting_conditions_read(root, &c);
	assert_true(c.has_perfmon && c.has_admin);
	remove_root(root);
}

static void test_nothing_there(void **state)
{
	(void)state;
	char *const root = make_root();
	struct counting_conditions c;
	counting_conditions_read(root, &c);
	assert_true(c.paranoid == INT64_MIN);
	assert_int_equal(c.nmi_watchdog, -1);
	assert_false(c.has_core_pmu || c.is_hybrid || c.has_perfmon);
	assert_string_equal(c.hypervisor, "");
	remove_root(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_explanations),
	        cmocka_unit_test(test_state_of),
	        cmocka_unit_test(test_conditions),
	        cmocka_unit_test(test_nothing_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
