/* What the node is: processor, memory, frequency, kernel, and what limits this process. Each line
 * is a word and a text made from host facts; where a fact is missing the line says why. */
#include "report/node_sections.h"

#include "core/array.h"
#include "core/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct host_fact *find(const struct node_view *view, const char *name)
{
	for (size_t i = 0; i < view->facts->count; i++)
		if (strcmp(view->facts->items[i].name, name) == 0)
			return &view->facts->items[i];
	return NULL;
}

static const char *value(const struct node_view *view, const char *name)
{
	return host_facts_get(view->facts, name);
}

static int64_t count(const struct node_view *view, const char *name)
{
	return host_facts_count(view->facts, name);
}

static const char *reason(const struct node_view *view, const char *name)
{
	const struct host_fact *const fact = find(view, name);
	if (!fact)
		return "only the topology of a recorded machine is known";
	return fact->reason ? fact->reason : "not recorded";
}

/* Appends ", " where something is there, and the text between. */
static void add(struct str *line, const char *before, const char *text, const char *behind)
{
	if (text)
		str_addf(line, "%s%s%s%s", line->length ? ", " : "", before, text, behind);
}

static void add_number(struct str *line, int64_t number, const char *one, const char *many)
{
	if (number >= 0)
		str_addf(line, "%s%" PRId64 " %s", line->length ? ", " : "", number,
		         number_noun((size_t)number, one, many));
}

/* Caches are made, and named in data sheets, in powers of two. */
static void add_cache_bytes(struct str *line, int64_t bytes, const char *behind)
{
	char text[NUMBER_TEXT_BYTES];
	if (bytes < 0)
		return;
	number_format_binary_bytes(bytes, text);
	add(line, "", text, behind);
}

static void add_bytes(struct str *line, int64_t bytes, const char *behind)
{
	char text[NUMBER_TEXT_BYTES];
	if (bytes < 0)
		return;
	number_format_bytes(bytes, text);
	add(line, "", text, behind);
}

/* The line of one fact, or why it is not known. */
static void say_fact(const struct node_view *view, struct document *doc, const char *word,
                     const char *name)
{
	const char *const text = value(view, name);
	if (text)
		document_fact(doc, word, "%s", text);
	else
		document_fact(doc, word, "not known: %s", reason(view, name));
}

/* The line of a fact that may rightly be absent: then its reason is all there is to say. */
static void say_absence(const struct node_view *view, struct document *doc, const char *word,
                        const char *name)
{
	const char *const text = value(view, name);
	document_fact(doc, word, "%s", text ? text : reason(view, name));
}

/* A line that was put together; where that came to nothing, why the fact is not known. */
static void say_line(const struct node_view *view, struct document *doc, const char *word,
                     struct str *line, const char *name)
{
	cleanup_str struct str bound = {0};
	text_bind_units(&bound, str_text(line));
	doc->failed |= line->failed || bound.failed;
	if (line->length)
		document_fact(doc, word, "%s", str_text(&bound));
	else
		document_fact(doc, word, "not known: %s", reason(view, name));
	str_release(line);
}

/* ---- Processor ---------------------------------------------------------------------------- */

static void say_model(const struct node_view *view, struct document *doc)
{
	struct str line = {0};
	add(&line, "", value(view, "processor_vendor"), "");
	add(&line, "family ", value(view, "processor_family"), "");
	add(&line, "model ", value(view, "processor_model"), "");
	add(&line, "stepping ", value(view, "processor_stepping"), "");
	add(&line, "", value(view, "architecture"), "");
	say_fact(view, doc, "name", "processor");
	say_line(view, doc, "made as", &line, "processor_vendor");
	if (view->capabilities)
		say_fact(view, doc, "libpfm4", "microarchitecture");
	if (view->metrics_processor)
		document_fact(doc, "metrics", "by the lists of %s", view->metrics_processor);
	if (value(view, "microcode"))
		say_fact(view, doc, "microcode", "microcode");
}

/* The kernel's words of /sys/devices/system/cpu/smt/control. */
static const char *smt_control_words(const char *control)
{
	static const struct {
		const char *control;
		const char *words;
	} kinds[] = {{"notsupported", "the processor has none"},
	             {"notimplemented", "the kernel cannot switch it here"},
	             {"forceoff", "for good until the next boot"}};
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (strcmp(control, kinds[i].control) == 0)
			return kinds[i].words;
	return control;
}

