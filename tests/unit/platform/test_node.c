/* The node: this machine under affinity masks, and recorded machines with what is unusual. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "platform/node.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Opens text as a recorded machine; returns what node_open_xml does. */
static int open_text(const char *text, struct node **ret_node, struct error *err)
{
	char path[512];
	char *folder = NULL;
	struct error other;
	assert_int_equal(file_make_temporary_folder(NULL, "test_node", &folder, &other), 0);
	snprintf(path, sizeof path, "%s/machine.xml", folder);
	FILE *const stream = fopen(path, "w");
	assert_non_null(stream);
	fputs(text, stream);
	fclose(stream);
	const int r = node_open_xml(path, ret_node, err);
	assert_int_equal(file_remove_tree(AT_FDCWD, folder, &other), 0);
	free(folder);
	return r;
}

#define HEAD                                                                                       \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                             \
	"<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n"                                              \
	"<topology version=\"2.0\">\n"
#define SETS(set, nodes)                                                                           \
	" cpuset=\"" set "\" complete_cpuset=\"" set "\" nodeset=\"" nodes                         \
	"\" complete_nodeset=\"" nodes "\""
#define PU(index, set, nodes)                                                                      \
	"<object type=\"PU\" os_index=\"" index "\"" SETS(set, nodes) " gp_index=\"1" index "\"/>"
#define CORE(index, set, nodes, inside)                                                            \
	"<object type=\"Core\" os_index=\"" index "\"" SETS(set, nodes) " gp_index=\"2" index      \
	                                                                "\">" inside "</object>"

/* Two cores, one of two PUs; PU 3 is offline (in the complete set alone); a DRAM node with the
 * higher number and a high-bandwidth one with the lower. No package, no caches. */
static const char machine[] =
        HEAD "<object type=\"Machine\" os_index=\"0\" cpuset=\"0x00000007\""
             " complete_cpuset=\"0x0000000f\" allowed_cpuset=\"0x00000007\""
             " nodeset=\"0x00000003\" complete_nodeset=\"0x00000003\""
             " allowed_nodeset=\"0x00000003\" gp_index=\"1\">"
             "<info name=\"CPUModel\" value=\"Made-up Processor 1 \"/>"
             "<object type=\"NUMANode\" os_index=\"0\" cpuset=\"0x00000007\""
             " complete_cpuset=\"0x0000000f\" nodeset=\"0x00000001\""
             " complete_nodeset=\"0x00000001\" gp_index=\"31\" subtype=\"MCDRAM\""
             " local_memory=\"1000\"/>"
             "<object type=\"NUMANode\" os_index=\"1\" cpuset=\"0x00000007\""
             " complete_cpuset=\"0x0000000f\" nodeset=\"0x00000002\""
             " complete_nodeset=\"0x00000002\" gp_index=\"32\" local_memory=\"5000\"/>" CORE(
                     "0", "0x00000005", "0x00000003",
                     PU("0", "0x00000001", "0x00000003") PU("2", "0x00000004", "0x00000003"))
                     CORE("1", "0x00000002", "0x00000003",
                          PU("1", "0x00000002", "0x00000003")) "</object></topology>";

static void test_recorded(void **state)
{
	(void)state;
	struct error err = {""};
	cleanup_node struct node *node = NULL;
	assert_int_equal(open_text(machine, &node, &err), 0);
	const struct topology *const t = node_topology(node);
	assert_false(t->is_this_system);
	assert_int_equal(t->pu_count, 3);
	assert_int_equal(t->machine_pu_count, 4);
	assert_int_equal(t->core_count, 2);
	assert_int_equal(t->l3_count, 0);
	assert_int_equal(t->package_count, 0);
	assert_int_equal(t->numa_count, 1);
	assert_int_equal(t->node_count, 2);
	assert_int_equal(t->memory_bytes, 6000);
	assert_string_equal(t->processor, "Made-up Processor 1");
	static const uint32_t os[] = {0, 2, 1};
	static const uint32_t rank[] = {0, 1, 0};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(t->pus[i].os_index, os[i]);
		assert_int_equal(t->pus[i].smt_rank, rank[i]);
		assert_int_equal(t->pus[i].core, i / 2);
		assert_int_equal(t->pus[i].l3, -1);
		assert_int_equal(t->pus[i].package, -1);
		assert_true(t->nodes[t->pus[i].numa].is_dram);
		assert_int_equal(t->nodes[t->pus[i].numa].os_index, 1);
	}
	const char *reason = NULL;
	assert_false(node_has_event_names(node, &reason));
	assert_non_null(strstr(reason, "recorded"));
	assert_null(node_pmu_model(node));
	char *xml = NULL;
	assert_int_equal(node_export_xml(node, &xml, &err), 0);
	cleanup_node struct node *again = NULL;
	assert_int_equal(open_text(xml, &again, &err), 0);
	assert_int_equal(node_topology(again)->pu_count, 3);
	free(xml);
}

