/* What `plateau fleet collect --json` answers. docs/json.md. */
#ifndef REPORT_JSON_COLLECT_JSON_H
#define REPORT_JSON_COLLECT_JSON_H

#include "model/fleet.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* What was collected. Nothing is owned. */
struct collected {
	const struct fleet *fleet;
	const char *path; /* of the fleet file */
	bool has_changed;
	size_t new_results;
	size_t changed_results;
	size_t known_results;
	size_t fleet_files; /* that were put to it, and how many attempts they have */
	size_t file_attempts;
	const struct words *unreadable; /* "PATH: why" */
	const char *no_batch;           /* why no batch system was asked; NULL */
	uint64_t scheduler_calls;
};

/* The caller frees the text. Returns 0 or -ENOMEM. */
int collect_json_write(const struct collected *collected, char **ret_json, struct error *err);

#endif
