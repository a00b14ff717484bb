#include "analyse/io/patterns.h"

#include "analyse/io/findings.h"
#include "analyse/io/patterns_parts.h"
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <stdlib.h>

/* A file that shows a pattern, and how badly. */
struct shown {
	size_t seen;
	double cost;
};

static int compare_shown(const void *a, const void *b)
{
	const struct shown *const left = a;
	const struct shown *const right = b;
	if (left->cost != right->cost)
		return left->cost < right->cost ? 1 : -1;
	return left->seen < right->seen ? -1 : left->seen > right->seen;
}

static void sum_up(const struct io_findings *findings, const struct pattern_rule *rule,
                   struct io_pattern *pattern)
{
	pattern->is_local = true;
	for (size_t i = 0; i < pattern->count; i++) {
		const struct io_seen *const seen = &findings->seen[pattern->seen[i]];
		struct pattern_cost cost = {0};
		rule->is_shown(seen, &cost);
		pattern->calls += cost.calls;
		pattern->bytes += cost.bytes;
		pattern->duration_ns += cost.duration_ns;
		pattern->is_shared |= seen->sharing == IO_SHARED;
		pattern->is_local &= seen->sharing == IO_LOCAL;
	}
}

static int build(const struct io_findings *findings, enum io_pattern_kind kind,
                 const struct shown *shown, size_t count, struct io_pattern *ret_pattern,
                 struct error *err)
{
	const struct pattern_rule *const rule = &pattern_rules[kind];
	struct io_pattern pattern = {.kind = kind, .count = count};
	cleanup_str struct str evidence = {0};
	pattern.seen = calloc(count, sizeof *pattern.seen);
	if (!pattern.seen)
		return error_memory(err);
	for (size_t i = 0; i < count; i++)
		pattern.seen[i] = shown[i].seen;
	sum_up(findings, rule, &pattern);
	rule->say(findings, &pattern, &evidence);
	const int r = str_take(&evidence, &pattern.evidence, err);
	if (r < 0) {
		free(pattern.seen);
		return r;
	}
	*ret_pattern = pattern;
	return 0;
}

/* Files of this pattern into findings->patterns, if there are any. */
static int find(struct io_findings *findings, enum io_pattern_kind kind, struct shown *shown,
                struct error *err)
{
	const struct pattern_rule *const rule = &pattern_rules[kind];
	size_t count = 0;
	for (size_t i = 0; i < findings->seen_count + findings->pipe_count; i++) {
		struct pattern_cost cost = {0};
		if (rule->is_shown(&findings->seen[i], &cost))
			shown[count++] = (struct shown){
			        i, (double)cost.bytes + (double)cost.calls * IO_PAGE_BYTES};
	}
	if (count == 0 || (rule->is_enough && !rule->is_enough(findings)))
		return 0;
	qsort(shown, count, sizeof *shown, compare_shown);
	const int r = build(findings, kind, shown, count,
	                    &findings->patterns[findings->pattern_count], err);
	findings->pattern_count += r == 0;
	return r;
}

/* What matters here first; then by the time in its calls, or by calls and bytes. */
static int compare_patterns(const void *a, const void *b)
{
	const struct io_pattern *const left = a;
	const struct io_pattern *const right = b;
	const bool is_left_idle = io_pattern_words[left->kind].is_of_shared && left->is_local;
	const bool is_right_idle = io_pattern_words[right->kind].is_of_shared && right->is_local;
	if (is_left_idle != is_right_idle)
		return is_left_idle ? 1 : -1;
	if (left->duration_ns != right->duration_ns)
		return left->duration_ns < right->duration_ns ? 1 : -1;
	return left->kind < right->kind ? -1 : left->kind > right->kind;
}

int io_patterns_find(struct io_findings *findings, struct error *err)
{
	struct shown *const shown =
	        calloc(findings->seen_count + findings->pipe_count + 1, sizeof *shown);
	findings->patterns = calloc(IO_PATTERNS, sizeof *findings->patterns);
	int r = shown && findings->patterns ? 0 : error_memory(err);
	for (int kind = 0; r == 0 && kind < IO_PATTERNS; kind++)
		r = find(findings, (enum io_pattern_kind)kind, shown, err);
	free(shown);
	if (r == 0)
		qsort(findings->patterns, findings->pattern_count, sizeof *findings->patterns,
		      compare_patterns);
	return r;
}

void io_patterns_release(struct io_pattern *patterns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(patterns[i].seen);
		free(patterns[i].evidence);
	}
	free(patterns);
}
