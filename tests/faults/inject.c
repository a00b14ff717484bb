/* inject -x PROGRAM [-c CALLS|malloc] [-e ERROR] [-p PLACE] [-n TIME] [-g] [-t SECONDS] [-o FILE]
 *        -- COMMAND...: runs a command, of whose processes those that execute PROGRAM are looked
 * at, and makes one of their calls fail.
 *
 * Without -p nothing fails, and the report lists each place at which one of CALLS (names with
 * commas) was made. With -p PLACE the TIME-th call there (the first) fails with ERROR; -g: and each
 * of CALLS from then on, wherever it is made. `-c malloc` are allocations, through a library that
 * is put in front of the C library's.
 *
 * The report (FILE) has lines of words:
 *   ended CODE             exit code, or 128 + signal; 124: did not end within SECONDS
 *   fired COUNT            calls that were made to fail
 *   sentence TEXT          what the C library says of ERROR
 *   descriptors COUNT      most that a process of PROGRAM had open beyond 2 when it ended
 *   left PID NAME          a process that was still there half a second behind the command's end
 *   hung PID CALL NAME     what a process was in when the time was over
 *   place CALL PLACE COUNT ADDRESS...  nearest first, as addr2line takes them
 * What is left is killed. The exit code is CODE. */
#include "calls.h"
#include "place.h"
#include "watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BROKEN = 99, TIMED_OUT = 124, CALL_MALLOC = 100000 };

struct options {
	const char *program, *report, *library;
	char *const *command;
	double timeout_s;
	bool is_malloc;
};

static void die(const char *what)
{
	perror(what);
	exit(BROKEN);
}

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Names with commas. False: one of them is no call here. */
static bool take_calls(struct watch *watch, struct options *options, const char *names)
{
	char copy[2048];
	snprintf(copy, sizeof copy, "%s", names);
	char *rest = copy;
	for (char *name; (name = strsep(&rest, ","));) {
		if (strcmp(name, "malloc") == 0) {
			options->is_malloc = true;
			continue;
		}
		const int number = call_number(name);
		if (number < 0 || watch->call_count >= 120)
			return false;
		watch->calls[watch->call_count++] = number;
	}
	return true;
}

static bool take_option(int letter, struct watch *watch, struct options *options)
{
	switch (letter) {
	case 'x':
		options->program = optarg;
		return true;
	case 'c':
		return take_calls(watch, options, optarg);
	case 'e':
		watch->error = call_error(optarg);
		return watch->error > 0;
	case 'p':
		watch->places->wanted = strtoull(optarg, NULL, 16);
		return watch->places->wanted > 0;
	case 'n':
		watch->places->from = (uint32_t)strtoul(optarg, NULL, 10);
		return watch->places->from > 0;
	case 'g':
		watch->places->is_for_good = 1;
		return true;
	case 't':
		options->timeout_s = strtod(optarg, NULL);
		return options->timeout_s > 0;
	case 'o':
		options->report = optarg;
		return true;
	case 'l':
		options->library = optarg;
		return true;
	default:
		return false;
	}
}

static void take_options(int argc, char *const argv[], struct watch *watch, struct options *options)
{
	for (int letter; (letter = getopt(argc, argv, "+x:c:e:p:n:gt:o:l:")) >= 0;)
		if (!take_option(letter, watch, options)) {
			fprintf(stderr, "inject: -%c %s: not understood\n", letter,
			        optarg ? optarg : "");
			exit(BROKEN);
		}
	options->command = argv + optind;
	struct stat st;
	if (!options->program || !*options->command || stat(options->program, &st) < 0) {
		fprintf(stderr, "inject: -x PROGRAM and a command are needed\n");
		exit(BROKEN);
	}
	watch->places->device = st.st_dev;
	watch->places->inode = st.st_ino;
	watch->calls[watch->call_count++] = SYS_exit_group;
}

/* The library finds the table through us, so that no descriptor is handed down. */
static void preload(const char *library, int table)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getppid(), table);
	setenv("FAULT_PLACES", path, 1);
	setenv("LD_PRELOAD", library, 1);
}

static pid_t start(const struct watch *watch, const struct options *options, int table,
                   volatile int *listener)
{
	const pid_t pid = fork();
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	personality(ADDR_NO_RANDOMIZE);
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); /* so that what is open at the end is theirs */
	if (options->is_malloc)
		preload(options->library, table);
	watch_filter(watch, listener);
	while (*listener >= 0) /* until it was fetched: it is closed by execve */
		sched_yield();
	execvp(options->command[0], options->command);
	_exit(127);
}

static int fetch_listener(pid_t pid, volatile int *listener)
{
	const int process = (int)syscall(SYS_pidfd_open, pid, 0);
	for (int tries = 0; *listener < 0 && tries < 5000; tries++)
		usleep(1000);
	const int here = *listener < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, *listener, 0);
	if (here < 0)
		die("inject: no listener");
	close(process);
	*listener = -1;
	return here;
}

