/* What a submit did, or would do, for its answer as text and as JSON. Nothing here is owned. */
#ifndef REPORT_FLEET_SUBMIT_VIEW_H
#define REPORT_FLEET_SUBMIT_VIEW_H

#include "model/manifest.h"
#include "model/submit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What lets a node, or some with commas, be used again; for an administrator. */
#define SUBMIT_RESUME_FORMAT "scontrol update NodeName=%s State=RESUME"

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

#endif
