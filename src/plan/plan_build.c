#include "plan/plan_build.h"

#include "core/error.h"
#include "core/number.h"
#include "core/rng.h"
#include "core/str.h"
#include "plan/levels.h"
#include "plan/placement.h"

#include <errno.h>
#include <stdlib.h>

/* Streams of the run's random numbers: the blocks' orders have their block's number, trials have
 * the highest bit set. */
static uint64_t trial_stream(uint32_t block, uint32_t level)
{
	return UINT64_C(1) << 63 | (uint64_t)block << 32 | level;
}

static int64_t memory_of(const struct scenario *scenario, uint32_t concurrency)
{
	int64_t bytes;
	if (scenario->task.memory_bytes < 0 ||
	    __builtin_mul_overflow(scenario->task.memory_bytes, (int64_t)concurrency, &bytes))
		return -1;
	return bytes;
}

static struct placement_request request_of(const struct scenario *scenario, size_t placement)
{
	return (struct placement_request){
	        .placement = &scenario->placement.policies.items[placement],
	        .unit = scenario->placement.unit,
	        .smt = scenario->placement.smt,
	        .threads = scenario->task.threads ? scenario->task.threads : 1,
	};
}

/* larger: a level of the same placement whose first slots are this one's, or NULL. */
static int fill_level(const struct scenario *scenario, const struct topology *topology,
                      size_t placement, const struct placement_layout *layout,
                      const struct resolved_level *resolved, const struct plan_level *larger,
                      struct plan_level *level, struct error *err)
{
	const struct placement_request request = request_of(scenario, placement);
	level->placement = placement;
	level->memory_bytes = memory_of(scenario, resolved->concurrency);
	level->is_oversubscribed =
	        placement_is_oversubscribed(topology, &request, layout, resolved->concurrency);
	const char *const policy = request.placement->spelling;
	int r = str_copy(policy ? policy : "", &level->policy, err);
	if (r == 0)
		r = str_copy(resolved->spelling, &level->spelling, err);
	if (r == 0)
		r = larger ? placement_copy_slots(larger->slots, resolved->concurrency,
		                                  &level->slots, err)
		           : placement_slots(topology, &request, layout, resolved->concurrency,
		                             &level->slots, err);
	if (r == 0)
		level->concurrency = resolved->concurrency;
	return r;
}

/* The levels of one placement; level i of placement p is levels[i * placements + p]. */
static int place_levels(const struct scenario *scenario, const struct topology *topology,
                        size_t placement, const struct resolved_levels *resolved, struct plan *plan,
                        struct error *err)
{
	const struct placement_request request = request_of(scenario, placement);
	const size_t placements = scenario->placement.policies.count;
	cleanup_placement_layout struct placement_layout layout = {0};
	int r = placement_layout_build(topology, &request, plan->largest, &layout, err);
	const struct plan_level *larger = NULL;
	for (size_t i = resolved->count; r == 0 && i > 0; i--) {
		struct plan_level *const level = &plan->levels[(i - 1) * placements + placement];
		r = fill_level(scenario, topology, placement, &layout, &resolved->items[i - 1],
		               larger, level, err);
		larger = level;
	}
	return r;
}

static int build_levels(const struct scenario *scenario, const struct topology *topology,
                        const struct resolved_levels *resolved, struct plan *plan,
                        struct error *err)
{
	const size_t placements = scenario->placement.policies.count;
	plan->largest = resolved->items[resolved->count - 1].concurrency;
	plan->levels = calloc(resolved->count * placements + 1, sizeof *plan->levels);
	if (!plan->levels)
		return error_memory(err);
	plan->level_count = resolved->count * placements;
	int r = 0;
	for (size_t p = 0; r == 0 && p < placements; p++)
		r = place_levels(scenario, topology, p, resolved, plan, err);
	return r;
}

static int build_trials(const struct scenario *scenario, struct plan *plan, struct error *err)
{
	const size_t levels = plan->level_count;
	plan->blocks = scenario->sweep.repeats;
	plan->trials = calloc(levels * plan->blocks + 1, sizeof *plan->trials);
	uint32_t *const order = calloc(levels + 1, sizeof *order);
	if (!plan->trials || !order) {
		free(order);
		return error_memory(err);
	}
	for (uint32_t block = 0; block < plan->blocks; block++) {
		for (uint32_t i = 0; i < levels; i++)
			order[i] = i;
		if (scenario->sweep.order == ORDER_SHUFFLED) {
			struct rng rng;
			rng_init(&rng, plan->seed, block);
			rng_permutation(&rng, order, levels);
		}
		for (size_t i = 0; i < levels; i++)
			plan->trials[plan->trial_count++] = (struct plan_trial){
			        .block = block,
			        .level = order[i],
			        .stream = trial_stream(block, order[i]),
			};
	}
	free(order);
	return 0;
}

