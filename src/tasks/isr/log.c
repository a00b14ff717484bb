#include "tasks/isr/log.h"

#include "core/clock.h"

#include <stdarg.h>
#include <string.h>

void log_line(const struct log *log, const char *logger, const char *file, int line,
              const char *format, ...)
{
	if (!log->stream)
		return;
	char stamp[CLOCK_TEXT_BYTES];
	clock_format_utc(clock_calendar_ns(), stamp);
	stamp[strcspn(stamp, "Z")] = '\0'; /* the format writes the offset, +00:00 */
	const char *const slash = strrchr(file, '/');
	fprintf(log->stream, "INFO %s+00:00 %s (%s)(%s:%d) - ", stamp, logger, log->label,
	        slash ? slash + 1 : file, line);
	va_list args;
	va_start(args, format);
	vfprintf(log->stream, format, args);
	va_end(args);
	fputc('\n', log->stream);
	fflush(log->stream);
}
