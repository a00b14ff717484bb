/* What is slow in a node that is slow: its places, where they explain what it lacks; else the cause
 * that its figures show against its class: more instructions, more cycles for each, a lower clock,
 * time off the CPU, slots that stand empty. As in analyse/attribution the time on the CPU is a
 * product of factors, here by the medians of the class instead of the baseline's; throughput is
 * the busy slots by the wall time of a task. */
#include "analyse/fleet/fleet_facts.h"
#include "analyse/fleet/rank_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "model/frequency.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* By what each makes the throughput less, as far as that is known. CPU time is the first three
 * together; wall time and empty slots are the whole loss. */
enum cause {
	CAUSE_WORK,
	CAUSE_CPI,
	CAUSE_CLOCK,
	CAUSE_OFF_CPU,
	CAUSE_IDLE,
	CAUSES,
	CAUSE_CPU = CAUSES,
	CAUSE_WALL,
	CAUSE_LOSS,
	CAUSE_ALL
};

/* A factor is named when it makes up this part of what the node lacks, and stands this far out of
 * the class. */
#define NAMED_PART   (1.0 / 3)
#define NAMED_SIGMAS 3.0
#define NAMED_LEAST  0.01

/* So much of a time is all of it, in words. */
#define NEARLY_ALL 0.95

static const enum fleet_component component_of[CAUSES] = {[CAUSE_WORK] = COMPONENT_WORK,
                                                          [CAUSE_CPI] = COMPONENT_MEMORY,
                                                          [CAUSE_CLOCK] = COMPONENT_CLOCK,
                                                          [CAUSE_OFF_CPU] = COMPONENT_UNKNOWN,
                                                          [CAUSE_IDLE] = COMPONENT_UNKNOWN};

/* The logs of a factor for each node of a class, NAN where it is not known, with its centre. */
struct factor {
	double *logs;
	double median;
	double deviation;
};

/* Parts of the time off the CPU, seconds per task. */
enum wait { WAIT_DISK, WAIT_PAGES, WAIT_CPU, WAITS };
static const char *const wait_sources[WAITS] = {
        [WAIT_DISK] = "block_io", [WAIT_PAGES] = "page_in", [WAIT_CPU] = "run_queue"};

struct causes {
	const struct fleet_class *class;
	uint32_t slow_at; /* as of the items that are explained: 0 at the class's own level */
	struct factor factors[CAUSE_ALL];
	double waits[WAITS]; /* medians of the class; NAN: not known */
	double wall_s;
	double off_cpu_s;
	double user_s;
	double system_s;
	const char *modes;            /* in which the class counted */
	const char *frequency_source; /* that the class's clocks are of */
	double *room;
	struct rank_usual *usual; /* facts; */
	bool has_usual;           /* which are looked at once a node is slow */
};

/* ---- Figures of the class ----------------------------------------------------------------- */

static bool is_among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The source that most nodes have; "" where none has a frequency. */
static const char *usual_source(const struct ranking_work *work, const struct fleet_class *class)
{
	const char *best = "";
	const char *asked[FREQUENCY_SOURCES]; /* there are no more, unless a file is made up */
	size_t asked_count = 0;
	size_t most = 0;
	for (size_t i = 0; i < class->node_count && asked_count < ARRAY_LENGTH(asked); i++) {
		const struct profile_figure *const figure =
		        rank_figure(&work->nodes[class->nodes[i]].measured->profile, class->policy,
		                    class->concurrency, MEASURE_FREQUENCY, NULL);
		if (!figure || is_among(figure->source, asked, asked_count))
			continue;
		asked[asked_count++] = figure->source;
		size_t count = 0;
		for (size_t k = 0; k < class->node_count; k++)
			count += rank_figure(&work->nodes[class->nodes[k]].measured->profile,
			                     class->policy, class->concurrency, MEASURE_FREQUENCY,
			                     figure->source) != NULL;
		if (count > most) {
			most = count;
			best = figure->source;
		}
	}
	return best;
}

