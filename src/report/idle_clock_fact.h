/* The clock of the node while no task ran, in a line. */
#ifndef REPORT_IDLE_CLOCK_FACT_H
#define REPORT_IDLE_CLOCK_FACT_H

#include <stdbool.h>

struct dataset;
struct document;

/* Adds a fact under `word`, and returns whether it did: nothing where the clock was never asked. */
bool idle_clock_fact(const struct dataset *dataset, const char *word, struct document *doc);

#endif
