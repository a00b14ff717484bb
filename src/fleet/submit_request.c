/* What the batch system is asked for one node. */
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "fleet/folder.h"
#include "fleet/observe.h"
#include "fleet/submit.h"
#include "formats/command_text.h"
#include "model/batch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Only texts of ours stand in the comment, which sbatch reads for options of its own. */
int submit_script(const struct manifest *manifest, const char *dir, const char *node,
                  uint32_t attempt, char **ret_script, struct error *err)
{
	cleanup_free char *node_option = NULL;
	const int r = str_format(&node_option, err, "--node=%s", node);
	if (r < 0)
		return r;
	struct str s = {0};
	str_addf(&s,
	         "#!/bin/sh\n"
	         "# Written by plateau fleet submit; fleet %s.\n"
	         "exec ",
	         manifest->id);
	command_text_add_word(&s, manifest->plateau_path);
	str_add(&s, " fleet job ");
	command_text_add_word(&s, dir);
	str_add(&s, " ");
	command_text_add_word(&s, node_option);
	str_addf(&s, " --attempt=%" PRIu32 "\n", attempt);
	return str_take(&s, ret_script, err);
}

int submit_request(const struct manifest *manifest, const char *dir, const struct submit_step *step,
                   struct submit_texts *texts, struct batch_request *ret_request, struct error *err)
{
	int r = observe_job_name(manifest->id, &texts->name, err);
	if (r == 0)
		r = observe_job_comment(step->node, step->attempt, &texts->comment, err);
	if (r == 0)
		r = submit_script(manifest, dir, step->node, step->attempt, &texts->script, err);
	if (r == 0)
		r = folder_path(dir, step->node, step->attempt, "job.log", &texts->output, err);
	if (r < 0)
		return r;
	*ret_request = (struct batch_request){
	        .name = texts->name,
	        .comment = texts->comment,
	        .node = step->node,
	        .script = texts->script,
	        .folder = manifest->working_folder,
	        .output = texts->output,
	        .time_limit_ns = manifest->time_limit_ns,
	        /* A node that is not in the default partition would be out of the job's reach. */
	        .partition = manifest->partition ? manifest->partition : step->partition,
	        .account = manifest->account,
	        .qos = manifest->qos,
	        .reservation = manifest->reservation,
	        .options = &manifest->options,
	};
	return 0;
}

void submit_texts_release(struct submit_texts *texts)
{
	free(texts->name);
	free(texts->comment);
	free(texts->script);
	free(texts->output);
	*texts = (struct submit_texts){0};
}