static void say_cores(const struct node_view *view, struct document *doc)
{
	struct str line = {0};
	const int64_t threads = count(view, "threads_per_core");
	const char *const smt = value(view, "smt");
	const char *const control = value(view, "smt_control");
	add_number(&line, count(view, "packages_machine"), "socket", "sockets");
	add_number(&line, count(view, "cores_machine"), "core", "cores");
	add_number(&line, count(view, "pus_machine"), "PU", "PUs");
	add_number(&line, threads, "thread per core", "threads per core");
	add(&line, "SMT ", smt ? smt : threads > 1 ? "on" : NULL, "");
	if (smt && control && strcmp(control, smt) != 0)
		str_addf(&line, " (%s)", smt_control_words(control));
	if (view->topology->kind_count > 1)
		str_addf(&line, ", cores of %zu kinds", view->topology->kind_count);
	say_line(view, doc, "cores", &line, "cores_machine");
	add(&line, "PUs ", value(view, "pus_allowed_list"), "");
	add_number(&line, count(view, "cores_allowed"), "core", "cores");
	add_number(&line, count(view, "packages"), "socket", "sockets");
	say_line(view, doc, "allowed", &line, "pus_allowed");
}

static void say_caches(const struct node_view *view, struct document *doc)
{
	struct str line = {0};
	const int64_t groups = count(view, "l3_caches");
	if (groups > 0) {
		add_number(&line, groups, "group", "groups");
		add_cache_bytes(&line, count(view, "l3_bytes"), groups > 1 ? " each" : "");
		const char *const cores = value(view, "cores_per_l3");
		add(&line, "", cores,
		    cores && strcmp(cores, "1") == 0 ? " core in it" : " cores in it");
		if (value(view, "l3_sizes"))
			add(&line, "", "the sizes differ", "");
	}
	document_fact(doc, "L3", "%s", line.length ? str_text(&line) : reason(view, "l3_caches"));
	str_release(&line);
	add_cache_bytes(&line, count(view, "l2_bytes"), "");
	say_line(view, doc, "L2", &line, "l2_bytes");
}

static void say_nodes(const struct node_view *view, struct document *doc)
{
	struct str line = {0};
	add_number(&line, count(view, "numa_nodes_machine"), "node", "nodes");
	if (value(view, "numa_mode"))
		add(&line, "", value(view, "numa_mode"), "");
	else if (line.length)
		str_addf(&line, "; nodes per socket (NPS, SNC) not known: %s",
		         reason(view, "numa_mode"));
	say_line(view, doc, "NUMA", &line, "numa_nodes_machine");
	if (value(view, "numa_balancing"))
		document_fact(doc, "balancing", "automatic NUMA balancing %s",
		              value(view, "numa_balancing"));
}

void node_section_processor(const struct node_view *view, struct document *doc)
{
	document_section(doc, "processor", view->scenario ? "Processor" : "", "");
	say_model(view, doc);
	say_cores(view, doc);
	say_caches(view, doc);
	say_nodes(view, doc);
}

/* ---- Memory ------------------------------------------------------------------------------- */

/* "always [madvise] never": the word in brackets. */
static void add_chosen(struct str *line, const char *before, const char *text)
{
	const char *const open = text ? strchr(text, '[') : NULL;
	if (open)
		str_addf(line, "%s%s%.*s", line->length ? ", " : "", before,
		         (int)strcspn(open + 1, "]"), open + 1);
}

static bool is_dram(const struct topology *topology, long node)
{
	for (size_t i = 0; i < topology->node_count; i++)
		if ((long)topology->nodes[i].os_index == node)
			return topology->nodes[i].is_dram;
	return true;
}

static void say_node_memory(const struct node_view *view, struct document *doc)
{
	struct str line = {0};
	for (const char *text = value(view, "numa_memory_bytes"); text && *text;) {
		char *behind;
		char bytes[NUMBER_TEXT_BYTES];
		const long node = strtol(text, &behind, 10);
		number_format_bytes(strtoll(behind + (*behind == ':'), &behind, 10), bytes);
		str_addf(&line, "%s%ld:\xc2\xa0", line.length ? ", " : "", node);
		text_add_unbroken(&line, bytes);
		str_add(&line, is_dram(view->topology, node) ? "" : " (not DRAM)");
		text = behind + strspn(behind, ", ");
	}
	say_line(view, doc, "by node", &line, "numa_memory_bytes");
}

