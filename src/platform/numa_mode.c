#include "platform/numa_mode.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 4))) static bool say(char *out, size_t out_bytes,
                                                      const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(out, out_bytes, format, args);
	va_end(args);
	return true;
}

/* EPYC from the second generation on has NPS1, NPS2, NPS4, a node per L3, and NPS0 (both sockets
 * as one); the first has a node per die, of which a package has four. AMD, "NUMA topology for
 * EPYC processors" (tuning guides 56745, 58011). */
static bool tell_amd(const struct numa_shape *shape, char text[NUMA_MODE_TEXT_BYTES],
                     char reason[NUMA_MODE_REASON_BYTES])
{
	if (!shape->processor || !strstr(shape->processor, "EPYC"))
		return !say(reason, NUMA_MODE_REASON_BYTES,
		            "nodes per socket are a setting of EPYC processors");
	if (shape->nodes < shape->packages)
		return say(text, NUMA_MODE_TEXT_BYTES, "NPS0");
	const size_t each = shape->nodes / shape->packages;
	const size_t l3_each = shape->l3_caches / shape->packages;
	const bool is_known = each == 1 || each == 2 || each == 4;
	if (each > 1 && each == l3_each && is_known)
		return !say(reason, NUMA_MODE_REASON_BYTES,
		            "a node for each of the %zu L3 caches of a socket: NPS%zu and "
		            "\"L3 as NUMA\" look alike",
		            each, each);
	if (each > 1 && each == l3_each)
		return say(text, NUMA_MODE_TEXT_BYTES, "L3 as NUMA");
	if (is_known)
		return say(text, NUMA_MODE_TEXT_BYTES, "NPS%zu", each);
	return !say(reason, NUMA_MODE_REASON_BYTES, "%zu nodes per socket are no setting of EPYC",
	            each);
}

/* How Intel calls several nodes per socket, by model of family 6. */
enum intel_nodes { INTEL_NONE, INTEL_COD, INTEL_SNC, INTEL_PHI };

static const struct {
	int model;
	enum intel_nodes nodes;
} intel_models[] = {
        {63, INTEL_COD},  /* Haswell-EP */
        {79, INTEL_COD},  /* Broadwell-EP */
        {87, INTEL_PHI},  /* Knights Landing */
        {133, INTEL_PHI}, /* Knights Mill */
        {85, INTEL_SNC},  /* Skylake, Cascade Lake, Cooper Lake */
        {106, INTEL_SNC}, /* Ice Lake */
        {108, INTEL_SNC}, /* Ice Lake D */
        {143, INTEL_SNC}, /* Sapphire Rapids */
        {207, INTEL_SNC}, /* Emerald Rapids */
        {173, INTEL_SNC}, /* Granite Rapids */
        {175, INTEL_SNC}, /* Sierra Forest */
};

static enum intel_nodes nodes_of_intel(const struct numa_shape *shape)
{
	for (size_t i = 0; i < sizeof intel_models / sizeof intel_models[0]; i++)
		if (shape->family == 6 && shape->model == intel_models[i].model)
			return intel_models[i].nodes;
	return INTEL_NONE;
}

static bool tell_intel(const struct numa_shape *shape, char text[NUMA_MODE_TEXT_BYTES],
                       char reason[NUMA_MODE_REASON_BYTES])
{
	const size_t each = shape->nodes / shape->packages;
	if (shape->nodes < shape->packages)
		return say(text, NUMA_MODE_TEXT_BYTES, "node interleaving");
	switch (nodes_of_intel(shape)) {
	case INTEL_COD:
		return each == 1 ? say(text, NUMA_MODE_TEXT_BYTES, "cluster-on-die off")
		                 : say(text, NUMA_MODE_TEXT_BYTES, "cluster-on-die");
	case INTEL_SNC:
		return each == 1 ? say(text, NUMA_MODE_TEXT_BYTES, "SNC off")
		                 : say(text, NUMA_MODE_TEXT_BYTES, "SNC%zu", each);
	case INTEL_PHI:
		if (each > 1)
			return say(text, NUMA_MODE_TEXT_BYTES, "SNC%zu", each);
		return !say(reason, NUMA_MODE_REASON_BYTES,
		            "one node: quadrant, hemisphere and all-to-all look alike");
	default:
		return !say(reason, NUMA_MODE_REASON_BYTES,
		            "of this model of Intel no such setting is known to plateau");
	}
}

/* What keeps the mode from being told, whoever made the processor; NULL: nothing. */
static const char *obstacle(const struct numa_shape *shape)
{
	if (shape->is_virtual)
		return "the hypervisor decides which nodes its guests see";
	if (shape->is_off)
		return "numa=off on the kernel's command line hides the nodes";
	if (shape->is_partial)
		return "only a part of the machine is to be seen";
	if (shape->packages == 0 || shape->nodes == 0)
		return "the machine shows no sockets or no NUMA nodes";
	if (!shape->is_even || (shape->nodes > shape->packages && shape->nodes % shape->packages))
		return "the sockets have unlike numbers of nodes";
	if (!shape->vendor)
		return "the processor's maker is not known";
	return NULL;
}

bool numa_mode_tell(const struct numa_shape *shape, char text[NUMA_MODE_TEXT_BYTES],
                    char reason[NUMA_MODE_REASON_BYTES])
{
	static const struct {
		const char *vendor;
		bool (*tell)(const struct numa_shape *shape, char *text, char *reason);
	} makers[] = {
	        {"AuthenticAMD", tell_amd},
	        {"HygonGenuine", tell_amd},
	        {"GenuineIntel", tell_intel},
	};
	const char *const why = obstacle(shape);
	if (why)
		return !say(reason, NUMA_MODE_REASON_BYTES, "%s", why);
	for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
		if (strcmp(shape->vendor, makers[i].vendor) == 0)
			return makers[i].tell(shape, text, reason);
	return !say(reason, NUMA_MODE_REASON_BYTES,
	            "of processors by %.40s no such setting is known to plateau", shape->vendor);
}
