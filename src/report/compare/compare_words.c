#include "report/compare/compare_words.h"

#include "report/figures.h"

#include <stdio.h>
#include <string.h>

const char *compare_id(const struct compare_view *view, const char *id, char text[48])
{
	if (view->index > 0)
		snprintf(text, 48, "%.30s-%zu", id, view->index + 1);
	else
		snprintf(text, 48, "%.40s", id);
	return text;
}

const char *compare_short_name(const char *name, char text[COMPARE_NAME_BYTES])
{
	snprintf(text, COMPARE_NAME_BYTES, "%.24s", name);
	return text;
}

const char *compare_policy(const char *policy)
{
	return policy && strcmp(policy, "unknown") != 0 ? policy : "";
}

const char *ratio_write(const struct ratio *ratio, const struct text_style *style, char text[96])
{
	const struct estimate *const e = &ratio->value;
	const int decimals = figure_estimate_decimals(e, 1, 3, 4);
	if (!estimate_has_value(e))
		snprintf(text, 96, "%s", figure_absent(style));
	else if (estimate_has_interval(e))
		snprintf(text, 96, "%.*f [%.*f, %.*f]", decimals, e->value, decimals, e->low,
		         decimals, e->high);
	else
		snprintf(text, 96, "%.*f", decimals, e->value);
	return text;
}

enum text_role ratio_role(const struct ratio *ratio, enum measure_better better)
{
	const double same = ratio->is_difference ? 0 : 1;
	const struct estimate *const e = &ratio->value;
	if (better == BETTER_NEITHER || !ratio_is_beyond_chance(ratio))
		return TEXT_PLAIN;
	return (e->value > same) == (better == BETTER_HIGHER) ? TEXT_GOOD : TEXT_BAD;
}

const char *ratio_behind(const struct ratio *ratio, char text[96])
{
	const char *const from = ratio_basis_words[ratio->basis];
	text[0] = '\0';
	if (ratio->basis == BASIS_RUNS || ratio->basis == BASIS_TRIALS)
		snprintf(text, 96, "%.48s, n=%zu and %zu", from, ratio->base_n, ratio->new_n);
	else if (ratio->basis == BASIS_POINT)
		snprintf(text, 96, "without an interval");
	else
		snprintf(text, 96, "%.48s", from);
	return text;
}
