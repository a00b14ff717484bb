#include "platform/launch.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/kernel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNSHARE_TABLE 2u /* CLOSE_RANGE_UNSHARE, missing from older headers */

enum {
	RESERVED_FIRST = 3, /* 3, 4, 5: stdin, stdout, stderr of the task being started */
	RESERVED_BEHIND = 6,
	CHILD_STACK_BYTES = 64 * 1024,
	MAX_SIGNAL = 64,
	CHILD_FAILED_STATUS = 127
};

const char *const launch_step_names[LAUNCH_STEPS] = {
        [LAUNCH_CREATE] = "create the process",    [LAUNCH_BIND] = "bind it to its CPUs",
        [LAUNCH_MEMORY] = "set its memory policy", [LAUNCH_STREAMS] = "connect its streams",
        [LAUNCH_LIMIT] = "limit its memory",       [LAUNCH_EXECUTE] = "execute the command",
};

/* The kernel's struct sched_attr in its first form, which the C library has from 2.41 on only. */
struct scheduling {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns; /* the slice, under SCHED_OTHER and from Linux 6.12 on */
	uint64_t deadline_ns;
	uint64_t period_ns;
};

struct launcher {
	bool is_shared;
	bool was_hurried;         /* hurry has been called */
	bool is_hurried;          /* and has changed something: see there */
	struct scheduling before; /* what tasks begin with where it has */
	pid_t parent;
	sigset_t task_mask;
	struct rlimit task_files;
	int reset_signals[MAX_SIGNAL]; /* those whose disposition here is not the default */
	size_t reset_count;
	char *stack; /* of the child, one at a time */
	int gate[2]; /* reading and writing end while a gate is closed, else -1 */
};

/* What the child works on. It lives on the parent's stack: with CLONE_VFORK the parent waits, and
 * a forked child has its own copy. */
struct birth {
	const struct launcher *launcher;
	const struct launch_request *request;
	struct launched_task *task;
	int gate[2]; /* -1 in the shared way */
};

/* ---- In the child: raw system calls only -------------------------------------------------- */

static void fail(const struct birth *birth, enum launch_step step, int code)
{
	birth->request->cell->step = (int32_t)step;
	birth->request->cell->start_errno = code;
	syscall(SYS_exit_group, CHILD_FAILED_STATUS);
}

