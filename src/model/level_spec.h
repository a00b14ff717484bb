/* How many tasks run at once, as people write it (4, 8-64/8, 50%, cores, pus), before it is
 * resolved on a machine. */
#ifndef MODEL_LEVEL_SPEC_H
#define MODEL_LEVEL_SPEC_H

#include <stddef.h>
#include <stdint.h>

enum level_kind { LEVEL_NUMBER, LEVEL_RANGE, LEVEL_PERCENT, LEVEL_CORES, LEVEL_PUS };

/* One entry of sweep.levels, before it is resolved on a machine. */
struct level_spec {
	enum level_kind kind;
	uint32_t first; /* NUMBER, RANGE */
	uint32_t last;  /* RANGE */
	uint32_t step;  /* RANGE, at least 1 */
	double percent; /* PERCENT, above 0 */
	char *spelling; /* as written */
};

struct level_specs {
	struct level_spec *items;
	size_t count;
	size_t capacity;
};

/* Releases what is in them, and leaves them empty. */
void level_specs_release(struct level_specs *specs);

#endif
