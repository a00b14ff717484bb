/* A trial that the engine ran, and what it left. Whatever does not work out fails the
 * test at once. */
#ifndef TESTS_ENGINE_TRIAL_H
#define TESTS_ENGINE_TRIAL_H

#include "engine_fixture.h"

#include <stddef.h>
#include <stdint.h>

#define ENGINE_SH(text) ((const char *const[]){"/bin/sh", "-c", text, NULL})

extern const uint32_t engine_trial_two[];

const struct record *engine_trial_first(const struct fixture *f, enum record_kind kind,
                                        const char *code);

void engine_trial_no_child_is_left(void);

/* Every task's role against its trial's window. Returns how many were measured. */
size_t engine_trial_check_roles(const struct fixture *f, const struct trial_record *trial);

#endif
