#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/subprocess.h"
#include "platform/strace_parts.h"
#include "platform/strace_run.h"
#include "platform/strace_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_TRIAL_NS (20 * NS_PER_S)

enum { MOST_PROBE_BYTES = 64 << 10, MOST_COMPLAINT = 4096 };

/* -y: paths of descriptors; -ttt, -T: when and how long; -s 0: nothing of what is read and written;
 * -q: no words of its own. */
static const char *const options[] = {
        "strace", "-f", "-y", "-ttt", "-T", "-s", "0", "-q", "-e", "signal=none",
};

int strace_words_make(bool is_filtered, const char *output, const char *const *argv,
                      struct strace_words *ret_words, struct error *err)
{
	enum { MORE = 8 };
	size_t given = 0;
	while (argv[given])
		given++;
	struct strace_words words = {
	        .words = calloc(ARRAY_LENGTH(options) + MORE + given, sizeof *words.words)};
	if (!words.words)
		return error_memory(err);
	int r = subprocess_find("strace", &words.program, err);
	if (r == 0)
		r = strace_calls_option(&words.calls, err);
	if (r < 0) {
		strace_words_release(&words);
		return r;
	}
	size_t count = 0;
	for (; count < ARRAY_LENGTH(options); count++)
		words.words[count] = options[count];
	words.words[0] = words.program;
	if (is_filtered)
		words.words[count++] = "--seccomp-bpf";
	words.words[count++] = "-e";
	words.words[count++] = words.calls;
	words.words[count++] = "-o";
	words.words[count++] = output;
	words.words[count++] = "--";
	for (size_t i = 0; i < given; i++)
		words.words[count++] = argv[i];
	*ret_words = words;
	return 0;
}

void strace_words_release(struct strace_words *words)
{
	free(words->words);
	free(words->program);
	free(words->calls);
	*words = (struct strace_words){0};
}

/* ---- Trying ------------------------------------------------------------------------------ */

static int ask_version(struct strace_ability *ability, struct error *err)
{
	static const char *const argv[] = {"strace", "-V", NULL};
	const struct subprocess subprocess = {
	        .argv = argv, .max_output_bytes = MOST_PROBE_BYTES, .timeout_ns = 10 * NS_PER_S};
	struct subprocess_end end = {0};
	struct error why;
	const int r = subprocess_run(&subprocess, &end, &why);
	if (r == -ENOENT)
		return error_set(err, ENOENT,
		                 "strace is not installed, and only it can see what a command does "
		                 "to files: install the package strace (apt, dnf, zypper, apk)");
	if (r < 0)
		return error_set(err, -r, "cannot run strace: %s", why.text);
	/* "strace -- version 6.1" */
	const char *const version = strstr(end.output, "version ");
	size_t length = 0;
	if (version)
		length = strcspn(version + 8, " \r\n");
	if (length > 0 && length < sizeof ability->version)
		snprintf(ability->version, sizeof ability->version, "%.*s", (int)length,
		         version + 8);
	else
		snprintf(ability->version, sizeof ability->version, "unknown");
	subprocess_end_release(&end);
	return 0;
}

/* How a trial went. */
struct tried {
	bool is_good;
	char complaint[MOST_COMPLAINT + 1];
};

/* Waits for the end. Returns 0 or -ETIMEDOUT. */
static int await_end(struct strace_watch *watch, struct strace_watched *watched,
                     const sigset_t *children, struct error *err)
{
	static const struct timespec moment = {.tv_nsec = 50 * NS_PER_MS};
	const int64_t until_ns = clock_now_ns() + MOST_TRIAL_NS;
	bool is_late = false;
	while (!strace_watch_is_over(watch, watched)) {
		sigtimedwait(children, NULL, &moment);
		if (!is_late && clock_now_ns() >= until_ns) {
			is_late = true;
			strace_watch_give_up(watch);
		}
	}
	return is_late ? error_set(err, ETIMEDOUT, "strace of 'true' did not end within %g s",
	                           (double)MOST_TRIAL_NS / (double)NS_PER_S)
	               : 0;
}

