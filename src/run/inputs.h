/* The input files that tasks get: listed, found by a pattern, or generated. */
#ifndef RUN_INPUTS_H
#define RUN_INPUTS_H

#include "model/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* The files that a list names or a glob pattern matches, as absolute paths, in order (a glob's
 * sorted). inputs->count bounds how many are used; without it a list is used whole, and of a
 * pattern, which may match a whole archive, as many as `largest`. Every file of a list must be
 * there and readable, used or not. *ret_found gets how many there were. Returns 0; -ENOENT when
 * one is missing or nothing matches; -EACCES; -ENOMEM. */
int inputs_find(const struct scenario_inputs *inputs, uint32_t largest, struct words *ret_inputs,
                size_t *ret_found, struct error *err);

/* The argument vector of inputs.generate with {count} and {dir} filled in. Returns 0 or -ENOMEM. */
int inputs_generator(const struct scenario_inputs *inputs, uint32_t count, const char *folder,
                     struct words *ret_argv, struct error *err);

/* The regular files in the folder that a generator has filled, by name; hidden ones and folders
 * are passed over. Returns 0; -ENOENT when there are fewer than `count`. */
int inputs_generated(const char *folder, uint32_t count, struct words *ret_inputs,
                     struct error *err);

/* Reads every input once, so that the first trial finds what the later ones do: warm pages.
 * should_stop is asked between pieces. Returns 0, -EINTR when it said so, or -errno. */
int inputs_read_once(const struct words *inputs, bool (*should_stop)(void *context), void *context,
                     struct error *err);

#endif
