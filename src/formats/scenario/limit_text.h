/* Limits of criteria as people write them, each in the unit of its measure: 2.0 GHz, 30 s, 2.6 GB,
 * 95%, 120 /h, 1.10; or as a ratio to a reference: 0.95 or 95%. */
#ifndef FORMATS_SCENARIO_LIMIT_TEXT_H
#define FORMATS_SCENARIO_LIMIT_TEXT_H

#include "model/measure.h"

#include <stdbool.h>

struct error;

/* What a limit is of. */
struct limit_of {
	enum measure_id measure;
	const char *detail; /* of counter. and figure.; else NULL */
	bool is_ratio;      /* to a reference: a share, whatever the measure's unit */
};

enum { LIMIT_TEXT_BYTES = 64 };

/* Reads a limit into the measure's plain unit (Hz, s, bytes, tasks per second, ...). Units are
 * required where the measure has one, but for rates (tasks per second), figures (as their name
 * says) and 0; negative limits are for measures that can be. Returns 0, or -EINVAL with what would
 * be right. */
int limit_text_parse(const char *text, const struct limit_of *of, double *ret_limit,
                     struct error *err);

/* How limits of a measure are written, for documentation: "2.0 GHz", "30s or 20ms". */
const char *limit_text_example(enum measure_id measure);

/* Writes a limit so that limit_text_parse reads the same number again, but for its last bits. */
void limit_text_write(double limit, const struct limit_of *of, char text[LIMIT_TEXT_BYTES]);

#endif
