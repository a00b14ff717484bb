/* What a submit did, or would do, for its answer as text and as JSON. Nothing here is owned. */
#ifndef REPORT_FLEET_SUBMIT_VIEW_H
#define REPORT_FLEET_SUBMIT_VIEW_H

#include "model/manifest.h"
#include "model/submit.h"
#include "report/text_style.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* One job that would be submitted. */
struct submit_preview {
	const char *node;
	const char *path;    /* of its script */
	const char *script;  /* the text */
	const char *command; /* that submits it, as it could be typed */
};

struct submit_view {
	const struct manifest *manifest;
	const char *dir;
	const struct submit_steps *steps;
	const char *limit_of; /* where the time limit is from, in words */
	uint32_t window;
	uint64_t scheduler_calls;
	bool is_interrupted;
	bool is_dry; /* nothing was done: previews say what would be */
	const struct submit_preview *previews;
	size_t preview_count;
};

/* has_all: every node and every script, not only those that are not as usual. The caller frees the
 * text. 0 or -ENOMEM. */
int submit_text_write(const struct submit_view *view, const struct text_style *style, bool has_all,
                      char **ret_text, struct error *err);
int submit_json_write(const struct submit_view *view, char **ret_json, struct error *err);

#endif
