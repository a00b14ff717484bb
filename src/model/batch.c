#include "model/batch.h"

#include <stdlib.h>
#include <string.h>

const char *const job_state_names[JOB_STATES] = {
        [JOB_UNKNOWN] = "unknown",     [JOB_PENDING] = "pending",
        [JOB_HELD] = "held",           [JOB_RUNNING] = "running",
        [JOB_DONE] = "done",           [JOB_FAILED] = "failed",
        [JOB_TIMEOUT] = "timeout",     [JOB_NODE_FAIL] = "node-fail",
        [JOB_CANCELLED] = "cancelled", [JOB_OUT_OF_MEMORY] = "out-of-memory"};

bool batch_is_node_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "0123456789._-";
	return name[0] && name[0] != '-' && name[strspn(name, letters)] == '\0';
}

void batch_job_release(struct batch_job *job)
{
	if (!job)
		return;
	free(job->id);
	free(job->name);
	free(job->comment);
	free(job->node);
	free(job->partition);
	free(job->state_word);
	free(job->reason);
	free(job->cancelled_by);
	free(job->rss_reason);
	*job = (struct batch_job){0};
}

void batch_jobs_release(struct batch_jobs *jobs)
{
	if (!jobs)
		return;
	for (size_t i = 0; i < jobs->count; i++)
		batch_job_release(&jobs->items[i]);
	free(jobs->items);
	*jobs = (struct batch_jobs){0};
}

void batch_node_release(struct batch_node *node)
{
	if (!node)
		return;
	free(node->name);
	free(node->partitions);
	free(node->state_word);
	free(node->reason);
	free(node->reason_by);
	free(node->features);
	*node = (struct batch_node){0};
}

void batch_nodes_release(struct batch_nodes *nodes)
{
	if (!nodes)
		return;
	for (size_t i = 0; i < nodes->count; i++)
		batch_node_release(&nodes->items[i]);
	free(nodes->items);
	*nodes = (struct batch_nodes){0};
}
