#include "commands/metrics.h"

#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/metrics_yaml.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
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

/* Where plateau's own metrics are: beside the program in a build tree, where they were installed,
 * and beside bin of a copy that was moved to another place. NULL where they are in none of these,
 * or no memory. */
static char *find_own(void)
{
	static const struct {
		bool is_by_program; /* below the folder that the program is in */
		const char *path;
	} places[] = {
	        {true, "/metrics.yaml"},
	        {false, PLATEAU_DATADIR "/metrics.yaml"},
	        {true, "/../share/plateau/metrics.yaml"},
	};
	struct error ignored;
	char folder[PATH_MAX];
	const ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
	folder[length > 0 ? length : 0] = '\0';
	char *const slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		char *path = NULL;
		if (places[i].is_by_program && !slash)
			continue;
		if (str_format(&path, &ignored, "%s%s", places[i].is_by_program ? folder : "",
		               places[i].path) == 0 &&
		    access(path, R_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

enum exit_code metrics_load(const struct arguments *arguments, struct metrics *ret_metrics)
{
	static const char site[] = PLATEAU_SYSCONFDIR "/plateau/metrics.yaml";
	cleanup_metrics struct metrics metrics = {0};
	cleanup_free char *own = find_own();
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
