/* In what two nodes differ besides their processors: how their memory and caches are laid out, what
 * limits their clock, and how their systems are set. Between two kinds of node this is what is
 * compared; between two nodes of one kind it may be the answer. */
#include "analyse/compare/compare_parts.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FACT_BYTES = 64 };

static const struct dataset *first_of(const struct side *side)
{
	return side->runs[0]->dataset;
}

/* ---- Layout ------------------------------------------------------------------------------- */

static void add_count(struct str *text, const struct dataset *dataset, const char *fact,
                      const char *one, const char *many)
{
	const int64_t count = host_facts_count(&dataset->host, fact);
	if (count > 0)
		str_addf(text, "%s%" PRId64 " %s", text->length > 0 ? ", " : "", count,
		         number_noun((size_t)count, one, many));
}

/* "2 packages, 128 cores, 8 NUMA nodes (NPS4), 32 L3 caches"; "" where nothing is known. */
static void add_layout(struct str *text, const struct dataset *dataset)
{
	const struct host_facts *const host = &dataset->host;
	const char *const mode = host_facts_get(host, "numa_mode");
	const int64_t threads = host_facts_count(host, "threads_per_core");
	add_count(text, dataset, "packages", "package", "packages");
	add_count(text, dataset, "cores_allowed", "core", "cores");
	if (threads > 0)
		str_addf(text, " of %" PRId64 " %s", threads,
		         number_noun((size_t)threads, "thread", "threads"));
	add_count(text, dataset, "numa_nodes", "NUMA node", "NUMA nodes");
	if (mode)
		str_addf(text, " (%.24s)", mode);
	add_count(text, dataset, "l3_caches", "L3 cache", "L3 caches");
}

static int remark_layout(struct comparison *c, struct error *err)
{
	const struct dataset *const base = first_of(&c->base);
	const struct dataset *const new = first_of(&c->new);
	const bool is_same = compare_is_same_processor(base, new);
	cleanup_str struct str a = {0};
	cleanup_str struct str b = {0};
	add_layout(&a, base);
	add_layout(&b, new);
	if (a.failed || b.failed)
		return error_memory(err);
	if (a.length == 0 || b.length == 0)
		return compare_remark(
		        c, false, "layout", err,
		        "How packages, cores, caches and NUMA nodes are laid out is not "
		        "known of %s.",
		        a.length > 0 ? c->new.name : c->base.name);
	if (strcmp(str_text(&a), str_text(&b)) == 0)
		return 0;
	return compare_remark(
	        c, is_same, "layout", err, "%s %s; %s %s.%s", c->base.name, str_text(&a),
	        c->new.name, str_text(&b),
	        is_same ? " The processors are of one kind: the ratios compare how the "
	                  "nodes are set up (NPS, SMT, cores in use)."
	                : " At the same N another part of each node is in use.");
}

/* ---- Facts -------------------------------------------------------------------------------- */

/* Facts that differ, said together; the name is how a person calls them. */
static const struct setting {
	const char *fact;
	const char *words;
} clock_settings[] =
        {
                {"cpufreq_governor", "governor"},
                {"energy_preference", "energy preference"},
                {"boost", "boost"},
                {"frequency_limit_hz", "frequency limit in Hz"},
},
  limits[] =
          {
                  {"cpu_quota_cpus", "CPU quota"}, {"memory_limit_bytes", "memory limit in bytes"},
                  {"nice", "nice value"},          {"scheduler", "scheduling policy"},
                  {"hypervisor", "hypervisor"},
},
  system_settings[] = {
          {"transparent_hugepages", "transparent huge pages"},
          {"numa_balancing", "NUMA balancing"},
          {"mitigations", "mitigations"},
          {"huge_pages", "huge pages"},
          {"microcode", "microcode"},
          {"bios_version", "BIOS"},
          {"kernel", "kernel"},
          {"container", "container"},
};

static const char *value_of(const struct dataset *dataset, const char *fact)
{
	const char *const value = host_facts_get(&dataset->host, fact);
	return value ? value : "none";
}

