#include "fleet_sample.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_NAME                                                                                  \
	"long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-"    \
	"long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-"    \
	"long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-"    \
	"long-long-long-long-long-long-long-long-name"

const char *const fleet_sample_hostile[] = {
        "a b",
        "$(touch hacked)",
        "`touch hacked`",
        "'; touch hacked; '",
        "\"; touch hacked; \"",
        "x\ntouch hacked\n#",
        "x\\",
        "</title></style></svg><script>window.hacked=1</script>",
        "<img src=x onerror=window.hacked=1>\"'",
        "\033[2J\033]0;hacked\007",
        "\xff\xfe\x01 ]]>",
        "-rf *",
        "%s%n%XX&amp;",
        "\u202eevil",
        LONG_NAME,
};
const size_t fleet_sample_hostile_count = ARRAY_LENGTH(fleet_sample_hostile);

static void *must(void *pointer)
{
	if (!pointer)
		abort();
	return pointer;
}

static char *copy(const char *text)
{
	return must(strdup(text));
}

__attribute__((format(printf, 1, 2))) static char *format(const char *form, ...)
{
	va_list arguments;
	char *text = NULL;
	va_start(arguments, form);
	if (vasprintf(&text, form, arguments) < 0)
		abort();
	va_end(arguments);
	return text;
}

/* The same noise in every run. */
static double noise(size_t i)
{
	uint32_t x = (uint32_t)i * 2654435761U + 12345U;
	double sum = 0;
	for (int k = 0; k < 6; k++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		sum += (double)x / 4294967296.0 - 0.5;
	}
	return sum / sqrt(0.5);
}

static const uint32_t levels[] = {1, 8, 32, 64, 96, 128};
static const char *const class_words[] = {
        "2 x AMD EPYC 7742 64-Core Processor (NPS4, 512 GB, firmware 2.7.3)",
        "2 x AMD EPYC 7763 64-Core Processor (NPS1, 1 TB, firmware 3.1.0)",
        "2 x Intel Xeon Platinum 8480+ (512 GB, firmware 1.4.2)",
};
static const char *const node_prefixes[] = {"rome", "milan", "spr"};

enum { LEVELS = ARRAY_LENGTH(levels), CLASSES = ARRAY_LENGTH(class_words) };

/* What is the matter with a node of the sample. */
struct fault {
	enum fleet_verdict verdict;
	enum fleet_component component;
	int32_t index;
	double relative; /* of its throughput at the highest level */
	double times;
	const char *reason;
	const char *evidence;
};

static const struct fault faults[] = {
        {FLEET_NODE_FAIL, COMPONENT_NONE, -1, NAN, NAN,
         "Slurm says NODE_FAIL: the node went away 3 min 12 s after the job began.", NULL},
        {FLEET_FAIL, COMPONENT_NONE, -1, NAN, NAN,
         "12 of 512 tasks failed: exit status 3 (\"checksum of post.fits is wrong\").", NULL},
        {FLEET_HUNG, COMPONENT_NONE, -1, NAN, NAN,
         "Its time limit of 30 min was over with 7 of 12 trials done.", NULL},
        {FLEET_SLOW, COMPONENT_CORE, 17, 0.991, 1.31, "One place of the node is slow.",
         "Core 17 takes 1.31 times as long as the same core of the other nodes (95 % interval 1.28 "
         "to 1.34, 40 tasks)."},
        {FLEET_SLOW, COMPONENT_PACKAGE, 1, 0.871, 1.29,
         "Its throughput at N=128 is 0.871 of the median of its class (z = -18.2).",
         "Socket 1 takes 1.29 times as long as socket 0, on all its cores."},
        {FLEET_SLOW, COMPONENT_MEMORY, -1, 0.902, 1.11,
         "Its throughput at N=128 is 0.902 of the median of its class (z = -13.9).",
         "Its tasks need 1.11 times the cycles per instruction of the class, on all places alike, "
         "and only from N=64 on."},
        {FLEET_NO_RESULT, COMPONENT_NONE, -1, NAN, NAN,
         "The job was terminated by hand; its partial result was kept (2 of 12 trials).", NULL},
        {FLEET_RUNNING, COMPONENT_NONE, -1, NAN, NAN, "8 of 12 trials are done.", NULL},
        {FLEET_NOT_RUN, COMPONENT_NONE, -1, NAN, NAN,
         "Drained by root before it was submitted: \"DIMM A3, ticket 4711\".", NULL},
};

