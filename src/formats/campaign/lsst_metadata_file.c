/* What is wrong with one file of metadata, and where. */
#include "formats/campaign/lsst_metadata_parts.h"

#include <stdarg.h>
#include <stdio.h>

void lsst_file_refuse(struct lsst_file *file, size_t line, size_t column, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(file->wrong, sizeof file->wrong, format, args);
	va_end(args);
	file->kind = LSST_FILE_WRONG;
	file->line = line;
	file->column = column;
}