static void test_refuses(void **state)
{
	(void)state;
	struct error err = {""};
	struct node *node = NULL;
	assert_int_equal(node_open_xml("/nonexistent/machine.xml", &node, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/machine.xml"));
	assert_int_equal(open_text("", &node, &err), -EINVAL);
	assert_int_equal(open_text("rubbish", &node, &err), -EINVAL);
	assert_non_null(strstr(err.text, "lstopo"));
	assert_int_equal(open_text("<topology version=\"3.0\"><object/></topology>", &node, &err),
	                 -EINVAL);
	assert_non_null(strstr(err.text, "hwloc 3"));
	assert_non_null(strstr(err.text, "v2"));
	assert_int_equal(open_text(HEAD "<object type=\"Machine\"", &node, &err), -EINVAL);
	assert_int_equal(open_text(HEAD "</topology>", &node, &err), -EINVAL);
	assert_null(node);
	node_close(NULL);
}

/* The affinity mask of this process is what counts, PU by PU, and it is left as it was. */
static void test_affinity(void **state)
{
	(void)state;
	cpu_set_t all;
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	for (int pu = 0; pu < CPU_SETSIZE; pu++) {
		if (!CPU_ISSET(pu, &all))
			continue;
		cpu_set_t one;
		cpu_set_t after;
		CPU_ZERO(&one);
		CPU_SET(pu, &one);
		assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
		struct error err = {""};
		cleanup_node struct node *node = NULL;
		assert_int_equal(node_open(&node, &err), 0);
		const struct topology *const t = node_topology(node);
		assert_true(t->is_this_system);
		assert_int_equal(t->pu_count, 1);
		assert_int_equal(t->pus[0].os_index, pu);
		assert_true(t->machine_pu_count >= (size_t)CPU_COUNT(&all));
		assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
		assert_true(CPU_EQUAL(&one, &after));
	}
	assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
	struct error err = {""};
	cleanup_node struct node *node = NULL;
	assert_int_equal(node_open(&node, &err), 0);
	const struct cpuset allowed = topology_allowed(node_topology(node));
	assert_int_equal(cpuset_count(&allowed), CPU_COUNT(&all));
	for (int pu = 0; pu < CPU_SETSIZE; pu++)
		assert_int_equal(cpuset_has(&allowed, (uint32_t)pu), CPU_ISSET(pu, &all) != 0);
}

/* A machine that hwloc was told to show must never be taken for the one that tasks run on. */
static void test_foreign_environment(void **state)
{
	(void)state;
	struct error err = {""};
	struct node *node = NULL;
	assert_int_equal(setenv("HWLOC_SYNTHETIC", "pack:2 core:64 pu:2", 1), 0);
	assert_int_equal(node_open(&node, &err), -EINVAL);
	assert_non_null(strstr(err.text, "HWLOC_SYNTHETIC"));
	assert_null(node);
	assert_int_equal(unsetenv("HWLOC_SYNTHETIC"), 0);
	assert_int_equal(node_open(&node, &err), 0);
	node_close(node);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_recorded),
	        cmocka_unit_test(test_refuses),
	        cmocka_unit_test(test_affinity),
	        cmocka_unit_test(test_foreign_environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
