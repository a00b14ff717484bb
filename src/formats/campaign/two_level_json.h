/* A JSON object of objects whose values are lists of numbers: {"task": {"what": [1, 2]}}. What the
 * files of gen3_workflow have in common. Private to resource_params_json and product_sizes_json. */
#ifndef FORMATS_CAMPAIGN_TWO_LEVEL_JSON_H
#define FORMATS_CAMPAIGN_TWO_LEVEL_JSON_H

#include "formats/problems.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

enum { TWO_LEVEL_MOST_NUMBERS = 4, TWO_LEVEL_PATH_BYTES = 160 };

struct two_level_entry {
	const char *outer; /* "deblend" */
	const char *inner; /* "maxRSS (GB)" */
	size_t line;       /* where it is, as far as that can be found; else 1 and 1 */
	size_t column;
	char path[TWO_LEVEL_PATH_BYTES];        /* "deblend.maxRSS (GB)" */
	bool is_first;                          /* of its outer */
	double numbers[TWO_LEVEL_MOST_NUMBERS]; /* NAN: null, or no number */
};

/* Takes an entry. Returns 0 or -errno. */
typedef int two_level_taker(void *context, const struct two_level_entry *entry,
                            struct problems *problems, struct error *err);

struct two_level_format {
	const char *name;    /* of the file */
	const char *wanted;  /* "[slope, intercept]" */
	size_t number_count; /* that each list has */
	two_level_taker *take;
	void *context;
};

/* Hands every entry to take, in the order of the file; entries that are wrong become problems.
 * Returns 0 (problems or not) or -errno. */
int two_level_each(const struct two_level_format *format, const char *text, size_t text_bytes,
                   struct problems *problems, struct error *err);

#endif
