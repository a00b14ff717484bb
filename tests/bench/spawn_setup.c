/* What tests/bench/spawn_loop needs before its loop begins. */
#include "spawn_loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

_Noreturn void spawn_fail(const char *what)
{
	fprintf(stderr, "spawn_loop: %s: %s\n", what, strerror(errno));
	exit(1);
}

const struct part_entry part_table[PARTS] = {
        [PART_CREATE] = {"create", NULL},
        [PART_EXECUTE] = {"execute", NULL},
        [PART_REAP] = {"reap", NULL},
        [PART_GROUP] = {"group", "group"},
        [PART_BIND] = {"bind", "bind"},
        [PART_EVENTS] = {"events_open", "events"},
        [PART_READ_EVENTS] = {"events_read", "events"},
        [PART_IO] = {"io_open", "io"},
        [PART_READ_IO] = {"io_read", "io"},
        [PART_TABLE] = {"own_table", "table"},
        [PART_STREAMS] = {"streams", "streams"},
        [PART_OUTPUT] = {"output_looked_at", "output"},
        [PART_FOLDER] = {"folder", "folder"},
        [PART_ORPHANS] = {"orphans_looked_for", "orphans"},
        [PART_DELAYS_ASKED] = {"delays_by_taskstats", "delays"},
        [PART_DELAYS_READ] = {"delays_by_schedstat", "delays"},
};

void spawn_use_parts(struct loop *loop, char *list)
{
	for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
		bool is_known = false;
		for (int i = 0; i < PARTS; i++) {
			if (!part_table[i].option || strcmp(part_table[i].option, name) != 0)
				continue;
			is_known = loop->with[i] = true;
		}
		if (!is_known) {
			fprintf(stderr, "spawn_loop: there is no part %s\n", name);
			exit(2);
		}
	}
	/* The shared table exists for the sake of what the child opens. */
	loop->with[PART_TABLE] |= loop->with[PART_EVENTS] || loop->with[PART_IO];
}

/* The software events: every machine has them. */
static void prepare_events(struct loop *loop)
{
	static const uint64_t configs[] = {PERF_COUNT_SW_TASK_CLOCK, PERF_COUNT_SW_PAGE_FAULTS,
	                                   PERF_COUNT_SW_CONTEXT_SWITCHES,
	                                   PERF_COUNT_SW_CPU_MIGRATIONS};
	loop->event_count = sizeof configs / sizeof configs[0];
	for (int i = 0; i < loop->event_count; i++)
		loop->attributes[i] = (struct perf_event_attr){
		        .type = PERF_TYPE_SOFTWARE,
		        .size = sizeof loop->attributes[i],
		        .config = configs[i],
		        .disabled = 1,
		        .enable_on_exec = 1,
		        .inherit = 1,
		        .read_format =
		                PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
		};
}

static void prepare_cpus(struct loop *loop)
{
	cpu_set_t allowed;
	if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
		spawn_fail("sched_getaffinity");
	int cpu = -1;
	for (int i = 0; i < loop->count; i++) {
		do
			cpu = (cpu + 1) % CPU_SETSIZE;
		while (!CPU_ISSET(cpu, &allowed));
		CPU_SET(cpu, &loop->cpus[i]);
	}
}

void spawn_prepare(struct loop *loop)
{
	for (int i = 0; i < PARTS + 1; i++) {
		struct samples *const samples = i < PARTS ? &loop->parts[i] : &loop->gaps;
		samples->values = malloc(MOST_SAMPLES * sizeof *samples->values);
		if (!samples->values)
			spawn_fail("malloc");
	}
	loop->null_fd = fcntl(open("/dev/null", O_RDWR), F_DUPFD_CLOEXEC, FIRST_FREE);
	for (int i = 3; i < FIRST_FREE; i++)
		dup3(loop->null_fd, i, O_CLOEXEC);
	FILE *const output = tmpfile();
	loop->output_fd = output ? fileno(output) : -1;
	loop->folder_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char path[64];
	snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
	loop->children_fd = open(path, O_RDONLY | O_CLOEXEC);
	loop->stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (loop->stack == MAP_FAILED || loop->null_fd < 0)
		spawn_fail("cannot get ready");
	loop->with[PART_DELAYS_ASKED] =
	        loop->with[PART_DELAYS_ASKED] && taskstats_open(&loop->taskstats) == 0;
	prepare_events(loop);
	prepare_cpus(loop);
}

void spawn_find_command(struct loop *loop)
{
	const char *const name = loop->argv[0];
	const char *folders = strchr(name, '/') ? NULL : getenv("PATH");
	snprintf(loop->path, sizeof loop->path, "%s", name);
	while (folders && *folders) {
		const size_t length = strcspn(folders, ":");
		snprintf(loop->path, sizeof loop->path, "%.*s/%s", (int)length, folders, name);
		if (access(loop->path, X_OK) == 0)
			return;
		folders += length + (folders[length] == ':');
	}
	if (access(loop->path, X_OK) < 0)
		spawn_fail(name);
}
