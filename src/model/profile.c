#include "model/profile.h"

#include <stdlib.h>
#include <string.h>

const char *const profile_place_names[PROFILE_PLACE_KINDS] = {
        [PROFILE_CORE] = "core", [PROFILE_L3] = "l3", [PROFILE_PACKAGE] = "package"};

const struct profile_figure *profile_find(const struct profile *profile, uint32_t concurrency,
                                          uint32_t policy, enum measure_id measure)
{
	for (size_t i = 0; i < profile->figure_count; i++) {
		const struct profile_figure *const figure = &profile->figures[i];
		if (figure->concurrency == concurrency && figure->policy == policy &&
		    figure->measure == measure)
			return figure;
	}
	return NULL;
}

const struct profile_figure *profile_find_part(const struct profile *profile, uint32_t concurrency,
                                               uint32_t policy, enum measure_id measure,
                                               const char *source)
{
	for (size_t i = 0; i < profile->figure_count; i++) {
		const struct profile_figure *const figure = &profile->figures[i];
		if (figure->concurrency == concurrency && figure->policy == policy &&
		    figure->measure == measure && strcmp(figure->source, source) == 0)
			return figure;
	}
	return NULL;
}

uint32_t profile_policy(const struct profile *profile, const char *policy)
{
	uint32_t at = 0;
	while (at + 1 < profile->policy_count && strcmp(profile->policies[at], policy) != 0)
		at++;
	return at;
}

const char *profile_fact(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->fact_count; i++)
		if (strcmp(profile->facts[i].name, name) == 0)
			return profile->facts[i].value;
	return NULL;
}

static void release_texts(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

const char *profile_doubt_words(const char *doubt)
{
	const size_t code = strspn(doubt, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return strncmp(doubt + code, ": ", 2) == 0 ? doubt + code + 2 : doubt;
}

void profile_release(struct profile *profile)
{
	if (!profile)
		return;
	free(profile->run_id);
	free(profile->name);
	free(profile->host);
	free(profile->scenario_sha256);
	free(profile->command);
	free(profile->state);
	free(profile->failure);
	release_texts(profile->policies, profile->policy_count);
	release_texts(profile->doubts, profile->doubt_count);
	for (size_t i = 0; i < profile->fact_count; i++) {
		free(profile->facts[i].name);
		free(profile->facts[i].value);
	}
	free(profile->facts);
	free(profile->figures);
	free(profile->places);
	*profile = (struct profile){0};
}
