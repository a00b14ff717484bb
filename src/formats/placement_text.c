#include "formats/placement_text.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/cpulist.h"

#include <errno.h>
#include <string.h>

enum { PLANE_MAX = 65536 };

static const struct {
	const char *name;
	enum placement_domain domain;
} domain_words[] = {{"package", DOMAIN_PACKAGE}, {"numa", DOMAIN_NUMA}, {"l3", DOMAIN_L3}};

/* Each parser gets what stands behind the colon, or NULL; sets the policy's fields and appends
 * the canonical argument. */
typedef int policy_parse(const char *argument, struct placement *placement, struct str *spelling,
                         struct error *err);

static int parse_spread(const char *argument, struct placement *placement, struct str *spelling,
                        struct error *err)
{
	if (!argument)
		return 0;
	for (size_t i = 0; i < ARRAY_LENGTH(domain_words); i++) {
		if (strcmp(argument, domain_words[i].name) == 0) {
			placement->domain = domain_words[i].domain;
			str_addf(spelling, ":%s", argument);
			return 0;
		}
	}
	const char *const near = str_nearest(argument, domain_words, ARRAY_LENGTH(domain_words),
	                                     sizeof domain_words[0]);
	return error_set(err, EINVAL,
	                 "spread over \"%.60s\" is unknown; %s%s%swrite spread, spread:package, "
	                 "spread:numa or spread:l3",
	                 argument, near ? "did you mean spread:" : "", near ? near : "",
	                 near ? "? Otherwise " : "");
}

static int parse_plane(const char *argument, struct placement *placement, struct str *spelling,
                       struct error *err)
{
	int64_t plane;
	struct error inner;
	if (!argument || number_parse_integer(argument, 1, PLANE_MAX, &plane, &inner) < 0)
		return error_set(
		        err, EINVAL,
		        "plane needs the number of tasks that each place gets in turn, from "
		        "1 to %d; write for example plane:4",
		        PLANE_MAX);
	placement->plane = (uint32_t)plane;
	str_addf(spelling, ":%u", placement->plane);
	return 0;
}

static int parse_map(const char *argument, struct placement *placement, struct str *spelling,
                     struct error *err)
{
	if (!argument || !*argument)
		return error_set(
		        err, EINVAL,
		        "map needs the list of PUs in order; write for example map:0,2,4-6");
	const int r = cpulist_parse(argument, &placement->map, &placement->map_count, err);
	if (r < 0)
		return r;
	str_add(spelling, ":");
	cpulist_add(spelling, placement->map, placement->map_count);
	return 0;
}

static const struct policy_word {
	const char *name;
	enum placement_policy policy;
	const char *canonical;
	policy_parse *parse; /* NULL: takes no argument */
} policy_words[] = {
        {"none", PLACEMENT_NONE, "none", NULL},
        {"pack", PLACEMENT_PACK, "pack", NULL},
        {"compact", PLACEMENT_PACK, "pack", NULL},
        {"spread", PLACEMENT_SPREAD, "spread", parse_spread},
        {"scatter", PLACEMENT_SPREAD, "spread", parse_spread},
        {"plane", PLACEMENT_PLANE, "plane", parse_plane},
        {"map", PLACEMENT_MAP, "map", parse_map},
};

static const struct policy_word *find_policy(const char *text, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(policy_words); i++)
		if (strlen(policy_words[i].name) == length &&
		    memcmp(policy_words[i].name, text, length) == 0)
			return &policy_words[i];
	return NULL;
}

static int unknown_policy(const char *text, struct error *err)
{
	const char *const near =
	        str_nearest(text, policy_words, ARRAY_LENGTH(policy_words), sizeof policy_words[0]);
	return error_set(err, EINVAL,
	                 "\"%.60s\" is not a placement policy; %s%s%swrite none, pack, spread, "
	                 "spread:package, spread:numa, spread:l3, plane:4 or map:0,2,4-6",
	                 text, near ? "did you mean " : "", near ? near : "",
	                 near ? "? Otherwise " : "");
}

int placement_text_parse(const char *text, struct placement *ret_placement, struct error *err)
{
	const size_t length = strcspn(text, ":");
	const char *const argument = text[length] ? text + length + 1 : NULL;
	const struct policy_word *const word = find_policy(text, length);
	if (!word)
		return unknown_policy(text, err);
	if (argument && !word->parse)
		return error_set(err, EINVAL,
		                 "\"%.60s\": %s takes nothing behind a colon; write %s", text,
		                 word->canonical, word->canonical);
	struct placement placement = {.policy = word->policy};
	cleanup_str struct str spelling = {0};
	str_add(&spelling, word->canonical);
	int r = 0;
	if (word->parse)
		r = word->parse(argument, &placement, &spelling, err);
	if (r == 0)
		r = str_take(&spelling, &placement.spelling, err);
	if (r < 0) {
		placement_release(&placement);
		return r;
	}
	*ret_placement = placement;
	return 0;
}

int placement_text_add(const char *text, struct placements *placements, struct error *err)
{
	struct placement placement;
	int r = placement_text_parse(text, &placement, err);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < placements->count; i++)
		if (strcmp(placements->items[i].spelling, placement.spelling) == 0)
			r = error_set(err, EINVAL, "the policy %.80s is there twice; name it once",
			              placement.spelling);
	if (r == 0)
		r = array_reserve(&placements->items, &placements->capacity, placements->count + 1,
		                  sizeof *placements->items, err);
	if (r < 0) {
		placement_release(&placement);
		return r;
	}
	placements->items[placements->count++] = placement;
	return 0;
}
