#include "run/crew.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "platform/delays.h"
#include "platform/event_sets.h"
#include "platform/events.h"
#include "platform/launch.h"
#include "platform/memory_limit.h"
#include "platform/process.h"
#include "run/crew_parts.h"
#include "run/orphans.h"
#include "run/sampler.h"
#include "run/streams.h"
#include "run/words.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NODE_MASK_BITS = 16 * 64 };

/* Below the private folder: the working folders of slots, by number. */
static const char workdirs_name[] = "work";

int64_t crew_now_ns(const struct crew *crew)
{
	return now_ns_of(crew);
}

struct slot *crew_slot(struct crew *crew, uint32_t number)
{
	return &crew->slots[number];
}

struct streams *crew_streams(struct crew *crew)
{
	return crew->streams;
}

uint32_t crew_lost_workdirs(const struct crew *crew)
{
	return crew->lost_workdirs;
}

uint32_t crew_delays(const struct crew *crew, enum delays_fate fate)
{
	return crew->delays_kept[fate];
}

int64_t crew_most_memory(const struct crew *crew)
{
	const struct most_memory *const most = &crew->most_memory;
	const int64_t tree = most->pss_bytes >= 0 ? most->pss_bytes : most->rss_bytes;
	return tree > most->process_bytes ? tree : most->process_bytes;
}

const char *crew_memory_limit(const struct crew *crew)
{
	const bool has_limit = crew->settings.scenario->task.memory_limit_bytes > 0;
	return crew->limit && has_limit ? memory_limit_text(crew->limit) : NULL;
}

const char *crew_memory_peak(const struct crew *crew, bool *ret_is_there)
{
	*ret_is_there = crew->limit && memory_limit_has_peak(crew->limit);
	return crew->limit ? memory_limit_peak_text(crew->limit) : "sampling.memory_group is never";
}

uint32_t crew_busy(const struct crew *crew)
{
	return crew->busy;
}

/* ---- Set-up ------------------------------------------------------------------------------- */

static int open_subfolder(const struct crew *crew, const char *name, int *ret_fd, struct error *err)
{
	if (mkdirat(crew->settings.folder_fd, name, 0700) < 0 && errno != EEXIST)
		return error_system(err, errno, "cannot make %s/%s", crew->settings.folder, name);
	*ret_fd = openat(crew->settings.folder_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret_fd < 0)
		return error_system(err, errno, "cannot open %s/%s", crew->settings.folder, name);
	return 0;
}

static int open_slot(struct crew *crew, uint32_t number, struct error *err)
{
	struct slot *const slot = &crew->slots[number];
	slot->number = number;
	slot->deadline_ns = INT64_MAX;
	slot->io_fd = -1;
	const int r = str_format(&slot->workdir, err, "%s/%s/%" PRIu32, crew->settings.folder,
	                         workdirs_name, number);
	if (r < 0)
		return r;
	return task_words_new(&crew->words_context, strlen(slot->workdir), &slot->words, err);
}

/* Descriptors that the slots need, and those that plateau has open beside them. */
uint64_t crew_files_needed(uint32_t slot_count, size_t event_count)
{
	enum { PER_SLOT = 6, OTHERS = 128 };
	return (uint64_t)slot_count * (PER_SLOT + event_count) + OTHERS;
}

static int check_descriptors(const struct crew *crew, struct error *err)
{
	struct rlimit limit;
	const rlim_t needed =
	        crew_files_needed(crew->settings.slot_count, crew->settings.events->open_count);
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return error_system(err, errno, "cannot read the limit of open files");
	if (limit.rlim_cur >= needed)
		return 0;
	return error_set(
	        err, EMFILE,
	        "%" PRIu32 " copies need %ju open files, and only %ju are allowed: raise the "
	        "hard limit (ulimit -Hn), count fewer events, or leave out the largest level",
	        crew->settings.slot_count, (uintmax_t)needed, (uintmax_t)limit.rlim_cur);
}

static int open_all(struct crew *crew, struct error *err)
{
	const uint32_t count = crew->settings.slot_count;
	int r = check_descriptors(crew, err);
	if (r == 0)
		r = process_become_subreaper(err);
	if (r == 0)
		r = open_subfolder(crew, "out", &crew->outputs_fd, err);
	if (r == 0)
		r = open_subfolder(crew, workdirs_name, &crew->workdirs_fd, err);
	if (r == 0)
		r = launcher_open(&crew->settings.task_mask, &crew->settings.files_limit,
		                  &crew->launcher, err);
	if (r == 0)
		r = launch_cells_new(count, &crew->cells, err);
	const struct streams_settings streams = {
	        .folder_fd = crew->outputs_fd,
	        .workdirs_fd = crew->workdirs_fd,
	        .slot_count = count,
	        .keep = crew->settings.scenario->task.keep,
	        .phases = &crew->settings.scenario->task.phases,
	        .figures = &crew->settings.scenario->task.figures,
	        .origin_ns = crew->settings.origin_ns,
	};
	if (r == 0)
		r = streams_open(&streams, &crew->streams, err);
	if (r == 0)
		r = orphans_open(crew->settings.run_id, count, crew->streams, &crew->orphans, err);
	if (r == 0)
		r = delays_open(NULL, &crew->delays, err);
	const int64_t limit_bytes = crew->settings.scenario->task.memory_limit_bytes;
	const enum memory_group wanted = crew->settings.scenario->sampling.memory_group;
	if (r == 0 && (limit_bytes > 0 || wanted != MEMORY_GROUP_NEVER))
		r = memory_limit_open(NULL, crew->settings.run_id, count, limit_bytes,
		                      wanted == MEMORY_GROUP_ALWAYS, &crew->limit, err);
	for (uint32_t i = 0; r == 0 && i < count; i++)
		r = open_slot(crew, i, err);
	return r;
}

