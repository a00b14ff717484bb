#include "formats/strace/strace_parts.h"

#include "core/clock.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Processes have numbers below this one (PID_MAX_LIMIT of the kernel): a larger whole number before
 * a call is a time. */
enum { MOST_PIDS = 1 << 22 };

static char *skip_spaces(char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

/* Digits behind a point, as nanoseconds; *text is moved behind them. */
static int64_t fraction_ns(char **text)
{
	int64_t ns = 0;
	int64_t unit = NS_PER_S;
	for (; isdigit((unsigned char)**text); (*text)++) {
		unit /= 10;
		ns += unit * (**text - '0');
	}
	return ns;
}

/* "12:34:56" and "12:34:56.789", "1795227333.714731", "0.000123". Returns false where text is
 * none. */
static bool take_time(char **text, int64_t *ret_ns, bool *ret_is_clock)
{
	char *at = *text;
	int64_t parts[3] = {0};
	size_t count = 0;
	while (count < 3 && isdigit((unsigned char)*at)) {
		char *end = NULL;
		errno = 0;
		parts[count++] = strtoll(at, &end, 10);
		if (errno != 0 || parts[count - 1] > INT64_MAX / NS_PER_S / 4)
			return false;
		at = end;
		if (*at != ':' || count == 3)
			break;
		at++;
	}
	if (count == 0 || count == 2)
		return false;
	int64_t ns = parts[0] * NS_PER_S;
	if (count == 3) {
		if (parts[0] > 24 || parts[1] > 59 || parts[2] > 60)
			return false;
		ns = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * NS_PER_S;
	}
	if (*at == '.') {
		at++;
		ns += fraction_ns(&at);
	}
	if (*at != ' ')
		return false;
	*text = at;
	*ret_ns = ns;
	*ret_is_clock = count == 3;
	return true;
}

/* "[pid 123] ", "123 ", "123<comm> ". */
static char *take_pid(char *text, struct strace_prefix *prefix)
{
	const bool has_bracket = strncmp(text, "[pid ", 5) == 0;
	char *at = has_bracket ? skip_spaces(text + 5) : text;
	if (!isdigit((unsigned char)*at))
		return text;
	char *end = NULL;
	const long pid = strtol(at, &end, 10);
	if (pid <= 0 || pid >= MOST_PIDS)
		return text;
	if (*end == '<') {
		char *const behind = strstr(end, has_bracket ? ">]" : "> ");
		if (!behind)
			return text;
		end = behind + 1;
	}
	if (*end != (has_bracket ? ']' : ' '))
		return text;
	prefix->pid = (int32_t)pid;
	return skip_spaces(end + has_bracket);
}

/* "12:34:56 ", "(+     0.000123) " behind it, or "     0.000123 " alone (-r). A point tells a time
 * since the line before from one since 1970 by its size: nobody waits 30 years. */
static char *take_times(char *text, struct strace_prefix *prefix)
{
	static const int64_t year_2000_ns = 946684800 * NS_PER_S;
	int64_t ns = 0;
	bool is_clock = false;
	if (take_time(&text, &ns, &is_clock)) {
		if (is_clock || ns > year_2000_ns) {
			prefix->has_time = true;
			prefix->is_calendar = !is_clock;
			prefix->time_ns = ns;
		} else {
			prefix->has_relative = true;
			prefix->relative_ns = ns;
		}
		text = skip_spaces(text);
	}
	if (strncmp(text, "(+", 2) == 0) {
		char *at = skip_spaces(text + 2);
		char *const end = strchr(at, ')');
		if (!end)
			return text;
		*end = ' ';
		if (take_time(&at, &ns, &is_clock)) {
			prefix->has_relative = true;
			prefix->relative_ns = ns;
		}
		text = skip_spaces(end);
	}
	return text;
}

char *strace_prefix(char *line, struct strace_prefix *ret_prefix)
{
	struct strace_prefix prefix = {0};
	char *text = take_pid(skip_spaces(line), &prefix);
	text = take_times(text, &prefix);
	/* -n and -i: "[   0] [00007f2b1c0d3e5a] ", with question marks where it is not known. */
	while (*text == '[') {
		const size_t length = strspn(text + 1, " 0123456789abcdefx?");
		if (text[1 + length] != ']')
			break;
		text = skip_spaces(text + length + 2);
	}
	*ret_prefix = prefix;
	return text;
}

/* ---- Kinds of lines ---------------------------------------------------------------------- */

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static enum strace_line plus_line(char *text, char **ret_rest)
{
	static const char superseded[] = "+++ superseded by execve in pid ";
	if (begins(text, "+++ exited") || begins(text, "+++ killed"))
		return STRACE_EXITED;
	if (!begins(text, superseded))
		return STRACE_OTHER;
	*ret_rest = text + sizeof superseded - 1;
	return STRACE_SUPERSEDED;
}

static enum strace_line resumed_line(char *text, char **ret_rest)
{
	static const char mark[] = " resumed>";
	char *const end = strstr(text, mark);
	if (!end)
		return STRACE_UNREADABLE;
	*ret_rest = end + sizeof mark - 1;
	return STRACE_RESUMED;
}

enum strace_line strace_line_of(char *text, size_t length, char **ret_rest)
{
	static const char unfinished[] = "<unfinished ...>";
	const size_t mark = sizeof unfinished - 1;
	if (*text == '\0' || begins(text, "---") || begins(text, "> ") || begins(text, "strace:") ||
	    begins(text, "[ Process") || begins(text, "Process "))
		return STRACE_OTHER;
	if (begins(text, "+++"))
		return plus_line(text, ret_rest);
	if (begins(text, "<... "))
		return resumed_line(text, ret_rest);
	const size_t name = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
	if (name == 0 || text[name] != '(')
		return STRACE_UNREADABLE;
	if (length < mark || memcmp(text + length - mark, unfinished, mark) != 0)
		return STRACE_CALL;
	*ret_rest = text + length - mark;
	return STRACE_UNFINISHED;
}

/* ---- Results ----------------------------------------------------------------------------- */

/* The last thing in a line is "<0.000012>" with -T. */
static int64_t duration_of(char *text)
{
	char *const angle = strrchr(text, '<');
	if (!angle || !isdigit((unsigned char)angle[1]))
		return IO_UNKNOWN;
	char *end = NULL;
	const int64_t s = strtoll(angle + 1, &end, 10);
	if (*end != '.' || s > INT64_MAX / NS_PER_S / 4)
		return IO_UNKNOWN;
	end++;
	const int64_t ns = s * NS_PER_S + fraction_ns(&end);
	if (*end != '>')
		return IO_UNKNOWN;
	*angle = '\0';
	return ns;
}

static void take_error(const char *text, struct strace_result *result)
{
	result->value = -1;
	text += strspn(text, " ");
	const size_t length = strcspn(text, " (<");
	result->error = length > 0 ? strace_errno(text, length) : EIO;
}

void strace_result(char *text, struct strace_result *ret_result)
{
	struct strace_result result = {.value = -1, .duration_ns = IO_UNKNOWN};
	text = skip_spaces(text);
	if (*text != '=') {
		*ret_result = result;
		return;
	}
	result.is_there = true;
	text = skip_spaces(text + 1);
	result.duration_ns = duration_of(text);
	if (*text == '?') {
		result.is_restarted = begins(skip_spaces(text + 1), "ERESTART");
	} else if (begins(text, "-1 ") || strcmp(text, "-1") == 0) {
		result.is_known = true;
		take_error(text + 2, &result);
	} else {
		result.is_known = true;
		result.value = strace_number(text);
		char *const angle = strchr(text, '<');
		if (angle && !begins(text, "0x"))
			result.path = strace_descriptor(text, NULL).path;
	}
	*ret_result = result;
}