static void choose_baseline(const struct scenario *scenario, const struct resolved_levels *resolved,
                            struct plan *plan, struct str *notes)
{
	const uint32_t wanted = scenario->sweep.baseline;
	plan->baseline = resolved->items[0].concurrency;
	for (size_t i = 0; i < resolved->count; i++)
		if (resolved->items[i].concurrency == wanted)
			plan->baseline = wanted;
	if (wanted != 0 && wanted != plan->baseline)
		str_addf(notes,
		         "the baseline N=%u is not among the levels; the lowest, N=%u, is used",
		         wanted, plan->baseline);
}

static const char *between(const struct str *notes)
{
	return notes->length ? "; " : "";
}

/* A policy that goes round domains of which there are not two. */
static void note_policy(const struct placement *placement, const struct topology *topology,
                        struct str *notes)
{
	static const char *const names[] = {[DOMAIN_ANY] = "",
	                                    [DOMAIN_PACKAGE] = "package",
	                                    [DOMAIN_NUMA] = "NUMA node",
	                                    [DOMAIN_L3] = "L3 cache"};
	const size_t counts[] = {[DOMAIN_ANY] = 2,
	                         [DOMAIN_PACKAGE] = topology->package_count,
	                         [DOMAIN_NUMA] = topology->numa_count,
	                         [DOMAIN_L3] = topology->l3_count};
	const enum placement_domain domain = placement->domain;
	if (placement->policy == PLACEMENT_SPREAD && counts[domain] < 2)
		str_addf(notes,
		         "%spolicy %s: there is %s %s to go round, so tasks are placed as by pack",
		         between(notes), placement->spelling, counts[domain] ? "only one" : "no",
		         names[domain]);
}

static int add_notes(const struct scenario *scenario, const struct topology *topology,
                     const struct resolved_levels *resolved, struct plan *plan, struct error *err)
{
	cleanup_str struct str notes = {0};
	choose_baseline(scenario, resolved, plan, &notes);
	for (size_t i = 0; i < scenario->placement.policies.count; i++)
		note_policy(&scenario->placement.policies.items[i], topology, &notes);
	if (topology->kind_count > 1)
		str_addf(&notes,
		         "%sthe cores are of %zu kinds: the efficiency of a level that mixes them "
		         "holds their difference too",
		         between(&notes), topology->kind_count);
	if (notes.failed)
		return error_memory(err);
	return notes.length ? str_take(&notes, &plan->note, err) : 0;
}

static uint32_t count_inputs(const struct scenario_inputs *inputs, uint32_t largest)
{
	switch (inputs->kind) {
	case INPUTS_LIST:
		return inputs->count && inputs->count < inputs->words.count
		               ? inputs->count
		               : (uint32_t)inputs->words.count;
	case INPUTS_GENERATE:
		return inputs->count ? inputs->count : largest;
	case INPUTS_GLOB:
		return inputs->count;
	case INPUTS_NONE:
	default:
		return 0;
	}
}

int plan_build(const struct scenario *scenario, const struct topology *topology, uint64_t seed,
               struct plan *ret_plan, struct error *err)
{
	if (topology->pu_count == 0)
		return error_set(
		        err, ENODEV,
		        "%s allows no PU to run on; see the CPU affinity and the cpuset of "
		        "the cgroup of this process",
		        topology->source ? topology->source : "the machine");
	const uint32_t threads = scenario->task.threads ? scenario->task.threads : 1;
	cleanup_resolved_levels struct resolved_levels resolved = {0};
	int r = levels_resolve(&scenario->sweep.levels, (uint32_t)topology->core_count / threads,
	                       (uint32_t)topology->pu_count / threads, &resolved, err);
	if (r < 0)
		return r;
	cleanup_plan struct plan plan = {.seed = seed};
	plan.capacity = placement_capacity(topology, threads);
	r = build_levels(scenario, topology, &resolved, &plan, err);
	if (r == 0)
		r = build_trials(scenario, &plan, err);
	if (r == 0)
		r = add_notes(scenario, topology, &resolved, &plan, err);
	if (r < 0)
		return r;
	plan.input_count = count_inputs(&scenario->task.inputs, plan.largest);
	*ret_plan = plan;
	plan = (struct plan){0};
	return 0;
}

int plan_skip_for_memory(struct plan *plan, int64_t available_bytes, const char *of,
                         struct error *err)
{
	for (size_t i = 0; i < plan->level_count; i++) {
		struct plan_level *const level = &plan->levels[i];
		if (level->skipped || available_bytes < 0 || level->memory_bytes <= available_bytes)
			continue;
		char needed[NUMBER_TEXT_BYTES];
		char available[NUMBER_TEXT_BYTES];
		number_format_bytes(level->memory_bytes, needed);
		number_format_bytes(available_bytes, available);
		const int r = str_format(&level->skipped, err, "needs %s of memory, %s %s", needed,
		                         available, of);
		if (r < 0)
			return r;
	}
	return 0;
}
