/* What a command did to files, for a terminal and as a page: what stands out first, then files,
 * folders, phases and programs, and the position against time of chosen files. */
#ifndef REPORT_IO_IO_DOCUMENT_H
#define REPORT_IO_IO_DOCUMENT_H

#include "analyse/io/findings.h"
#include "formats/strace/strace_log.h"
#include "model/words.h"
#include "report/document.h"

/* What is told besides the findings. */
struct io_told {
	const struct words *command; /* that was run; NULL: a log was read */
	const char *log;             /* its path; NULL: a command was run */
	const char *folder; /* the working folder, that paths are shortened by; NULL: none */
	const char *ending; /* how the command ended, where that is not well: "it ended with exit
	                     * code 3"; NULL */
	const struct strace_report *report; /* what the log was like; NULL: not known */
	size_t unknown;                     /* calls that could not be followed */
	int64_t wall_ns;  /* of the command; IO_UNKNOWN: from the first call to the last */
	size_t most_rows; /* of a table */
	const struct io_seen *const *chosen; /* files whose position is shown, */
	size_t chosen_count;
	bool is_named; /* they were asked for: a terminal shows them too */
};

void io_document(const struct io_findings *findings, const struct io_told *told,
                 struct document *doc);

/* Files to be shown where none was chosen: those of the worst patterns, else the one with the most
 * traffic. At most `most`; returns how many. */
size_t io_document_choose(const struct io_findings *findings, const struct io_seen **ret_chosen,
                          size_t most);

#endif
