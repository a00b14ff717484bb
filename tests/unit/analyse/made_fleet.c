#include "made_fleet.h"

#include "analyse/fleet/fleet_facts.h"
#include "analyse/quantile.h"
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct made_kind made_thin = {.processor = "thin",
                                    .packages = 1,
                                    .l3s = 1,
                                    .cores = 4,
                                    .numa_mode = "NPS1",
                                    .firmware = "1",
                                    .memory_gib = 64,
                                    .task_s = 30};

enum { FIGURES = 48, LEVELS = 4 };

/* t(0.975) of two degrees of freedom. */
#define T_OF_TRIALS 4.30265273

static void check(int r)
{
	if (r < 0) {
		fputs("Bail out! no memory\n", stdout);
		exit(99);
	}
}

static void *take(size_t count, size_t bytes)
{
	void *const result = calloc(count > 0 ? count : 1, bytes);
	check(result ? 0 : -1);
	return result;
}

void made_fleet_text(char **text, const char *value)
{
	struct error err;
	free(*text);
	*text = NULL;
	if (value)
		check(str_copy(value, text, &err));
}

static double exp_noise(struct rng *rng, double sd)
{
	return sd > 0 && rng ? exp(sd * rng_normal(rng)) : 1;
}

/* ---- Facts -------------------------------------------------------------------------------- */

void made_fleet_fact(struct profile *profile, const char *name, const char *value)
{
	for (size_t i = 0; i < profile->fact_count; i++)
		if (strcmp(profile->facts[i].name, name) == 0)
			made_fleet_text(&profile->facts[i].value, value);
}

static void add_number(struct profile *profile, const char *name, double value)
{
	char text[32];
	snprintf(text, sizeof text, "%.0f", value);
	made_fleet_fact(profile, name, text);
}

static void add_facts(struct profile *profile, const struct made_kind *kind, struct rng *rng)
{
	profile->facts = take(fleet_fact_count, sizeof *profile->facts);
	for (size_t i = 0; i < fleet_fact_count; i++) {
		made_fleet_text(&profile->facts[i].name, fleet_facts[i].name);
		profile->facts[i].in_class = fleet_facts[i].kind != FACT_SETTING;
	}
	profile->fact_count = fleet_fact_count;
	made_fleet_fact(profile, "processor", kind->processor);
	made_fleet_fact(profile, "numa_mode", kind->numa_mode);
	made_fleet_fact(profile, "bios_version", kind->firmware);
	made_fleet_fact(profile, "boost", "on");
	made_fleet_fact(profile, "counted_modes", FLEET_COUNTED_BOTH);
	made_fleet_fact(profile, "kernel", "6.1.0-18-amd64");
	add_number(profile, "threads", 1);
	add_number(profile, "packages", kind->packages);
	add_number(profile, "l3_caches", kind->l3s);
	add_number(profile, "cores_allowed", kind->cores);
	add_number(profile, "pus_allowed", 2 * kind->cores);
	/* The kernel keeps about 1.6 % for itself, never quite the same. */
	const double kept = 0.016 + (rng ? 0.001 * rng_uniform(rng) : 0);
	add_number(profile, "memory_total_bytes", kind->memory_gib * 1073741824.0 * (1 - kept));
}

/* ---- Figures ------------------------------------------------------------------------------ */

static void add_figure(struct profile *profile, uint32_t concurrency, enum measure_id measure,
                       const char *source, double value)
{
	struct profile_figure *const figure = &profile->figures[profile->figure_count++];
	*figure = (struct profile_figure){.concurrency = concurrency,
	                                  .measure = measure,
	                                  .value = value,
	                                  .low = value / 1.02,
	                                  .high = value * 1.02,
	                                  .n = MADE_TRIALS};
	snprintf(figure->source, sizeof figure->source, "%s", source);
}

void made_fleet_figure(struct profile *profile, enum measure_id measure, const char *source,
                       double value)
{
	uint32_t full = 0;
	for (size_t i = 0; i < profile->figure_count; i++)
		if (profile->figures[i].concurrency > full)
			full = profile->figures[i].concurrency;
	for (size_t i = 0; i < profile->figure_count; i++) {
		struct profile_figure *const figure = &profile->figures[i];
		if (figure->concurrency == full && figure->measure == measure &&
		    strcmp(figure->source, source) == 0) {
			figure->low *= value / figure->value;
			figure->high *= value / figure->value;
			figure->value = value;
		}
	}
}

