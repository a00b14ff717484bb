/* One job for one node. */
#include "fleet/slurm/slurm_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "model/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_NS (60 * NS_PER_S)

/* sbatch reads % in the name of an output file as the start of a pattern, and with a backslash in
 * it takes that away. */
int slurm_check_folder(const char *path, struct error *err)
{
	return strchr(path, '\\')
	               ? error_set(err, EINVAL,
	                           "Slurm cannot write into a folder with a backslash in its name: "
	                           "%s",
	                           path)
	               : 0;
}

static int add_output(struct words *argv, const char *path, struct error *err)
{
	int r = slurm_check_folder(path, err);
	if (r < 0)
		return r;
	cleanup_str struct str s = {0};
	str_add(&s, "--output=");
	for (const char *at = path; *at; at++)
		str_add_bytes(&s, *at == '%' ? "%%" : at, *at == '%' ? 2 : 1);
	cleanup_free char *text = NULL;
	r = str_take(&s, &text, err);
	return r < 0 ? r : words_add(argv, text, err);
}

/* Slurm counts limits in minutes and rounds up what is between. */
static int add_time(struct words *argv, int64_t limit_ns, struct error *err)
{
	if (limit_ns == RECORD_ABSENT)
		return 0;
	const int64_t minutes = limit_ns / MINUTE_NS + (limit_ns % MINUTE_NS > 0);
	return words_addf(argv, err, "--time=%" PRId64, minutes > 0 ? minutes : 1);
}

/* A node's name goes where Slurm reads a list of nodes. */
static int check_node(const char *node, struct error *err)
{
	return batch_is_node_name(node)
	               ? 0
	               : error_set(err, EINVAL,
	                           "'%s' is no name of one node (letters, digits and . _ -)", node);
}

/* A word that is no option would be taken for the script, and what stands behind it for its
 * arguments; these would make another job of it. */
static int check_option(const char *option, struct error *err)
{
	static const char *const refused[] = {"array",     "requeue", "wrap",     "nodelist",
	                                      "nodefile",  "nodes",   "job-name", "comment",
	                                      "parsable",  "help",    "usage",    "version",
	                                      "test-only", "wait",    "output",   "chdir"};
	if (!str_starts_with(option, "--") || !option[2])
		return error_set(err, EINVAL,
		                 "option '%s' for sbatch: write it as --name or --name=value",
		                 option);
	const char *const name = option + 2;
	const size_t length = strcspn(name, "=");
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++)
		/* getopt takes the start of a name for the whole. */
		if (strncmp(name, refused[i], length) == 0)
			return error_set(err, EINVAL,
			                 "option '%s' for sbatch: plateau says itself which job "
			                 "goes where",
			                 option);
	return 0;
}

int slurm_check_options(const struct words *options, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < options->count; i++)
		r = check_option(options->items[i], err);
	return r;
}

static int add_options(const struct batch_request *request, struct words *argv, struct error *err)
{
	const struct {
		const char *name, *value;
	} options[] = {
	        {"job-name", request->name},
	        {"comment", request->comment},
	        {"nodelist", request->node},
	        {"chdir", request->folder},
	        {"partition", request->partition},
	        {"account", request->account},
	        {"qos", request->qos},
	        {"reservation", request->reservation},
	};
	static const char *const always[] = {
	        /* Alone on the whole node, on no other, and once: a job that Slurm requeues goes to
	         * another node and hides the one that died. */
	        "--parsable",
	        "--nodes=1",
	        "--exclusive",
	        "--mem=0",
	        "--no-requeue",
	        /* Half a minute before the time limit, to hand in what there is. */
	        "--signal=B:TERM@30",
	        "--open-mode=append",
	        "--input=/dev/null",
	};
	int r = words_add(argv, "sbatch", err);
	/* Of an option that is given twice the last counts: ours. */
	if (r == 0 && request->options)
		r = slurm_check_options(request->options, err);
	for (size_t i = 0; r == 0 && request->options && i < request->options->count; i++)
		r = words_add(argv, request->options->items[i], err);
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(always); i++)
		r = words_add(argv, always[i], err);
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(options); i++)
		if (options[i].value)
			r = words_addf(argv, err, "--%s=%s", options[i].name, options[i].value);
	if (r == 0 && request->output)
		r = add_output(argv, request->output, err);
	return r < 0 ? r : add_time(argv, request->time_limit_ns, err);
}

static int make_argv(const struct batch_request *request, struct words *argv, struct error *err)
{
	const int r = check_node(request->node, err);
	return r < 0 ? r : add_options(request, argv, err);
}

/* "123" or, of a site with several clusters, "123;cluster". */
static int read_id(const char *output, char **ret_id, struct error *err)
{
	const size_t digits = strspn(output, "0123456789");
	if (digits == 0 || digits > 20 ||
	    (output[digits] != '\n' && output[digits] != ';' && output[digits] != '\0'))
		return error_set(err, EPROTO, "sbatch gave no job id but '%.100s'", output);
	return str_format(ret_id, err, "%.*s", (int)digits, output);
}

int slurm_submit(struct slurm *slurm, const struct batch_request *request, char **ret_id,
                 struct error *err)
{
	cleanup_words struct words argv = {0};
	int r = make_argv(request, &argv, err);
	if (r < 0)
		return r;
	cleanup_subprocess_end struct subprocess_end end = {0};
	r = slurm_call(slurm, &argv, request->script, &end, err);
	return r < 0 ? r : read_id(end.output, ret_id, err);
}

int slurm_submit_text(const struct batch_request *request, struct str *text, struct error *err)
{
	cleanup_words struct words argv = {0};
	cleanup_free char *line = NULL;
	int r = make_argv(request, &argv, err);
	if (r == 0)
		r = command_text_write(&argv, &line, err);
	if (r == 0)
		str_add(text, line);
	return r;
}
