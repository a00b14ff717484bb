/* The events of a run against the counters of the processor: which are counted together, what is
 * told where not all fit, and how a run that is gone on with keeps what it had. */
#ifndef COMMANDS_COUNTING_H
#define COMMANDS_COUNTING_H

#include "model/dataset.h"
#include "model/plan.h"
#include "model/scenario.h"

#include <stdbool.h>

struct error;
struct events;
struct str;

/* Finds which events fit together, by trying, and gives the plan its sets (counters.overflow:
 * rotate). A run that is gone on with keeps the sets that it has.
 *   before                  the result that is gone on with, or NULL
 *   ret_is_multiplexed      not all fit, and every task counts them nevertheless */
void counting_divide(const struct scenario *scenario, const struct dataset *before,
                     struct events *events, struct plan *plan, bool *ret_is_multiplexed);

/* What every block's turn of the sets leaves out, where there are fewer blocks than sets, in a
 * sentence; nothing is added where nothing is left out. */
void counting_add_missing(const struct plan *plan, const struct events *events, struct str *text);

/* What becomes of the counters of a run that multiplexes, in a sentence. */
extern const char counting_multiplexed[];

#endif
