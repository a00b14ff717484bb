/* Ways of using files that cost more than they need: which files show them, on what evidence, and
 * what is to be done. docs/io.md has the thresholds, docs/method.md why. */
#ifndef ANALYSE_IO_PATTERNS_H
#define ANALYSE_IO_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct io_findings;
struct io_seen;

enum io_pattern_kind {
	IO_PATTERN_SWEEPS,      /* the whole file is read from its start before each small write */
	IO_PATTERN_READ_AGAIN,  /* the same bytes are read many times */
	IO_PATTERN_WRITE_AGAIN, /* or written */
	IO_PATTERN_BYTE_READS,
	IO_PATTERN_SMALL_WRITES,
	IO_PATTERN_SYNCS, /* after each write */
	IO_PATTERN_LOCKS,
	IO_PATTERN_JOURNALS,
	IO_PATTERN_TEMPORARY,
	IO_PATTERN_REOPENS,
	IO_PATTERN_STORM, /* of calls that look files up */
	IO_PATTERNS
};

/* What it is called, and what is to be done. */
struct io_pattern_words {
	const char *name;   /* in JSON: "whole-file-reread" */
	const char *title;  /* a sentence without its end: "the whole file is read again ..." */
	const char *advice; /* sentences */
	bool is_of_shared;  /* it matters on a shared file system alone */
};

extern const struct io_pattern_words io_pattern_words[IO_PATTERNS];

struct io_pattern {
	enum io_pattern_kind kind;
	size_t *seen; /* indexes of io_findings.seen, the worst first */
	size_t count;
	char *evidence;      /* figures of the worst file, or of all: a sentence without its end */
	uint64_t calls;      /* that it is made of, of all its files */
	int64_t bytes;       /* likewise; 0 where bytes are not what it costs */
	int64_t duration_ns; /* in calls on its files; 0 where the log has no durations */
	bool is_shared;      /* one of them is on a shared file system */
	bool is_local;       /* all of them are on local ones */
};

/* Finds the patterns of findings->seen into findings->patterns, the costliest first. Returns 0 or
 * -ENOMEM. */
int io_patterns_find(struct io_findings *findings, struct error *err);

void io_patterns_release(struct io_pattern *patterns, size_t count);

#endif
