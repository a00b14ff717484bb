#include "platform/events.h"

#include "core/array.h"
#include "core/error.h"
#include "core/file.h"
#include "model/metric.h"
#include "model/scenario.h"

#include <errno.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A tick of user time is 1 to 10 ms on kernels that sample it; below this nothing can be said. */
#define DETACHED_LEAST_NS 50000000

/* Opens the event on this process, which never counts it: with what a task will ask for, or as a
 * keeper. Returns the descriptor or -errno. */
static int open_on_self(const struct perf_event_attr *attributes, bool is_keeper)
{
	struct perf_event_attr copy = *attributes;
	copy.disabled = 1;
	copy.enable_on_exec = 0;
	/* Else the kernel would make a copy of the keeper for every task. */
	if (is_keeper)
		copy.inherit = 0;
	const long fd = syscall(SYS_perf_event_open, &copy, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

static void set_state(struct event_definition *definition, enum counter_state state,
                      const char *reason)
{
	definition->state = state;
	snprintf(definition->reason, sizeof definition->reason, "%s", reason);
}

/* What an errno of perf_event_open means for the person who asked. */
static const struct refusal {
	int code;
	enum counter_state state;
	const char *reason;
} refusals[] = {
        {ENOENT, COUNTER_NOT_SUPPORTED,
         "this machine has no such event (virtual machines often have no PMU)"},
        {EOPNOTSUPP, COUNTER_NOT_SUPPORTED, "the processor cannot count this event in this mode"},
        {EINVAL, COUNTER_NOT_SUPPORTED,
         "the kernel does not know this event or one of its modifiers"},
        {ENXIO, COUNTER_NOT_SUPPORTED, "the PMU of this event is not there"},
        {ENODEV, COUNTER_NOT_SUPPORTED, "the PMU of this event is not there"},
        {ENOSYS, COUNTER_NOT_SUPPORTED,
         "perf_event_open is missing: the kernel or a container forbids it"},
        {EACCES, COUNTER_NO_PERMISSION,
         "not permitted: perf_event_paranoid of 2 or less, or CAP_PERFMON, is needed"},
        {EPERM, COUNTER_NO_PERMISSION,
         "not permitted: a container's seccomp filter, or perf_event_paranoid above 2, forbids it"},
        {EMFILE, COUNTER_NOT_COUNTED, "too many open files: raise ulimit -n"},
        {EBUSY, COUNTER_NOT_COUNTED, "somebody else holds the counters exclusively"},
};

static void set_refusal(struct event_definition *definition, int code)
{
	for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
		if (refusals[i].code == code) {
			set_state(definition, refusals[i].state, refusals[i].reason);
			return;
		}
	}
	char reason[RECORD_REASON_BYTES];
	snprintf(reason, sizeof reason, "perf_event_open: %s", strerror(code));
	set_state(definition, COUNTER_NOT_SUPPORTED, reason);
}

/* Fills attributes and the definition's encoding from its name. Returns false with the state set
 * when libpfm4 does not know it. */
static bool resolve(struct event_definition *definition, struct perf_event_attr *attributes)
{
	memset(attributes, 0, sizeof *attributes);
	/* Before the call: with size 0 libpfm4 fills the first 64 bytes only and loses config2. */
	attributes->size = sizeof *attributes;
	char *full_name = NULL;
	pfm_perf_encode_arg_t request = {
	        .attr = attributes, .fstr = &full_name, .size = sizeof request};
	const int r = pfm_get_os_event_encoding(definition->name, PFM_PLM0 | PFM_PLM3,
	                                        PFM_OS_PERF_EVENT, &request);
	if (r != PFM_SUCCESS) {
		char reason[RECORD_REASON_BYTES];
		snprintf(reason, sizeof reason, "libpfm4 does not resolve this name here (%s)",
		         pfm_strerror(r));
		set_state(definition, COUNTER_UNKNOWN, reason);
		free(full_name);
		return false;
	}
	snprintf(definition->encoded, sizeof definition->encoded, "%s",
	         full_name ? full_name : definition->name);
	free(full_name);
	definition->type = attributes->type;
	definition->config = attributes->config;
	definition->config1 = attributes->config1;
	definition->is_user_only = attributes->exclude_kernel;
	attributes->disabled = 1;
	attributes->enable_on_exec = 1;
	attributes->inherit = 1;
	attributes->read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
	return true;
}

/* Tries whether the event can be counted; where kernel mode is refused, in user mode alone. Sets
 * the state. *ret_keeper gets a keeper, -1 where there is none. Returns whether it can. */
static bool try_on_self(struct event_definition *definition, struct perf_event_attr *attributes,
                        int *ret_keeper)
{
	*ret_keeper = -1;
	int fd = open_on_self(attributes, false);
	if (fd == -EACCES || fd == -EPERM) {
		/* An ordinary user gets EACCES before ENOENT: ask again without the kernel. */
		attributes->exclude_kernel = 1;
		fd = open_on_self(attributes, false);
		definition->is_user_only = fd >= 0 || definition->is_user_only;
	}
	if (fd < 0) {
		set_refusal(definition, -fd);
		return false;
	}
	close(fd);
	fd = open_on_self(attributes, true);
	*ret_keeper = fd < 0 ? -1 : fd;
	set_state(definition, COUNTER_OK, "");
	if (definition->is_user_only)
		set_state(definition, COUNTER_OK,
		          "user mode only: kernel mode needs perf_event_paranoid of 1 or less");
	return true;
}

int events_open(const struct words *names, const struct metrics *metrics, struct events *ret_events,
                struct error *err)
{
	(void)metrics;
	if (names->count > RECORD_MAX_EVENTS)
		return error_set(err, E2BIG,
		                 "%zu events are asked for; at most %d can be counted at once",
		                 names->count, RECORD_MAX_EVENTS);
	struct events *const events = ret_events;
	*events = (struct events){.count = names->count};
	for (size_t i = 0; i < names->count; i++) {
		struct event_definition *const definition = &events->definitions[i];
		snprintf(definition->name, sizeof definition->name, "%s", names->items[i]);
		struct perf_event_attr attributes;
		events->keepers[i] = -1;
		if (!resolve(definition, &attributes))
			continue;
		if (!try_on_self(definition, &attributes, &events->keepers[i]))
			continue;
		events->attributes[events->open_count] = attributes;
		events->definition_of[events->open_count++] = i;
	}
	return 0;
}

int events_describe(const struct metrics *metrics, struct event_definition **ret_definitions,
                    struct error *err)
{
	struct event_definition *const definitions =
	        calloc(metrics->count + 1, sizeof *definitions);
	if (!definitions)
		return error_memory(err);
	for (size_t i = 0; i < metrics->count; i++) {
		struct event_definition *const definition = &definitions[i];
		snprintf(definition->name, sizeof definition->name, "%s", metrics->items[i].name);
		struct perf_event_attr attributes;
		int keeper = -1;
		if (resolve(definition, &attributes))
			try_on_self(definition, &attributes, &keeper);
		if (keeper >= 0)
			close(keeper);
	}
	*ret_definitions = definitions;
	return 0;
}

void events_close(struct events *events)
{
	if (!events)
		return;
	for (size_t i = 0; i < events->count; i++)
		if (events->keepers[i] >= 0)
			close(events->keepers[i]);
	events->count = events->open_count = 0;
}

static struct counter_value read_counter(int fd, bool was_started)
{
	struct counter_value value = {.state = COUNTER_NOT_COUNTED};
	struct {
		uint64_t raw;
		uint64_t enabled_ns;
		uint64_t running_ns;
	} kernel;
	if (!was_started || read(fd, &kernel, sizeof kernel) != (ssize_t)sizeof kernel)
		return value;
	value.raw = kernel.raw;
	value.enabled_ns = kernel.enabled_ns;
	value.running_ns = kernel.running_ns;
	if (kernel.running_ns == 0)
		return value;
	value.state = kernel.running_ns < kernel.enabled_ns ? COUNTER_SCALED : COUNTER_OK;
	return value;
}

/* The state for an event that opened when the run began and was refused for this task. */
static enum counter_state state_of_refusal(int code)
{
	for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++)
		if (refusals[i].code == code)
			return refusals[i].state;
	return COUNTER_NOT_COUNTED;
}

