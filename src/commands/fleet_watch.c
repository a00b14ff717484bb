#include "commands/fleet_watch.h"

#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/str.h"
#include "report/fleet/status_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What was shown last. */
struct shown {
	bool is_anything;
	bool was_answered;
	char **names; /* of nodes, and their verdicts */
	enum fleet_verdict *verdicts;
	size_t count;
	size_t lines; /* on the terminal */
};

static void release_shown(struct shown *shown)
{
	for (size_t i = 0; i < shown->count; i++)
		free(shown->names[i]);
	free(shown->names);
	free(shown->verdicts);
	*shown = (struct shown){0};
}

/* ---- On a terminal ------------------------------------------------------------------------ */

static bool is_screen(void)
{
	const char *const terminal = getenv("TERM");
	return terminal && *terminal && strcmp(terminal, "dumb") != 0 && isatty(STDOUT_FILENO);
}

/* Lines that a picture may have; 0: not known. */
static size_t screen_lines(void)
{
	struct winsize size;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 4
	               ? (size_t)size.ws_row - 2
	               : 0;
}

/* How many lines of the screen a text takes, escape sequences left out. */
static size_t lines_on_screen(const char *text, size_t width)
{
	size_t lines = 0;
	while (*text) {
		cleanup_str struct str line = {0};
		for (; *text && *text != '\n'; text++)
			if (*text == '\033')
				text += strcspn(text, "m\n");
			else
				str_add_bytes(&line, text, 1);
		text += *text == '\n';
		const size_t columns = text_width(str_text(&line));
		lines += columns > width ? (columns + width - 1) / width : 1;
	}
	return lines;
}

static int draw(const struct fleet_look *look, const struct arguments *arguments, int64_t every_ns,
                bool is_last, struct shown *shown, struct error *err)
{
	cleanup_free char *text = NULL;
	/* The last picture stays, whole. */
	const int r = fleet_status_text(look, arguments, is_last ? 0 : screen_lines(), &text, err);
	if (r < 0)
		return r;
	if (shown->lines > 0)
		printf("\033[%zuA\r\033[J", shown->lines);
	fputs(text, stdout);
	shown->lines = lines_on_screen(text, talk_width(STDOUT_FILENO));
	if (!is_last) {
		printf("  Next look in %" PRId64 " s; Ctrl-C ends the watching, not the jobs.\n",
		       (int64_t)(every_ns / NS_PER_S));
		shown->lines++;
	}
	fflush(stdout);
	return 0;
}

/* ---- Elsewhere ---------------------------------------------------------------------------- */

static void say_line(const char *text)
{
	char now[CLOCK_TEXT_BYTES];
	clock_format_utc(clock_calendar_ns(), now);
	/* "2026-11-20T22:51:07.125Z" without what is behind the second. */
	printf("%.19sZ  %s\n", now, text);
}

/* A node's verdict as it was shown; FLEET_VERDICTS: it was not there. */
static enum fleet_verdict shown_verdict(const struct shown *shown, const char *name)
{
	for (size_t i = 0; i < shown->count; i++)
		if (strcmp(shown->names[i], name) == 0)
			return shown->verdicts[i];
	return FLEET_VERDICTS;
}

static int keep_shown(const struct fleet_look *look, struct shown *shown, struct error *err)
{
	const struct fleet *const fleet = &look->fleet;
	const size_t lines = shown->lines;
	release_shown(shown);
	shown->lines = lines;
	shown->is_anything = true;
	shown->was_answered = !look->batch.no_answer;
	shown->names = calloc(fleet->node_count + 1, sizeof *shown->names);
	shown->verdicts = calloc(fleet->node_count + 1, sizeof *shown->verdicts);
	if (!shown->names || !shown->verdicts)
		return error_memory(err);
	for (size_t i = 0; i < fleet->node_count; i++) {
		const int r = str_copy(fleet->nodes[i].name, &shown->names[i], err);
		if (r < 0)
			return r;
		shown->verdicts[i] = fleet->nodes[i].verdict;
		shown->count++;
	}
	return 0;
}

