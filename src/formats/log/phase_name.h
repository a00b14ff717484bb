/* What the stamps of a log mean: which phase begins at one, and of what class it is. */
#ifndef FORMATS_LOG_PHASE_NAME_H
#define FORMATS_LOG_PHASE_NAME_H

#include "model/record.h"
#include "model/scenario.h"

enum { PHASE_NAME_BYTES = 128 };

/* The phase that begins with this message: the message without what differs from task to task, so
 * that the same phase of different tasks has the same name. Numbers and identifiers of digits
 * become '#', paths "PATH", data ids in braces "{}"; blanks are single, and it is cut to fit. The
 * name is valid UTF-8 without control characters, and never empty. */
void phase_name_reduce(const char *message, char name[PHASE_NAME_BYTES]);

/* Whether text matches a pattern in which '*' stands for any text and '?' for one byte. "a.b.*"
 * matches "a.b" as well: a logger and all below it. */
bool phase_glob_matches(const char *pattern, const char *text);

/* datastore where a pattern of phases->datastore matches logger or message, else compute where one
 * of phases->compute does, else other. Patterns that begin with '!' take back what others of their
 * list match. */
enum phase_class phase_class_of(const struct scenario_phases *phases, const char *logger,
                                const char *message);

#endif
