/* For the files of report/io alone. */
#ifndef REPORT_IO_IO_PARTS_H
#define REPORT_IO_IO_PARTS_H

#include "report/io/io_document.h"

struct io_view {
	const struct io_findings *findings;
	const struct io_told *told;
	struct document *doc;
};

enum { IO_PATH_COLUMNS = 30, IO_PATH_BYTES = 4 * IO_PATH_COLUMNS + 8 };

/* A path without the working folder before it. Valid as long as path. */
const char *io_path_here(const struct io_view *view, const char *path);

/* The same for a terminal's table: at most IO_PATH_COLUMNS columns, without its beginning where it
 * is longer. */
const char *io_path_short(const struct io_view *view, const char *path, char text[IO_PATH_BYTES]);

void io_sections_tables(const struct io_view *view);
void io_section_chosen(const struct io_view *view);
void io_plot_activity(const struct io_view *view);

/* The same in letters, for a terminal. */
void io_drawing_position(const struct io_view *view, const struct io_seen *seen);

/* "nfs, shared", "ext4", "" where it is not known. */
void io_file_system_text(const char *name, enum io_sharing sharing, char text[64]);

#endif
