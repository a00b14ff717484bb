#include "fleet/job_lines.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MOST_BYTES = 4096, EXIT_TASKS_FAILED = 1 };

static const char leader[] = "plateau: ";
static const char warning[] = "warning: ";

/* Of no use to whoever reads the log of a job: they speak of a file that moves, or to programs. */
static const char *const dropped[] = {
        "stored ",
        "plateau: the result is in ",
        "plateau: `plateau report ",
        "plateau: `plateau accept ",
        "plateau: `plateau run --resume ",
};

/* How run/preflight ends a refusal: it speaks of this moment and of who asks, not of the node. */
static const char *const turned_away[] = {"or insist with --here", "(preflight.refuse."};

static bool is_refusal(const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(turned_away); i++)
		if (strstr(text, turned_away[i]))
			return true;
	return false;
}

static void keep(char **text, const char *line, size_t length)
{
	char *const copy = strndup(line, length);
	if (!copy)
		return; /* then the reason is a shorter one */
	free(*text);
	*text = copy;
}

/* Returns whether a log should have it. */
static bool read_line(struct job_lines *lines, const char *line)
{
	unsigned trial;
	unsigned planned;
	unsigned long long failed;
	unsigned long long tasks;
	int end = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(dropped); i++)
		if (str_starts_with(line, dropped[i]))
			return false;
	if (!str_starts_with(line, leader))
		return true;
	const char *text = line + strlen(leader);
	text += str_starts_with(text, warning) ? strlen(warning) : 0;
	if (sscanf(text, "trial %u of %u:", &trial, &planned) == 2) {
		lines->trial = trial;
		lines->planned = planned;
	} else if (sscanf(text, "%llu of %llu tasks failed%n", &failed, &tasks, &end) == 2 &&
	           end > 0)
		keep(&lines->failures, text, (size_t)end);
	else {
		keep(&lines->last, text, strlen(text));
		lines->is_turned_away = is_refusal(text);
	}
	return true;
}

static void end_line(struct job_lines *lines, void (*emit)(void *context, const char *line),
                     void *context)
{
	const bool is_wanted = lines->is_cut || read_line(lines, str_text(&lines->line));
	if (is_wanted)
		emit(context, str_text(&lines->line));
	str_release(&lines->line);
	lines->line = (struct str){0};
	lines->is_cut = false;
}

void job_lines_take(struct job_lines *lines, const char *bytes, size_t count,
                    void (*emit)(void *context, const char *line), void *context)
{
	while (count > 0) {
		const char *const newline = memchr(bytes, '\n', count);
		const size_t room = LINE_MOST_BYTES - lines->line.length;
		size_t part = newline ? (size_t)(newline - bytes) : count;
		const bool is_too_long = part > room;
		part = is_too_long ? room : part;
		str_add_bytes(&lines->line, bytes, part);
		bytes += part;
		count -= part;
		if (is_too_long) {
			end_line(lines, emit, context);
			lines->is_cut = true;
		} else if (newline) {
			end_line(lines, emit, context);
			bytes++;
			count--;
		}
	}
}

void job_lines_finish(struct job_lines *lines, void (*emit)(void *context, const char *line),
                      void *context)
{
	if (lines->line.length > 0)
		end_line(lines, emit, context);
}

static const struct {
	int code;
	const char *text;
} by_code[] = {
        {3, "criteria of the scenario are not met"},
        {4, "criteria of the scenario could not be decided"},
};

int job_lines_reason(const struct job_lines *lines, int exit_code, const char *folder,
                     char **ret_reason, struct error *err)
{
	const char *text =
	        exit_code == EXIT_TASKS_FAILED && lines->failures ? lines->failures : lines->last;
	for (size_t i = 0; i < ARRAY_LENGTH(by_code); i++)
		if (by_code[i].code == exit_code)
			text = by_code[i].text;
	if (!text) {
		*ret_reason = NULL;
		return 0;
	}
	cleanup_free char *copy = NULL;
	const int r = str_copy(text, &copy, err);
	if (r < 0)
		return r;
	/* "...; what it had stored is in FOLDER/result.db": not any more. */
	const char *const place = folder ? strstr(copy, folder) : NULL;
	char *const clause = place ? memrchr(copy, ';', (size_t)(place - copy)) : NULL;
	if (clause)
		*clause = '\0';
	*ret_reason = copy;
	copy = NULL;
	return 0;
}

void job_lines_release(struct job_lines *lines)
{
	str_release(&lines->line);
	free(lines->failures);
	free(lines->last);
	*lines = (struct job_lines){0};
}
