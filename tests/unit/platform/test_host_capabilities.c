/* What can be measured on a node, by made trees of /sys and /proc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "node_tree.h"
#include "platform/capabilities.h"

#include <string.h>

static struct capabilities node_tree_list(const char *root)
{
	struct error err = {""};
	struct capabilities found = {0};
	struct host_facts facts = node_tree_describe(root);
	assert_int_equal(capabilities_list(NULL, NULL, &facts, root, &found, &err), 0);
	host_facts_release(&facts);
	return found;
}

static void check_capability(const struct capabilities *list, const char *area, const char *name,
                             enum capability_state state, enum capability_who who,
                             const char *remedy)
{
	const struct capability *const c = capabilities_find(list, area, name);
	if (!c)
		fail_msg("nothing is said of %s", name);
	if (c->state != state || c->who != who || !strstr(c->remedy, remedy))
		fail_msg("%s: %s by %s; reason: %s; remedy: %s", name,
		         capability_state_names[c->state], capability_who_names[c->who], c->reason,
		         c->remedy);
	/* Who cannot measure is told why. */
	assert_true(c->state == CAPABILITY_YES ? c->by[0] != '\0' : c->reason[0] != '\0');
}

static void test_capabilities(void **state)
{
	(void)state;
	char *const root = node_tree_new();
	node_tree_put_epyc(root);
	struct capabilities list = node_tree_list(root);
	check_capability(&list, "over time", "package energy", CAPABILITY_NO, WHO_ADMINISTRATOR,
	                 "intel_rapl_msr");
	check_capability(&list, "over time", "temperature", CAPABILITY_NO, WHO_ADMINISTRATOR,
	                 "k10temp");
	check_capability(&list, "over time", "throttling", CAPABILITY_NO, WHO_NOBODY, "");
	check_capability(&list, "over time", "pressure stalls", CAPABILITY_NO, WHO_ADMINISTRATOR,
	                 "psi=1");
	check_capability(&list, "memory", "PSS of a task's tree", CAPABILITY_NO, WHO_ADMINISTRATOR,
	                 "newer kernel");
	assert_null(capabilities_find(&list, "placement", "binding to PUs"));
	capabilities_release(&list);

	node_tree_put(root, "/sys/class/powercap/intel-rapl:0/name", "package-0\n");
	node_tree_put(root, "/sys/class/powercap/intel-rapl:0/energy_uj", "1000\n");
	node_tree_put(root, "/sys/class/powercap/intel-rapl:0/max_energy_range_uj",
	              "65532610987\n");
	node_tree_put(root, "/proc/pressure/cpu",
	              "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n");
	node_tree_put(root, "/proc/self/smaps_rollup", "Rss: 1 kB\n");
	list = node_tree_list(root);
	check_capability(&list, "over time", "package energy", CAPABILITY_YES, WHO_NOBODY, "");
	check_capability(&list, "memory", "PSS of a task's tree", CAPABILITY_YES, WHO_NOBODY, "");
	capabilities_release(&list);
	node_tree_remove(root);
}

/* On a guest the same is for the owner of the hypervisor to change. */
static void test_guest(void **state)
{
	(void)state;
	char *const root = node_tree_new();
	node_tree_put(root, "/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor\n");
	struct capabilities list = node_tree_list(root);
	check_capability(&list, "over time", "package energy", CAPABILITY_NO, WHO_HYPERVISOR,
	                 "on the host");
	check_capability(&list, "over time", "frequency that the kernel says", CAPABILITY_NO,
	                 WHO_YOU, "plateau-spin");
	capabilities_release(&list);
	node_tree_remove(root);
}

/* Drivers of x86 help nobody on another processor. */
static void test_other_processor(void **state)
{
	(void)state;
	char *const root = node_tree_new();
	node_tree_put(root, "/proc/cpuinfo",
	              "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n");
	struct capabilities list = node_tree_list(root);
	check_capability(&list, "over time", "frequency that the kernel says", CAPABILITY_NO,
	                 WHO_ADMINISTRATOR, "cppc_cpufreq");
	check_capability(&list, "over time", "clock by aperf/mperf", CAPABILITY_NO, WHO_YOU,
	                 "plateau-spin");
	check_capability(&list, "over time", "package energy", CAPABILITY_NO, WHO_ADMINISTRATOR,
	                 "ipmitool dcmi");
	for (size_t i = 0; i < list.count; i++)
		assert_null(strstr(list.items[i].remedy, "modprobe msr"));
	capabilities_release(&list);
	node_tree_remove(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_capabilities),
	        cmocka_unit_test(test_guest),
	        cmocka_unit_test(test_other_processor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