int crew_open(const struct crew_settings *settings, struct crew **ret_crew, struct error *err)
{
	struct crew *const crew = calloc(1, sizeof *crew);
	if (!crew)
		return error_memory(err);
	crew->settings = *settings;
	crew->events = settings->events;
	crew->outputs_fd = crew->workdirs_fd = -1;
	crew->most_memory = (struct most_memory){-1, -1, -1};
	extern char **environ;
	crew->words_context = (struct words_context){
	        .scenario = settings->scenario,
	        .inputs = settings->inputs,
	        .run_id = settings->run_id,
	        .base_environment = (const char *const *)environ,
	};
	crew->slots = calloc(settings->slot_count, sizeof *crew->slots);
	crew->ended = calloc(settings->slot_count, sizeof *crew->ended);
	const int r = crew->slots && crew->ended ? open_all(crew, err) : error_memory(err);
	if (r < 0) {
		crew_close(crew);
		return r;
	}
	*ret_crew = crew;
	return 0;
}

static void finished_nothing(void *context, struct slot *slot, const struct record *record)
{
	(void)context;
	(void)slot;
	(void)record;
}

/* KILL to everything, and its end awaited. */
static void end_all(struct crew *crew)
{
	for (uint32_t i = 0; i < crew->settings.slot_count; i++)
		crew_end(crew, i, ENDING_NOT_NEEDED, true);
	while (crew->busy > 0) {
		crew_reap(crew, finished_nothing, NULL);
		crew_tend(crew, finished_nothing, NULL);
		if (crew->busy > 0)
			clock_sleep_until(clock_now_ns() + NS_PER_MS);
	}
}

const char *crew_failed_step(const struct crew *crew, uint32_t slot)
{
	return launch_step_names[crew->slots[slot].failed_step];
}

uint32_t crew_take_unowned(struct crew *crew)
{
	return orphans_take_unowned(crew->orphans);
}

size_t crew_end_strays(struct crew *crew)
{
	return orphans_end_all(crew->orphans);
}

void crew_close(struct crew *crew)
{
	if (!crew)
		return;
	if (crew->slots && crew->busy > 0)
		end_all(crew);
	for (uint32_t i = 0; crew->slots && i < crew->settings.slot_count; i++) {
		task_words_free(crew->slots[i].words);
		free(crew->slots[i].workdir);
	}
	free(crew->slots);
	free(crew->ended);
	memory_limit_close(crew->limit);
	delays_close(crew->delays);
	orphans_close(crew->orphans);
	streams_close(crew->streams);
	launch_cells_free(crew->cells, crew->settings.slot_count);
	launcher_close(crew->launcher);
	if (crew->outputs_fd >= 0)
		close(crew->outputs_fd);
	if (crew->workdirs_fd >= 0)
		close(crew->workdirs_fd);
	free(crew);
}

void crew_take_places(struct crew *crew, const struct plan_level *level)
{
	for (uint32_t i = 0; i < level->concurrency; i++) {
		const struct plan_slot *const place = &level->slots[i];
		struct slot *const slot = &crew->slots[i];
		slot->is_bound = place->pu_count > 0;
		slot->pu = slot->is_bound ? (int32_t)place->pus[0] : -1;
		slot->place = (struct cpuset){0};
		for (size_t k = 0; k < place->pu_count; k++)
			cpuset_add(&slot->place, place->pus[k]);
		slot->last_end_ns = RECORD_ABSENT;
		slot->workdir_was_made = false;
	}
	crew->lost_workdirs = 0;
	memset(crew->delays_kept, 0, sizeof crew->delays_kept);
	delays_look_again(crew->delays);
}

void crew_take_events(struct crew *crew, const struct event_sets *sets, uint32_t set)
{
	crew->events = crew->settings.events;
	if (set == 0)
		return;
	event_sets_choose(crew->settings.events, sets, set, &crew->one_set);
	crew->events = &crew->one_set;
}

int crew_clear_workdirs(struct crew *crew, uint32_t slot_count, struct error *err)
{
	int result = 0;
	for (uint32_t i = 0; i < slot_count; i++) {
		char name[16];
		snprintf(name, sizeof name, "%" PRIu32, i);
		const int r = file_empty_folder(crew->workdirs_fd, name, err);
		/* A task may have put a link or a file in its place. */
		if (r < 0 && unlinkat(crew->workdirs_fd, name, 0) < 0)
			result = r;
	}
	return result < 0 ? error_context(err, result, "emptying the working folders") : 0;
}

