/* Logs of tasks: time stamps of phases, and the figures that tasks print. */
#include "targets.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "formats/figure_read.h"
#include "formats/log/log_read.h"
#include "formats/log/phase_name.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void check_clean(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		fuzz_promise(*p >= 0x20 && *p != 0x7f);
}

static int open_in_memory(const char *bytes, size_t count)
{
	struct error err;
	const int fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0 || file_write_all(fd, bytes, count, &err) < 0)
		abort();
	return fd;
}

static int take(void *context, const struct log_stamp *stamp, struct error *err)
{
	(void)err;
	char name[PHASE_NAME_BYTES];
	check_clean(stamp->logger);
	check_clean(stamp->message);
	fuzz_promise(stamp->line > 0);
	phase_name_reduce(stamp->message, name);
	fuzz_promise(name[0] != '\0');
	check_clean(name);
	phase_class_of(context, stamp->logger, stamp->message);
	return 0;
}

static void read_log(struct scenario_phases *phases, const char *bytes, size_t count)
{
	struct error err = {""};
	struct log_format *format = NULL;
	struct log_report report = {0};
	char why[256];
	if (log_format_check(phases, &err) < 0 || log_format_new(phases, &format, &err) < 0)
		return;
	cleanup_close const int fd = open_in_memory(bytes, count);
	const int r =
	        log_read(format, &(const struct log_place){fd, 0, -1}, take, phases, &report, &err);
	fuzz_promise(r == 0);
	check_clean(report.unreadable_said);
	check_clean(report.first_other);
	check_clean(log_report_why(format, &report, why));
	log_format_free(format);
}

/* The first letter is the format; of a pattern, the next three lines are the pattern, the fields
 * (with blanks between) and the format of times. */
void fuzz_log(const char *bytes, const char *text, size_t count)
{
	(void)text;
	static const enum phases_format formats[] = {PHASES_LSST_LOG, PHASES_JSON_LOG,
	                                             PHASES_PATTERN};
	struct error err = {""};
	struct scenario_phases phases;
	if (scenario_phases_init(&phases, &err) < 0)
		abort();
	phases.format = formats[fuzz_choose(&bytes, &count, ARRAY_LENGTH(formats))];
	const char *const end = bytes + count;
	if (phases.format == PHASES_PATTERN) {
		phases.pattern = fuzz_take_line(&bytes, end);
		cleanup_free char *fields = fuzz_take_line(&bytes, end);
		free(phases.time_format);
		phases.time_format = fuzz_take_line(&bytes, end);
		words_release(&phases.fields);
		char *place = NULL;
		for (char *word = fields ? strtok_r(fields, " ", &place) : NULL; word;
		     word = strtok_r(NULL, " ", &place))
			if (words_add(&phases.fields, word, &err) < 0)
				abort();
	}
	if (phases.format != PHASES_PATTERN || phases.time_format)
		read_log(&phases, bytes, (size_t)(end - bytes));
	scenario_phases_release(&phases);
}

void fuzz_printed(const char *bytes, const char *text, size_t count)
{
	(void)text;
	static const char *const names[] = {"images_per_s", "x", "a.b"};
	struct figure_found found[ARRAY_LENGTH(names)];
	cleanup_words struct words words = {0};
	struct figure_reader *reader = NULL;
	struct error err = {""};
	cleanup_close const int fd = open_in_memory(bytes, count);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (words_add(&words, names[i], &err) < 0)
			abort();
	if (figure_reader_new(&words, &reader, &err) < 0)
		abort();
	fuzz_promise(figure_read(reader, &(const struct log_place){fd, 0, -1}, found, &err) == 0);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		fuzz_promise(!isinf(found[i].value));
		fuzz_promise(isnan(found[i].value) || found[i].is_printed);
		check_clean(found[i].said);
	}
	figure_reader_free(reader);
}
