/* The processes and threads of a log, by their numbers. */
#include "core/array.h"
#include "formats/strace/strace_log_parts.h"

struct strace_process *strace_process_of(struct strace_log *log, int32_t pid, struct error *err)
{
	uint32_t index = 0;
	if (index_map_find(&log->by_pid, (uint32_t)pid, &index))
		return &log->processes[index];
	if (array_reserve(&log->processes, &log->process_room, log->process_count + 1,
	                  sizeof *log->processes, err) < 0 ||
	    index_map_put(&log->by_pid, (uint32_t)pid, (uint32_t)log->process_count, err) < 0)
		return NULL;
	struct strace_process *const process = &log->processes[log->process_count++];
	process->pid = pid;
	log->report.processes++;
	return process;
}

void strace_set_alive(struct strace_log *log, struct strace_process *process, bool is_alive)
{
	if (process->is_alive != is_alive)
		log->alive += is_alive ? 1 : (size_t)-1;
	process->is_alive = is_alive;
}
