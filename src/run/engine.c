#include "run/engine.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "core/trust.h"
#include "model/sink.h"
#include "platform/events.h"
#include "platform/memory.h"
#include "platform/stalls.h"
#include "run/crew.h"
#include "run/guardian.h"
#include "run/inputs.h"
#include "run/node_sampler.h"
#include "run/sampler.h"
#include "run/signals.h"
#include "run/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct engine {
	struct engine_settings settings;
	struct signals signals;
	char *folder;
	int folder_fd;
	struct words inputs;
	struct crew *crew;
	struct sampler *sampler;
	struct node_sampler *node_sampler; /* NULL: nothing is sampled */
	struct stalls *stalls;
	const struct sink *sink;
	struct rlimit files_before;
	int64_t unwritten_before; /* bytes, or -1 */
};

static int make_folder(struct engine *engine, struct error *err)
{
	const struct engine_settings *const s = &engine->settings;
	/* Tasks change folders: what they are told of must be a whole path. */
	cleanup_free char *parent = realpath(file_temporary_parent(), NULL);
	int r = trust_temporary_parent(parent ? parent : file_temporary_parent(), err);
	if (r == 0)
		r = str_format(&engine->folder, err, "%s/plateau-%s",
		               parent ? parent : file_temporary_parent(), s->run_id);
	if (r < 0)
		return r;
	/* Told first: whatever happens from here on, somebody knows the folder. */
	if (s->guardian)
		guardian_tell_run(s->guardian, s->run_id, engine->folder);
	if (mkdir(engine->folder, 0700) < 0)
		return error_system(err, errno,
		                    "cannot make a temporary folder in %s (set TMPDIR to a folder "
		                    "that you may write to)",
		                    file_temporary_parent());
	engine->folder_fd = open(engine->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return engine->folder_fd < 0 ? error_system(err, errno, "cannot open %s", engine->folder)
	                             : 0;
}

/* Every slot holds a handful of descriptors: the soft limit goes up to the hard one, for plateau
 * alone (the launcher gives tasks the limit that plateau was started with). */
static int raise_file_limit(struct engine *engine, struct error *err)
{
	if (getrlimit(RLIMIT_NOFILE, &engine->files_before) < 0)
		return error_system(err, errno, "cannot read the limit of open files");
	struct rlimit raised = engine->files_before;
	raised.rlim_cur = raised.rlim_max;
	setrlimit(RLIMIT_NOFILE, &raised);
	return 0;
}

int engine_open(const struct engine_settings *settings, struct engine **ret_engine,
                struct error *err)
{
	struct engine *const engine = calloc(1, sizeof *engine);
	if (!engine)
		return error_memory(err);
	engine->settings = *settings;
	engine->folder_fd = -1;
	engine->unwritten_before = memory_unwritten_bytes();
	int r = signals_open(&engine->signals, err);
	if (r < 0) {
		free(engine);
		return r;
	}
	r = make_folder(engine, err);
	if (r == 0)
		r = raise_file_limit(engine, err);
	if (r < 0) {
		engine_close(engine);
		return r;
	}
	*ret_engine = engine;
	return 0;
}

void engine_close(struct engine *engine)
{
	if (!engine)
		return;
	crew_close(engine->crew);
	sampler_close(engine->sampler);
	node_sampler_close(engine->node_sampler);
	stalls_close(engine->stalls);
	if (engine->folder_fd >= 0)
		close(engine->folder_fd);
	struct error ignored;
	if (engine->folder)
		file_remove_tree(AT_FDCWD, engine->folder, &ignored);
	if (engine->files_before.rlim_max)
		setrlimit(RLIMIT_NOFILE, &engine->files_before);
	free(engine->folder);
	words_release(&engine->inputs);
	signals_close(&engine->signals);
	free(engine);
}

void engine_set_sink(struct engine *engine, const struct sink *sink, int failure_fd)
{
	engine->sink = sink;
	engine->signals.failure_fd = failure_fd;
}

int engine_stop_signal(struct engine *engine)
{
	signals_wait(&engine->signals, 0);
	return engine->signals.requests ? engine->signals.last_request : 0;
}

/* ---- One task on its own: the probe, the generator ------------------------------------------ */

static void keep_record(void *context, struct slot *slot, const struct record *record)
{
	(void)slot;
	*(struct record *)context = *record;
}

/* How often a task on its own is looked after, whatever woke or did not wake the engine. */
#define LOOK_NS (100 * NS_PER_MS)

/* Waits for the one task that runs, and ends it on request. */
static void await_single(struct engine *engine, struct crew *crew, struct record *ret_record)
{
	bool has_more = false;
	while (crew_busy(crew) > 0) {
		if (engine->signals.requests > 0)
			crew_end(crew, 0, ENDING_NOT_NEEDED, engine->signals.requests > 1);
		const int64_t look_ns = crew_now_ns(crew) + LOOK_NS;
		const int64_t next_ns = crew_next_ns(crew) < look_ns ? crew_next_ns(crew) : look_ns;
		signals_wait(&engine->signals,
		             engine->settings.origin_ns + (has_more ? 0 : next_ns));
		has_more = crew_reap(crew, keep_record, ret_record);
		crew_tend(crew, keep_record, ret_record);
	}
}

int engine_probe(struct engine *engine, int64_t *ret_wall_ns, struct error *err)
{
	const struct plan_level *const level = &engine->settings.plan->levels[0];
	crew_take_places(engine->crew, level);
	const struct crew_task task = {.level = level->concurrency,
	                               .input = engine->inputs.count ? 0 : -1};
	sampler_set_pace(engine->sampler, PACE_FAST);
	int r = crew_start(engine->crew, 0, &task, err);
	if (r < 0)
		return r;
	struct record record = {0};
	await_single(engine, engine->crew, &record);
	sampler_set_pace(engine->sampler, PACE_OFF);
	record.task.role = ROLE_PROBE;
	uint64_t dropped;
	r = sink_put(engine->sink, &record, err);
	if (r == 0)
		r = streams_flush(crew_streams(engine->crew), record.task.start_ns,
		                  record.task.end_ns, engine->sink, &dropped, err);
	if (r < 0)
		return r;
	struct error ignored;
	crew_clear_workdirs(engine->crew, 1, &ignored);
	const bool is_success = task_state_is_success(record.task.state);
	*ret_wall_ns = is_success ? record.task.end_ns - record.task.start_ns : 0;
	return 0;
}

/* ---- Inputs ------------------------------------------------------------------------------- */

/* A sink that keeps the end of what a task said on stderr. */
static int keep_stderr(void *self, const struct record *record, struct error *err)
{
	(void)err;
	if (record->kind != RECORD_OUTPUT)
		return 0;
	struct str *const said = self;
	const struct output_record *const output = &record->output;
	if (output->stream == 2) {
		if (output->head)
			str_add_bytes(said, output->head, output->head_bytes);
		if (output->tail)
			str_add_bytes(said, output->tail, output->tail_bytes);
	}
	free(output->head);
	free(output->tail);
	return 0;
}

/* The last line that is not empty, without its line end. */
static const char *last_line(struct str *said)
{
	while (said->length > 0 && strchr("\n\r ", said->text[said->length - 1]))
		said->text[--said->length] = '\0';
	const char *const text = str_text(said);
	const char *const line = strrchr(text, '\n');
	return line ? line + 1 : text;
}

static int generator_failed(const struct task_record *task, const char *program,
                            struct streams *streams, struct error *err)
{
	if (task->start_errno)
		return error_system(err, task->start_errno, "inputs.generate: cannot execute %s",
		                    program);
	cleanup_str struct str said = {0};
	const struct sink sink = {keep_stderr, &said};
	uint64_t dropped;
	struct error ignored;
	streams_flush(streams, RECORD_ABSENT, RECORD_ABSENT, &sink, &dropped, &ignored);
	if (task->signal)
		return error_set(err, EIO,
		                 "inputs.generate: %s was ended by signal %" PRId32
		                 " (%s); it said: %s",
		                 program, task->signal, strsignal(task->signal), last_line(&said));
	return error_set(err, EIO,
	                 "inputs.generate: %s ended with exit status %" PRId32 "; it said: %s",
	                 program, task->exit_status, last_line(&said));
}

/* Runs argv like a task, in a crew of one. */
static int run_generator(struct engine *engine, const struct words *argv, struct error *err)
{
	static const struct events no_events;
	struct scenario generator = {.task = {.command = *argv}};
	struct crew_settings settings = {
	        .scenario = &generator,
	        .events = &no_events,
	        .run_id = engine->settings.run_id,
	        .slot_count = 1,
	        .origin_ns = engine->settings.origin_ns,
	        .task_mask = engine->signals.before,
	        .folder = engine->folder,
	        .folder_fd = engine->folder_fd,
	        .memory = MEMORY_NONE,
	        .files_limit = engine->files_before,
	};
	struct crew *crew = NULL;
	int r = crew_open(&settings, &crew, err);
	if (r < 0)
		return r;
	crew_slot(crew, 0)->pu = -1;
	const struct crew_task task = {.input = -1};
	struct record record = {0};
	r = crew_start(crew, 0, &task, err);
	if (r == 0) {
		await_single(engine, crew, &record);
		if (engine->signals.requests > 0)
			r = error_set(err, EINTR, "stopped while the inputs were generated");
		else if (!task_state_is_success(record.task.state))
			r = generator_failed(&record.task, argv->items[0], crew_streams(crew), err);
	}
	crew_close(crew);
	return r;
}

/* Words of a finished argument vector as templates: braces stand for themselves. */
static int protect_braces(struct words *words, struct error *err)
{
	for (size_t i = 0; i < words->count; i++) {
		cleanup_str struct str doubled = {0};
		for (const char *p = words->items[i]; *p; p++)
			str_add_repeat(&doubled, *p, *p == '{' || *p == '}' ? 2 : 1);
		char *text = NULL;
		const int r = str_take(&doubled, &text, err);
		if (r < 0)
			return r;
		free(words->items[i]);
		words->items[i] = text;
	}
	return 0;
}

static int generate(struct engine *engine, uint32_t count, struct error *err)
{
	const struct scenario_inputs *const inputs = &engine->settings.scenario->task.inputs;
	cleanup_free char *folder = NULL;
	cleanup_words struct words argv = {0};
	int r = file_join(engine->folder, "inputs", &folder, err);
	if (r == 0 && mkdirat(engine->folder_fd, "inputs", 0700) < 0)
		r = error_system(err, errno, "cannot make %s", folder);
	if (r == 0)
		r = inputs_generator(inputs, count, folder, &argv, err);
	if (r == 0)
		r = protect_braces(&argv, err);
	if (r == 0)
		r = run_generator(engine, &argv, err);
	return r < 0 ? r : inputs_generated(folder, count, &engine->inputs, err);
}

static bool is_asked_to_stop(void *engine)
{
	return engine_stop_signal(engine) != 0;
}

int engine_inputs(struct engine *engine, const struct words **ret_inputs, size_t *ret_found,
                  struct error *err)
{
	const struct scenario_inputs *const inputs = &engine->settings.scenario->task.inputs;
	const uint32_t largest = plan_largest_to_run(engine->settings.plan);
	size_t found = 0;
	int r = 0;
	if (inputs->kind == INPUTS_GENERATE)
		r = generate(engine, inputs->count ? inputs->count : largest, err);
	else if (inputs->kind != INPUTS_NONE)
		r = inputs_find(inputs, largest, &engine->inputs, &found, err);
	if (r == 0)
		r = inputs_read_once(&engine->inputs, is_asked_to_stop, engine, err);
	if (r < 0)
		return r;
	*ret_inputs = &engine->inputs;
	*ret_found = found > engine->inputs.count ? found : engine->inputs.count;
	return 0;
}

/* ---- Trials ------------------------------------------------------------------------------- */

static int open_node_sampler(struct engine *engine, struct error *err)
{
	const struct engine_settings *const s = &engine->settings;
	const struct cpuset allowed = topology_allowed(s->topology);
	const struct node_sampler_settings settings = {
	        .cpus = &allowed,
	        .interval_ns = s->scenario->sampling.interval_ns,
	        .origin_ns = s->origin_ns,
	};
	return node_sampler_open(&settings, &engine->node_sampler, err);
}

int engine_ready(struct engine *engine, const struct events *events, struct error *err)
{
	const struct engine_settings *const s = &engine->settings;
	struct crew_settings settings = {
	        .scenario = s->scenario,
	        .inputs = &engine->inputs,
	        .events = events,
	        .run_id = s->run_id,
	        .slot_count = plan_largest_to_run(s->plan),
	        .origin_ns = s->origin_ns,
	        .task_mask = engine->signals.before,
	        .folder = engine->folder,
	        .folder_fd = engine->folder_fd,
	        .memory = memory_policy_works() ? s->scenario->placement.memory : MEMORY_NONE,
	        .files_limit = engine->files_before,
	};
	memory_interleave_nodes(s->topology, settings.memory_nodes, sizeof settings.memory_nodes);
	int r = sampler_open(s->run_id, s->plan->largest, s->scenario->sampling.memory_interval_ns,
	                     &engine->sampler, err);
	if (r == 0)
		r = stalls_open(NULL, &engine->stalls, err);
	if (r == 0)
		r = open_node_sampler(engine, err);
	if (r < 0)
		return r;
	settings.sampler = engine->sampler;
	return crew_open(&settings, &engine->crew, err);
}

int engine_trial(struct engine *engine, uint32_t trial_id, const struct plan_trial *planned,
                 uint32_t attempt, int64_t drain_ns, int64_t assumed_wall_ns,
                 struct trial_outcome *ret_outcome, struct error *err)
{
	const struct trial_tools tools = {
	        .crew = engine->crew,
	        .signals = &engine->signals,
	        .sink = engine->sink,
	        .scenario = engine->settings.scenario,
	        .plan = engine->settings.plan,
	        .sampler = engine->sampler,
	        .node_sampler = engine->node_sampler,
	        .stalls = engine->stalls,
	        .input_count = (uint32_t)engine->inputs.count,
	};
	sampler_set_pace(engine->sampler, PACE_NORMAL);
	const int r = trial_run(&tools, trial_id, planned, attempt, drain_ns, assumed_wall_ns,
	                        ret_outcome, err);
	sampler_set_pace(engine->sampler, PACE_OFF);
	return r;
}

pid_t engine_sampler_thread(const struct engine *engine)
{
	return sampler_thread_id(engine->sampler);
}

pid_t engine_node_sampler_thread(const struct engine *engine)
{
	return node_sampler_thread_id(engine->node_sampler);
}

const char *engine_memory_limit(const struct engine *engine)
{
	return crew_memory_limit(engine->crew);
}

const char *engine_memory_peak(const struct engine *engine, bool *ret_is_there)
{
	return crew_memory_peak(engine->crew, ret_is_there);
}

const char *engine_log_fault(const struct engine *engine)
{
	return streams_log_fault(crew_streams(engine->crew));
}

int64_t engine_most_memory(const struct engine *engine)
{
	return crew_most_memory(engine->crew);
}

void engine_wait_for_disk(struct engine *engine, int64_t most_ns, int64_t *ret_waited_ns)
{
	enum { POLL_MS = 20, SLACK_BYTES = 64 << 20 };
	const int64_t start_ns = clock_now_ns();
	*ret_waited_ns = RECORD_ABSENT;
	for (;;) {
		const int64_t unwritten = memory_unwritten_bytes();
		if (unwritten < 0 || engine->unwritten_before < 0)
			return;
		const int64_t now_ns = clock_now_ns();
		*ret_waited_ns = now_ns - start_ns;
		if (unwritten <= engine->unwritten_before + SLACK_BYTES ||
		    *ret_waited_ns >= most_ns)
			return;
		signals_wait(&engine->signals, now_ns + POLL_MS * NS_PER_MS);
		if (engine->signals.requests > 0)
			return;
	}
}
