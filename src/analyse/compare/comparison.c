#include "analyse/compare/comparison.h"

#include <stdlib.h>

const char *const ratio_basis_names[] = {"none",   "runs",    "within-run",
                                         "stated", "reading", "point"};
const char *const ratio_basis_words[] = {
        "",
        "from run to run",
        "within one run",
        "from the errors that were stated",
        "from how well the published figures were read",
        "",
};

void comparison_release(struct comparison *comparison)
{
	if (!comparison)
		return;
	for (size_t i = 0; i < comparison->level_count; i++) {
		free(comparison->levels[i].base_level);
		free(comparison->levels[i].new_level);
		free(comparison->levels[i].ratios);
	}
	free(comparison->levels);
	free(comparison->lone);
	free(comparison->queries);
	free(comparison->remarks);
	words_release(&comparison->texts);
	*comparison = (struct comparison){0};
}

ptrdiff_t comparison_find(const struct comparison *comparison, enum measure_id id)
{
	for (size_t i = 0; i < comparison->query_count; i++)
		if (comparison->queries[i].id == id && !comparison->queries[i].detail &&
		    comparison->queries[i].statistic == STATISTIC_MEAN)
			return (ptrdiff_t)i;
	return -1;
}

bool ratio_is_beyond_chance(const struct ratio *ratio)
{
	const double none = ratio->is_difference ? 0 : 1;
	return estimate_has_value(&ratio->value) && estimate_has_interval(&ratio->value) &&
	       (ratio->value.low > none || ratio->value.high < none);
}