static void add_figure(struct profile *p, uint32_t concurrency, enum measure_id measure,
                       double value, double share)
{
	p->figures = must(realloc(p->figures, (p->figure_count + 1) * sizeof *p->figures));
	p->figures[p->figure_count++] = (struct profile_figure){.concurrency = concurrency,
	                                                        .measure = measure,
	                                                        .value = value,
	                                                        .low = value * (1 - share),
	                                                        .high = value * (1 + share),
	                                                        .n = 5};
}

/* What the sample's classes differ by, as a result tells it. */
static void add_facts(struct profile *p, size_t class)
{
	static const struct {
		const char *name;
		const char *values[CLASSES];
	} facts[] = {
	        {"processor",
	         {"AMD EPYC 7742 64-Core Processor", "AMD EPYC 7763 64-Core Processor",
	          "Intel(R) Xeon(R) Platinum 8480+"}},
	        {"packages", {"2", "2", "2"}},
	        {"cores_allowed", {"128", "128", "112"}},
	        {"numa_mode", {"NPS4", "NPS1", "SNC1"}},
	        {"memory_total_bytes", {"540000000000", "1080000000000", "540000000000"}},
	        {"bios_version", {"2.7.3", "3.1.0", "1.4.2"}},
	};
	p->facts = must(calloc(ARRAY_LENGTH(facts), sizeof *p->facts));
	for (size_t i = 0; i < ARRAY_LENGTH(facts); i++)
		p->facts[p->fact_count++] = (struct profile_fact){
		        copy(facts[i].name), copy(facts[i].values[class]), i < 5};
}

/* What tasks take on each core; where the fault is a place, longer there. */
static void add_places(struct profile *p, const struct fault *fault, size_t seed)
{
	enum { CORES = 32 };
	p->places = must(calloc(CORES, sizeof *p->places));
	for (int32_t i = 0; i < CORES; i++) {
		const bool is_core =
		        fault && fault->component == COMPONENT_CORE && i == fault->index;
		const bool is_socket = fault && fault->component == COMPONENT_PACKAGE &&
		                       i / (CORES / 2) == fault->index;
		p->places[p->place_count++] = (struct profile_place){
		        .concurrency = 128,
		        .kind = PROFILE_CORE,
		        .index = i,
		        .l3 = i / 4,
		        .package = i / (CORES / 2),
		        .wall_s = 80 * (1 + 0.01 * noise(seed * 37 + (size_t)i)) *
		                  (is_core || is_socket ? fault->times : 1),
		        .relative = NAN,
		        .relative_se = NAN,
		        .trials = 5,
		        .tasks = 20};
	}
}

static void make_profile(struct profile *p, const char *host, size_t class, double relative,
                         bool is_late, size_t seed)
{
	char run_id[48]; /* no two nodes have the result of one run */
	snprintf(run_id, sizeof run_id, "0123456789abcdef%016zx", seed);
	*p = (struct profile){.run_id = copy(run_id),
	                      .name = copy("isr-occupancy"),
	                      .host = copy(host),
	                      .state = copy("done"),
	                      .started_ns = 1795200000 * NS_PER_S + (int64_t)seed * NS_PER_S,
	                      .finished_ns = 1795200900 * NS_PER_S + (int64_t)seed * NS_PER_S,
	                      .tasks = 512,
	                      .trials_done = 12,
	                      .trials_planned = 12};
	p->scenario_sha256 = copy("00");
	add_facts(p, class);
	p->policies = must(calloc(1, sizeof *p->policies));
	p->policies[p->policy_count++] = copy("spread");
	for (size_t i = 0; i < LEVELS; i++) {
		const double n = levels[i];
		const double usl = n / (1 + 0.004 * (n - 1) + 0.00002 * n * (n - 1));
		const double base = (1 + 0.25 * (double)class) / 48.0;
		const double here = is_late && levels[i] < 64 ? 1 : relative;
		const double wobble = 1 + 0.004 * noise(seed * 31 + i);
		add_figure(p, levels[i], MEASURE_THROUGHPUT, base * usl * here * wobble, 0.006);
		add_figure(p, levels[i], MEASURE_MAX_RSS, 2.41e9, 0.002);
		add_figure(p, levels[i], MEASURE_PEAK_RSS, 2.45e9, 0.002);
		add_figure(p, levels[i], MEASURE_PEAK_PSS, 2.38e9, 0.002);
	}
}

