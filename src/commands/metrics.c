#include "commands/metrics.h"

#include "commands/own_file.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "formats/metrics_yaml.h"

#include <errno.h>
#include <unistd.h>

/* Puts the file over what there is. */
static enum exit_code add_file(const char *path, struct metrics *metrics)
{
	struct error err;
	cleanup_problems struct problems problems = {0};
	cleanup_metrics struct metrics more = {0};
	int r = metrics_yaml_load(path, metrics->files.count > 0 ? metrics : NULL, &more, &problems,
	                          &err);
	if (r == -EINVAL && problems.count)
		return talk_problems(&problems, &err);
	if (r == 0)
		r = metrics_merge(metrics, &more, &err);
	if (r < 0)
		return talk_fail(r == -ENOMEM ? EXIT_SOMETHING_FAILED : EXIT_USAGE, &err);
	return EXIT_DONE;
}

enum exit_code metrics_load(const struct arguments *arguments, struct metrics *ret_metrics)
{
	static const char site[] = PLATEAU_SYSCONFDIR "/plateau/metrics.yaml";
	cleanup_metrics struct metrics metrics = {0};
	cleanup_free char *own = own_file("metrics.yaml");
	const char *const given = arguments_get(arguments, "metrics");
	enum exit_code code = EXIT_DONE;
	if (own)
		code = add_file(own, &metrics);
	else
		talk_warning("%s is not there: plateau's own metrics are missing, and names of "
		             "events are looked up by libpfm4 alone",
		             PLATEAU_DATADIR "/metrics.yaml");
	if (code == EXIT_DONE && access(site, F_OK) == 0)
		code = add_file(site, &metrics);
	if (code == EXIT_DONE && given)
		code = add_file(given, &metrics);
	if (code != EXIT_DONE)
		return code;
	*ret_metrics = metrics;
	metrics = (struct metrics){0};
	return EXIT_DONE;
}
