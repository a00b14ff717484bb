/* `plateau run` as a child: told to end when the job is, and gone with all it started before this
 * returns. It is started in a process group of its own, so that one request to stop reaches it
 * once; when the job itself is killed, the kernel tells it to stop. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "fleet/job_parts.h"
#include "model/words.h"
#include "platform/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Slurm gives 30 s between TERM and KILL. The first request ends the trial and closes the result, a
 * second one ends the tasks at once, and without the guarding process the engine does the same. */
#define SECOND_REQUEST_NS (8 * NS_PER_S)
#define LAST_REQUEST_NS   (14 * NS_PER_S)
/* How often that is looked at. */
#define STOPPING_NS (250 * NS_PER_MS)
/* How long the engine of a killed run may take to close its result. */
#define ENGINE_NS (8 * NS_PER_S)
#define SWEEP_NS  (10 * NS_PER_S)
#define PAUSE_NS  (20 * NS_PER_MS)

enum { MAX_SIGNAL = 65, READ_BYTES = 16384 };

static const int requests[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGXCPU, SIGUSR1, SIGUSR2};

/* ---- Signals ------------------------------------------------------------------------------- */

/* TERM is a batch system's way to ask for what there is so far: also where a shell has had it
 * ignored. */
static bool is_watched(int number)
{
	struct sigaction action;
	return number == SIGTERM ||
	       (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN);
}

int job_open_signals(struct job *job, struct error *err)
{
	sigset_t watched;
	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	signal(SIGCHLD, SIG_DFL);
	for (size_t i = 0; i < ARRAY_LENGTH(requests); i++)
		if (is_watched(requests[i]))
			sigaddset(&watched, requests[i]);
	signal(SIGTERM, SIG_DFL);
	job->signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
	if (job->signals < 0)
		return error_system(err, errno, "cannot watch signals");
	pthread_sigmask(SIG_BLOCK, &watched, &job->mask_before);
	return 0;
}

void job_close_signals(struct job *job)
{
	if (job->signals < 0)
		return;
	close(job->signals);
	job->signals = -1;
	pthread_sigmask(SIG_SETMASK, &job->mask_before, NULL);
}

int job_take_signal(struct job *job)
{
	struct signalfd_siginfo info;
	int asked = 0;
	while (read(job->signals, &info, sizeof info) == (ssize_t)sizeof info)
		if (info.ssi_signo != SIGCHLD && asked == 0)
			asked = (int)info.ssi_signo;
	return asked;
}

/* ---- Starting ------------------------------------------------------------------------------ */

/* The very program that this is; what stands at its path may be another by now. */
static void find_program(char path[PATH_MAX])
{
	const ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
	path[length > 0 ? length : 0] = '\0';
	if (length <= 0 || access(path, X_OK) < 0)
		memcpy(path, "/proc/self/exe", sizeof "/proc/self/exe");
}

static int make_words(const struct job *job, struct words *words, struct error *err)
{
	cleanup_free char *scenario = NULL;
	int r = str_format(&scenario, err, "%s/scenario.yaml", job->dir);
	const char *const items[] = {"plateau",
	                             "run",
	                             scenario,
	                             "--output",
	                             job->local_result,
	                             "--progress",
	                             "always",
	                             job->manifest.is_accepting ? "--accept" : NULL,
	                             job->settings->is_here ? "--here" : NULL};
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(items); i++)
		r = items[i] ? words_add(words, items[i], err) : 0;
	return r;
}

struct child {
	pid_t parent;
	pid_t pid;
	int output; /* its stderr comes here; -1: closed */
};

static void run_child(const struct job *job, const struct child *child, int output,
                      const char *program, char *const *argv)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != child->parent)
		_exit(127);
	for (int number = 1; number < MAX_SIGNAL; number++)
		signal(number, SIG_DFL);
	/* From a background group a terminal may be written to. */
	signal(SIGTTOU, SIG_IGN);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Meant for the command that was typed, not for each of its jobs. */
	unsetenv("PLATEAU_JUNIT");
	unsetenv("PLATEAU_RESUME");
	if (job->is_parent_ours)
		setenv("TMPDIR", job->parent, 1);
	/* Its table speaks of a file that moves; `plateau show` prints it. */
	const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(nothing, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	/* It keeps the attempt until it has ended, should this job be killed. */
	fcntl(job->claim, F_SETFD, 0);
	if (job->folder_lock >= 0)
		fcntl(job->folder_lock, F_SETFD, 0);
	execv(program, argv);
	dprintf(STDERR_FILENO, "plateau: cannot run %s: %s\n", program, strerror(errno));
	_exit(JOB_END_FAILED);
}

static int start(const struct job *job, struct child *child, struct error *err)
{
	char program[PATH_MAX];
	int ends[2];
	cleanup_words struct words words = {0};
	const int r = make_words(job, &words, err);
	if (r < 0)
		return r;
	find_program(program);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_system(err, errno, "cannot make a pipe");
	child->parent = getpid();
	child->pid = fork();
	if (child->pid == 0)
		run_child(job, child, ends[1], program, words.items);
	const int code = errno;
	close(ends[1]);
	if (child->pid < 0) {
		close(ends[0]);
		return error_system(err, code, "cannot start `plateau run`");
	}
	setpgid(child->pid, child->pid); /* whoever of the two is first */
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	child->output = ends[0];
	return 0;
}