static void make_attempt(struct fleet_node *node, size_t i, size_t class, const struct fault *fault)
{
	struct error err;
	const bool has_result = !fault || isfinite(fault->relative);
	struct fleet_attempt *const a = must(fleet_attempt_take(node, 1, &err));
	a->has_job = true;
	a->job = (struct batch_job){.id = format("%zu", 10234 + i),
	                            .node = copy(node->name),
	                            .state = has_result ? JOB_DONE : JOB_FAILED,
	                            .submitted_ns = 1795199990 * NS_PER_S,
	                            .started_ns = 1795200000 * NS_PER_S,
	                            .ended_ns = 1795200930 * NS_PER_S,
	                            .time_limit_ns = RECORD_ABSENT,
	                            .exit_code = 0,
	                            .max_rss_bytes = RECORD_ABSENT,
	                            .ave_rss_bytes = RECORD_ABSENT};
	if (has_result && i % 3 != 2) {
		a->job.max_rss_bytes = (int64_t)(308e9 + 1e9 * noise(i));
		a->job.ave_rss_bytes = (int64_t)(306e9 + 1e9 * noise(i));
	} else {
		a->job.rss_reason = copy("the job was shorter than Slurm's sampling interval");
	}
	/* By itself nothing is slow. */
	a->verdict = !fault || fault->verdict == FLEET_SLOW ? FLEET_PASS : fault->verdict;
	a->reason = fault && fault->verdict != FLEET_SLOW ? copy(fault->reason) : NULL;
	if (!has_result)
		return;
	a->has_profile = true;
	a->result_path = format("/scratch/fleet/nodes/%zu/attempt-1/result.db", i);
	make_profile(&a->profile, node->name, class, fault ? fault->relative : 1,
	             fault && fault->component == COMPONENT_MEMORY, i);
	add_places(&a->profile, fault, i);
}

/* Which fault a node of a sample has, or NULL. */
static const struct fault *fault_of(enum fleet_sample_kind kind, size_t i, size_t nodes)
{
	static const struct fault systemic = {
	        FLEET_FAIL,
	        COMPONENT_NONE,
	        -1,
	        NAN,
	        NAN,
	        "All 512 tasks failed: exit status 127 (\"plateau-isr: command not found\").",
	        NULL};
	const size_t count = ARRAY_LENGTH(faults);
	if (kind == FLEET_SAMPLE_HEALTHY)
		return NULL;
	if (kind == FLEET_SAMPLE_SYSTEMIC)
		return i % 3 == 1 ? &systemic : NULL;
	if (kind == FLEET_SAMPLE_HOSTILE)
		return &faults[i % count];
	if (nodes < 3 * count)
		return i % 2 == 1 && i / 2 < count ? &faults[(i / 2 * 4 + 3) % count] : NULL;
	/* Spread over the fleet. */
	const size_t stride = nodes / count;
	return i % stride == stride / 2 && i / stride < count ? &faults[i / stride] : NULL;
}

static void make_node(struct fleet_sample *s, enum fleet_sample_kind kind, size_t i, size_t nodes)
{
	struct error err;
	const size_t classes = nodes >= 300 ? 3 : nodes >= 150 ? 2 : 1;
	const size_t class = i * classes / nodes;
	const size_t within = i - (class * nodes + classes - 1) / classes + 1;
	char name[512];
	if (kind == FLEET_SAMPLE_HOSTILE)
		snprintf(name, sizeof name, "%s%zu",
		         fleet_sample_hostile[i % fleet_sample_hostile_count], i);
	else
		snprintf(name, sizeof name, "%s%03zu", node_prefixes[class], within);
	struct fleet_node *const node = must(fleet_node_take(&s->fleet, name, &err));
	const struct fault *const fault = fault_of(kind, i, nodes);
	const bool is_hostile = kind == FLEET_SAMPLE_HOSTILE;
	const char *const evil = fleet_sample_hostile[i % fleet_sample_hostile_count];
	node->partitions = copy(is_hostile ? evil : node_prefixes[class]);
	/* By itself no node is slow. */
	node->verdict = !fault || fault->verdict == FLEET_SLOW ? FLEET_PASS : fault->verdict;
	if (fault && fault->verdict == FLEET_NOT_RUN) {
		node->site_state = copy("drained");
		node->site_reason = copy(is_hostile ? evil : "DIMM A3, ticket 4711");
		node->site_reason_by = copy(is_hostile ? evil : "root");
	} else {
		node->site_state = copy("idle");
		make_attempt(node, i, class, fault);
	}
	struct fleet_rank_item *const item = &s->ranking.items[i];
	*item = (struct fleet_rank_item){
	        .node = i,
	        .class = fault && isnan(fault->relative) ? -1 : (ptrdiff_t) class,
	        .verdict = fault ? fault->verdict : FLEET_PASS,
	        .relative = NAN,
	        .low = NAN,
	        .high = NAN,
	        .z = NAN,
	        .component_index = -1,
	        .component_relative = NAN,
	        .since_relative = NAN};
	if (!fault)
		return;
	item->component = fault->component;
	item->component_index = fault->index;
	item->component_relative = fault->times;
	item->reason = copy(is_hostile ? evil : fault->reason);
	item->evidence = fault->evidence ? copy(is_hostile ? evil : fault->evidence) : NULL;
}