void events_read(const struct events *events, int *event_fds, bool was_started,
                 struct counter_value counters[RECORD_MAX_EVENTS])
{
	for (size_t i = 0; i < events->count; i++)
		counters[i] = (struct counter_value){.state = events->definitions[i].state};
	for (size_t i = 0; i < events->open_count; i++) {
		struct counter_value *const value = &counters[events->definition_of[i]];
		if (event_fds[i] < 0) {
			value->state = state_of_refusal(-event_fds[i]);
			continue;
		}
		*value = read_counter(event_fds[i], was_started);
		close(event_fds[i]);
		event_fds[i] = -1;
	}
}

static bool is_task_clock(const struct event_definition *definition)
{
	return definition->type == PERF_TYPE_SOFTWARE &&
	       definition->config == PERF_COUNT_SW_TASK_CLOCK;
}

void events_mark_detached(const struct events *events, int64_t user_ns,
                          struct counter_value counters[RECORD_MAX_EVENTS])
{
	if (user_ns == RECORD_ABSENT || user_ns < DETACHED_LEAST_NS)
		return;
	bool is_detached = false;
	for (size_t i = 0; i < events->count; i++)
		if (is_task_clock(&events->definitions[i]) && counters[i].state == COUNTER_OK &&
		    (double)counters[i].raw < 0.9 * (double)user_ns)
			is_detached = true;
	for (size_t i = 0; is_detached && i < events->count; i++)
		if (counters[i].state == COUNTER_OK || counters[i].state == COUNTER_SCALED)
			counters[i].state = COUNTER_DETACHED;
}

bool events_has_hardware(const struct events *events)
{
	for (size_t i = 0; i < events->open_count; i++)
		if (events->attributes[i].type != PERF_TYPE_SOFTWARE)
			return true;
	return false;
}
