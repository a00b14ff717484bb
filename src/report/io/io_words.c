/* How files and where they are stored are called. */
#include "report/io/io_parts.h"

#include <stdio.h>
#include <string.h>

const char *io_path_here(const struct io_view *view, const char *path)
{
	const char *const folder = view->told->folder;
	const size_t length = folder ? strlen(folder) : 0;
	if (folder && strcmp(path, folder) == 0)
		return ".";
	if (length <= 1 || strncmp(path, folder, length) != 0 || path[length] != '/' ||
	    !path[length + 1])
		return path;
	return path + length + 1;
}

/* Cut between letters of UTF-8: what is left takes at most IO_PATH_COLUMNS - 3 columns. */
const char *io_path_short(const struct io_view *view, const char *path, char text[IO_PATH_BYTES])
{
	const char *here = io_path_here(view, path);
	if (text_width(here) <= IO_PATH_COLUMNS && strlen(here) < IO_PATH_BYTES)
		return here;
	here = text_tail(here, IO_PATH_COLUMNS - 3);
	/* Letters of no width take bytes too. */
	for (size_t bytes = strlen(here);
	     bytes > IO_PATH_BYTES - 4 || ((unsigned char)*here & 0xc0) == 0x80; bytes--)
		here++;
	snprintf(text, IO_PATH_BYTES, "...%s", here);
	return text;
}

void io_file_system_text(const char *name, enum io_sharing sharing, char text[64])
{
	snprintf(text, 64, "%.40s%s", name ? name : "",
	         name && sharing == IO_SHARED ? ", shared" : "");
}