static int compare_doubles(const void *a, const void *b)
{
	const double one = *(const double *)a;
	const double two = *(const double *)b;
	return (one > two) - (one < two);
}

static double figure_of(const struct fleet_sample *s, const struct fleet_rank_item *item)
{
	const struct fleet_attempt *const a = item->attempt;
	const struct profile_figure *const f =
	        a && a->has_profile ? profile_find(&a->profile, 128, 0, MEASURE_THROUGHPUT) : NULL;
	(void)s;
	return f ? f->value : (double)NAN;
}

/* What the class does at every level. */
static void make_bands(struct fleet_sample *s, struct fleet_class *class, size_t k)
{
	class->bands = must(calloc(LEVELS, sizeof *class->bands));
	for (size_t l = 0; l < LEVELS; l++) {
		double *const values = must(calloc(s->ranking.item_count + 1, sizeof *values));
		size_t n = 0;
		for (size_t i = 0; i < s->ranking.item_count; i++) {
			const struct fleet_attempt *const a = s->ranking.items[i].attempt;
			if (s->ranking.items[i].class == (ptrdiff_t)k && a && a->has_profile)
				values[n++] =
				        profile_find(&a->profile, levels[l], 0, MEASURE_THROUGHPUT)
				                ->value;
		}
		qsort(values, n, sizeof *values, compare_doubles);
		if (n > 0)
			class->bands[class->band_count++] =
			        (struct fleet_band){.concurrency = levels[l],
			                            .policy = copy("spread"),
			                            .low = values[n / 20],
			                            .q1 = values[n / 4],
			                            .median = values[n / 2],
			                            .q3 = values[n - 1 - n / 4],
			                            .high = values[n - 1 - n / 20],
			                            .n = n};
		free(values);
	}
}

static void make_class(struct fleet_sample *s, size_t k)
{
	struct fleet_class *const class = &s->ranking.classes[k];
	double *const values = must(calloc(s->ranking.item_count + 1, sizeof *values));
	*class = (struct fleet_class){.words = copy(class_words[k]),
	                              .concurrency = 128,
	                              .policy = copy("spread"),
	                              .measure = MEASURE_THROUGHPUT,
	                              .median = NAN,
	                              .deviation = NAN,
	                              .since_relative = NAN};
	class->nodes = must(calloc(s->ranking.item_count + 1, sizeof *class->nodes));
	for (size_t i = 0; i < s->ranking.item_count; i++)
		if (s->ranking.items[i].class == (ptrdiff_t)k) {
			values[class->node_count] = figure_of(s, &s->ranking.items[i]);
			class->nodes[class->node_count++] = s->ranking.items[i].node;
		}
	qsort(values, class->node_count, sizeof *values, compare_doubles);
	if (class->node_count < 5) {
		class->reason = copy("fewer than 5 nodes of this class have a result");
	} else {
		class->median = values[class->node_count / 2];
		class->deviation = 0.005 * class->median;
	}
	for (size_t i = 0; i < s->ranking.item_count; i++) {
		struct fleet_rank_item *const item = &s->ranking.items[i];
		if (item->class != (ptrdiff_t)k || !isfinite(class->median))
			continue;
		item->relative = figure_of(s, item) / class->median;
		item->low = item->relative * 0.994;
		item->high = item->relative * 1.006;
		item->z = (item->relative - 1) * class->median / class->deviation;
	}
	free(values);
	make_bands(s, class, k);
}

static int rank_of(enum fleet_verdict verdict)
{
	static const int ranks[FLEET_VERDICTS] = {
	        [FLEET_NODE_FAIL] = 0, [FLEET_FAIL] = 1,      [FLEET_HUNG] = 2,
	        [FLEET_SLOW] = 3,      [FLEET_NO_RESULT] = 4, [FLEET_INCONCLUSIVE] = 5,
	        [FLEET_HELD] = 6,      [FLEET_RUNNING] = 7,   [FLEET_PENDING] = 8,
	        [FLEET_NOT_RUN] = 9,   [FLEET_PASS] = 10};
	return ranks[verdict];
}