/* ---- Starting ----------------------------------------------------------------------------- */

/* A task may have removed its own working folder, or its rights to it: the next one finds it made
 * again. */
static void make_workdir(struct crew *crew, struct slot *slot)
{
	char name[16];
	snprintf(name, sizeof name, "%" PRIu32, slot->number);
	const bool was_made = slot->workdir_was_made;
	slot->workdir_was_made = true;
	struct stat status;
	const bool is_there = fstatat(crew->workdirs_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
	if (is_there && S_ISDIR(status.st_mode)) {
		if ((status.st_mode & 0700) != 0700 &&
		    fchmodat(crew->workdirs_fd, name, 0700, 0) < 0)
			return; /* the task cannot enter it, and says so */
		return;
	}
	/* What stands in its place, a link for instance, must not lead the next task elsewhere. */
	if (is_there)
		unlinkat(crew->workdirs_fd, name, 0);
	mkdirat(crew->workdirs_fd, name, 0700);
	crew->lost_workdirs += was_made;
}

static void begin_record(struct slot *slot, const struct crew_task *task, int64_t now_ns)
{
	slot->record = (struct record){.kind = RECORD_TASK};
	struct task_record *const record = &slot->record.task;
	*record = task_record_empty();
	record->trial = task->trial;
	record->index = task->index;
	record->slot = slot->number;
	record->pu = slot->pu;
	record->input = task->input;
	record->start_ns = now_ns;
	record->idle_before_ns =
	        slot->last_end_ns == RECORD_ABSENT ? RECORD_ABSENT : now_ns - slot->last_end_ns;
}

static void set_memory(const struct crew *crew, const struct slot *slot,
                       struct launch_request *request)
{
	request->memory_mode = LAUNCH_NO_MEMORY_POLICY;
	if (!slot->is_bound || crew->settings.memory == MEMORY_NONE)
		return;
	if (crew->settings.memory == MEMORY_LOCAL) {
		request->memory_mode = MPOL_LOCAL;
		return;
	}
	request->memory_mode = MPOL_INTERLEAVE;
	request->memory_nodes = crew->settings.memory_nodes;
	request->memory_node_bits = NODE_MASK_BITS;
}

int crew_start(struct crew *crew, uint32_t number, const struct crew_task *task, struct error *err)
{
	struct slot *const slot = &crew->slots[number];
	const struct words_task words = {task->index, number,      task->level,
	                                 slot->pu,    task->input, slot->workdir};
	task_words_fill(slot->words, &words);
	make_workdir(crew, slot);
	slot->stream_set = streams_turn(crew->streams, number);
	struct launch_request request = {
	        .path = task_words_path(slot->words),
	        .argv = task_words_argv(slot->words),
	        .envp = task_words_envp(slot->words),
	        .streams = {streams_fd(crew->streams, number, 0),
	                    streams_fd(crew->streams, number, 1),
	                    streams_fd(crew->streams, number, 2)},
	        .cpu_mask = slot->is_bound ? (const unsigned long *)slot->place.words : NULL,
	        .cpu_mask_bytes = sizeof slot->place.words,
	        .events = crew->events->attributes,
	        .event_count = crew->events->open_count,
	        .wants_io = true,
	        .cell = &crew->cells[number],
	};
	set_memory(crew, slot, &request);
	if (crew->limit) {
		memory_limit_begin(crew->limit, number);
		request.cgroup_procs = memory_limit_procs(crew->limit, number);
		request.address_space_bytes = memory_limit_address_space(crew->limit);
	}
	struct launched_task launched = {.event_fds = slot->event_fds};
	begin_record(slot, task, now_ns_of(crew));
	const int r = launch_task(crew->launcher, &request, &launched, err);
	if (r < 0)
		return r;
	slot->pid = launched.pid;
	slot->io_fd = launched.io_fd;
	slot->phase = SLOT_RUNNING;
	slot->ending = ENDING_NOT;
	slot->force = FORCE_NONE;
	slot->has_left_children = false;
	const int64_t timeout_ns = crew->settings.scenario->task.timeout_ns;
	slot->deadline_ns = timeout_ns ? slot->record.task.start_ns + timeout_ns : INT64_MAX;
	crew->busy++;
	if (crew->settings.sampler)
		sampler_started(crew->settings.sampler, number, launched.pid);
	orphans_expect(crew->orphans, slot->pid, number, task->index);
	return 0;
}

int crew_gate_close(struct crew *crew, struct error *err)
{
	return launch_gate_close(crew->launcher, err);
}

void crew_gate_open(struct crew *crew, uint32_t slot_count)
{
	const int64_t now_ns = now_ns_of(crew);
	const int64_t timeout_ns = crew->settings.scenario->task.timeout_ns;
	for (uint32_t i = 0; i < slot_count; i++) {
		if (crew->slots[i].phase != SLOT_RUNNING)
			continue;
		crew->slots[i].record.task.start_ns = now_ns;
		if (timeout_ns)
			crew->slots[i].deadline_ns = now_ns + timeout_ns;
	}
	launch_gate_open(crew->launcher);
}
