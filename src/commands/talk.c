#include "commands/talk.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/letter.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LEAST_COLUMNS = 40, USUAL_COLUMNS = 80, MOST_COLUMNS = 1000 };

/* Tabs stay; every other control character is shown as \xNN or \uNNNN, a byte that
 * is not UTF-8 as \xNN. */
static void add_visible(struct str *s, const char *text)
{
	while (*text) {
		uint32_t letter = (unsigned char)*text;
		const size_t length = letter_decode(text, &letter);
		if (length > 0 && (*text == '\t' || !letter_is_control(letter)))
			str_add_bytes(s, text, length);
		else
			str_addf(s, length > 1 ? "\\u%04x" : "\\x%02x", letter);
		text += length ? length : 1;
	}
}

/* One write per message, so that lines of two processes do not mix. */
static void say(FILE *stream, const char *prefix, const char *format, va_list list)
        __attribute__((format(printf, 3, 0)));

static void say(FILE *stream, const char *prefix, const char *format, va_list list)
{
	cleanup_free char *text = NULL;
	if (vasprintf(&text, format, list) < 0) {
		text = NULL;
		return;
	}
	cleanup_str struct str s = {0};
	str_add(&s, prefix);
	add_visible(&s, text);
	str_add(&s, "\n");
	fputs(str_text(&s), stream);
	if (stream == stderr)
		fflush(stream);
}

void talk_answer(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	say(stdout, "", format, list);
	va_end(list);
}

void talk_error(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	say(stderr, "plateau: ", format, list);
	va_end(list);
}

void talk_warning(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	say(stderr, "plateau: warning: ", format, list);
	va_end(list);
}

void talk_note(const struct arguments *arguments, const char *format, ...)
{
	if (arguments && arguments_has(arguments, "quiet"))
		return;
	va_list list;
	va_start(list, format);
	say(stderr, "plateau: ", format, list);
	va_end(list);
}

void talk_detail(const struct arguments *arguments, const char *format, ...)
{
	if (!arguments || !arguments_has(arguments, "verbose"))
		return;
	va_list list;
	va_start(list, format);
	say(stderr, "plateau: ", format, list);
	va_end(list);
}

enum exit_code talk_problems(const struct problems *problems, const struct error *err)
{
	cleanup_str struct str s = {0};
	for (size_t i = 0; i < problems->count; i++) {
		add_visible(&s, problems->items[i].text);
		str_add(&s, "\n");
	}
	fputs(str_text(&s), stderr);
	return talk_fail(EXIT_USAGE, err);
}

enum exit_code talk_fail(enum exit_code code, const struct error *err)
{
	talk_error("%s", err->text);
	return code;
}

void talk_path(const char *path)
{
	cleanup_str struct str s = {0};
	if (isatty(STDOUT_FILENO))
		add_visible(&s, path);
	else
		str_add(&s, path);
	str_add(&s, "\n");
	/* What does not go out is found and told by main. */
	fputs(str_text(&s), stdout);
}

bool talk_has_color(const struct arguments *arguments, int fd)
{
	const char *const when = arguments ? arguments_get(arguments, "color") : NULL;
	if (when && strcmp(when, "auto") != 0)
		return strcmp(when, "always") == 0;
	const char *const no_color = getenv("NO_COLOR");
	const char *const terminal = getenv("TERM");
	return (!no_color || !*no_color) && terminal && strcmp(terminal, "dumb") != 0 && isatty(fd);
}

bool talk_has_progress(const struct arguments *arguments)
{
	const char *const when = arguments_get(arguments, "progress");
	if (when && strcmp(when, "auto") != 0)
		return strcmp(when, "always") == 0;
	return !arguments_has(arguments, "quiet") && isatty(STDERR_FILENO);
}

unsigned talk_width(int fd)
{
	struct error ignored;
	int64_t columns;
	const char *const said = getenv("COLUMNS");
	if (said &&
	    number_parse_integer(said, LEAST_COLUMNS, MOST_COLUMNS, &columns, &ignored) == 0)
		return (unsigned)columns;
	struct winsize size;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= LEAST_COLUMNS)
		return size.ws_col;
	return USUAL_COLUMNS;
}

struct text_style talk_style(const struct arguments *arguments)
{
	return (struct text_style){
	        .width = talk_width(STDOUT_FILENO),
	        .is_color = talk_has_color(arguments, STDOUT_FILENO),
	        .is_ascii = !text_locale_is_utf8(),
	};
}
