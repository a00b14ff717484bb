/* What plateau-stream prints. */
#ifndef TASKS_STREAM_ANSWER_H
#define TASKS_STREAM_ANSWER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct kernel;
struct stream_result;

struct stream_answer {
	const struct stream_result *result;
	const struct kernel *kernel;
	bool is_direct;
	int64_t working_set_bytes; /* of the arrays as they are */
	int64_t cache_bytes;       /* 0: not told */
	int64_t huge_page_bytes;   /* -1: not told */
};

/* Lines NAME VALUE, in plain units; what is not known has no line. */
void stream_answer_print_lines(const struct stream_answer *answer, FILE *stream);

/* One object; what is not known is null. */
void stream_answer_print_json(const struct stream_answer *answer, FILE *stream);

#endif
