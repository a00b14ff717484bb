/* Which nodes can be held against each other: those that ran the same scenario on the same
 * hardware, as found. Firmware tells them apart as well where enough nodes have each; a node of a
 * firmware that few have is held against most of its hardware, and told as such. */
#include "analyse/fleet/fleet_facts.h"
#include "analyse/fleet/rank_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Kernels keep another part of one memory for themselves; a module less is more than this. */
#define MEMORY_GAP 0.025

static const char memory_fact[] = "memory_total_bytes";

/* A node that is put into a class. */
struct member {
	size_t node;
	char *hardware; /* all of it but the memory, and the scenario */
	char *firmware;
	double memory_bytes; /* 0: not known */
	size_t group;        /* of one hardware */
	size_t class;        /* within all classes */
};

struct members {
	struct member *items;
	size_t count;
	size_t group_count;
};

static void members_release(struct members *members)
{
	for (size_t i = 0; i < members->count; i++) {
		free(members->items[i].hardware);
		free(members->items[i].firmware);
	}
	free(members->items);
}

#define cleanup_members __attribute__((cleanup(members_release)))

/* ---- Keys --------------------------------------------------------------------------------- */

static void add_key(struct str *key, const struct profile *profile, enum fleet_fact_kind kind)
{
	for (size_t i = 0; i < fleet_fact_count; i++) {
		if (fleet_facts[i].kind != kind || strcmp(fleet_facts[i].name, memory_fact) == 0)
			continue;
		const char *const value = profile_fact(profile, fleet_facts[i].name);
		str_addf(key, "%s\n", value ? value : "");
	}
}

static int make_member(const struct profile *profile, size_t node, struct member *member,
                       struct error *err)
{
	const char *const memory = profile_fact(profile, memory_fact);
	cleanup_str struct str hardware = {0};
	cleanup_str struct str firmware = {0};
	*member = (struct member){.node = node};
	member->memory_bytes = memory ? fmax(strtod(memory, NULL), 0) : 0;
	/* Without a scenario it is the command that says what ran. */
	str_addf(&hardware, "%s\n",
	         profile->scenario_sha256 ? profile->scenario_sha256
	         : profile->command       ? profile->command
	                                  : "");
	add_key(&hardware, profile, FACT_HARDWARE);
	add_key(&firmware, profile, FACT_FIRMWARE);
	int r = str_take(&hardware, &member->hardware, err);
	if (r == 0)
		r = str_take(&firmware, &member->firmware, err);
	return r;
}