/* The modes in which most nodes counted; NULL where none did. */
static const char *usual_modes(const struct ranking_work *work, const struct fleet_class *class)
{
	size_t both = 0;
	size_t user = 0;
	for (size_t i = 0; i < class->node_count; i++) {
		const char *const modes = profile_fact(
		        &work->nodes[class->nodes[i]].measured->profile, "counted_modes");
		both += modes && strcmp(modes, FLEET_COUNTED_BOTH) == 0;
		user += modes && strcmp(modes, FLEET_COUNTED_USER) == 0;
	}
	if (both + user == 0)
		return NULL;
	return both >= user ? FLEET_COUNTED_BOTH : FLEET_COUNTED_USER;
}

static double log_of(double value)
{
	return value > 0 ? log(value) : (double)NAN;
}

static void fill_node(const struct ranking_work *work, struct causes *causes, size_t i)
{
	const struct fleet_class *const class = causes->class;
	const struct fleet_attempt *const attempt = work->nodes[class->nodes[i]].measured;
	const double throughput = rank_value(attempt, class, MEASURE_THROUGHPUT, NULL);
	const double wall = rank_value(attempt, class, MEASURE_WALL, NULL);
	const double user = rank_value(attempt, class, MEASURE_USER, NULL);
	const double system = rank_value(attempt, class, MEASURE_SYSTEM, NULL);
	const double cpu = user + (isnan(system) ? 0 : system);
	/* What it waits more than the class makes its wall time longer by this. A ratio of wall and
	 * CPU time would tell nothing of tasks that hardly use the CPU. */
	const double off = rank_value(attempt, class, MEASURE_OFF_CPU, "");
	const double waits = 1 + (off - causes->off_cpu_s) / causes->wall_s;
	/* Counts of user mode are not those of both modes. */
	const bool is_counted_alike = rank_same_value(
	        "counted_modes", profile_fact(&attempt->profile, "counted_modes"), causes->modes);
	struct factor *const f = causes->factors;
	f[CAUSE_LOSS].logs[i] = -log_of(throughput);
	f[CAUSE_WALL].logs[i] = log_of(wall);
	/* Tasks at a time are throughput times wall time. */
	f[CAUSE_IDLE].logs[i] = -log_of(throughput * wall);
	f[CAUSE_CPU].logs[i] = log_of(cpu);
	f[CAUSE_WORK].logs[i] = f[CAUSE_CPI].logs[i] = NAN;
	if (is_counted_alike) {
		f[CAUSE_WORK].logs[i] =
		        log_of(rank_value(attempt, class, MEASURE_INSTRUCTIONS, NULL));
		f[CAUSE_CPI].logs[i] = log_of(rank_value(attempt, class, MEASURE_CPI, NULL));
	}
	f[CAUSE_CLOCK].logs[i] =
	        -log_of(rank_value(attempt, class, MEASURE_FREQUENCY, causes->frequency_source));
	f[CAUSE_OFF_CPU].logs[i] = log_of(waits);
}

static double class_median(const struct ranking_work *work, struct causes *causes,
                           enum measure_id measure, const char *source)
{
	const struct fleet_class *const class = causes->class;
	double ignored;
	double median;
	size_t n = 0;
	for (size_t i = 0; i < class->node_count; i++) {
		const double value =
		        rank_value(work->nodes[class->nodes[i]].measured, class, measure, source);
		if (!isnan(value) && rank_is_reference(work->nodes[class->nodes[i]].measured))
			causes->room[n++] = value;
	}
	rank_centre(causes->room, n, causes->room + class->node_count, &median, &ignored);
	return median;
}

static void centre_factor(const struct ranking_work *work, const struct fleet_class *class,
                          struct factor *factor, double *room)
{
	const size_t nodes = class->node_count;
	size_t n = 0;
	for (size_t i = 0; i < nodes; i++)
		if (!isnan(factor->logs[i]) &&
		    rank_is_reference(work->nodes[class->nodes[i]].measured))
			room[n++] = factor->logs[i];
	rank_centre(room, n, room + nodes, &factor->median, &factor->deviation);
	factor->deviation = fmax(factor->deviation, RANK_FLOOR);
}

