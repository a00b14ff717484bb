/* read_log FORMAT FILE: prints what a log says, a line per time stamp (seconds since 1970, class,
 * logger, phase), and at the end what there was. */
#include "core/clock.h"
#include "core/error.h"
#include "formats/log/log_read.h"
#include "formats/log/phase_name.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int print(void *context, const struct log_stamp *stamp, struct error *err)
{
	(void)err;
	char name[PHASE_NAME_BYTES];
	phase_name_reduce(stamp->message, name);
	printf("%" PRId64 ".%09" PRId64 "\t%s\t%s\t%s\n", stamp->calendar_ns / (int64_t)NS_PER_S,
	       stamp->calendar_ns % (int64_t)NS_PER_S,
	       phase_class_names[phase_class_of(context, stamp->logger, stamp->message)],
	       stamp->logger, name);
	return 0;
}

static int read_file(struct scenario_phases *phases, const char *path, struct error *err)
{
	struct log_format *format = NULL;
	struct log_report report;
	char why[256];
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = log_format_new(phases, &format, err);
	if (r == 0)
		r = log_read(format, &(const struct log_place){fd, 0, -1}, print, phases, &report,
		             err);
	if (r == 0)
		printf("%" PRIu64 " lines, %" PRIu64 " stamps, %" PRIu64 " others, %" PRIu64
		       " unreadable, %" PRIu64 " back: %s\n",
		       report.lines, report.stamps, report.others, report.unreadable,
		       report.backwards, report.stamps ? "" : log_report_why(format, &report, why));
	log_format_free(format);
	return r;
}

int main(int argc, char **argv)
{
	struct scenario_phases phases;
	struct error err = {""};
	int r = scenario_phases_init(&phases, &err);
	for (unsigned i = 0; argc == 3 && phases_format_names[i]; i++)
		if (strcmp(argv[1], phases_format_names[i]) == 0)
			phases.format = (enum phases_format)i;
	if (r == 0)
		r = argc == 3 ? read_file(&phases, argv[2], &err)
		              : error_set(&err, EINVAL, "usage: read_log FORMAT FILE");
	scenario_phases_release(&phases);
	if (r < 0)
		fprintf(stderr, "%s\n", err.text);
	return r < 0;
}
