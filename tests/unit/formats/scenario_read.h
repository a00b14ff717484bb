/* A scenario read from a text, which has to be right, or to have one problem. Whatever does not
 * work out fails the test at once. */
#ifndef TESTS_SCENARIO_READ_H
#define TESTS_SCENARIO_READ_H

#include "formats/scenario/scenario_json.h"
#include "formats/scenario/scenario_yaml.h"

#include <stddef.h>

void scenario_read(const char *text, struct scenario *ret_scenario);

/* Expects exactly this one problem. */
void scenario_refuse_bytes(const char *text, size_t text_bytes, const char *expected);

void scenario_refuse(const char *text, const char *expected);

char *scenario_read_json(const struct scenario *scenario);

#endif