/* What a task of a node is made of. */
struct task {
	double wall_s;
	double instructions;
	double cpi;
	double hz;
	double disk_s;
	double ready_s;
	double unknown_s; /* CPU time that nothing counts */
};

static struct task make_task(double wall_s, const struct made_fault *faults, size_t count)
{
	const double cpi = 0.8;
	const double hz = 2.4e9;
	struct task task = {.cpi = cpi, .hz = hz, .instructions = 0.97 * wall_s * hz / cpi};
	task.disk_s = 0.02 * wall_s;
	task.ready_s = 0.01 * wall_s;
	for (size_t i = 0; i < count; i++) {
		const double factor = faults[i].factor;
		switch (faults[i].component) {
		case COMPONENT_WORK:
			task.instructions *= factor;
			break;
		case COMPONENT_MEMORY:
			task.cpi *= factor;
			break;
		case COMPONENT_CLOCK:
			task.hz /= factor;
			break;
		case COMPONENT_DISK:
			task.disk_s += (factor - 1) * wall_s;
			break;
		case COMPONENT_SHARED_CPU:
			task.ready_s += (factor - 1) * wall_s;
			break;
		case COMPONENT_NONE:
		case COMPONENT_UNKNOWN:
			task.unknown_s += (factor - 1) * wall_s;
			break;
		default:
			break;
		}
	}
	task.wall_s = task.instructions * task.cpi / task.hz + task.disk_s + task.ready_s +
	              task.unknown_s;
	return task;
}

/* Throughput from the logs of the trials. */
static void add_throughput(struct profile *profile, uint32_t concurrency, const double *logs)
{
	double mean = 0;
	double squares = 0;
	for (size_t t = 0; t < MADE_TRIALS; t++)
		mean += logs[t] / MADE_TRIALS;
	for (size_t t = 0; t < MADE_TRIALS; t++)
		squares += (logs[t] - mean) * (logs[t] - mean);
	const double half = T_OF_TRIALS * sqrt(squares / (MADE_TRIALS - 1) / MADE_TRIALS);
	add_figure(profile, concurrency, MEASURE_THROUGHPUT, "", exp(mean));
	struct profile_figure *const figure = &profile->figures[profile->figure_count - 1];
	figure->low = exp(mean - half);
	figure->high = exp(mean + half);
}

/* The figures of one level whose tasks take task->wall_s x slower each. */
static void add_figures(struct profile *profile, uint32_t concurrency, const struct task *task,
                        double slower, const double *logs, struct rng *rng, double noise)
{
	const double cpu = slower * (task->wall_s - task->disk_s - task->ready_s);
	add_throughput(profile, concurrency, logs);
	add_figure(profile, concurrency, MEASURE_WALL, "", slower * task->wall_s);
	add_figure(profile, concurrency, MEASURE_USER, "", 0.95 * cpu);
	add_figure(profile, concurrency, MEASURE_SYSTEM, "", 0.05 * cpu);
	add_figure(profile, concurrency, MEASURE_OFF_CPU, "",
	           slower * (task->disk_s + task->ready_s));
	add_figure(profile, concurrency, MEASURE_OFF_CPU, "block_io", slower * task->disk_s);
	add_figure(profile, concurrency, MEASURE_OFF_CPU, "run_queue", slower * task->ready_s);
	add_figure(profile, concurrency, MEASURE_FREQUENCY, "cycles",
	           task->hz * exp_noise(rng, noise / 4));
	add_figure(profile, concurrency, MEASURE_INSTRUCTIONS, "", task->instructions);
	add_figure(profile, concurrency, MEASURE_CPI, "",
	           task->cpi * slower * exp_noise(rng, noise / 4));
}

/* ---- Places ------------------------------------------------------------------------------- */