/* values has room for all logs and twice the nodes. */
static void fill(const struct ranking_work *work, struct causes *causes, double *values)
{
	const struct fleet_class *const class = causes->class;
	const size_t nodes = class->node_count;
	for (size_t c = 0; c < CAUSE_ALL; c++)
		causes->factors[c].logs = values + c * nodes;
	causes->room = values + CAUSE_ALL * nodes;
	causes->frequency_source = usual_source(work, class);
	causes->modes = usual_modes(work, class);
	causes->wall_s = class_median(work, causes, MEASURE_WALL, NULL);
	causes->off_cpu_s = class_median(work, causes, MEASURE_OFF_CPU, "");
	for (size_t i = 0; i < nodes; i++)
		fill_node(work, causes, i);
	for (size_t c = 0; c < CAUSE_ALL; c++)
		centre_factor(work, class, &causes->factors[c], causes->room);
	for (size_t w = 0; w < WAITS; w++)
		causes->waits[w] = class_median(work, causes, MEASURE_OFF_CPU, wait_sources[w]);
	causes->user_s = class_median(work, causes, MEASURE_USER, NULL);
	causes->system_s = class_median(work, causes, MEASURE_SYSTEM, NULL);
}

/* ---- Of one node -------------------------------------------------------------------------- */

/* By how much (log) a factor of a node is above its class; NAN: not known. */
static double excess_of(const struct causes *causes, enum cause cause, size_t i)
{
	return causes->factors[cause].logs[i] - causes->factors[cause].median;
}

static bool is_named(const struct causes *causes, enum cause cause, size_t i, double of)
{
	const double excess = excess_of(causes, cause, i);
	return excess > NAMED_LEAST && excess > NAMED_PART * of &&
	       excess > NAMED_SIGMAS * causes->factors[cause].deviation;
}

/* The factor that makes up most, or CAUSES. */
static enum cause largest_cause(const struct causes *causes, size_t i, double of)
{
	enum cause largest = CAUSES;
	for (size_t c = 0; c < CAUSES; c++)
		if (is_named(causes, (enum cause)c, i, of) &&
		    (largest == CAUSES ||
		     excess_of(causes, (enum cause)c, i) > excess_of(causes, largest, i)))
			largest = (enum cause)c;
	return largest;
}

/* Seconds per task that a node waits for something more than its class; NAN: not known. */
static double waits_more(const struct ranking_work *work, const struct causes *causes, size_t i,
                         enum wait wait)
{
	return rank_value(work->nodes[causes->class->nodes[i]].measured, causes->class,
	                  MEASURE_OFF_CPU, wait_sources[wait]) -
	       causes->waits[wait];
}

/* How much of a time a part is. */
static void add_part(struct str *text, double part_s, double whole_s)
{
	if (part_s >= NEARLY_ALL * whole_s)
		str_add(text, ", all of it ");
	else
		str_addf(text, ", %.3g s of it ", part_s);
}

/* What it waits for: whatever makes up half of what it waits more. */
static enum fleet_component name_wait(const struct ranking_work *work, const struct causes *causes,
                                      size_t i, struct str *text)
{
	const double more = rank_value(work->nodes[causes->class->nodes[i]].measured, causes->class,
	                               MEASURE_OFF_CPU, "") -
	                    causes->off_cpu_s;
	double waits[WAITS];
	for (size_t w = 0; w < WAITS; w++) {
		const double own = waits_more(work, causes, i, (enum wait)w);
		waits[w] = isnan(own) ? 0 : own;
	}
	const double disk = waits[WAIT_DISK] + waits[WAIT_PAGES];
	str_addf(text, "a task is %.3g s longer off the CPU than in the class", more);
	if (waits[WAIT_CPU] >= more / 2 && waits[WAIT_CPU] >= disk) {
		add_part(text, waits[WAIT_CPU], more);
		str_add(text, "ready while something else ran");
		return COMPONENT_SHARED_CPU;
	}
	if (disk >= more / 2) {
		add_part(text, disk, more);
		str_addf(text, "for %s",
		         waits[WAIT_DISK] >= waits[WAIT_PAGES] ? "blocks of a disk"
		                                               : "pages to be read in");
		return COMPONENT_DISK;
	}
	str_add(text, "; for what was not measured (locks, pipes, a network file system)");
	return COMPONENT_UNKNOWN;
}