/* ---- Watching ------------------------------------------------------------------------------ */

/* The run speaks of the file that it writes on the node, which is gone when somebody reads this:
 * the log has the place to which it is moved. */
static void emit(void *context, const char *line)
{
	const struct job *const job = context;
	cleanup_str struct str told = {0};
	for (const char *at; job->local_result && (at = strstr(line, job->local_result));) {
		str_add_bytes(&told, line, (size_t)(at - line));
		str_addf(&told, "%s/result.db", job->folder);
		line = at + strlen(job->local_result);
	}
	str_add(&told, line);
	job_hand_out(job, JOB_LINE, str_text(&told));
}

static void read_output(struct job *job, struct child *child)
{
	char bytes[READ_BYTES];
	while (child->output >= 0) {
		const ssize_t got = read(child->output, bytes, sizeof bytes);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (got <= 0) {
			close(child->output);
			child->output = -1;
			break;
		}
		job_lines_take(&job->lines, bytes, (size_t)got, emit, job);
	}
	if (job->lines.planned > 0) {
		job->report.trials_planned = job->lines.planned;
		job->report.trials_done = job->lines.trial > 0 ? job->lines.trial - 1 : 0;
	}
}

/* Hands a request to stop on, and grows more urgent with time. */
struct stopping {
	int64_t first_ns; /* 0: nobody has asked */
	unsigned urgency; /* requests handed on */
};

static void hand_on(struct job *job, const struct child *child, struct stopping *stopping)
{
	const int asked = job_take_signal(job);
	const int64_t now_ns = clock_now_ns();
	if (asked != 0 && job->report.signal == 0) {
		job->report.signal = asked;
		stopping->first_ns = now_ns;
		job_say(job, JOB_WARNING,
		        "told to end by signal %d (%s): the run is interrupted, and what it has "
		        "so far is handed in",
		        asked, strsignal(asked));
	}
	if (stopping->first_ns == 0)
		return;
	const int64_t since_ns = now_ns - stopping->first_ns;
	if (stopping->urgency == 0 || (stopping->urgency == 1 && since_ns > SECOND_REQUEST_NS)) {
		kill(child->pid, SIGINT);
		stopping->urgency++;
		job_beat(job);
	} else if (stopping->urgency == 2 && since_ns > LAST_REQUEST_NS) {
		kill(child->pid, SIGKILL);
		stopping->urgency++;
	}
}

/* Whether the run has ended; it is reaped then. */
static bool take_end(const struct child *child, int *ret_status)
{
	int status;
	pid_t ended;
	while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
		if (ended == child->pid) {
			*ret_status = status;
			return true;
		}
	}
	if (ended == 0 || errno != ECHILD)
		return false;
	*ret_status = 1 << 8; /* lost: as if it had failed */
	return true;
}

static int await(struct job *job, struct child *child)
{
	struct stopping stopping = {0};
	int status = 0;
	int64_t beat_ns = clock_now_ns() + JOB_HEARTBEAT_NS;
	for (;;) {
		hand_on(job, child, &stopping);
		const bool has_ended = take_end(child, &status);
		read_output(job, child);
		if (has_ended)
			return status;
		if (clock_now_ns() >= beat_ns) {
			job_beat(job);
			beat_ns = clock_now_ns() + JOB_HEARTBEAT_NS;
		}
		const int64_t left_ns =
		        stopping.first_ns != 0 ? STOPPING_NS : beat_ns - clock_now_ns();
		struct pollfd ends[] = {{.fd = job->signals, .events = POLLIN},
		                        {.fd = child->output, .events = POLLIN}};
		poll(ends, 2, left_ns > 0 ? (int)(left_ns / NS_PER_MS) + 1 : 1);
	}
}

/* ---- The end ------------------------------------------------------------------------------- */

/* Where the guarding process was killed, its engine has come to us, and closes the result. */
static void await_engine(const struct job *job)
{
	const int64_t until_ns = clock_now_ns() + ENGINE_NS;
	for (;;) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		if (strays_spare_children().count <= job->spared.count ||
		    clock_now_ns() >= until_ns)
			return;
		clock_sleep_until(clock_now_ns() + PAUSE_NS);
	}
}

int job_run_child(struct job *job, int *ret_killer, struct error *err)
{
	struct child child = {.output = -1};
	int r = process_become_subreaper(err);
	if (r < 0)
		return r;
	job->spared = strays_spare_children();
	r = start(job, &child, err);
	if (r < 0)
		return r;
	job_open_states(job);
	const int status = await(job, &child);
	if (WIFSIGNALED(status))
		await_engine(job);
	if (strays_end("", &job->spared, SWEEP_NS) > 0)
		job_say(job, JOB_WARNING,
		        "processes of this run are left that cannot be ended "
		        "(they wait for a disk or a file server)");
	/* Where the folder hangs, this waits for it: by now nothing is left that would run on. */
	job_close_states(job);
	read_output(job, &child);
	job_lines_finish(&job->lines, emit, job);
	if (child.output >= 0)
		close(child.output);
	job->report.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	*ret_killer = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return 0;
}
