/* Machines recorded by hwloc as XML. */
#include "targets.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "platform/node.h"

#include <stdlib.h>
#include <string.h>

/* hwloc forgets some of what it has read of an XML that it refuses; nothing of ours is left. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
	return "leak:libhwloc.so\n";
}

void fuzz_topology(const char *bytes, const char *text, size_t count)
{
	(void)text;
	struct error err = {""};
	cleanup_node struct node *node = NULL;
	cleanup_free char *xml = NULL;
	const int r = node_open_xml(fuzz_file("x.xml", bytes, count), &node, &err);
	fuzz_check_told(r, NULL, &err);
	if (r < 0)
		return;
	const struct topology *const topology = node_topology(node);
	fuzz_promise(topology->pu_count > 0);
	fuzz_promise(!topology->is_this_system);
	node_info(node, "CPUVendor");
	node_caches(node);
	if (node_export_xml(node, &xml, &err) == 0)
		fuzz_promise(xml[0] == '<');
}
