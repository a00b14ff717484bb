/* The state file of a job on its node (DIR/nodes/NODE/attempt-K/state.json) as JSON: what
 * `plateau fleet job` says of itself while it runs and when it ends. Every key of struct job_report
 * by its name, null where something is not known; unknown keys are passed over when it is read, so
 * that a newer plateau may say more. docs/fleet.md lists the keys. */
#ifndef FORMATS_FLEET_JOB_REPORT_JSON_H
#define FORMATS_FLEET_JOB_REPORT_JSON_H

#include "model/fleet.h"

#include <stddef.h>

struct error;

/* More than this no state file holds: for file_read. */
enum { JOB_REPORT_MAX_BYTES = 256 * 1024 };

/* The report as a text with a line end behind, which the caller frees. Bytes that are not UTF-8
 * become '?', since JSON cannot hold them. Returns 0 or -ENOMEM. */
int job_report_json_write(const struct job_report *report, char **ret_json, struct error *err);

/* Reads what job_report_json_write wrote; the text may come from anybody, and may be cut off. A
 * result that is no plain file name is refused: it would lead elsewhere. Returns 0; -EINVAL (no
 * state file, or not whole), *ret_report untouched; or -ENOMEM. */
int job_report_json_read(const char *text, size_t text_bytes, struct job_report *ret_report,
                         struct error *err);

#endif