static int compare_items(const void *a, const void *b)
{
	const struct fleet_rank_item *const one = a;
	const struct fleet_rank_item *const two = b;
	if (one->verdict != two->verdict)
		return rank_of(one->verdict) - rank_of(two->verdict);
	if (one->relative < two->relative || one->relative > two->relative)
		return one->relative < two->relative ? -1 : 1;
	return one->node < two->node ? -1 : 1;
}

void fleet_sample_make(struct fleet_sample *s, enum fleet_sample_kind kind, size_t nodes)
{
	*s = (struct fleet_sample){
	        .fleet = {.name = copy(kind == FLEET_SAMPLE_HOSTILE ? fleet_sample_hostile[7]
	                                                            : "isr-occupancy"),
	                  .id = copy("fedcba9876543210fedcba9876543210"),
	                  .folder = copy("/scratch/fleet"),
	                  .plateau_version = copy("0.0.0"),
	                  .scenario_sha256 = copy("00"),
	                  .created_ns = 1795199000 * NS_PER_S,
	                  .observed_ns = 1795201000 * NS_PER_S,
	                  .has_accounting = true}};
	s->ranking.fleet = &s->fleet;
	s->ranking.items = must(calloc(nodes + 1, sizeof *s->ranking.items));
	s->ranking.drain = must(calloc(nodes + 1, sizeof *s->ranking.drain));
	s->ranking.classes = must(calloc(CLASSES, sizeof *s->ranking.classes));
	s->ranking.item_count = nodes;
	for (size_t i = 0; i < nodes; i++)
		make_node(s, kind, i, nodes);
	for (size_t i = 0; i < nodes; i++)
		s->ranking.items[i].attempt = fleet_attempt_last(&s->fleet.nodes[i]);
	for (size_t k = 0; k < CLASSES; k++) {
		size_t members = 0;
		for (size_t i = 0; i < nodes; i++)
			members += s->ranking.items[i].class == (ptrdiff_t)k;
		if (members > 0)
			make_class(s, s->ranking.class_count++);
	}
	qsort(s->ranking.items, nodes, sizeof *s->ranking.items, compare_items);
	for (size_t i = 0; i < nodes; i++) {
		const enum fleet_verdict verdict = s->ranking.items[i].verdict;
		s->ranking.in_verdict[verdict]++;
		if (fleet_verdict_words[verdict].is_bad && kind != FLEET_SAMPLE_SYSTEMIC)
			s->ranking.drain[s->ranking.drain_count++] = i;
	}
	if (kind == FLEET_SAMPLE_FAULTS && nodes >= 16) {
		struct fleet_rank_item *const last = &s->ranking.items[nodes - 1];
		last->was_faster = true;
		last->since_relative = 0.921;
		last->since = copy("at N=128 it does 0.921 of what it did in its first accepted "
		                   "result (attempt 1)");
	}
	s->ranking.is_systemic = kind == FLEET_SAMPLE_SYSTEMIC;
	s->ranking.has_common = s->ranking.is_systemic;
	if (s->ranking.is_systemic)
		s->ranking.systemic = format(
		        "%zu of %zu nodes fail, all with \"plateau-isr: command not found\". The "
		        "cause is not in the nodes; none is to be drained.",
		        s->ranking.in_verdict[FLEET_FAIL], nodes);
}

void fleet_sample_release(struct fleet_sample *s)
{
	for (size_t i = 0; i < s->ranking.item_count; i++) {
		free(s->ranking.items[i].evidence);
		free(s->ranking.items[i].since);
		free(s->ranking.items[i].reason);
	}
	for (size_t k = 0; k < s->ranking.class_count; k++) {
		free(s->ranking.classes[k].words);
		free(s->ranking.classes[k].policy);
		free(s->ranking.classes[k].nodes);
		for (size_t b = 0; b < s->ranking.classes[k].band_count; b++)
			free(s->ranking.classes[k].bands[b].policy);
		free(s->ranking.classes[k].bands);
		free(s->ranking.classes[k].note);
		free(s->ranking.classes[k].reason);
	}
	free(s->ranking.items);
	free(s->ranking.classes);
	free(s->ranking.drain);
	free(s->ranking.systemic);
	fleet_release(&s->fleet);
	*s = (struct fleet_sample){0};
}
