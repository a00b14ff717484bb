#include "platform/node.h"

#include "core/attempt.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"

#include <errno.h>
#include <hwloc.h>
#ifdef HAVE_HWLOC_CPUKINDS_H
#include <hwloc/cpukinds.h>
#endif
#include <perfmon/pfmlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { XML_MAX_BYTES = 256 << 20, XML_MAX_SECONDS = 20, XML_MAX_INDEX = 1 << 20 };

struct node {
	hwloc_topology_t hwloc;
	bool has_hwloc;
	struct topology topology;
	bool has_pfm;
	char pfm_reason[160];
	char pmu_model[128];
};

void node_close(struct node *node)
{
	if (!node)
		return;
	topology_release(&node->topology);
	if (node->has_hwloc)
		hwloc_topology_destroy(node->hwloc);
	if (node->has_pfm)
		pfm_terminate();
	free(node);
}

const struct topology *node_topology(const struct node *node)
{
	return &node->topology;
}

bool node_has_event_names(const struct node *node, const char **ret_reason)
{
	if (ret_reason)
		*ret_reason = node->pfm_reason;
	return node->has_pfm;
}

const char *node_pmu_model(const struct node *node)
{
	return node->pmu_model[0] ? node->pmu_model : NULL;
}

const char *node_info(const struct node *node, const char *name)
{
	const hwloc_obj_t package = hwloc_get_obj_by_type(node->hwloc, HWLOC_OBJ_PACKAGE, 0);
	const char *const value = package ? hwloc_obj_get_info_by_name(package, name) : NULL;
	return value ? value : hwloc_obj_get_info_by_name(hwloc_get_root_obj(node->hwloc), name);
}

/* Memory beside DRAM carries a subtype (MCDRAM, HBM, NVM, ...) or, where the kernel maps it
 * through DAX, its kind. */
static bool is_dram(hwloc_obj_t object)
{
	if (object->subtype && strcmp(object->subtype, "DRAM") != 0)
		return false;
	const char *const dax = hwloc_obj_get_info_by_name(object, "DAXType");
	return !dax;
}

static void copy_set(hwloc_const_bitmap_t bitmap, struct cpuset *set)
{
	int pu;
	if (!bitmap || hwloc_bitmap_weight(bitmap) < 0)
		return;
	hwloc_bitmap_foreach_begin(pu, bitmap) cpuset_add(set, (uint32_t)pu);
	hwloc_bitmap_foreach_end();
}

static int read_memory_nodes(const struct node *node, struct topology *topology, struct error *err)
{
	const int count = hwloc_get_nbobjs_by_type(node->hwloc, HWLOC_OBJ_NUMANODE);
	topology->nodes = calloc((size_t)(count > 0 ? count : 0) + 1, sizeof *topology->nodes);
	if (!topology->nodes)
		return error_memory(err);
	topology->memory_bytes = 0;
	hwloc_obj_t object = NULL;
	while ((object = hwloc_get_next_obj_by_type(node->hwloc, HWLOC_OBJ_NUMANODE, object))) {
		struct topology_node *const memory = &topology->nodes[topology->node_count++];
		memory->os_index = object->os_index;
		memory->memory_bytes = (int64_t)object->attr->numanode.local_memory;
		memory->is_dram = is_dram(object);
		copy_set(object->cpuset, &memory->pus);
		topology->memory_bytes += memory->memory_bytes;
	}
	if (topology->memory_bytes == 0)
		topology->memory_bytes = -1;
	return 0;
}

/* The lowest-numbered (by os index) local node that is DRAM; where none is (a processor that runs
 * on high-bandwidth memory alone), the lowest-numbered local one. */
static int32_t local_node(const struct topology *topology, uint32_t os_index)
{
	int32_t best = -1;
	for (size_t i = 0; i < topology->node_count; i++) {
		const struct topology_node *const node = &topology->nodes[i];
		if (!cpuset_has(&node->pus, os_index))
			continue;
		const struct topology_node *const had = best < 0 ? NULL : &topology->nodes[best];
		if (!had || (node->is_dram && !had->is_dram) ||
		    (node->is_dram == had->is_dram && node->os_index < had->os_index))
			best = (int32_t)i;
	}
	return best;
}

static int32_t ancestor_index(const struct node *node, hwloc_obj_t pu, hwloc_obj_type_t type)
{
	const hwloc_obj_t object = hwloc_get_ancestor_obj_by_type(node->hwloc, type, pu);
	return object ? (int32_t)object->logical_index : -1;
}

/* Which of a processor's kinds of cores a PU is of; -1: they are alike, or this hwloc does not tell
 * (it does from 2.4 on). */
static int32_t kind_of(const struct node *node, hwloc_obj_t pu)
{
#ifdef HAVE_HWLOC_CPUKINDS_H
	return hwloc_cpukinds_get_by_cpuset(node->hwloc, pu->cpuset, 0);
#else
	(void)node;
	(void)pu;
	return -1;
#endif
}

