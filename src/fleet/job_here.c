/* Which node this is, and what of it the job may use: as the kernel says, not as it was asked for.
 */
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "fleet/job_parts.h"
#include "fleet/slurm/slurm.h"
#include "model/cpuset.h"
#include "model/record.h"
#include "platform/affinity.h"
#include "platform/host.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Host names are compared without their domain where one of both has none. */
static bool is_same_host(const char *a, const char *b)
{
	const size_t a_length = strcspn(a, ".");
	const size_t b_length = strcspn(b, ".");
	if (a[a_length] && b[b_length])
		return strcasecmp(a, b) == 0;
	return a_length == b_length && strncasecmp(a, b, a_length) == 0;
}

static const char *expected_node(const struct job *job, const char *host)
{
	const struct words *const expected = &job->manifest.expected;
	for (size_t i = 0; i < expected->count; i++)
		if (is_same_host(expected->items[i], host))
			return expected->items[i];
	return NULL;
}

/* By hand anybody may mistype a name, which would be a node of the fleet for ever: it must be one
 * of those that were submitted for. A fleet that was submitted for none takes all. */
static int find_named(const struct job *job, const char *name, const char **ret_meant,
                      struct error *err)
{
	const struct words *const expected = &job->manifest.expected;
	const char *const known = expected_node(job, name);
	*ret_meant = known ? known : name;
	return known || expected->count == 0
	               ? 0
	               : error_set(err, EINVAL,
	                           "--node: the fleet has no node %s; its nodes (%zu, such as %s) "
	                           "are "
	                           "in fleet.json, and plateau fleet submit %s --nodes LIST adds "
	                           "others",
	                           name, expected->count, expected->items[0], job->dir);
}

static int find_amounts(struct job *job, struct error *err)
{
	struct cpuset cpus;
	int r = affinity_mine(&cpus, err);
	if (r < 0)
		return r;
	char text[CPUSET_TEXT_BYTES];
	cpuset_format(&cpus, text, sizeof text);
	job->report.cpu_count = (uint32_t)cpuset_count(&cpus);
	const int64_t bytes = host_memory_granted(NULL);
	job->report.memory_bytes = bytes < 0 ? RECORD_ABSENT : bytes;
	return str_copy(text, &job->report.cpus, err);
}

/* Which node was meant, into job->node. */
static int find_node(struct job *job, const struct slurm_here *here, struct error *err)
{
	const char *meant = job->settings->node ? job->settings->node
	                    : here->node        ? here->node
	                                        : expected_node(job, job->report.host);
	if (!meant)
		return error_set(err, EINVAL,
		                 "this host is called %s, and the fleet has no node of that name: "
		                 "where it is one of them, --node NAME --any-host says which; else "
		                 "plateau fleet submit %s --nodes LIST adds it",
		                 job->report.host, job->dir);
	int r = here->node ? 0 : find_named(job, meant, &meant, err);
	if (r == 0)
		r = str_copy(meant, &job->node, err);
	if (r == 0)
		r = str_copy(meant, &job->report.node, err);
	return r;
}

static int check_node(struct job *job, const struct slurm_here *here, struct error *err)
{
	const char *const found = here->node ? here->node : job->report.host;
	const bool is_right =
	        here->node ? strcmp(found, job->node) == 0
	                   : job->settings->is_any_host || is_same_host(found, job->node);
	const int r =
	        str_copy(!here->node && is_right ? job->node : found, &job->report.found_node, err);
	if (r < 0 || is_right)
		return r;
	return error_set(err, ENODEV, "this is not node %s but %s%s%s%s", job->node, found,
	                 here->node ? " (host " : "", here->node ? job->report.host : "",
	                 here->node ? ")"
	                            : ": run it there, or say --any-host where the node's host "
	                              "has this other name");
}

int job_find_here(struct job *job, struct error *err)
{
	char host[HOST_NAME_MAX + 1];
	const struct slurm_here here = slurm_here();
	job->begun_ns = clock_now_ns();
	job->report = (struct job_report){.attempt = job->settings->attempt,
	                                  .exit_code = -1,
	                                  .granted_cpu_count = here.cpu_count,
	                                  .memory_bytes = RECORD_ABSENT,
	                                  .result_bytes = RECORD_ABSENT,
	                                  .started_ns = clock_calendar_ns(),
	                                  .updated_ns = RECORD_ABSENT,
	                                  .ended_ns = RECORD_ABSENT};
	if (gethostname(host, sizeof host) < 0)
		return error_system(err, errno, "cannot read the host's name");
	host[HOST_NAME_MAX] = '\0';
	int r = str_copy(host, &job->report.host, err);
	if (r == 0 && here.job)
		r = str_copy(here.job, &job->report.job, err);
	if (r == 0)
		r = find_amounts(job, err);
	if (r == 0)
		r = find_node(job, &here, err);
	return r < 0 ? r : check_node(job, &here, err);
}

void job_say_here(const struct job *job)
{
	const struct job_report *const report = &job->report;
	char memory[NUMBER_TEXT_BYTES] = "unknown memory";
	if (report->memory_bytes != RECORD_ABSENT)
		number_format_bytes(report->memory_bytes, memory);
	job_say(job, JOB_NOTE, "node %s (host %s), attempt %u%s%s: %u CPUs (%s), %s", report->node,
	        report->host, (unsigned)report->attempt, report->job ? ", job " : "",
	        report->job ? report->job : "", (unsigned)report->cpu_count, report->cpus, memory);
	if (strcmp(job->manifest.plateau_version, PACKAGE_VERSION) != 0)
		job_say(job, JOB_WARNING,
		        "this is plateau %s, and the fleet was begun with %s: what differs between "
		        "nodes may be that",
		        PACKAGE_VERSION, job->manifest.plateau_version);
	const long online = sysconf(_SC_NPROCESSORS_ONLN);
	if (report->granted_cpu_count > 0 && report->granted_cpu_count != report->cpu_count)
		job_say(job, JOB_WARNING,
		        "the batch system speaks of %u CPUs, and the job may use %u (%s): it is "
		        "measured on these",
		        (unsigned)report->granted_cpu_count, (unsigned)report->cpu_count,
		        report->cpus);
	else if (online > 0 && (uint32_t)online > report->cpu_count)
		job_say(job, JOB_WARNING,
		        "the node has %ld CPUs, and the job may use %u (%s): it is measured on "
		        "these",
		        online, (unsigned)report->cpu_count, report->cpus);
}