static double place_factor(const struct made_kind *kind, uint32_t core,
                           const struct made_fault *faults, size_t count)
{
	double factor = 1;
	for (size_t i = 0; i < count; i++) {
		const uint32_t per_l3 = kind->cores / kind->l3s;
		const uint32_t per_package = kind->cores / kind->packages;
		const enum fleet_component component = faults[i].component;
		const int32_t at = component == COMPONENT_CORE      ? (int32_t)core
		                   : component == COMPONENT_L3      ? (int32_t)(core / per_l3)
		                   : component == COMPONENT_PACKAGE ? (int32_t)(core / per_package)
		                                                    : -2;
		factor *= at == faults[i].index ? faults[i].factor : 1;
	}
	return factor;
}

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Logs of the places of a kind in each trial, from those of its cores: the lower median. */
static void join(const double *cores, uint32_t core_count, uint32_t places, double *logs,
                 double *room)
{
	const uint32_t each = core_count / places;
	for (size_t t = 0; t < MADE_TRIALS; t++)
		for (uint32_t p = 0; p < places; p++) {
			memcpy(room, cores + t * core_count + p * each, each * sizeof *room);
			qsort(room, each, sizeof *room, compare_doubles);
			logs[t * places + p] = room[(each - 1) / 2];
		}
}

static void add_places(struct profile *profile, const struct made_kind *kind,
                       enum profile_place_kind of, uint32_t places, const double *cores)
{
	double *const logs = take((size_t)MADE_TRIALS * places, sizeof *logs);
	double *const room = take((size_t)kind->cores + places, sizeof *room);
	double medians[MADE_TRIALS];
	join(cores, kind->cores, places, logs, room);
	for (size_t t = 0; t < MADE_TRIALS; t++) {
		memcpy(room, logs + t * places, places * sizeof *room);
		medians[t] = quantile_median(room, places);
	}
	for (uint32_t p = 0; p < places; p++) {
		double wall = 0;
		double own = 0;
		double squares = 0;
		for (size_t t = 0; t < MADE_TRIALS; t++) {
			wall += logs[t * places + p] / MADE_TRIALS;
			own += (logs[t * places + p] - medians[t]) / MADE_TRIALS;
		}
		for (size_t t = 0; t < MADE_TRIALS; t++) {
			const double left = logs[t * places + p] - medians[t] - own;
			squares += left * left;
		}
		profile->places[profile->place_count++] = (struct profile_place){
		        .concurrency = kind->cores,
		        .kind = of,
		        .index = (int32_t)p,
		        .l3 = of == PROFILE_CORE ? (int32_t)(p / (kind->cores / kind->l3s)) : -1,
		        .package = of == PROFILE_PACKAGE ? -1
		                                         : (int32_t)(p / (places / kind->packages)),
		        .wall_s = exp(wall),
		        .relative = places > 1 ? exp(own) : (double)NAN,
		        .relative_se = sqrt(squares / (MADE_TRIALS - 1) / MADE_TRIALS),
		        .trials = MADE_TRIALS,
		        .tasks = MADE_TRIALS * kind->cores / places};
	}
	free(logs);
	free(room);
}

/* ---- Nodes -------------------------------------------------------------------------------- */

/* The levels below a task on every core, at which tasks take 0.8 to 1 of their time there. */
static void add_lower_levels(struct profile *profile, const struct made_kind *kind,
                             const struct made_noise *noise, struct rng *rng,
                             const struct task *task, double node)
{
	uint32_t before = 0;
	for (uint32_t l = 0; l < LEVELS - 1; l++) {
		const uint32_t n = l == 0 ? 1 : kind->cores * l / 4;
		const double slower = 0.8 + 0.2 * n / kind->cores;
		double logs[MADE_TRIALS];
		if (n <= before || n >= kind->cores)
			continue;
		for (size_t t = 0; t < MADE_TRIALS; t++)
			logs[t] = log(
			        n / (slower * task->wall_s * node * exp_noise(rng, noise->trials)));
		add_figures(profile, n, task, slower * node, logs, rng, noise->nodes);
		before = n;
	}
}

