/* The question of memory per core, in words. */
#include "analyse/campaign/requirements.h"
#include "core/cleanup.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_TYPES = 4 };

/* A share in per cent with as many decimals as it takes to tell it from 0 and from 100; of few,
 * none more. */
static void add_share(struct str *text, double part, double of)
{
	const double share = of > 0 ? 100 * part / of : 0;
	const double rest = fmin(share, 100 - share);
	const int decimals =
	        rest > 0 ? (int)fmax(ceil(-log10(fmax(rest, 1e-9))), of < 100 ? 0 : 1) : 0;
	str_addf(text, "%.*f %%", decimals, share);
}

/* As number_format_bytes, which takes whole bytes. */
static void format_bytes(double bytes, char text[NUMBER_TEXT_BYTES])
{
	number_format_bytes((int64_t)fmin(bytes, 9e18), text);
}

/* "6 GB", "6.5 GB": a size as a person would give it. */
static void add_limit(struct str *text, double bytes)
{
	char size[NUMBER_TEXT_BYTES];
	format_bytes(bytes, size);
	const char *const unit = strchr(size, ' ');
	size_t digits = unit ? (size_t)(unit - size) : strlen(size);
	if (memchr(size, '.', digits)) {
		while (size[digits - 1] == '0')
			digits--;
		digits -= size[digits - 1] == '.';
	}
	str_add_bytes(text, size, digits);
	str_add(text, unit ? unit : "");
}

struct ranked {
	size_t place;
	size_t tasks;
};

static int most_first(const void *a, const void *b)
{
	const struct ranked *const x = a;
	const struct ranked *const y = b;
	if (x->tasks != y->tasks)
		return x->tasks < y->tasks ? 1 : -1;
	return (x->place > y->place) - (x->place < y->place);
}

static void add_type(struct str *text, const struct campaign_type_needs *needs,
                     const struct campaign_over *over)
{
	char largest[NUMBER_TEXT_BYTES];
	format_bytes(over->max_per_core_bytes, largest);
	str_addf(text, "%zu of %s (", over->tasks, needs->name);
	add_share(text, (double)over->tasks, (double)over->of);
	str_addf(text, " of them, up to %s%s)", largest, over->several > 0 ? " per core" : "");
}

/* Which types hold what does not fit: the first few by name, the rest as a number. */
static void add_types(struct str *text, const struct requirements *r,
                      const struct campaign_over *overs)
{
	cleanup_free struct ranked *ranked = calloc(r->type_count + 1, sizeof *ranked);
	if (!ranked) {
		text->failed = true;
		return;
	}
	size_t count = 0;
	for (size_t t = 0; t < r->type_count; t++)
		if (overs[t].tasks > 0)
			ranked[count++] = (struct ranked){t, overs[t].tasks};
	qsort(ranked, count, sizeof *ranked, most_first);
	size_t rest = 0;
	for (size_t i = 0; i < count; i++) {
		if (i >= NAMED_TYPES) {
			rest += ranked[i].tasks;
			continue;
		}
		const bool is_last = i + 1 == count;
		str_add(text, i == 0 ? "" : is_last ? " and " : ", ");
		add_type(text, &r->types[ranked[i].place], &overs[ranked[i].place]);
	}
	if (count > NAMED_TYPES)
		str_addf(text, " and %zu of %zu other %s", rest, count - NAMED_TYPES,
		         number_noun(count - NAMED_TYPES, "type", "types"));
}

static const char *type_of_largest(const struct requirements *r, const struct campaign_over *overs)
{
	for (size_t t = 0; t < r->type_count; t++)
		if (overs[t].max_per_core_bytes >= overs[r->type_count].max_per_core_bytes)
			return r->types[t].name;
	return "";
}

/* Tasks that were given more than one core have the memory of them all. */
static void add_cores(struct str *text, const struct campaign_over *all)
{
	if (all->several > 0)
		str_addf(
		        text,
		        " %zu %s given several cores, and %s as much for each of them: the max RSS "
		        "by their number is what has to fit.",
		        all->several, number_noun(all->several, "was", "were"),
		        number_noun(all->several, "has", "have"));
}

/* Tasks of which nobody knows whether they fit. What a memory limit ended is spoken of by itself,
 * and what had not ended needs more yet. */
static void add_unknown(struct str *text, const struct requirements *r)
{
	size_t unknown = 0;
	for (size_t i = 0; i < r->campaign->task_count; i++) {
		const struct campaign_task *const task = &r->campaign->tasks[i];
		unknown += task->max_rss_bytes < 0 && task->state != CAMPAIGN_OUT_OF_MEMORY &&
		           task->state != CAMPAIGN_UNFINISHED;
	}
	if (unknown > 0)
		str_addf(text, " The max RSS of %zu more is not known.", unknown);
}

static void add_over(struct str *text, const struct requirements *r,
                     const struct campaign_over *overs)
{
	const struct campaign_over *const all = &overs[r->type_count];
	if (all->tasks < all->of) {
		add_share(text, (double)(all->of - all->tasks), (double)all->of);
		str_addf(text, " of %zu tasks fit; the %zu that %s not %s ", all->of, all->tasks,
		         number_noun(all->tasks, "does", "do"),
		         number_noun(all->tasks, "is", "are"));
	} else {
		str_addf(text, "none of %zu %s fits: ", all->of,
		         number_noun(all->of, "task", "tasks"));
	}
	add_types(text, r, overs);
	str_add(text, ".");
	if (all->of_wall_s > 0) {
		str_add(text, number_noun(all->tasks, " It holds ", " They hold "));
		add_share(text, all->wall_s, all->of_wall_s);
		str_add(text, " of the wall time.");
	}
}

static void write_words(struct str *text, const struct requirements *r, double limit_bytes,
                        const struct campaign_over *overs)
{
	const struct campaign_over *const all = &overs[r->type_count];
	char size[NUMBER_TEXT_BYTES];
	if (all->of == 0) {
		str_add(text, "The max RSS of no task is known: nothing can be said of memory.");
		return;
	}
	str_add(text, "At ");
	add_limit(text, limit_bytes);
	str_add(text, " per core ");
	if (all->tasks > 0) {
		add_over(text, r, overs);
	} else {
		const char *const each = all->several > 0 ? " per core" : "";
		format_bytes(all->max_per_core_bytes, size);
		if (all->of > 1)
			str_addf(text, "all %zu tasks fit: the largest, of %s, took %s%s.", all->of,
			         type_of_largest(r, overs), size, each);
		else
			str_addf(text, "the only task fits: it is of %s, and took %s%s.",
			         type_of_largest(r, overs), size, each);
	}
	add_unknown(text, r);
	if (all->ended_below > 0)
		str_addf(text,
		         " %zu %s ended by a memory limit below that: what %s would have needed is "
		         "not known.",
		         all->ended_below, number_noun(all->ended_below, "was", "were"),
		         number_noun(all->ended_below, "it", "they"));
	add_cores(text, all);
}

void requirements_words(const struct requirements *requirements, double limit_bytes, char *text,
                        size_t text_bytes)
{
	cleanup_str struct str words = {0};
	cleanup_free struct campaign_over *overs =
	        calloc(requirements->type_count + 1, sizeof *overs);
	if (overs) {
		requirements_over(requirements, limit_bytes, overs);
		write_words(&words, requirements, limit_bytes, overs);
	}
	if (text_bytes == 0)
		return;
	const int most = text_bytes > INT32_MAX ? INT32_MAX : (int)text_bytes - 1;
	snprintf(text, text_bytes, "%.*s", str_cut(str_text(&words), most), str_text(&words));
}