/* CPU time of which the counters say nothing: the kernel's, where that is most of it. */
static void add_cpu_time(const struct ranking_work *work, const struct causes *causes, size_t i,
                         struct str *text)
{
	const struct fleet_attempt *const attempt = work->nodes[causes->class->nodes[i]].measured;
	const double system =
	        rank_value(attempt, causes->class, MEASURE_SYSTEM, NULL) - causes->system_s;
	const double user = rank_value(attempt, causes->class, MEASURE_USER, NULL) - causes->user_s;
	if (system > 0 && system > user)
		str_addf(text, ": it spends %.3g s more in the kernel (page faults, system calls)",
		         system);
	else
		str_add(text, ", all of it on the CPU; nothing that was counted says why");
}

/* "by cycles". */
static const char *source_words(const struct causes *causes)
{
	for (size_t i = 0; i < FREQUENCY_SOURCES; i++)
		if (strcmp(frequency_source_names[i], causes->frequency_source) == 0)
			return frequency_source_words[i];
	return causes->frequency_source;
}

/* The cause by the figures of the node; the text says what they show. */
static void name_cause(const struct ranking_work *work, const struct causes *causes, size_t i,
                       struct fleet_rank_item *item, struct str *text)
{
	const double wall = excess_of(causes, CAUSE_WALL, i);
	const double of = excess_of(causes, CAUSE_LOSS, i);
	const enum cause cause = largest_cause(causes, i, of);
	if (cause == CAUSES) {
		item->component = COMPONENT_UNKNOWN;
		item->component_relative = exp(of);
		if (isnan(of))
			str_add(text, "it came to the end of no task");
		else if (!(wall > NAMED_PART * of))
			str_addf(text,
			         "tasks come to their end %.3g times as often as in the class",
			         exp(-of));
		else
			str_addf(text, "a task takes %.3g times as long as in the class",
			         exp(wall));
		if (is_named(causes, CAUSE_CPU, i, of))
			add_cpu_time(work, causes, i, text);
		else
			str_add(text, "; no figure of it says why");
		return;
	}
	const double excess = excess_of(causes, cause, i);
	item->component = component_of[cause];
	item->component_relative = exp(excess);
	if (cause == CAUSE_OFF_CPU) {
		item->component = name_wait(work, causes, i, text);
		return;
	}
	switch (cause) {
	case CAUSE_WORK:
		str_addf(text,
		         "a task executes %.3g times the instructions that it does in the "
		         "class",
		         exp(excess));
		break;
	case CAUSE_CPI:
		str_addf(text,
		         "an instruction takes %.3g times the cycles that it does in the "
		         "class: it waits for memory, or for a shared cache",
		         exp(excess));
		break;
	case CAUSE_IDLE:
		str_addf(text,
		         "%.3g times as many tasks are at work at a time as in the class: slots "
		         "stand empty between one task and the next",
		         exp(-excess));
		if (wall > NAMED_LEAST)
			str_addf(text, ", and a task takes %.3g times as long", exp(wall));
		break;
	default:
		str_addf(text, "the clock (%s) is %.3g of the class's", source_words(causes),
		         exp(-excess));
	}
}

/* ---- Places in words ---------------------------------------------------------------------- */

