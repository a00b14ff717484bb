/* The run's own warnings, one line per kind: the first of a kind, and how many there were. */
#include "analyse/summary_parts.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many wordings of one code are kinds of their own, among events of no trial. */
enum { WORDINGS_MOST = 3 };

/* More kinds than plateau has words for: the file was made by somebody else, and a look through all
 * of its kinds for each of its events would not end. */
enum { KINDS_MOST = 300 };

struct kind {
	const struct event_record *first;
	size_t total;
	size_t trials; /* that have it */
	uint32_t last_trial;
};

struct kinds {
	struct kind *items;
	size_t count;
	size_t capacity;
	size_t left_out; /* events of further kinds */
};

/* The same words, whatever their figures. */
static bool is_worded_alike(const char *a, const char *b)
{
	for (;;) {
		while (isdigit((unsigned char)*a) || *a == '.')
			a++;
		while (isdigit((unsigned char)*b) || *b == '.')
			b++;
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

/* Events of trials are of one kind by their code: they tell the same of one trial after the other.
 * Others can speak of different things (two file systems that are nearly full). */
static struct kind *find_kind(const struct kinds *kinds, const struct event_record *event)
{
	struct kind *same = NULL;
	size_t wordings = 0;
	for (size_t k = 0; k < kinds->count; k++) {
		const struct event_record *const first = kinds->items[k].first;
		if ((first->trial > 0) != (event->trial > 0) ||
		    strcmp(first->code, event->code) != 0)
			continue;
		if (event->trial > 0 || is_worded_alike(first->text, event->text))
			return &kinds->items[k];
		same = same ? same : &kinds->items[k];
		wordings++;
	}
	return wordings >= WORDINGS_MOST ? same : NULL;
}

/* What a rule says for whole levels is not said again for single trials. */
static int count_kinds(const struct dataset *dataset, bool (*is_said)(const char *code),
                       struct kinds *kinds, struct error *err)
{
	for (size_t i = 0; i < dataset->warning_count; i++) {
		const struct event_record *const event = &dataset->warnings[i];
		if (is_said(event->code))
			continue;
		struct kind *kind = find_kind(kinds, event);
		if (!kind && kinds->count == KINDS_MOST) {
			kinds->left_out++;
			continue;
		}
		if (!kind) {
			const int r = array_reserve(&kinds->items, &kinds->capacity,
			                            kinds->count + 1, sizeof *kinds->items, err);
			if (r < 0)
				return r;
			kind = &kinds->items[kinds->count++];
			*kind = (struct kind){.first = event};
		}
		kind->total++;
		/* Trials run one after the other. */
		kind->trials += event->trial > 0 && event->trial != kind->last_trial;
		kind->last_trial = event->trial;
	}
	return 0;
}

/* The run writes its warnings as stderr has them, behind "plateau: warning: "; here each is a
 * sentence. */
static void add_sentence(struct str *text, const char *said)
{
	const size_t length = strlen(said);
	const bool is_small = said[0] >= 'a' && said[0] <= 'z';
	const char first = is_small && text->length == 0 ? (char)(said[0] - 'a' + 'A') : said[0];
	if (length == 0)
		return;
	str_add_bytes(text, &first, 1);
	str_add(text, said + 1);
	if (!strchr(".!?", said[length - 1]))
		str_add(text, ".");
}

/* What the preflight saw of the node is of that moment, and says so: the run writes it in the
 * present. Its shares name the key of their limit. */
static bool is_of_before(const struct event_record *event)
{
	if (event->trial > 0)
		return false;
	return strstr(event->text, "(preflight.") || strcmp(event->code, "other-users") == 0 ||
	       strcmp(event->code, "swap-in-use") == 0;
}

/* "N=2 block 1: ", or "In 16 trials, first in N=2 block 1: ". */
static void add_trials(struct str *text, const struct summary *summary, const struct kind *kind)
{
	const uint32_t trial = kind->first->trial;
	const struct trial_summary *found = NULL;
	char name[64];
	for (size_t t = 0; trial > 0 && t < summary->trial_count && !found; t++)
		if (summary->trials[t].trial->trial == trial)
			found = &summary->trials[t];
	if (kind->trials > 1)
		str_addf(text, "In %zu trials%s", kind->trials, found ? ", first in " : ": ");
	if (found)
		str_addf(text, "%s block %u: ", summary_level_name(summary, found->level, name),
		         found->trial->block + 1);
}

static int add_kind(struct summary *summary, const struct kind *kind, struct error *err)
{
	cleanup_str struct str text = {0};
	const size_t named = kind->trials > 1 ? kind->trials : 1;
	if (is_of_before(kind->first))
		str_add(&text, "Before the run: ");
	add_trials(&text, summary, kind);
	add_sentence(&text, kind->first->text);
	if (kind->total > named)
		str_addf(&text, " (And %zu more of this kind.)", kind->total - named);
	if (text.failed)
		return error_memory(err);
	return summary_warn(summary, kind->first->code, str_text(&text), err);
}

static int tell_of_left_out(struct summary *summary, size_t left_out, struct error *err)
{
	char text[160];
	snprintf(text, sizeof text,
	         "The run's file holds %zu more warning%s of kinds that are not shown: more than "
	         "plateau writes.",
	         left_out, left_out == 1 ? "" : "s");
	return summary_warn(summary, "warnings-left-out", text, err);
}

int summary_add_events(struct summary *summary, bool (*is_said)(const char *code),
                       struct error *err)
{
	struct kinds kinds = {0};
	int r = count_kinds(summary->dataset, is_said, &kinds, err);
	for (size_t k = 0; r == 0 && k < kinds.count; k++)
		r = add_kind(summary, &kinds.items[k], err);
	if (r == 0 && kinds.left_out > 0)
		r = tell_of_left_out(summary, kinds.left_out, err);
	free(kinds.items);
	return r;
}
