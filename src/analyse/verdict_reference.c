/* Which runs of a reference a result can be held against. */
#include "analyse/verdict_parts.h"

#include <stdio.h>
#include <string.h>

/* The next word of a command without the folders in front of it; NULL at its end. */
static const char *next_word(const char **text, size_t *ret_length)
{
	*text += strspn(*text, " ");
	const size_t length = strcspn(*text, " ");
	const char *word = *text;
	for (size_t i = 0; i < length; i++)
		if ((*text)[i] == '/')
			word = *text + i + 1;
	*ret_length = (size_t)(*text + length - word);
	*text += length;
	return length > 0 ? word : NULL;
}

/* Whether two commands are the same but for the folders that files are in. */
static bool is_same_command(const char *a, const char *b)
{
	for (;;) {
		size_t a_length;
		size_t b_length;
		const char *const x = next_word(&a, &a_length);
		const char *const y = next_word(&b, &b_length);
		if (!x || !y)
			return !x && !y;
		if (a_length != b_length || strncmp(x, y, a_length) != 0)
			return false;
	}
}

static bool is_same_run(const struct findings *a, const struct findings *b)
{
	const char *const id = a->dataset->run.id;
	const char *const other = b->dataset->run.id;
	return a == b || (id && other && strcmp(id, other) == 0);
}

/* The level of a run with this concurrency and policy; -1: it has none that was measured. */
static ptrdiff_t find_level(const struct findings *run, uint32_t concurrency, const char *policy)
{
	for (size_t i = 0; i < run->summary.level_count; i++) {
		const struct level_summary *const level = &run->summary.levels[i];
		if (level->level->concurrency == concurrency && level->trials > 0 &&
		    (!policy || strcmp(level->level->policy, policy) == 0))
			return (ptrdiff_t)i;
	}
	return -1;
}

/* Why a run cannot be compared at all, or NULL with its level. */
static const char *refuse(const struct question *question, const struct findings *run,
                          size_t *ret_level)
{
	const struct run_facts *const a = &question->judged->findings->dataset->run;
	const struct run_facts *const b = &run->dataset->run;
	const ptrdiff_t level =
	        find_level(run, question->judgement->concurrency, question->judgement->policy);
	if (is_same_run(run, question->judged->findings))
		return "it is the judged result itself";
	if (a->threads != b->threads)
		return "its tasks have another number of threads";
	if (a->command && b->command && !is_same_command(a->command, b->command))
		return "its tasks are of another command";
	if (level < 0)
		return "it did not measure this level";
	*ret_level = (size_t)level;
	return NULL;
}

static bool is_among(const struct findings *run, const struct reference_run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_same_run(run, runs[i].findings))
			return true;
	return false;
}

size_t verdict_find_runs(const struct question *question, struct reference_run *ret_runs)
{
	const struct reference *const reference = question->reference;
	const char *why = NULL;
	size_t count = 0;
	for (size_t i = 0; i < reference->count; i++) {
		size_t level = 0;
		const struct findings *const run = reference->runs[i];
		const char *const refused = is_among(run, ret_runs, count)
		                                    ? "it is there twice"
		                                    : refuse(question, run, &level);
		if (refused)
			why = refused;
		else
			ret_runs[count++] = (struct reference_run){run, level};
	}
	if (count >= REFERENCE_RUNS_LEAST)
		return count;
	question->judgement->runs_needed = REFERENCE_RUNS_LEAST;
	if (reference->problem)
		verdict_cannot(question, false, "the reference: %.300s", reference->problem);
	else
		verdict_cannot(question, false,
		               "a reference needs %d runs, to tell how much good nodes differ: "
		               "%zu of %zu can be compared%s%s",
		               REFERENCE_RUNS_LEAST, count, reference->count,
		               why ? "; of one, " : "", why ? why : "");
	return count;
}
