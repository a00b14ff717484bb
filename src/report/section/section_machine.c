/* The node: in a few lines what an engineer tells nodes apart by, and at the end of a page all that
 * is known of it. */
#include "core/array.h"
#include "core/number.h"
#include "report/idle_clock_fact.h"
#include "report/section/section.h"

#include <math.h>
#include <string.h>

struct node {
	const struct host_facts *facts;
};

static const struct host_fact *find(const struct node *node, const char *name)
{
	for (size_t i = 0; i < node->facts->count; i++)
		if (strcmp(node->facts->items[i].name, name) == 0)
			return &node->facts->items[i];
	return NULL;
}

static const char *value(const struct node *node, const char *name)
{
	const struct host_fact *const fact = find(node, name);
	return fact ? fact->value : NULL;
}

/* 0 where it is not known. */
static double number(const struct node *node, const char *name)
{
	return fmax((double)host_facts_count(node->facts, name), 0);
}

/* Appends ", " where something is there, and "COUNT UNIT"; the unit is for one. */
static void add_count(struct str *line, double count, const char *unit)
{
	if (count > 0)
		str_addf(line, "%s%.0f %s%s", line->length ? ", " : "", count, unit,
		         count > 1 ? "s" : "");
}

static void add_bytes(struct str *line, double bytes, const char *behind)
{
	char text[NUMBER_TEXT_BYTES];
	if (!(bytes > 0))
		return;
	number_format_bytes((int64_t)bytes, text);
	str_addf(line, "%s%s%s", line->length ? ", " : "", text, behind);
}

static void add_cache_bytes(struct str *line, double bytes, const char *behind)
{
	char text[NUMBER_TEXT_BYTES];
	if (!(bytes > 0))
		return;
	number_format_binary_bytes((int64_t)bytes, text);
	str_addf(line, "%s%s%s", line->length ? ", " : "", text, behind);
}

static void add_text(struct str *line, const char *before, const char *text)
{
	if (text)
		str_addf(line, "%s%s%s", line->length ? ", " : "", before, text);
}

static void write_processor(const struct node *node, struct str *line)
{
	add_text(line, "", value(node, "processor"));
	add_text(line, "", value(node, "microarchitecture"));
}

static void write_cores(const struct node *node, struct str *line)
{
	add_count(line, number(node, "packages"), "socket");
	add_count(line, number(node, "cores_allowed"), "core");
	add_count(line, number(node, "pus_allowed"), "PU");
	add_text(line, "SMT ", value(node, "smt"));
	if (number(node, "pus_machine") > number(node, "pus_allowed"))
		add_text(line, "allowed of a machine with ", value(node, "pus_machine"));
}

static void write_memory(const struct node *node, struct str *line)
{
	const double total = number(node, "memory_total_bytes");
	const double cores = number(node, "cores_allowed");
	add_bytes(line, total, "");
	if (cores > 0)
		add_bytes(line, total / cores, " per core");
	add_count(line, number(node, "numa_nodes"), "NUMA node");
	add_bytes(line, number(node, "memory_limit_bytes"), " allowed by a control group");
}

static void write_caches(const struct node *node, struct str *line)
{
	add_count(line, number(node, "l3_caches"), "L3 cache");
	add_cache_bytes(line, number(node, "l3_bytes"),
	                number(node, "l3_caches") > 1 ? " each" : "");
	add_cache_bytes(line, number(node, "l2_bytes"), " of L2");
}

static void write_clock(const struct node *node, struct str *line)
{
	const double most = number(node, "frequency_max_hz");
	if (most > 0)
		str_addf(line, "up to %.2f GHz", most * 1e-9);
	add_text(line, "governor ", value(node, "cpufreq_governor"));
	add_text(line, "boost ", value(node, "boost"));
}

static void write_system(const struct node *node, struct str *line)
{
	add_text(line, "kernel ", value(node, "kernel"));
	add_text(line, "", value(node, "operating_system"));
}

static void write_setting(const struct node *node, struct str *line)
{
	const char *const hypervisor = value(node, "hypervisor");
	if (hypervisor && str_starts_with(hypervisor, "unnamed"))
		add_text(line, "a virtual machine", "");
	else
		add_text(line, "a virtual machine: ", hypervisor);
	add_text(line, "in a container: ", value(node, "container"));
	add_text(line, "CPU quota ", value(node, "cpu_quota_cpus"));
	add_text(line, "Slurm job ", value(node, "slurm_job_id"));
}

/* Each line with the fact whose reason is told where the line is empty. */
static const struct machine_line {
	const char *word;
	void (*write)(const struct node *node, struct str *line);
	const char *fact; /* NULL: nothing is missing when the line is empty */
} lines[] = {
        {"processor", write_processor, "processor"},
        {"cores", write_cores, "cores_allowed"},
        {"memory", write_memory, "memory_total_bytes"},
        {"caches", write_caches, "l3_caches"},
        {"clock", write_clock, "cpufreq_driver"},
        {"system", write_system, "kernel"},
        {"setting", write_setting, NULL},
};

void section_machine(const struct findings *findings, struct document *doc)
{
	const struct node node = {&findings->dataset->host};
	document_section(doc, "machine", "The node", "");
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		cleanup_str struct str line = {0};
		lines[i].write(&node, &line);
		doc->failed |= line.failed;
		const struct host_fact *const fact =
		        lines[i].fact ? find(&node, lines[i].fact) : NULL;
		if (line.length > 0)
			document_fact(doc, lines[i].word, "%s", str_text(&line));
		else if (lines[i].fact)
			document_fact(doc, lines[i].word, "not known: %s",
			              fact && fact->reason ? fact->reason : "not recorded");
	}
	idle_clock_fact(findings->dataset, "idle clock", doc);
}

/* Bytes and Hz as people read them, behind the number. */
static void add_fact_row(struct table *table, const struct host_facts *facts,
                         const struct host_fact *fact)
{
	const char *const name = fact->name;
	const size_t length = strlen(name);
	char text[NUMBER_TEXT_BYTES] = "";
	const bool is_size = length > 6 && strcmp(name + length - 6, "_bytes") == 0;
	if (is_size && host_facts_count(facts, name) >= 0)
		number_format_bytes(host_facts_count(facts, name), text);
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", name);
	table_cell(table, TEXT_PLAIN, "%s%s%s%s", fact->value ? fact->value : "",
	           text[0] ? " (" : "", text, text[0] ? ")" : "");
	table_cell(table, TEXT_DIM, "%s", fact->value || !fact->reason ? "" : fact->reason);
}

void section_host_facts(const struct findings *findings, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"fact", NULL, TABLE_LEFT, 0},
	        {"value", NULL, TABLE_LEFT, 1},
	        {"why it is not known", NULL, TABLE_LEFT, 1},
	};
	const struct host_facts *const facts = &findings->dataset->host;
	document_section(doc, "host-facts", "All that is known of the node", "");
	if (facts->count == 0)
		return;
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < facts->count; i++)
		add_fact_row(table, facts, &facts->items[i]);
}
