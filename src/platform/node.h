/* The node: owner of the one hwloc topology and of libpfm4's initialisation, and the only module
 * that reads hwloc. Commands open it once; afterwards it is read-only, and what others need of it
 * is the plain value node_topology.
 *
 *   node_open or node_open_xml  ->  node_topology, node_export_xml, ...  ->  node_close */
#ifndef PLATFORM_NODE_H
#define PLATFORM_NODE_H

#include "core/cleanup.h"
#include "model/topology.h"

#include <stdbool.h>

struct error;
struct node;

/* Opens the machine that this process runs on. Only allowed PUs count: those in the affinity mask
 * of this process (taskset, Slurm) and in the cpuset of its cgroup, and online. Initialises
 * libpfm4; a failure of that is no error (see node_has_event_names). Returns 0; -ENODEV when no PU
 * is allowed; -EINVAL when hwloc's environment variables make it show another machine; -EIO when
 * hwloc cannot read the machine; -ENOMEM. */
int node_open(struct node **ret_node, struct error *err);

/* Opens a machine recorded by hwloc (lstopo FILE.xml): it can be planned for, nothing can be bound
 * on it; topology.is_this_system is false. Files of hwloc 3 cannot be read by hwloc 2. Returns 0;
 * -ENOENT, -EACCES and so on when the file cannot be read; -EINVAL when it is no hwloc XML that
 * this hwloc reads; -ENODEV when it allows no PU; -ENOMEM. */
int node_open_xml(const char *path, struct node **ret_node, struct error *err);

/* The machine as a plain value, owned by node. */
const struct topology *node_topology(const struct node *node);

/* The whole topology as hwloc XML (version 2 format). The caller frees it. Returns 0, -EIO or
 * -ENOMEM. */
int node_export_xml(const struct node *node, char **ret_xml, struct error *err);

/* Whether libpfm4 was initialised, so that events may be looked up by name; *ret_reason (may be
 * NULL) says why not, "" when it was. Never on a recorded machine. */
bool node_has_event_names(const struct node *node, const char **ret_reason);

/* The core PMU model that libpfm4 detected ("AMD64 Fam17h Zen2"), or NULL where it found none, as
 * in a virtual machine without a PMU. Owned by node. */
const char *node_pmu_model(const struct node *node);

/* What hwloc noted of the machine or its first package under this name ("CPUVendor",
 * "OSRelease"), or NULL. Owned by node. */
const char *node_info(const struct node *node, const char *name);

/* What was seen beside plain objects, for the host facts; sizes in bytes, -1 where unknown or
 * absent. */
struct node_caches {
	int64_t l3_bytes; /* of the largest one */
	int64_t l2_bytes;
	bool l3_sizes_differ;
};
struct node_caches node_caches(const struct node *node);

/* Frees everything; NULL is fine. */
void node_close(struct node *node);

DEFINE_CLEANUP(node, struct node *, node_close);
#define cleanup_node __attribute__((cleanup(cleanup_node_function)))

#endif