static void say_swap(const struct node_view *view, struct document *doc)
{
	struct str line = {0};
	const int64_t all = count(view, "swap_total_bytes");
	const int64_t unused = count(view, "swap_free_bytes");
	if (all == 0)
		add(&line, "", "none", "");
	add_bytes(&line, all > 0 ? all : -1, "");
	add_bytes(&line, all > 0 && unused >= 0 && unused <= all ? all - unused : -1, " in use");
	if (all > 0)
		add(&line, "swappiness ", value(view, "swappiness"), "");
	say_line(view, doc, "swap", &line, "swap_total_bytes");
}

void node_section_memory(const struct node_view *view, struct document *doc)
{
	struct str line = {0};
	const int64_t told = count(view, "memory_total_bytes");
	const int64_t total = told >= 0 ? told : view->topology->memory_bytes;
	const int64_t cores = count(view, "cores_machine");
	document_section(doc, "memory", "Memory", "");
	add_bytes(&line, total, "");
	add_bytes(&line, count(view, "memory_available_bytes"), " available");
	add_bytes(&line, total > 0 && cores > 0 ? total / cores : -1, " per core");
	say_line(view, doc, "total", &line, "memory_total_bytes");
	say_node_memory(view, doc);
	if (!view->capabilities)
		return;
	say_fact(view, doc, "modules", "memory_type");
	add_chosen(&line, "transparent pages: ", value(view, "transparent_hugepages"));
	add(&line, "", value(view, "huge_pages"), "");
	say_line(view, doc, "huge", &line, "huge_pages");
	say_swap(view, doc);
}

/* ---- Frequency ---------------------------------------------------------------------------- */

/* Those that nobody states, in one sentence. */
static void say_unstated(const struct node_view *view, struct document *doc)
{
	cleanup_str struct str line = {0};
	for (const struct node_frequency_limit *l = node_frequency_limits; l->fact; l++)
		if (count(view, l->fact) <= 0)
			str_addf(&line, "%s%s (%s)", line.length ? ", " : "", l->name, l->source);
	doc->failed |= line.failed;
	if (line.length)
		document_say(doc, TEXT_DIM, "Not stated here: %s.", str_text(&line));
}

static void list_stated(const struct node_view *view, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"limit", NULL, TABLE_LEFT, 0},
	        {"frequency", "GHz", TABLE_POINT, 1},
	        {"who says so", NULL, TABLE_LEFT, 1},
	};
	struct table *table = NULL;
	for (const struct node_frequency_limit *l = node_frequency_limits; l->fact; l++) {
		const int64_t hz = count(view, l->fact);
		if (hz <= 0)
			continue;
		if (!table)
			table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", l->name);
		table_cell(table, TEXT_PLAIN, "%.3f", (double)hz * 1e-9);
		table_cell(table, TEXT_PLAIN, "%s", l->source);
	}
}

void node_section_frequency(const struct node_view *view, struct document *doc)
{
	if (!view->capabilities)
		return;
	document_section(doc, "frequency", "Frequency", "as stated, not as measured");
	say_fact(view, doc, "driver", "cpufreq_driver");
	const bool has_driver = value(view, "cpufreq_driver");
	if (has_driver) {
		say_fact(view, doc, "governor", "cpufreq_governor");
		say_fact(view, doc, "prefers", "energy_preference");
	}
	if (value(view, "frequency_driver_state"))
		say_fact(view, doc, "state", "frequency_driver_state");
	if (has_driver || value(view, "boost"))
		say_fact(view, doc, "boost", "boost");
	list_stated(view, doc);
	say_unstated(view, doc);
}

/* ---- Kernel ------------------------------------------------------------------------------- */

static void say_clock_source(const struct node_view *view, struct document *doc)
{
	struct str line = {0};
	add(&line, "", value(view, "clock_source"), "");
	if (line.length && value(view, "clock_sources"))
		str_addf(&line, " (of %s)", value(view, "clock_sources"));
	say_line(view, doc, "timer", &line, "clock_source");
}