static int read_pus(const struct node *node, struct topology *topology, struct error *err)
{
	const int count = hwloc_get_nbobjs_by_type(node->hwloc, HWLOC_OBJ_PU);
	topology->pus = calloc((size_t)(count > 0 ? count : 0) + 1, sizeof *topology->pus);
	if (!topology->pus)
		return error_memory(err);
	hwloc_obj_t object = NULL;
	while ((object = hwloc_get_next_obj_by_type(node->hwloc, HWLOC_OBJ_PU, object))) {
		if (object->os_index >= CPUSET_MAX_PUS)
			return error_set(err, EINVAL,
			                 "PU %u is beyond the %d that plateau can handle",
			                 object->os_index, CPUSET_MAX_PUS);
		struct topology_pu *const pu = &topology->pus[topology->pu_count++];
		pu->os_index = object->os_index;
		pu->core = ancestor_index(node, object, HWLOC_OBJ_CORE);
		pu->l2 = ancestor_index(node, object, HWLOC_OBJ_L2CACHE);
		pu->l3 = ancestor_index(node, object, HWLOC_OBJ_L3CACHE);
		pu->package = ancestor_index(node, object, HWLOC_OBJ_PACKAGE);
		pu->numa = local_node(topology, object->os_index);
		pu->kind = kind_of(node, object);
	}
	if (topology->pu_count == 0)
		return error_set(err, ENODEV,
		                 "%s allows no PU to run on; see the CPU affinity and the cpuset "
		                 "of the cgroup of this process",
		                 topology->source);
	return 0;
}

static void rank_pus(struct topology *topology)
{
	for (size_t i = 1; i < topology->pu_count; i++) {
		struct topology_pu *const pu = &topology->pus[i];
		const struct topology_pu *const before = pu - 1;
		if (pu->core >= 0 && pu->core == before->core)
			pu->smt_rank = before->smt_rank + 1;
	}
}

/* Distinct values of one index over the allowed PUs, those that are there. */
static size_t count_distinct(const struct topology *topology, size_t field_offset)
{
	struct cpuset seen = {0};
	for (size_t i = 0; i < topology->pu_count; i++) {
		int32_t value;
		memcpy(&value, (const char *)&topology->pus[i] + field_offset, sizeof value);
		if (value >= 0)
			cpuset_add(&seen, (uint32_t)value);
	}
	return cpuset_count(&seen);
}

static void count_objects(struct topology *topology)
{
	topology->core_count = count_distinct(topology, offsetof(struct topology_pu, core));
	topology->l3_count = count_distinct(topology, offsetof(struct topology_pu, l3));
	topology->numa_count = count_distinct(topology, offsetof(struct topology_pu, numa));
	topology->package_count = count_distinct(topology, offsetof(struct topology_pu, package));
	topology->kind_count = count_distinct(topology, offsetof(struct topology_pu, kind));
	if (topology->core_count == 0)
		topology->core_count = topology->pu_count;
}

static int copy_processor(const struct node *node, struct topology *topology, struct error *err)
{
	const hwloc_obj_t root = hwloc_get_root_obj(node->hwloc);
	const hwloc_obj_t package = hwloc_get_obj_by_type(node->hwloc, HWLOC_OBJ_PACKAGE, 0);
	const char *model = package ? hwloc_obj_get_info_by_name(package, "CPUModel") : NULL;
	if (!model)
		model = hwloc_obj_get_info_by_name(root, "CPUModel");
	if (!model)
		return 0;
	int r = str_copy(model + strspn(model, " "), &topology->processor, err);
	for (size_t end = r == 0 ? strlen(topology->processor) : 0;
	     end > 0 && topology->processor[end - 1] == ' '; end--)
		topology->processor[end - 1] = '\0';
	return r;
}

/* Machine PUs: restricting to the affinity mask removes the others from hwloc's own picture. */
static size_t machine_pus(const struct node *node)
{
	const int seen = hwloc_bitmap_weight(hwloc_get_root_obj(node->hwloc)->complete_cpuset);
	const long online =
	        hwloc_topology_is_thissystem(node->hwloc) ? sysconf(_SC_NPROCESSORS_ONLN) : 0;
	return seen > online ? (size_t)seen : (size_t)(online > 0 ? online : 0);
}

static int read_topology(struct node *node, const char *source, struct error *err)
{
	struct topology *const topology = &node->topology;
	topology->is_this_system = hwloc_topology_is_thissystem(node->hwloc);
	topology->machine_pu_count = machine_pus(node);
	int r = str_copy(source, &topology->source, err);
	if (r == 0)
		r = read_memory_nodes(node, topology, err);
	if (r == 0)
		r = read_pus(node, topology, err);
	if (r == 0)
		r = copy_processor(node, topology, err);
	if (r < 0)
		return r;
	rank_pus(topology);
	count_objects(topology);
	return 0;
}

