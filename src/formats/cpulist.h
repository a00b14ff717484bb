/* Lists of PUs as Linux writes them, with the order kept: "0,2,4-6". */
#ifndef FORMATS_CPULIST_H
#define FORMATS_CPULIST_H

#include "core/str.h"

#include <stddef.h>
#include <stdint.h>

struct error;

/* Reads the list into *ret_list (os indexes below CPUSET_MAX_PUS, in the order given; the caller
 * frees it). White space around the whole is allowed. A PU named twice, an empty list and a range
 * that goes down are -EINVAL with what would be right. */
int cpulist_parse(const char *text, uint32_t **ret_list, size_t *ret_count, struct error *err);

/* Appends the canonical spelling: runs of neighbours as ranges, in the order of the list. */
void cpulist_add(struct str *text, const uint32_t *list, size_t count);

#endif