/* Lines for what is not as it was: what needs a look and what has passed, but not that a job waits
 * in the queue first. Returns how many. */
static size_t say_changes(const struct fleet_look *look, const struct shown *shown)
{
	size_t count = 0;
	for (size_t i = 0; i < look->fleet.node_count; i++) {
		const struct fleet_node *const node = &look->fleet.nodes[i];
		const enum fleet_verdict before = shown_verdict(shown, node->name);
		if (before == node->verdict)
			continue;
		cleanup_str struct str line = {0};
		status_text_change(node, before, &line);
		say_line(str_text(&line));
		count++;
	}
	return count;
}

static void say_batch(const struct fleet_look *look)
{
	cleanup_str struct str line = {0};
	const char *const name = look->batch.name ? look->batch.name : "the batch system";
	if (look->batch.no_answer)
		str_addf(&line, "%s does not answer: %s", name, look->batch.no_answer);
	else
		str_addf(&line, "%s answers again", name);
	cleanup_str struct str clean = {0};
	static const struct text_style plain = {.width = 80};
	text_clean(&clean, &plain, str_text(&line));
	say_line(str_text(&clean));
}

static int say_counts(const struct fleet_look *look, struct error *err)
{
	cleanup_status_view struct status_view view = {0};
	const int r = status_view_build(&look->fleet, &look->batch, &look->work, &view, err);
	if (r < 0)
		return r;
	cleanup_str struct str line = {0};
	status_text_counts(&view, &line);
	say_line(str_text(&line));
	return 0;
}

static int log_picture(const struct fleet_look *look, const struct arguments *arguments,
                       bool is_last, struct shown *shown, struct error *err)
{
	const bool is_answered = !look->batch.no_answer;
	int r = 0;
	if (shown->is_anything ? is_answered != shown->was_answered : !is_answered)
		say_batch(look);
	/* At the beginning the counts alone: what stands then is in the table at the end, too. */
	if (!shown->is_anything || say_changes(look, shown) > 0)
		r = say_counts(look, err);
	cleanup_free char *text = NULL;
	if (r == 0 && is_last)
		r = fleet_status_text(look, arguments, 0, &text, err);
	if (r == 0 && is_last)
		printf("\n%s", text);
	fflush(stdout);
	return r;
}

/* ---- Both --------------------------------------------------------------------------------- */

int fleet_status_text(const struct fleet_look *look, const struct arguments *arguments,
                      size_t most_lines, char **ret_text, struct error *err)
{
	cleanup_status_view struct status_view view = {0};
	const struct text_style style = talk_style(arguments);
	const int r = status_view_build(&look->fleet, &look->batch, &look->work, &view, err);
	return r < 0 ? r : status_text_write(&view, &style, most_lines, ret_text, err);
}

enum exit_code fleet_watch(struct fleet_look *look, const struct arguments *arguments,
                           int64_t every_ns)
{
	__attribute__((cleanup(release_shown))) struct shown shown = {0};
	const bool is_drawn = is_screen();
	struct error err;
	for (;;) {
		int r = fleet_look_again(look, &err);
		if (r < 0)
			return talk_fail(exit_for_file(r), &err);
		const bool is_last = !status_is_open(&look->fleet, &look->work);
		r = is_drawn ? draw(look, arguments, every_ns, is_last, &shown, &err)
		             : log_picture(look, arguments, is_last, &shown, &err);
		if (r == 0)
			r = keep_shown(look, &shown, &err);
		if (r < 0)
			return talk_fail(EXIT_SOMETHING_FAILED, &err);
		if (is_last || ferror(stdout))
			return fleet_exit(&look->fleet);
		clock_sleep_until(clock_now_ns() + every_ns);
	}
}