static int compare_hardware(const void *a, const void *b)
{
	const struct member *const x = a;
	const struct member *const y = b;
	const int order = strcmp(x->hardware, y->hardware);
	if (order != 0)
		return order;
	if (x->memory_bytes != y->memory_bytes)
		return x->memory_bytes < y->memory_bytes ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

static int compare_firmware(const void *a, const void *b)
{
	const struct member *const x = a;
	const struct member *const y = b;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	const int order = strcmp(x->firmware, y->firmware);
	return order != 0 ? order : (x->node > y->node) - (x->node < y->node);
}

static int compare_classes(const void *a, const void *b)
{
	const struct member *const x = a;
	const struct member *const y = b;
	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

/* ---- Groups and classes ------------------------------------------------------------------- */

/* Of one hardware: neighbours in the order of size whose memory is of one size. */
static void find_groups(struct members *members)
{
	if (members->count > 1)
		qsort(members->items, members->count, sizeof *members->items, compare_hardware);
	for (size_t i = 0; i < members->count; i++) {
		struct member *const member = &members->items[i];
		const struct member *const before = member - (i > 0);
		const bool is_same =
		        i > 0 && strcmp(before->hardware, member->hardware) == 0 &&
		        member->memory_bytes <= before->memory_bytes * (1 + MEMORY_GAP);
		members->group_count += !is_same;
		member->group = members->group_count - 1;
	}
}

/* The end of the stretch from first whose members are of one group, and of one firmware too. */
static size_t end_of(const struct members *members, size_t first, bool is_of_firmware)
{
	size_t end = first + 1;
	while (end < members->count && members->items[end].group == members->items[first].group &&
	       (!is_of_firmware ||
	        strcmp(members->items[end].firmware, members->items[first].firmware) == 0))
		end++;
	return end;
}

/* One group, [first, end): each firmware that enough nodes have is a class, the rest goes with the
 * largest. Returns how many classes. */
static size_t split_group(struct members *members, size_t first, size_t end, size_t class)
{
	size_t largest = first;
	size_t most = 0;
	for (size_t i = first; i < end; i = end_of(members, i, true)) {
		const size_t count = end_of(members, i, true) - i;
		largest = count > most ? i : largest;
		most = count > most ? count : most;
	}
	const size_t largest_end = largest + most;
	size_t count = 1;
	for (size_t i = first; i < end;) {
		const size_t next = end_of(members, i, true);
		const bool is_own = next - i >= RANK_LEAST_NODES && i != largest;
		for (size_t k = i; k < next; k++)
			members->items[k].class = is_own ? class + count : class;
		count += is_own;
		i = next;
	}
	for (size_t i = largest; i < largest_end; i++)
		members->items[i].class = class;
	return count;
}

static size_t find_classes(struct members *members)
{
	size_t count = 0;
	find_groups(members);
	if (members->count > 1)
		qsort(members->items, members->count, sizeof *members->items, compare_firmware);
	for (size_t i = 0; i < members->count;) {
		const size_t end = end_of(members, i, false);
		count += split_group(members, i, end, count);
		i = end;
	}
	if (members->count > 1)
		qsort(members->items, members->count, sizeof *members->items, compare_classes);
	return count;
}

/* ---- Words -------------------------------------------------------------------------------- */

/* The value that all nodes of a class have, or NULL. */
static const char *common_value(const struct ranking_work *work, const struct fleet_class *class,
                                const char *fact)
{
	const char *common = NULL;
	for (size_t i = 0; i < class->node_count; i++) {
		const char *const value =
		        profile_fact(&work->nodes[class->nodes[i]].measured->profile, fact);
		if (!value || (common && strcmp(common, value) != 0))
			return NULL;
		common = value;
	}
	return common;
}

/* Memory as it is sold: 503 GiB of 512 that the kernel tells. */
static void add_memory(struct str *text, const char *bytes)
{
	const double gib = bytes ? strtod(bytes, NULL) / 1073741824.0 : 0;
	if (!(gib >= 1))
		return;
	const double step = fmax(exp2(floor(log2(gib))) / 16, 1);
	str_addf(text, "%s%.0f GB", text->length > 0 ? ", " : "", ceil(gib / step) * step);
}

static void add_part(struct str *text, const char *before, const char *value, const char *after)
{
	if (value)
		str_addf(text, "%s%s%.*s%s", text->length > 0 ? ", " : "", before,
		         str_cut(value, 60), value, after);
}

/* "2 x AMD EPYC 7742 64-Core Processor (128 cores, NPS4, 512 GB, firmware 2.7.3)". */
static int describe(const struct ranking_work *work, struct fleet_class *class,
                    bool are_scenarios_mixed, struct error *err)
{
	const struct profile *const profile = &work->nodes[class->nodes[0]].measured->profile;
	const char *const processor = profile_fact(profile, "processor");
	const char *const packages = profile_fact(profile, "packages");
	cleanup_str struct str parts = {0};
	cleanup_str struct str text = {0};
	add_part(&parts, "", profile_fact(profile, "cores_allowed"), " cores");
	add_part(&parts, "", profile_fact(profile, "numa_mode"), "");
	add_memory(&parts, profile_fact(profile, memory_fact));
	add_part(&parts, "firmware ", common_value(work, class, "bios_version"), "");
	add_part(&parts, "", profile_fact(profile, "hypervisor"), " machine");
	/* Two scenarios may have one name. */
	const char *const name = profile->name ? profile->name : "";
	if (are_scenarios_mixed)
		str_addf(&parts, "%sscenario %.*s %.8s", parts.length > 0 ? ", " : "",
		         str_cut(name, 60), name,
		         profile->scenario_sha256 ? profile->scenario_sha256 : "without a text");
	if (packages && processor)
		str_addf(&text, "%s x ", packages);
	str_add(&text, processor ? processor : "hardware that the results do not name");
	if (parts.length > 0)
		str_addf(&text, " (%s)", str_text(&parts));
	if (parts.failed)
		return error_memory(err);
	return str_take(&text, &class->words, err);
}

/* Classes that read alike differ in something that the words leave out: it is added. */
static int tell_apart(const struct ranking_work *work, size_t index, struct error *err)
{
	struct fleet_ranking *const ranking = work->ranking;
	struct fleet_class *const class = &ranking->classes[index];
	for (size_t c = 0; c < index; c++) {
		const struct fleet_class *const other = &ranking->classes[c];
		cleanup_str struct str text = {0};
		if (strcmp(other->words, class->words) != 0)
			continue;
		for (size_t i = 0; i < fleet_fact_count; i++) {
			const char *const a = common_value(work, class, fleet_facts[i].name);
			const char *const b = common_value(work, other, fleet_facts[i].name);
			if (fleet_facts[i].kind == FACT_SETTING || !a ||
			    rank_same_value(fleet_facts[i].name, a, b))
				continue;
			str_addf(&text, "%s, %s %.*s", class->words, fleet_facts[i].words,
			         str_cut(a, 60), a);
			break;
		}
		if (text.length == 0)
			str_addf(&text, "%s, another kind", class->words);
		free(class->words);
		class->words = NULL;
		return str_take(&text, &class->words, err);
	}
	return 0;
}

/* ---- All ---------------------------------------------------------------------------------- */

static int fill_classes(struct ranking_work *work, const struct members *members,
                        size_t class_count, struct error *err)
{
	struct fleet_ranking *const ranking = work->ranking;
	bool are_mixed = false;
	int r = 0;
	ranking->classes = calloc(class_count + 1, sizeof *ranking->classes);
	if (!ranking->classes)
		return error_memory(err);
	for (size_t i = 1; i < members->count; i++) {
		const char *const a =
		        work->nodes[members->items[i].node].measured->profile.scenario_sha256;
		const char *const b =
		        work->nodes[members->items[0].node].measured->profile.scenario_sha256;
		are_mixed = are_mixed || strcmp(a ? a : "", b ? b : "") != 0;
	}
	for (size_t i = 0; r == 0 && i < members->count;) {
		struct fleet_class *const class = &ranking->classes[ranking->class_count];
		size_t end = i;
		while (end < members->count && members->items[end].class == members->items[i].class)
			end++;
		*class = (struct fleet_class){
		        .measure = MEASURE_THROUGHPUT, .median = NAN, .deviation = NAN};
		class->nodes = calloc(end - i, sizeof *class->nodes);
		if (!class->nodes)
			return error_memory(err);
		for (; i < end; i++) {
			class->nodes[class->node_count++] = members->items[i].node;
			rank_item(work, members->items[i].node)->class =
			        (ptrdiff_t)ranking->class_count;
		}
		r = describe(work, class, are_mixed, err);
		ranking->class_count++;
		if (r == 0)
			r = tell_apart(work, ranking->class_count - 1, err);
	}
	return r;
}

static int list_members(const struct ranking_work *work, struct members *members, struct error *err)
{
	members->items = calloc(work->fleet->node_count + 1, sizeof *members->items);
	int r = members->items ? 0 : error_memory(err);
	for (size_t n = 0; r == 0 && n < work->fleet->node_count; n++)
		if (work->nodes[n].measured)
			r = make_member(&work->nodes[n].measured->profile, n,
			                &members->items[members->count++], err);
	return r;
}

int rank_make_classes(struct ranking_work *work, struct error *err)
{
	struct members members cleanup_members = {0};
	const int r = list_members(work, &members, err);
	if (r < 0)
		return r;
	const size_t class_count = find_classes(&members);
	return fill_classes(work, &members, class_count, err);
}

/* ---- In what a node differs --------------------------------------------------------------- */

bool rank_same_value(const char *fact, const char *a, const char *b)
{
	static const char unit[] = "_bytes";
	const size_t length = strlen(fact);
	char *a_end;
	char *b_end;
	if (!a || !b)
		return a == b;
	if (strcmp(a, b) == 0)
		return true;
	/* A core less of 128 is a core less. */
	if (length < strlen(unit) || strcmp(fact + length - strlen(unit), unit) != 0)
		return false;
	const double x = strtod(a, &a_end);
	const double y = strtod(b, &b_end);
	return a_end != a && b_end != b && *a_end == '\0' && *b_end == '\0' &&
	       fabs(x - y) <= 0.02 * fmax(fabs(x), fabs(y));
}

static struct rank_usual find_usual(const struct ranking_work *work,
                                    const struct fleet_class *class, const char *fact)
{
	struct rank_usual usual = {NULL, 0};
	size_t votes = 0;
	/* A majority, if there is one, is what is left of a vote (Boyer and Moore). */
	for (size_t i = 0; i < class->node_count; i++) {
		const char *const value =
		        profile_fact(&work->nodes[class->nodes[i]].measured->profile, fact);
		if (votes == 0)
			usual.value = value;
		votes = rank_same_value(fact, value, usual.value) ? votes + 1 : votes - 1;
	}
	for (size_t i = 0; i < class->node_count; i++)
		usual.count += rank_same_value(
		        fact, profile_fact(&work->nodes[class->nodes[i]].measured->profile, fact),
		        usual.value);
	return usual;
}

void rank_find_usual(const struct ranking_work *work, const struct fleet_class *class,
                     struct rank_usual *ret_usual)
{
	for (size_t i = 0; i < fleet_fact_count; i++)
		ret_usual[i] = find_usual(work, class, fleet_facts[i].name);
}

size_t rank_add_differences(const struct ranking_work *work, const struct fleet_class *class,
                            const struct rank_usual *usual, size_t node, struct str *text)
{
	size_t count = 0;
	for (size_t i = 0; i < fleet_fact_count && count < RANK_MOST_CAUSES; i++) {
		const char *const own =
		        profile_fact(&work->nodes[node].measured->profile, fleet_facts[i].name);
		/* At least four fifths of the others have it. */
		if (rank_same_value(fleet_facts[i].name, own, usual[i].value) ||
		    5 * usual[i].count < 4 * (class->node_count - 1))
			continue;
		str_addf(text, "%s%s ", count > 0 ? ", " : "", fleet_facts[i].words);
		rank_add_pair(text, own, usual[i].value);
		count++;
	}
	return count;
}
