#include "platform/memory.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"

#include <linux/mempolicy.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MEMINFO_MAX_BYTES = 1 << 16, LONG_BITS = 8 * sizeof(unsigned long) };

/* A line "Key:   123 kB" in bytes, or -1. */
static int64_t meminfo_value(const char *text, const char *key)
{
	const char *const at = strstr(text, key);
	return at ? strtoll(at + strlen(key), NULL, 10) * 1024 : -1;
}

static char *read_meminfo(void)
{
	char *text = NULL;
	struct error ignored;
	return file_read("/proc/meminfo", MEMINFO_MAX_BYTES, &text, NULL, &ignored) < 0 ? NULL
	                                                                                : text;
}

int64_t memory_unwritten_bytes(void)
{
	cleanup_free char *text = read_meminfo();
	if (!text)
		return -1;
	const int64_t dirty = meminfo_value(text, "\nDirty:");
	const int64_t writeback = meminfo_value(text, "\nWriteback:");
	return dirty < 0 || writeback < 0 ? -1 : dirty + writeback;
}

bool memory_policy_works(void)
{
	int mode;
	if (syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0) < 0 || mode != MPOL_DEFAULT)
		return false;
	return syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0) == 0;
}

void memory_interleave_nodes(const struct topology *topology, unsigned long *mask,
                             size_t mask_bytes)
{
	memset(mask, 0, mask_bytes);
	const struct cpuset allowed = topology_allowed(topology);
	for (size_t i = 0; i < topology->node_count; i++) {
		const struct topology_node *const node = &topology->nodes[i];
		if (!node->is_dram || !cpuset_intersects(&node->pus, &allowed) ||
		    node->os_index / 8 >= mask_bytes)
			continue;
		mask[node->os_index / LONG_BITS] |= 1ul << (node->os_index % LONG_BITS);
	}
}
