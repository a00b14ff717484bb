#include "platform/event_sets.h"

#include "core/array.h"
#include "core/clock.h"
#include "model/dataset.h"

#include <linux/perf_event.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Dividing ----------------------------------------------------------------------------- */

struct division {
	event_sets_fits *fits;
	void *context;
	const struct event_wishes *wishes;
	struct event_sets *sets;
	/* [n]: the free events and n required ones that fit together; the last is [prefix]. */
	uint32_t prefixes[RECORD_MAX_EVENTS + 1];
	size_t prefix;
};

static uint32_t bit(size_t event)
{
	return UINT32_C(1) << event;
}

static bool do_fit(const struct division *d, uint32_t set)
{
	/* What takes no counter needs no trying. */
	return (set & ~d->wishes->free) == 0 || d->fits(d->context, set);
}

static void add_set(struct division *d, uint32_t set)
{
	d->sets->events[d->sets->count++] = set;
}

/* The required events, as many of the first as fit together. */
static void find_prefixes(struct division *d)
{
	const struct event_wishes *const wishes = d->wishes;
	d->prefixes[0] = wishes->free;
	for (size_t i = 0; i < wishes->required_count; i++) {
		const uint32_t more = d->prefixes[d->prefix] | bit(wishes->required[i]);
		if (do_fit(d, more))
			d->prefixes[++d->prefix] = more;
	}
}

/* Into the first set, from `from` on, that has room for it. */
static bool put_into_some(struct division *d, uint32_t from, size_t event)
{
	for (uint32_t s = from; s < d->sets->count; s++) {
		const uint32_t set = d->sets->events[s] | bit(event);
		if (do_fit(d, set)) {
			d->sets->events[s] = set;
			return true;
		}
	}
	return false;
}

/* Beside `prefix` required ones, in a set of its own. */
static bool put_into_new(struct division *d, size_t prefix, size_t event)
{
	const uint32_t set = d->prefixes[prefix] | bit(event);
	if (d->sets->count == RECORD_MAX_EVENTS || !do_fit(d, set))
		return false;
	add_set(d, set);
	return true;
}

/* Events that fit beside all required ones. Returns the others. */
static uint32_t put_beside_all(struct division *d, uint32_t events)
{
	uint32_t left = 0;
	add_set(d, d->prefixes[d->prefix]);
	for (size_t e = 0; e < RECORD_MAX_EVENTS; e++)
		if ((events & bit(e)) && !put_into_some(d, 0, e) && !put_into_new(d, d->prefix, e))
			left |= bit(e);
	return left;
}

/* Events that need a counter of a required one. Returns those that do not fit at all. */
static uint32_t put_beside_fewer(struct division *d, uint32_t events)
{
	uint32_t left = 0;
	const uint32_t from = d->sets->count;
	for (size_t e = 0; e < RECORD_MAX_EVENTS; e++) {
		if (!(events & bit(e)) || put_into_some(d, from, e))
			continue;
		bool is_placed = false;
		for (size_t prefix = d->prefix; !is_placed && prefix-- > 0;)
			is_placed = put_into_new(d, prefix, e);
		if (!is_placed)
			left |= bit(e);
	}
	return left;
}

/* The event of `events` that is in the fewest sets, the first of several. */
static size_t rarest(const struct event_sets *sets, uint32_t events)
{
	size_t found = 0;
	uint32_t fewest = RECORD_MAX_EVENTS + 1;
	for (size_t e = 0; e < RECORD_MAX_EVENTS; e++) {
		const uint32_t holding = event_sets_holding(sets, e);
		if ((events & bit(e)) && holding < fewest) {
			fewest = holding;
			found = e;
		}
	}
	return found;
}

static void fill_up(struct division *d, uint32_t events)
{
	for (uint32_t s = 0; s < d->sets->count; s++) {
		uint32_t *const set = &d->sets->events[s];
		for (uint32_t left = events & ~*set; left;) {
			const size_t e = rarest(d->sets, left);
			left &= ~bit(e);
			if (do_fit(d, *set | bit(e)))
				*set |= bit(e);
		}
	}
}

void event_sets_divide(const struct event_wishes *wishes, event_sets_fits *fits, void *context,
                       struct event_sets *ret_sets, uint32_t *ret_left_out)
{
	struct division d = {.fits = fits, .context = context, .wishes = wishes, .sets = ret_sets};
	*ret_sets = (struct event_sets){0};
	*ret_left_out = 0;
	uint32_t required = 0;
	for (size_t i = 0; i < wishes->required_count; i++)
		required |= bit(wishes->required[i]);
	const uint32_t all = wishes->free | wishes->wanted | required;
	if (all == 0 || do_fit(&d, all)) {
		add_set(&d, all);
		return;
	}
	find_prefixes(&d);
	const uint32_t others = all & ~d.prefixes[d.prefix];
	*ret_left_out = put_beside_fewer(&d, put_beside_all(&d, others));
	fill_up(&d, others & ~*ret_left_out);
}

/* ---- Trying ------------------------------------------------------------------------------- */

/* Long enough for the counters of an emulated processor, and short against the 1 to 4 ms after
 * which the kernel lets the events that wait have their turn. */
#define LOOP_NS 200000

/* What a virtual machine, or a moment in which somebody else counted, may disturb is tried again.
 */
enum { TRIES = 2 };