static void add_place(struct str *text, const struct rank_place *place)
{
	static const char *const names[COMPONENTS] = {[COMPONENT_CORE] = "core",
	                                              [COMPONENT_L3] = "L3 cache",
	                                              [COMPONENT_PACKAGE] = "socket"};
	const char *const name = names[place->component];
	str_addf(text, "%s %" PRId32, name, place->index);
	if (place->l3 >= 0 || place->package >= 0)
		str_add(text, " (");
	if (place->l3 >= 0)
		str_addf(text, "L3 %" PRId32 "%s", place->l3, place->package >= 0 ? ", " : "");
	if (place->package >= 0)
		str_addf(text, "socket %" PRId32, place->package);
	if (place->l3 >= 0 || place->package >= 0)
		str_add(text, ")");
	str_addf(text, " takes %.3g times as long as its like", place->relative);
	if (place->count > 1)
		str_addf(text, ", and %zu more %s of this node %s slow", place->count - 1,
		         place->count > 2 ? place->component == COMPONENT_L3     ? "L3 caches"
		                            : place->component == COMPONENT_CORE ? "cores"
		                                                                 : "sockets"
		                          : name,
		         place->count > 2 ? "are" : "is");
}

/* ---- All ---------------------------------------------------------------------------------- */

static int explain_node(const struct ranking_work *work, struct causes *causes, size_t i,
                        struct error *err)
{
	const size_t node = causes->class->nodes[i];
	struct fleet_rank_item *const item = rank_item(work, node);
	const struct rank_place *const place = &work->nodes[node].place;
	const bool is_slow = item->slow_at > 0 || rank_is_slow(causes->class, item);
	cleanup_str struct str text = {0};
	cleanup_str struct str differs = {0};
	if (item->slow_at != causes->slow_at ||
	    (item->slow_at > 0 && strcmp(item->slow_policy, causes->class->policy) != 0) ||
	    (!is_slow && place->component == COMPONENT_NONE))
		return 0;
	const bool is_place = place->component != COMPONENT_NONE &&
	                      (!is_slow || place->total_loss >= (1 - item->relative) / 2);
	if (is_place) {
		item->component = place->component;
		item->component_index = place->index;
		item->component_relative = place->relative;
		add_place(&text, place);
	} else {
		name_cause(work, causes, i, item, &text);
		if (place->component != COMPONENT_NONE) {
			str_add(&text, "; besides, ");
			add_place(&text, place);
		}
	}
	if (!causes->has_usual)
		rank_find_usual(work, causes->class, causes->usual);
	causes->has_usual = true;
	if (rank_add_differences(work, causes->class, causes->usual, node, &differs) > 0)
		str_addf(&text, "; unlike the others it has %s", str_text(&differs));
	if (differs.failed)
		return error_memory(err);
	return str_take(&text, &item->evidence, err);
}

/* Those that are slow at this level; class has it. */
static int explain_level(const struct ranking_work *work, const struct fleet_class *class,
                         uint32_t slow_at, struct error *err)
{
	const size_t nodes = class->node_count;
	cleanup_free double *values = calloc((CAUSE_ALL + 2) * nodes + 1, sizeof *values);
	cleanup_free struct rank_usual *usual = calloc(fleet_fact_count, sizeof *usual);
	struct causes causes = {.class = class, .slow_at = slow_at, .usual = usual};
	int r = 0;
	if (!values || !usual)
		return error_memory(err);
	fill(work, &causes, values);
	for (size_t i = 0; r == 0 && i < nodes; i++)
		r = explain_node(work, &causes, i, err);
	return r;
}

int rank_find_causes(struct ranking_work *work, const struct fleet_class *class, struct error *err)
{
	if (class->reason)
		return 0;
	int r = explain_level(work, class, 0, err);
	for (size_t b = 0; r == 0 && b < class->band_count; b++) {
		bool is_asked = false;
		for (size_t i = 0; i < class->node_count; i++) {
			const struct fleet_rank_item *const item = rank_item(work, class->nodes[i]);
			is_asked = is_asked ||
			           (item->slow_policy &&
			            item->slow_at == class->bands[b].concurrency &&
			            strcmp(item->slow_policy, class->bands[b].policy) == 0);
		}
		if (!is_asked)
			continue;
		struct fleet_class level = *class;
		level.concurrency = class->bands[b].concurrency;
		level.policy = class->bands[b].policy;
		r = explain_level(work, &level, level.concurrency, err);
	}
	return r;
}
