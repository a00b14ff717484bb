#include "model/manifest.h"

#include <stdlib.h>

void manifest_release(struct manifest *manifest)
{
	if (!manifest)
		return;
	free(manifest->id);
	free(manifest->name);
	free(manifest->plateau_version);
	free(manifest->plateau_path);
	free(manifest->scenario_path);
	free(manifest->scenario_sha256);
	free(manifest->working_folder);
	free(manifest->nodes);
	free(manifest->partition);
	free(manifest->constraint);
	free(manifest->account);
	free(manifest->qos);
	free(manifest->reservation);
	words_release(&manifest->options);
	words_release(&manifest->expected);
	*manifest = (struct manifest){0};
}

void submission_release(struct submission *submission)
{
	if (!submission)
		return;
	free(submission->node);
	free(submission->job);
	free(submission->refused);
	*submission = (struct submission){0};
}