static int open_stopped(const struct perf_event_attr *attributes)
{
	struct perf_event_attr copy = *attributes;
	copy.disabled = 1;
	copy.enable_on_exec = 0;
	copy.inherit = 0;
	return (int)syscall(SYS_perf_event_open, &copy, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* One that waits for its turn has not run at all by then; the clocks of one that runs may differ by
 * a trifle. */
static bool ran_all_the_time(int fd)
{
	struct {
		uint64_t raw;
		uint64_t enabled_ns;
		uint64_t running_ns;
	} kernel;
	return read(fd, &kernel, sizeof kernel) == (ssize_t)sizeof kernel &&
	       kernel.enabled_ns > 0 && (double)kernel.running_ns > 0.9 * (double)kernel.enabled_ns;
}

/* Side by side, as tasks will have them. */
static bool try_once(const struct events *events, uint32_t set)
{
	int fds[RECORD_MAX_EVENTS];
	size_t count = 0;
	bool fit = true;
	for (size_t i = 0; fit && i < events->open_count; i++) {
		if (!(set & bit(events->definition_of[i])))
			continue;
		fds[count] = open_stopped(&events->attributes[i]);
		fit = fds[count] >= 0;
		count += fit;
	}
	for (size_t i = 0; fit && i < count; i++)
		fit = ioctl(fds[i], PERF_EVENT_IOC_ENABLE, 0) == 0;
	const int64_t end_ns = clock_now_ns() + LOOP_NS;
	while (fit && clock_now_ns() < end_ns) {
	}
	for (size_t i = 0; i < count; i++) {
		fit = fit && ran_all_the_time(fds[i]);
		close(fds[i]);
	}
	return fit;
}

static bool fits_here(void *context, uint32_t set)
{
	for (int i = 0; i < TRIES; i++)
		if (try_once(context, set))
			return true;
	return false;
}

/* In the order of their importance: without cycles there is no frequency, and without both no
 * cycles per instruction. task-clock is a software event, and so in every set anyway. */
static const struct {
	const char *name;
	const char *alias;
} required_events[] = {{"cycles", "cpu-cycles"}, {"instructions", NULL}};

static bool is_required(const struct event_definition *definition, size_t which)
{
	const char *const alias = required_events[which].alias;
	return dataset_event_is(definition->name, required_events[which].name) ||
	       (alias && dataset_event_is(definition->name, alias));
}

/* Of several (cycles, cycles:u) the one that says most: of both modes before user mode alone. */
static void add_required(const struct events *events, size_t which, struct event_wishes *wishes)
{
	size_t found = RECORD_MAX_EVENTS;
	for (size_t i = 0; i < events->open_count; i++) {
		const size_t e = events->definition_of[i];
		const struct event_definition *const definitions = events->definitions;
		if (!(wishes->wanted & bit(e)) || !is_required(&definitions[e], which))
			continue;
		if (found == RECORD_MAX_EVENTS ||
		    (definitions[found].is_user_only && !definitions[e].is_user_only))
			found = e;
	}
	if (found < RECORD_MAX_EVENTS)
		wishes->required[wishes->required_count++] = found;
}

static void make_wishes(const struct events *events, struct event_wishes *wishes)
{
	*wishes = (struct event_wishes){0};
	for (size_t i = 0; i < events->open_count; i++) {
		const bool is_free = events->attributes[i].type == PERF_TYPE_SOFTWARE;
		*(is_free ? &wishes->free : &wishes->wanted) |= bit(events->definition_of[i]);
	}
	for (size_t which = 0; which < ARRAY_LENGTH(required_events); which++)
		add_required(events, which, wishes);
}

static void close_event(struct events *events, size_t e)
{
	size_t kept = 0;
	for (size_t i = 0; i < events->open_count; i++) {
		if (events->definition_of[i] == e)
			continue;
		events->attributes[kept] = events->attributes[i];
		events->definition_of[kept++] = events->definition_of[i];
	}
	events->open_count = kept;
}

static void leave_out(struct events *events, uint32_t left_out)
{
	for (size_t e = 0; e < events->count; e++) {
		struct event_definition *const definition = &events->definitions[e];
		if (!(left_out & bit(e)))
			continue;
		close_event(events, e);
		definition->state = COUNTER_NOT_COUNTED;
		snprintf(definition->reason, sizeof definition->reason,
		         "it opens, but never got a counter when it was tried alone: something "
		         "else holds those that it can use");
		snprintf(definition->remedy, sizeof definition->remedy,
		         "end what else counts (perf, a profiler, the NMI watchdog: root sets "
		         "kernel.nmi_watchdog to 0)");
	}
}

void event_sets_find(struct events *events, struct event_sets *ret_sets)
{
	struct event_wishes wishes;
	uint32_t left_out;
	make_wishes(events, &wishes);
	event_sets_divide(&wishes, fits_here, events, ret_sets, &left_out);
	leave_out(events, left_out);
	if (ret_sets->count < 2)
		*ret_sets = (struct event_sets){0};
}

bool event_sets_all_fit(const struct events *events)
{
	uint32_t all = 0;
	for (size_t i = 0; i < events->open_count; i++)
		if (events->attributes[i].type != PERF_TYPE_SOFTWARE)
			all |= bit(events->definition_of[i]);
	struct events copy = *events;
	return all == 0 || fits_here(&copy, all);
}

void event_sets_choose(const struct events *events, const struct event_sets *sets, uint32_t set,
                       struct events *ret_chosen)
{
	*ret_chosen = *events;
	ret_chosen->open_count = 0;
	for (size_t i = 0; i < RECORD_MAX_EVENTS; i++)
		ret_chosen->keepers[i] = -1;
	for (size_t i = 0; i < events->open_count; i++) {
		const size_t e = events->definition_of[i];
		if (!event_sets_has(sets, set, e)) {
			ret_chosen->definitions[e].state = COUNTER_NOT_COUNTED;
			continue;
		}
		const size_t k = ret_chosen->open_count++;
		ret_chosen->attributes[k] = events->attributes[i];
		ret_chosen->definition_of[k] = e;
	}
}