static int open_event(const struct perf_event_attr *attributes, pid_t pid)
{
	const long fd = syscall(SYS_perf_event_open, attributes, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

static void join_own_group(const struct birth *birth)
{
	syscall(SYS_setpgid, 0, 0);
	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	/* The parent may have died before the line above: then nobody would end this task. */
	if (syscall(SYS_getppid) != birth->launcher->parent)
		syscall(SYS_exit_group, CHILD_FAILED_STATUS);
}

static void bind_to_place(const struct birth *birth)
{
	const struct launch_request *const r = birth->request;
	if (r->cpu_mask && syscall(SYS_sched_setaffinity, 0, r->cpu_mask_bytes, r->cpu_mask) < 0)
		fail(birth, LAUNCH_BIND, errno);
	if (r->memory_mode != LAUNCH_NO_MEMORY_POLICY &&
	    syscall(SYS_set_mempolicy, r->memory_mode, r->memory_nodes, r->memory_node_bits) < 0)
		fail(birth, LAUNCH_MEMORY, errno);
}

static void join_cgroup(const struct birth *birth)
{
	const char *const path = birth->request->cgroup_procs;
	if (!path)
		return;
	const long fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		fail(birth, LAUNCH_LIMIT, errno);
	const int code = syscall(SYS_write, fd, "0", 1) < 0 ? errno : 0;
	syscall(SYS_close, fd); /* the table may be the parent's */
	if (code != 0)
		fail(birth, LAUNCH_LIMIT, code);
}

/* The last thing before the command: plateau's own part needs no less. */
static void limit_address_space(const struct birth *birth)
{
	const rlim_t bytes = (rlim_t)birth->request->address_space_bytes;
	const struct rlimit64 limit = {bytes, bytes};
	if (bytes && syscall(SYS_prlimit64, 0, RLIMIT_AS, &limit, NULL) < 0)
		fail(birth, LAUNCH_LIMIT, errno);
}

/* Opened in the shared file table: the parent keeps the descriptors. */
static void open_own_counters(const struct birth *birth)
{
	const struct launch_request *const r = birth->request;
	for (size_t i = 0; i < r->event_count; i++)
		birth->task->event_fds[i] = open_event(&r->events[i], 0);
	if (r->wants_io)
		birth->task->io_fd =
		        (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/io", O_RDONLY | O_CLOEXEC);
	if (syscall(SYS_close_range, RESERVED_BEHIND, ~0u, UNSHARE_TABLE) < 0)
		fail(birth, LAUNCH_STREAMS, errno);
}

static void wait_at_gate(const struct birth *birth)
{
	char nothing;
	syscall(SYS_close, birth->gate[1]);
	long got;
	do
		got = syscall(SYS_read, birth->gate[0], &nothing, 1);
	while (got < 0 && errno == EINTR);
	/* Ours close on exec; this is for what a library has opened without that flag. */
	syscall(SYS_close_range, RESERVED_BEHIND, ~0u, 0);
}

static void connect_streams(const struct birth *birth)
{
	for (int i = 0; i < 3; i++) {
#ifdef SYS_dup2
		const long r = syscall(SYS_dup2, RESERVED_FIRST + i, i);
#else
		const long r = syscall(SYS_dup3, RESERVED_FIRST + i, i, 0);
#endif
		if (r < 0)
			fail(birth, LAUNCH_STREAMS, errno);
	}
}

/* Signals, limits and scheduling as plateau found them. */
static void restore_settings(const struct birth *birth)
{
	const struct launcher *const l = birth->launcher;
	if (l->is_hurried)
		syscall(SYS_sched_setattr, 0, &l->before, 0);
	syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &l->task_files, NULL);
	for (size_t i = 0; i < l->reset_count; i++)
		signal(l->reset_signals[i], SIG_DFL);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &l->task_mask, NULL, MAX_SIGNAL / 8);
}

static int run_child(void *argument)
{
	const struct birth *const birth = argument;
	join_own_group(birth);
	bind_to_place(birth);
	join_cgroup(birth);
	if (birth->gate[0] >= 0)
		wait_at_gate(birth);
	else
		open_own_counters(birth);
	connect_streams(birth);
	restore_settings(birth);
	limit_address_space(birth);
	const struct launch_request *const r = birth->request;
	syscall(SYS_execve, r->path, r->argv, r->envp);
	fail(birth, LAUNCH_EXECUTE, errno);
	return 0;
}

/* ---- In the parent ------------------------------------------------------------------------ */

/* Asks for a short slice for this thread, and so for a child until its execve: both have little to
 * do, and slots stand idle while they wait for a CPU behind tasks with whole slices. It gives a
 * turn sooner, not more of them. Older kernels and other policies are left as they are. */
static void hurry(struct launcher *launcher)
{
	const uint64_t slice_ns = 100000; /* the least that the kernel grants */
	launcher->was_hurried = true;
	struct scheduling *const before = &launcher->before;
	if (syscall(SYS_sched_getattr, 0, before, sizeof *before, 0) < 0 ||
	    before->policy != SCHED_OTHER || before->runtime_ns <= slice_ns)
		return;
	struct scheduling hurried = *before;
	hurried.runtime_ns = slice_ns;
	launcher->is_hurried = syscall(SYS_sched_setattr, 0, &hurried, 0) == 0;
}

static int place_streams(const struct launch_request *request, struct error *err)
{
	for (int i = 0; i < 3; i++)
		if (dup3(request->streams[i], RESERVED_FIRST + i, O_CLOEXEC) < 0)
			return error_system(err, errno, "cannot connect a task's streams");
	return 0;
}

static pid_t create_shared(const struct launcher *launcher, struct birth *birth)
{
	return clone(run_child, launcher->stack + CHILD_STACK_BYTES,
	             CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, birth);
}

/* Forks a child that waits at the gate, and opens its counters from here. */
static pid_t create_gated(struct birth *birth)
{
	const pid_t pid = fork();
	if (pid == 0) {
		run_child(birth);
		_exit(CHILD_FAILED_STATUS);
	}
	if (pid < 0)
		return pid;
	/* Here as well as in the child: whoever comes first, the group is there. */
	setpgid(pid, pid);
	const struct launch_request *const r = birth->request;
	for (size_t i = 0; i < r->event_count; i++)
		birth->task->event_fds[i] = open_event(&r->events[i], pid);
	if (r->wants_io) {
		char path[40];
		snprintf(path, sizeof path, "/proc/%d/io", (int)pid);
		birth->task->io_fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	return pid;
}

static int open_gate(int gate[2], struct error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_system(err, errno, "cannot make a pipe");
	gate[0] = ends[0];
	gate[1] = ends[1];
	return 0;
}

static void close_gate(int gate[2])
{
	for (int i = 1; i >= 0; i--) {
		if (gate[i] >= 0)
			close(gate[i]);
		gate[i] = -1;
	}
}

static int create_failed(int code, struct error *err)
{
	if (code == EAGAIN)
		return error_set(
		        err, code,
		        "cannot start another process: the limit of processes of this user or "
		        "cgroup is reached (see ulimit -u and pids.max); use fewer copies");
	return error_system(err, code, "cannot start another process");
}

int launch_task(struct launcher *launcher, const struct launch_request *request,
                struct launched_task *task, struct error *err)
{
	if (!launcher->was_hurried)
		hurry(launcher);
	request->cell->start_errno = 0;
	request->cell->step = LAUNCH_EXECUTE;
	task->io_fd = -1;
	for (size_t i = 0; i < request->event_count; i++)
		task->event_fds[i] = -ENOENT;
	int r = place_streams(request, err);
	if (r < 0)
		return r;
	struct birth birth = {launcher, request, task, {launcher->gate[0], launcher->gate[1]}};
	const bool is_held = launcher->gate[0] >= 0;
	if (!launcher->is_shared && !is_held) {
		r = open_gate(birth.gate, err);
		if (r < 0)
			return r;
	}
	sigset_t all;
	sigset_t before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const bool uses_gate = birth.gate[0] >= 0;
	const pid_t pid = uses_gate ? create_gated(&birth) : create_shared(launcher, &birth);
	const int code = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (uses_gate && !is_held)
		close_gate(birth.gate);
	if (pid < 0)
		return create_failed(code, err);
	task->pid = pid;
	return 0;
}

int launch_gate_close(struct launcher *launcher, struct error *err)
{
	return open_gate(launcher->gate, err);
}

void launch_gate_open(struct launcher *launcher)
{
	close_gate(launcher->gate);
}

/* ---- Set-up ------------------------------------------------------------------------------- */

/* Inherited descriptors must not reach a task: in the shared way close_range sees to that, in the
 * gate way this flag does. */
static void close_all_on_exec(void)
{
	DIR *const folder = opendir("/proc/self/fd");
	if (!folder)
		return;
	const struct dirent *entry;
	while ((entry = readdir(folder))) {
		const int fd = atoi(entry->d_name);
		if (fd >= RESERVED_FIRST)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	closedir(folder);
}

int launch_reserve(struct error *err)
{
	cleanup_close int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return error_system(err, errno, "cannot open /dev/null");
	for (int fd = RESERVED_FIRST; fd < RESERVED_BEHIND; fd++) {
		/* Something inherited may sit here, a lock for instance: it moves and stays open.
		 */
		if (fd != null && fcntl(fd, F_GETFD) >= 0 &&
		    fcntl(fd, F_DUPFD_CLOEXEC, RESERVED_BEHIND) < 0)
			return error_system(err, errno, "cannot move descriptor %d", fd);
		if (fd == null) {
			null = fcntl(fd, F_DUPFD_CLOEXEC, RESERVED_BEHIND);
			if (null < 0)
				return error_system(err, errno, "cannot move descriptor %d", fd);
			continue;
		}
		if (dup3(null, fd, O_CLOEXEC) < 0)
			return error_system(err, errno, "cannot reserve descriptor %d", fd);
	}
	close_all_on_exec();
	return 0;
}

static bool runs_under_valgrind(void)
{
	const char *const preload = getenv("LD_PRELOAD");
	return preload && strstr(preload, "vgpreload");
}

/* close_range on a range where nothing can be open: it exists exactly when this succeeds. */
static bool can_share(void)
{
	const char *const way = getenv("PLATEAU_LAUNCH");
	if ((way && strcmp(way, "gate") == 0) || runs_under_valgrind())
		return false;
	return syscall(SYS_close_range, ~0u, ~0u, 0) == 0;
}

static void find_signals_to_reset(struct launcher *launcher)
{
	for (int number = 1; number < MAX_SIGNAL; number++) {
		struct sigaction action;
		if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
			launcher->reset_signals[launcher->reset_count++] = number;
	}
}

int launcher_open(const sigset_t *task_mask, const struct rlimit *task_files,
                  struct launcher **ret_launcher, struct error *err)
{
	struct launcher *const launcher = calloc(1, sizeof *launcher);
	if (!launcher)
		return error_memory(err);
	launcher->gate[0] = launcher->gate[1] = -1;
	launcher->parent = getpid();
	launcher->task_mask = *task_mask;
	launcher->task_files = *task_files;
	launcher->is_shared = can_share();
	launcher->stack = mmap(NULL, CHILD_STACK_BYTES, PROT_READ | PROT_WRITE,
	                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (launcher->stack == MAP_FAILED) {
		const int code = errno;
		free(launcher);
		return error_system(err, code, "cannot make a stack for new tasks");
	}
	find_signals_to_reset(launcher);
	*ret_launcher = launcher;
	return 0;
}

void launcher_close(struct launcher *launcher)
{
	if (!launcher)
		return;
	if (launcher->is_hurried)
		syscall(SYS_sched_setattr, 0, &launcher->before, 0);
	close_gate(launcher->gate);
	munmap(launcher->stack, CHILD_STACK_BYTES);
	free(launcher);
}

int launch_cells_new(size_t count, struct launch_cell **ret_cells, struct error *err)
{
	void *const cells = mmap(NULL, count * sizeof **ret_cells, PROT_READ | PROT_WRITE,
	                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (cells == MAP_FAILED)
		return error_system(err, errno, "cannot share memory with tasks");
	*ret_cells = cells;
	return 0;
}

void launch_cells_free(struct launch_cell *cells, size_t count)
{
	if (cells)
		munmap(cells, count * sizeof *cells);
}