/* Our children but the command, and what a process is called and in which call it is. */
static int tell_children(FILE *report, const char *word, bool with_call, bool is_killed)
{
	char path[512], line[256], name[64];
	int count = 0;
	DIR *const proc = opendir("/proc");
	for (const struct dirent *e; proc && (e = readdir(proc));) {
		const int pid = atoi(e->d_name);
		int parent = 0;
		char state = '?';
		snprintf(path, sizeof path, "/proc/%d/stat", pid);
		FILE *const stat = pid > 0 ? fopen(path, "re") : NULL;
		if (!stat)
			continue;
		const int fields = fscanf(stat, "%*d (%63[^)]) %c %d", name, &state, &parent);
		fclose(stat);
		if (fields != 3 || parent != (int)getpid() || state == 'Z')
			continue;
		count++;
		snprintf(path, sizeof path, "/proc/%d/syscall", pid);
		FILE *const call = with_call ? fopen(path, "re") : NULL;
		if (!call || !fgets(line, sizeof line, call))
			line[0] = '\0';
		if (call)
			fclose(call);
		if (report)
			fprintf(report, "%s %d %s %s %s", word, pid, name,
			        with_call ? call_name(atoi(line)) : "", with_call ? line : "\n");
		if (is_killed)
			kill(pid, SIGKILL);
	}
	if (proc)
		closedir(proc);
	return count;
}

/* Reaps what has ended. */
static void reap(pid_t command, int *code)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		if (pid == command)
			*code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void stop_on_children(int signal)
{
	(void)signal;
}

/* Until the command has ended, and what it has left, or too late. */
static int attend(struct watch *watch, const struct options *options, pid_t command, FILE *report)
{
	const double grace_s = 0.5, start_s = now_s();
	double ended_s = 0;
	int code = -1;
	for (;;) {
		const bool is_held = watch->listener >= 0 && watch_answer(watch, 20);
		reap(command, &code);
		const double t = now_s();
		if (code >= 0 && ended_s == 0)
			ended_s = t;
		if (!is_held && code >= 0)
			return code;
		if (code >= 0 && t > ended_s + grace_s)
			break;
		if (code < 0 && t > start_s + options->timeout_s) {
			tell_children(report, "hung", true, false);
			code = TIMED_OUT;
			break;
		}
	}
	for (const char *word = "left"; tell_children(report, word, false, true) > 0; word = "") {
		int ignored;
		watch_answer(watch, 5);
		reap(-1, &ignored);
		report = NULL;
	}
	return code;
}

static void tell_places(FILE *report, const struct places *places)
{
	for (size_t i = 0; i < PLACES; i++) {
		const struct place *const place = &places->place[i];
		if (place->number == 0)
			continue;
		fprintf(report, "place %s %016llx %u",
		        place->call == CALL_MALLOC ? "malloc" : call_name((int)place->call),
		        (unsigned long long)place->number, place->count);
		for (size_t f = 0; f < PLACE_FRAMES && place->frames[f]; f++)
			fprintf(report, " 0x%llx", (unsigned long long)place->frames[f]);
		fputc('\n', report);
	}
}

int main(int argc, char *argv[])
{
	const int table = memfd_create("places", MFD_CLOEXEC);
	if (table < 0 || ftruncate(table, sizeof(struct places)) < 0)
		die("inject: memfd_create");
	struct places *const places =
	        mmap(NULL, sizeof *places, PROT_READ | PROT_WRITE, MAP_SHARED, table, 0);
	volatile int *const listener = mmap(NULL, sizeof *listener, PROT_READ | PROT_WRITE,
	                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (places == MAP_FAILED || listener == MAP_FAILED)
		die("inject: mmap");
	*listener = -1;
	places->from = 1;
	struct watch watch = {.places = places, .error = EIO, .listener = -1};
	struct options options = {.timeout_s = 20, .report = "/dev/stderr"};
	take_options(argc, argv, &watch, &options);
	FILE *const report = fopen(options.report, "we");
	if (!report)
		die(options.report);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	const struct sigaction action = {.sa_handler = stop_on_children};
	sigaction(SIGCHLD, &action, NULL);
	const pid_t command = start(&watch, &options, table, listener);
	if (command < 0)
		die("inject: fork");
	watch.listener = fetch_listener(command, listener);
	const int code = attend(&watch, &options, command, report);
	fprintf(report, "ended %d\nfired %u\ndescriptors %d\n", code, places->fired,
	        watch.descriptors);
	fprintf(report, "sentence %s\n", strerror(watch.error));
	tell_places(report, places);
	fclose(report);
	return code;
}
