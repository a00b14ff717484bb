/* The rules by which patterns are found: which file shows one, at what cost, and in which figures
 * that is told. For analyse/io/patterns*.c alone. */
#ifndef ANALYSE_IO_PATTERNS_PARTS_H
#define ANALYSE_IO_PATTERNS_PARTS_H

#include "analyse/io/findings.h"

struct str;

struct pattern_cost {
	uint64_t calls;
	int64_t bytes;
	int64_t duration_ns;
};

struct pattern_rule {
	/* Whether the file shows it; ret_cost is written then alone. */
	bool (*is_shown)(const struct io_seen *seen, struct pattern_cost *ret_cost);
	/* Whether all of them together are worth a word; NULL: each is. */
	bool (*is_enough)(const struct io_findings *findings);
	void (*say)(const struct io_findings *findings, const struct io_pattern *pattern,
	            struct str *out);
};

extern const struct pattern_rule pattern_rules[IO_PATTERNS];

#endif