/* The PMUs of the cores that are present here (two on a hybrid processor). libpfm4 lists software
 * and trace points as PMUs too: only those of type core count, and of these not the least common
 * one of an architecture. */
static void find_pmu(struct node *node)
{
	for (int pmu = PFM_PMU_NONE; pmu < PFM_PMU_MAX; pmu++) {
		pfm_pmu_info_t info = {.size = sizeof info};
		if (pfm_get_pmu_info((pfm_pmu_t)pmu, &info) != PFM_SUCCESS)
			continue;
		if (!info.is_present || info.type != PFM_PMU_TYPE_CORE || info.is_dfl)
			continue;
		const size_t length = strlen(node->pmu_model);
		snprintf(node->pmu_model + length, sizeof node->pmu_model - length, "%s%s",
		         length ? ", " : "", info.desc);
	}
}

static void start_pfm(struct node *node)
{
	const pfm_err_t r = pfm_initialize();
	if (r != PFM_SUCCESS) {
		snprintf(node->pfm_reason, sizeof node->pfm_reason,
		         "libpfm4 cannot be initialised: %s", pfm_strerror(r));
		return;
	}
	node->has_pfm = true;
	find_pmu(node);
}

/* NULL: out of memory, which err says. */
static struct node *new_node(struct error *err)
{
	struct node *const node = calloc(1, sizeof *node);
	if (!node || hwloc_topology_init(&node->hwloc) < 0) {
		error_memory(err);
		free(node);
		return NULL;
	}
	node->has_hwloc = true;
	return node;
}