static void fill_profile(struct profile *profile, const struct made_kind *kind,
                         const struct made_noise *noise, struct rng *rng,
                         const struct made_fault *faults, size_t fault_count)
{
	const struct task task = make_task(kind->task_s, faults, fault_count);
	double *const cores = take((size_t)MADE_TRIALS * kind->cores, sizeof *cores);
	double *const build = take(kind->cores, sizeof *build);
	const double node = exp_noise(rng, noise->nodes);
	double logs[MADE_TRIALS];
	double slower = 0;
	for (uint32_t c = 0; c < kind->cores; c++)
		build[c] = exp_noise(rng, noise->build);
	for (size_t t = 0; t < MADE_TRIALS; t++) {
		const double trial = exp_noise(rng, noise->trials);
		double rate = 0;
		for (uint32_t c = 0; c < kind->cores; c++) {
			const bool is_disturbed =
			        noise->tails > 0 && rng && rng_uniform(rng) < noise->tails;
			const double wall =
			        task.wall_s * node * trial * (1 + kind->pattern * sin(c)) *
			        build[c] * place_factor(kind, c, faults, fault_count) *
			        exp_noise(rng, noise->cores) * (is_disturbed ? 1 + noise->tail : 1);
			cores[t * kind->cores + c] = log(wall);
			rate += 1 / wall;
			slower += wall / task.wall_s / kind->cores / MADE_TRIALS;
		}
		logs[t] = log(rate);
	}
	profile->figures = take(FIGURES, sizeof *profile->figures);
	profile->places =
	        take((size_t)kind->cores + kind->l3s + kind->packages, sizeof *profile->places);
	add_lower_levels(profile, kind, noise, rng, &task, node);
	add_figures(profile, kind->cores, &task, slower, logs, rng, noise->nodes);
	add_places(profile, kind, PROFILE_CORE, kind->cores, cores);
	add_places(profile, kind, PROFILE_L3, kind->l3s, cores);
	add_places(profile, kind, PROFILE_PACKAGE, kind->packages, cores);
	free(cores);
	free(build);
}

struct fleet_attempt *made_fleet_attempt(struct fleet_node *node, uint32_t number,
                                         const struct made_kind *kind,
                                         const struct made_noise *noise, struct rng *rng,
                                         const struct made_fault *faults, size_t fault_count)
{
	struct error err;
	struct fleet_attempt *const attempt = fleet_attempt_take(node, number, &err);
	check(attempt ? 0 : -1);
	struct profile *const profile = &attempt->profile;
	attempt->verdict = node->verdict = FLEET_PASS;
	attempt->has_profile = true;
	made_fleet_text(&attempt->result_path, "result.db");
	made_fleet_text(&profile->name, "made");
	made_fleet_text(&profile->host, node->name);
	made_fleet_text(&profile->state, "done");
	made_fleet_text(&profile->scenario_sha256,
	                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	profile->started_ns = INT64_C(1763632683000000000) + number * INT64_C(86400000000000);
	profile->finished_ns = profile->started_ns + INT64_C(600000000000);
	profile->tasks = (uint64_t)kind->cores * MADE_TRIALS;
	profile->trials_done = profile->trials_planned = 2 * MADE_TRIALS;
	profile->policies = take(1, sizeof *profile->policies);
	made_fleet_text(&profile->policies[0], "spread");
	profile->policy_count = 1;
	add_facts(profile, kind, rng);
	fill_profile(profile, kind, noise, rng, faults, fault_count);
	return attempt;
}

struct fleet_node *made_fleet_node(struct fleet *fleet, const char *name,
                                   const struct made_kind *kind, const struct made_noise *noise,
                                   struct rng *rng, const struct made_fault *faults,
                                   size_t fault_count)
{
	struct error err;
	struct fleet_node *const node = fleet_node_take(fleet, name, &err);
	check(node ? 0 : -1);
	made_fleet_attempt(node, 1, kind, noise, rng, faults, fault_count);
	return node;
}

struct fleet_node *made_fleet_lost(struct fleet *fleet, const char *name,
                                   enum fleet_verdict verdict, const char *reason)
{
	struct error err;
	struct fleet_node *const node = fleet_node_take(fleet, name, &err);
	check(node ? 0 : -1);
	struct fleet_attempt *const attempt = fleet_attempt_take(node, 1, &err);
	check(attempt ? 0 : -1);
	node->verdict = attempt->verdict = verdict;
	made_fleet_text(&node->reason, reason);
	made_fleet_text(&attempt->reason, reason);
	return node;
}