static bool is_mentioned(const struct dataset *dataset, const char *fact)
{
	for (size_t i = 0; i < dataset->host.count; i++)
		if (strcmp(dataset->host.items[i].name, fact) == 0)
			return true;
	return false;
}

/* Facts that one side does not speak of at all (an imported result) do not differ. */
static bool differs(const struct dataset *a, const struct dataset *b, const char *fact)
{
	return is_mentioned(a, fact) && is_mentioned(b, fact) &&
	       strcmp(value_of(a, fact), value_of(b, fact)) != 0;
}

static int remark_settings(struct comparison *c, const struct setting *settings, size_t count,
                           bool is_serious, const char *code, const char *meaning,
                           struct error *err)
{
	const struct dataset *const base = first_of(&c->base);
	const struct dataset *const new = first_of(&c->new);
	cleanup_str struct str text = {0};
	for (size_t i = 0; i < count; i++)
		if (differs(base, new, settings[i].fact))
			str_addf(&text, "%s%s %.*s and %.*s", text.length > 0 ? "; " : "",
			         settings[i].words, FACT_BYTES, value_of(base, settings[i].fact),
			         FACT_BYTES, value_of(new, settings[i].fact));
	if (text.failed)
		return error_memory(err);
	if (text.length == 0)
		return 0;
	return compare_remark(c, is_serious, code, err, "%s and %s differ in %s: %.300s.",
	                      c->base.name, c->new.name, meaning, str_text(&text));
}

static int remark_memory(struct comparison *c, struct error *err)
{
	const int64_t base = host_facts_count(&first_of(&c->base)->host, "memory_total_bytes");
	const int64_t new = host_facts_count(&first_of(&c->new)->host, "memory_total_bytes");
	char a[NUMBER_TEXT_BYTES];
	char b[NUMBER_TEXT_BYTES];
	/* Nodes of one kind differ by what their kernels keep for themselves. */
	if (base <= 0 || new <= 0 || llabs(base - new) <= base / 50)
		return 0;
	number_format_bytes(base, a);
	number_format_bytes(new, b);
	return compare_remark(c, false, "memory", err,
	                      "%s has %s of memory, %s has %s: at a high N one may run short of it "
	                      "first.",
	                      c->base.name, a, c->new.name, b);
}

static int remark_architecture(struct comparison *c, struct error *err)
{
	const char *const base = host_facts_get(&first_of(&c->base)->host, "architecture");
	const char *const new = host_facts_get(&first_of(&c->new)->host, "architecture");
	if (!base || !new || strcmp(base, new) == 0)
		return 0;
	return compare_remark(c, true, "architecture", err,
	                      "%s is %.30s, %s is %.30s: the programs are compiled to other "
	                      "instructions.",
	                      c->base.name, base, c->new.name, new);
}

/* What each result was warned of is not said again, only that it is there. */
static int remark_warnings(struct comparison *c, struct error *err)
{
	const struct side *const sides[] = {&c->base, &c->new};
	for (size_t s = 0; s < 2; s++) {
		size_t count = 0;
		for (size_t i = 0; i < sides[s]->count; i++)
			count += sides[s]->runs[i]->summary.warning_count;
		if (count == 0)
			continue;
		const int r = compare_remark(
		        c, false, "warnings", err,
		        "%s has %zu %s of its own: `plateau show` says %s.", sides[s]->name, count,
		        number_noun(count, "warning", "warnings"), count == 1 ? "it" : "them");
		if (r < 0)
			return r;
	}
	return 0;
}

int compare_remark_nodes(struct comparison *c, struct error *err)
{
	int r = remark_architecture(c, err);
	if (r == 0)
		r = remark_layout(c, err);
	if (r == 0)
		r = remark_settings(c, clock_settings, ARRAY_LENGTH(clock_settings), true, "clock",
		                    "what sets their clock", err);
	if (r == 0)
		r = remark_settings(c, limits, ARRAY_LENGTH(limits), true, "limits",
		                    "what limits the tasks", err);
	if (r == 0)
		r = remark_settings(c, system_settings, ARRAY_LENGTH(system_settings), false,
		                    "system", "how their systems are set", err);
	if (r == 0)
		r = remark_memory(c, err);
	return r == 0 ? remark_warnings(c, err) : r;
}