/* The variable by which hwloc was told to show something else than this machine. */
static const char *foreign_variable(void)
{
	static const char *const names[] = {"HWLOC_XMLFILE", "HWLOC_SYNTHETIC", "HWLOC_FSROOT",
	                                    "HWLOC_CPUID_PATH"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (getenv(names[i]))
			return names[i];
	return "one of the variables HWLOC_*";
}

/* By itself hwloc shows all PUs of the machine whatever the affinity mask says, and moves this
 * process from PU to PU while it looks. From 2.5 on it is told by flags not to. Before, the part of
 * it that moves is left out (the flag does just that), and so are the PUs that are not allowed,
 * afterwards. Returns 0, or -1 with errno. */
static int load_allowed(hwloc_topology_t hwloc)
{
#if HAVE_DECL_HWLOC_TOPOLOGY_FLAG_RESTRICT_TO_CPUBINDING
	const unsigned long flags = HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM |
	                            HWLOC_TOPOLOGY_FLAG_RESTRICT_TO_CPUBINDING |
	                            HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING;
	return hwloc_topology_set_flags(hwloc, flags) < 0 ? -1 : hwloc_topology_load(hwloc);
#else
	/* Fails where this hwloc has no such part (arm64, ppc64le): then nothing moves. */
	hwloc_topology_set_components(hwloc, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
	if (hwloc_topology_set_flags(hwloc, HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM) < 0 ||
	    hwloc_topology_load(hwloc) < 0)
		return -1;
	if (!hwloc_topology_is_thissystem(hwloc))
		return 0;
	const hwloc_bitmap_t allowed = hwloc_bitmap_alloc();
	if (!allowed)
		return -1;
	int r = hwloc_get_cpubind(hwloc, allowed, HWLOC_CPUBIND_STRICT);
	if (r == 0)
		r = hwloc_topology_restrict(hwloc, allowed, 0);
	hwloc_bitmap_free(allowed);
	return r;
#endif
}

int node_open(struct node **ret_node, struct error *err)
{
	cleanup_node struct node *node = new_node(err);
	if (!node)
		return -ENOMEM;
	if (load_allowed(node->hwloc) < 0)
		return error_system(err, EIO, "hwloc cannot read this machine's topology");
	if (!hwloc_topology_is_thissystem(node->hwloc))
		return error_set(err, EINVAL,
		                 "hwloc shows another machine than this one, because %s is set in "
		                 "the environment; unset it (plateau plan --topology FILE.xml "
		                 "plans for another machine)",
		                 foreign_variable());
	const int r = read_topology(node, "this machine", err);
	if (r < 0)
		return r;
	start_pfm(node);
	*ret_node = node;
	node = NULL;
	return 0;
}

/* Looks at the text before hwloc does: its own complaint about a newer format names no remedy, and
 * it complains on stderr. */
static int check_xml(const char *path, const char *text, struct error *err)
{
	const char *const start = strstr(text, "<topology");
	if (!start)
		return error_set(err, EINVAL,
		                 "%s is no hwloc XML file: it has no <topology> element; record a "
		                 "machine with: lstopo FILE.xml",
		                 path);
	int major = 0;
	if (sscanf(start, "<topology version=\"%d", &major) == 1 && major > 2)
		return error_set(err, EINVAL,
		                 "%s was written by hwloc %d, whose format hwloc %d cannot read; "
		                 "record the machine again with: lstopo --export-xml-flags v2 "
		                 "FILE.xml",
		                 path, major, HWLOC_API_VERSION >> 16);
	return 0;
}

struct xml {
	const char *path;
	const char *text;
	size_t bytes; /* with the NUL */
};

/* Below 0 without being void: without end, or out of an int's range. */
static bool is_far(hwloc_const_bitmap_t set)
{
	const int last = set ? hwloc_bitmap_last(set) : 0;
	return last >= XML_MAX_INDEX || (last < 0 && !hwloc_bitmap_iszero(set));
}

/* Whether a set has a bit so far out that a walk through it takes seconds. */
static bool has_far_bits(hwloc_topology_t hwloc)
{
	const hwloc_obj_t root = hwloc_get_root_obj(hwloc);
	return is_far(root->cpuset) || is_far(root->complete_cpuset) || is_far(root->nodeset) ||
	       is_far(root->complete_nodeset);
}

static int load_xml(const struct xml *xml, struct node **ret_node, struct error *err)
{
	cleanup_node struct node *node = new_node(err);
	if (!node)
		return -ENOMEM;
	snprintf(node->pfm_reason, sizeof node->pfm_reason,
	         "the machine is a recorded one, whose events cannot be looked up here");
	if (hwloc_topology_set_xmlbuffer(node->hwloc, xml->text, (int)xml->bytes) < 0 ||
	    hwloc_topology_load(node->hwloc) < 0)
		return error_set(err, EINVAL, "%s is not an hwloc XML file that hwloc %s can read",
		                 xml->path, HWLOC_VERSION);
	if (has_far_bits(node->hwloc))
		return error_set(err, EINVAL,
		                 "%s is damaged: it numbers PUs or NUMA nodes beyond %d; record "
		                 "the machine again with: lstopo FILE.xml",
		                 xml->path, XML_MAX_INDEX);
	const int r = read_topology(node, xml->path, err);
	if (r < 0)
		return r;
	*ret_node = node;
	node = NULL;
	return 0;
}

static void try_xml(void *context)
{
	struct error ignored;
	struct node *node = NULL;
	if (load_xml(context, &node, &ignored) == 0)
		node_close(node);
}

/* hwloc takes the parts of an XML for better than they may be: a damaged one can end the process.
 */
int node_open_xml(const char *path, struct node **ret_node, struct error *err)
{
	cleanup_free char *text = NULL;
	size_t bytes = 0;
	int r = file_read(path, XML_MAX_BYTES, &text, &bytes, err);
	if (r == 0)
		r = check_xml(path, text, err);
	if (r < 0)
		return r;
	struct xml xml = {path, text, bytes + 1};
	bool has_survived = false;
	r = attempt(try_xml, &xml, XML_MAX_SECONDS, &has_survived);
	if (r < 0)
		return error_system(err, -r, "cannot make a process that tries %s", path);
	if (!has_survived)
		return error_set(err, EINVAL,
		                 "hwloc %s breaks down, or does not end, when it reads %s: the "
		                 "file is damaged; "
		                 "record the machine again with: lstopo FILE.xml",
		                 HWLOC_VERSION, path);
	return load_xml(&xml, ret_node, err);
}

int node_export_xml(const struct node *node, char **ret_xml, struct error *err)
{
	char *buffer = NULL;
	int bytes = 0;
	if (hwloc_topology_export_xmlbuffer(node->hwloc, &buffer, &bytes, 0) < 0)
		return error_system(err, EIO, "hwloc cannot export the topology");
	const int r = str_copy(buffer, ret_xml, err);
	hwloc_free_xmlbuffer(node->hwloc, buffer);
	return r;
}

struct node_caches node_caches(const struct node *node)
{
	struct node_caches caches = {.l3_bytes = -1, .l2_bytes = -1};
	hwloc_obj_t cache = NULL;
	while ((cache = hwloc_get_next_obj_by_type(node->hwloc, HWLOC_OBJ_L3CACHE, cache))) {
		const int64_t bytes = (int64_t)cache->attr->cache.size;
		caches.l3_sizes_differ |= caches.l3_bytes >= 0 && caches.l3_bytes != bytes;
		if (bytes > caches.l3_bytes)
			caches.l3_bytes = bytes;
	}
	while ((cache = hwloc_get_next_obj_by_type(node->hwloc, HWLOC_OBJ_L2CACHE, cache)))
		if ((int64_t)cache->attr->cache.size > caches.l2_bytes)
			caches.l2_bytes = (int64_t)cache->attr->cache.size;
	return caches;
}
