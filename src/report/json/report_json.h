/* What `plateau report --json` answers. */
#ifndef REPORT_REPORT_JSON_H
#define REPORT_REPORT_JSON_H

#include "core/error.h"

#include <stddef.h>

struct report_answer {
	const char *page; /* path */
	size_t page_bytes;
	size_t results;
	size_t undrawn;      /* plots that are missing from the page */
	const char *why;     /* of the first of them, or NULL */
	const char *folder;  /* of the plots' files, or NULL */
	size_t folder_plots; /* written there */
};

/* Writes it as text, with a line end, that the caller frees. Returns 0 or -ENOMEM. */
int report_json_write(const struct report_answer *answer, char **ret_json, struct error *err);

#endif
