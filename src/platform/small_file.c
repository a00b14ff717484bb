#include "platform/small_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 1024, NUMBER_BYTES = 64 };

static int read_text(const char *path, char *text, size_t text_bytes)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	size_t length = 0;
	ssize_t got = 0;
	/* The kernel hands longer ones out in pages. */
	while (length + 1 < text_bytes &&
	       (got = read(fd, text + length, text_bytes - 1 - length)) > 0)
		length += (size_t)got;
	const int code = got < 0 ? errno : 0;
	close(fd);
	if (code)
		return -code;
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	text[length] = '\0';
	return (int)length;
}

__attribute__((format(printf, 4, 0))) static int
read_formatted(const char *sysroot, char *text, size_t text_bytes, const char *format, va_list args)
{
	char path[PATH_BYTES];
	text[0] = '\0';
	const int root = snprintf(path, sizeof path, "%s", sysroot ? sysroot : "");
	if (root < 0 || (size_t)root >= sizeof path)
		return -ENAMETOOLONG;
	const int rest = vsnprintf(path + root, sizeof path - (size_t)root, format, args);
	if (rest < 0 || (size_t)rest >= sizeof path - (size_t)root)
		return -ENAMETOOLONG;
	const int length = read_text(path, text, text_bytes);
	if (length < 0)
		text[0] = '\0';
	return length;
}

int small_file_text(const char *sysroot, char *text, size_t text_bytes, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const int length = read_formatted(sysroot, text, text_bytes, format, args);
	va_end(args);
	return length;
}

int small_file_number(const char *sysroot, int64_t *ret_value, const char *format, ...)
{
	char text[NUMBER_BYTES];
	va_list args;
	va_start(args, format);
	const int length = read_formatted(sysroot, text, sizeof text, format, args);
	va_end(args);
	if (length < 0)
		return length;
	char *end = text;
	errno = 0;
	const long long value = strtoll(text, &end, 10);
	if (end == text || *end || errno)
		return -EINVAL;
	*ret_value = value;
	return 0;
}