static void say_set_apart(const struct node_view *view, struct document *doc)
{
	static const struct {
		const char *word;
		const char *fact;
	} lists[] = {{"offline", "pus_offline_list"},
	             {"isolated", "pus_isolated_list"},
	             {"tickless", "pus_tickless_list"}};
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
		const char *const list = value(view, lists[i].fact);
		if (list && strcmp(list, "none") != 0)
			document_fact(doc, lists[i].word, "PUs %s", list);
	}
}

/* What an ordinary user gets (Documentation/admin-guide/perf-security.rst). */
static void say_paranoid(const struct node_view *view, struct document *doc)
{
	static const char *const words[] = {
	        "everybody counts everything of his tasks, and of whole CPUs",
	        "everybody counts his own tasks, in the kernel too",
	        "everybody counts his own tasks, in user mode alone",
	        "on Debian's and Android's kernels root alone counts",
	};
	const char *const text = value(view, "perf_event_paranoid");
	if (!text) {
		say_fact(view, doc, "paranoid", "perf_event_paranoid");
		return;
	}
	const long level = strtol(text, NULL, 10);
	document_fact(doc, "paranoid", "%s: %s", text,
	              words[level < 0   ? 0
	                    : level > 3 ? 3
	                                : level]);
}

void node_section_kernel(const struct node_view *view, struct document *doc)
{
	struct str line = {0};
	if (!view->capabilities && !value(view, "kernel"))
		return;
	document_section(doc, "kernel", "Kernel", "");
	add(&line, "", value(view, "kernel"), "");
	add(&line, "", value(view, "operating_system"), "");
	say_line(view, doc, "release", &line, "kernel");
	if (!view->capabilities)
		return;
	say_fact(view, doc, "switches", "kernel_arguments");
	say_fact(view, doc, "mitigated", "mitigations");
	if (value(view, "vulnerabilities"))
		say_fact(view, doc, "open to", "vulnerabilities");
	say_set_apart(view, doc);
	say_clock_source(view, doc);
	say_fact(view, doc, "idle by", "idle_driver");
	if (value(view, "nmi_watchdog"))
		document_fact(doc, "watchdog", "NMI watchdog %s%s", value(view, "nmi_watchdog"),
		              strcmp(value(view, "nmi_watchdog"), "on") == 0
		                      ? ": it holds a counter of every CPU"
		                      : "");
	say_paranoid(view, doc);
}

/* ---- What limits this process ------------------------------------------------------------- */

static void say_groups(const struct node_view *view, struct document *doc)
{
	struct str line = {0};
	add(&line, "version ", value(view, "cgroup_version"), "");
	add(&line, "", value(view, "cgroup_folder"), "");
	say_line(view, doc, "cgroup", &line, "cgroup_version");
	add(&line, "", value(view, "cpu_quota_cpus"), " CPUs' worth of time");
	document_fact(doc, "CPU quota", "%s",
	              line.length ? str_text(&line) : reason(view, "cpu_quota_cpus"));
	str_release(&line);
	add_bytes(&line, count(view, "memory_limit_bytes"), "");
	document_fact(doc, "memory", "%s",
	              line.length ? str_text(&line) : reason(view, "memory_limit_bytes"));
	str_release(&line);
	add(&line, "PUs ", value(view, "cpuset_list"), "");
	add(&line, "NUMA nodes ", value(view, "cpuset_nodes_list"), "");
	say_line(view, doc, "cpuset", &line, "cpuset_list");
	add(&line, "PUs ", value(view, "affinity_list"), "");
	add(&line, "NUMA nodes ", value(view, "affinity_nodes_list"), "");
	say_line(view, doc, "affinity", &line, "affinity_list");
	if (value(view, "processes_limit"))
		say_fact(view, doc, "processes", "processes_limit");
}

void node_section_limits(const struct node_view *view, struct document *doc)
{
	if (!view->capabilities)
		return;
	document_section(doc, "limits", "What stands between this process and the machine", "");
	say_absence(view, doc, "virtual", "hypervisor");
	say_absence(view, doc, "container", "container");
	if (value(view, "slurm_job_id"))
		say_fact(view, doc, "Slurm job", "slurm_job_id");
	say_groups(view, doc);
}
