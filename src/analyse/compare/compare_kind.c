#include "analyse/compare/compare_kind.h"

#include "analyse/compare/compare_parts.h"

#include <string.h>

static bool differ(const char *a, const char *b)
{
	return a && b && strcmp(a, b) != 0;
}

static bool has_other_fact(const struct dataset *first, const struct dataset *other,
                           const char *fact)
{
	return differ(host_facts_get(&first->host, fact), host_facts_get(&other->host, fact));
}

int compare_kind(const struct dataset *first, const struct dataset *other,
                 struct kind_difference *ret_difference, struct error *err)
{
	const struct run_facts *const a = &first->run;
	const struct run_facts *const b = &other->run;
	struct kind_difference difference = {0};
	bool has_other_scenario = false;
	const int r = compare_scenario_differs(a->scenario_json, b->scenario_json,
	                                       &has_other_scenario, err);
	if (r < 0)
		return r;
	if (differ(a->program_sha256, b->program_sha256))
		difference.what = "another program";
	else if (differ(a->command, b->command) && !compare_is_same_command(a, b))
		difference.what = "another command";
	else if (has_other_fact(first, other, "architecture"))
		difference.what = "another architecture";
	else if (has_other_fact(first, other, "processor"))
		difference.what = "another processor";
	else if (a->threads > 0 && b->threads > 0 && a->threads != b->threads)
		difference.what = "another number of threads";
	else if (has_other_scenario)
		difference = (struct kind_difference){"another scenario", true};
	*ret_difference = difference;
	return 0;
}