/* Under the watcher, as all that is traced: one that strace has not seized yet when it is killed
 * would be stopped for ever. */
static int try_words(const struct strace_words *words, const int *streams, struct tried *ret_tried,
                     struct error *err)
{
	sigset_t children;
	sigset_t before;
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &children, &before);
	const struct strace_duty duty = {words->words, &before, streams, -1};
	struct strace_watch watch = {0};
	struct strace_watched watched = {0};
	int r = strace_watch_start(&duty, &watch, err);
	if (r == 0)
		r = await_end(&watch, &watched, &children, err);
	strace_watch_release(&watch);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r < 0)
		return r;
	if (watched.failure != 0)
		return error_system(err, watched.failure, "cannot start strace");
	const ssize_t got = pread(streams[STDERR_FILENO], ret_tried->complaint, MOST_COMPLAINT, 0);
	ret_tried->complaint[got > 0 ? got : 0] = '\0';
	ret_tried->is_good =
	        watched.has_ended && WIFEXITED(watched.status) && WEXITSTATUS(watched.status) == 0;
	return 0;
}

/* Returns 0 where strace can do it; 1 where it cannot, and *ret_tried has its complaint; or -errno.
 */
static int try_it(bool is_filtered, struct tried *ret_tried, struct error *err)
{
	static const char *const argv[] = {"true", NULL};
	struct strace_words words = {0};
	int r = strace_words_make(is_filtered, "/dev/null", argv, &words, err);
	if (r < 0)
		return r;
	cleanup_close const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	cleanup_close const int said = memfd_create("complaint", MFD_CLOEXEC);
	if (nothing < 0 || said < 0)
		r = error_system(err, errno, "cannot make memory for what strace says");
	else
		r = try_words(&words, (const int[]){nothing, nothing, said}, ret_tried, err);
	strace_words_release(&words);
	if (r < 0)
		return r;
	/* Some versions complain of the filter and go on without it. */
	return ret_tried->is_good && (!is_filtered || ret_tried->complaint[0] == '\0') ? 0 : 1;
}

/* The first line of the complaint, without what no terminal should see. */
static void first_line(const char *complaint, char *line, size_t room)
{
	size_t i = 0;
	for (; i + 1 < room && complaint[i] >= ' '; i++)
		line[i] = complaint[i] <= '~' ? complaint[i] : '?';
	line[i] = '\0';
}

static int explain(const struct tried *tried, struct error *err)
{
	char line[200];
	first_line(tried->complaint, line, sizeof line);
	/* What a sandbox forbids may look as if the kernel had no such call. */
	const bool is_forbidden = strstr(tried->complaint, "not permitted") ||
	                          strstr(tried->complaint, "not implemented") ||
	                          strstr(tried->complaint, "Permission denied");
	if (is_forbidden)
		return error_set(err, EPERM,
		                 "processes may not be traced here (%s): in a container ask for "
		                 "--cap-add=SYS_PTRACE; on a node see "
		                 "/proc/sys/kernel/yama/ptrace_scope, which must be below 3",
		                 line);
	return error_set(err, EIO, "strace does not work here: %s",
	                 line[0] ? line : "it fails and does not say why");
}

int strace_probe(struct strace_ability *ret_ability, struct error *err)
{
	struct strace_ability ability = {.is_filtered = true};
	int r = ask_version(&ability, err);
	if (r < 0)
		return r;
	struct tried tried = {0};
	r = try_it(true, &tried, err);
	if (r == 1) {
		ability.is_filtered = false;
		r = try_it(false, &tried, err);
	}
	if (r == 1)
		r = explain(&tried, err);
	if (r == 0)
		*ret_ability = ability;
	return r;
}
