/* The answer of `plateau fleet submit`. */
#include "commands/fleet_submit_parts.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "fleet/folder.h"
#include "fleet/slurm/slurm.h"
#include "fleet/submit.h"
#include "report/fleet/submit_text.h"
#include "report/json/submit_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What is owned of one preview. */
struct made_preview {
	struct submit_texts texts;
	char *path;
	char *command;
};

static void release_previews(struct made_preview *made, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		submit_texts_release(&made[i].texts);
		free(made[i].path);
		free(made[i].command);
	}
	free(made);
}

/* sbatch gets the script as its input. */
static int make_preview(const struct fleet_submit *submit, const struct submit_step *step,
                        struct made_preview *made, struct submit_preview *preview,
                        struct error *err)
{
	struct batch_request request;
	cleanup_str struct str command = {0};
	int r = submit_request(&submit->manifest, submit->dir, step, &made->texts, &request, err);
	if (r == 0)
		r = folder_path(submit->dir, step->node, step->attempt, "job.sh", &made->path, err);
	if (r == 0)
		r = slurm_submit_text(&request, &command, err);
	if (r == 0)
		r = str_take(&command, &made->command, err);
	if (r == 0)
		*preview = (struct submit_preview){.node = step->node,
		                                   .path = made->path,
		                                   .script = made->texts.script,
		                                   .command = made->command};
	return r;
}

static enum exit_code print(const struct fleet_submit *submit, const struct submit_view *view)
{
	struct error err;
	const struct arguments *const arguments = submit->arguments;
	cleanup_free char *text = NULL;
	const struct text_style style = talk_style(arguments);
	const int r = arguments_has(arguments, "json")
	                      ? submit_json_write(view, &text, &err)
	                      : submit_text_write(view, &style, arguments_has(arguments, "verbose"),
	                                          &text, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(text, stdout);
	return EXIT_DONE;
}

enum exit_code fleet_submit_print(const struct fleet_submit *submit, bool is_interrupted)
{
	struct error err;
	const bool is_dry = arguments_has(submit->arguments, "dry-run");
	const size_t count = is_dry ? submit_steps_in(&submit->steps, SUBMIT_WAITING) : 0;
	struct made_preview *const made = calloc(count + 1, sizeof *made);
	struct submit_preview *const previews = calloc(count + 1, sizeof *previews);
	int r = made && previews ? 0 : error_memory(&err);
	/* Those that wait stand first. */
	for (size_t i = 0; r == 0 && i < count; i++)
		r = make_preview(submit, &submit->steps.items[i], &made[i], &previews[i], &err);
	const struct submit_view view = {
	        .manifest = &submit->manifest,
	        .dir = submit->dir,
	        .steps = &submit->steps,
	        .limit_of = submit->limit_of,
	        .window = submit->window,
	        .scheduler_calls = slurm_calls(submit->slurm),
	        .is_interrupted = is_interrupted,
	        .is_dry = is_dry,
	        .previews = previews,
	        .preview_count = count,
	};
	const enum exit_code code =
	        r < 0 ? talk_fail(r == -EINVAL ? EXIT_USAGE : EXIT_SOMETHING_FAILED, &err)
	              : print(submit, &view);
	if (made)
		release_previews(made, count);
	free(previews);
	return code;
}
