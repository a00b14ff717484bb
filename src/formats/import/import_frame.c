#include "formats/import/import_frame.h"

#include "core/cleanup.h"
#include "formats/import/text_lines.h"

int import_stream(import_function *read, const char *name, FILE *stream, const void *settings,
                  struct imported *imported, struct problems *problems, struct error *err)
{
	const struct imported_mark mark = imported_mark(imported);
	const size_t before = text_lines_problems(problems);
	int r = read(name, stream, settings, imported, problems, err);
	if (r == 0)
		r = text_lines_result(problems, before, name, err);
	if (r < 0)
		imported_rewind(imported, &mark);
	return r;
}

int import_path(import_function *read, const char *path, const void *settings,
                struct imported *imported, struct problems *problems, struct error *err)
{
	cleanup_file FILE *stream = NULL;
	const int r = text_lines_open(path, &stream, err);
	return r < 0 ? r : import_stream(read, path, stream, settings, imported, problems, err);
}

int import_note(void *context, size_t line, const char *text, struct error *err)
{
	(void)line;
	return imported_note(context, text, err);
}
