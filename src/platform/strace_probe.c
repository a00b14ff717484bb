#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/subprocess.h"
#include "platform/strace_parts.h"
#include "platform/strace_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PROBE_BYTES = 64 << 10 };

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
	const int r = strace_calls_option(&words.calls, err);
	if (r < 0) {
		strace_words_release(&words);
		return r;
	}
	size_t count = 0;
	for (; count < ARRAY_LENGTH(options); count++)
		words.words[count] = options[count];
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

/* Returns 0 where strace can do it; 1 where it cannot, and end has its complaint; or -errno. */
static int try_it(bool is_filtered, struct subprocess_end *end, struct error *err)
{
	static const char *const argv[] = {"true", NULL};
	struct strace_words words = {0};
	int r = strace_words_make(is_filtered, "/dev/null", argv, &words, err);
	if (r < 0)
		return r;
	const struct subprocess subprocess = {.argv = words.words,
	                                      .max_output_bytes = MOST_PROBE_BYTES,
	                                      .timeout_ns = 20 * NS_PER_S};
	r = subprocess_run(&subprocess, end, err);
	strace_words_release(&words);
	if (r < 0)
		return r;
	/* Some versions complain of the filter and go on without it. */
	return end->exit_status == 0 && (!is_filtered || end->complaint[0] == '\0') ? 0 : 1;
}

/* The first line of the complaint, without what no terminal should see. */
static void first_line(const char *complaint, char *line, size_t room)
{
	size_t i = 0;
	for (; i + 1 < room && complaint[i] >= ' '; i++)
		line[i] = complaint[i] <= '~' ? complaint[i] : '?';
	line[i] = '\0';
}

static int explain(const struct subprocess_end *end, struct error *err)
{
	char line[200];
	first_line(end->complaint, line, sizeof line);
	const bool is_forbidden = strstr(end->complaint, "not permitted") ||
	                          strstr(end->complaint, "Permission denied");
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
	struct subprocess_end end = {0};
	r = try_it(true, &end, err);
	if (r == 1) {
		subprocess_end_release(&end);
		ability.is_filtered = false;
		r = try_it(false, &end, err);
	}
	if (r == 1)
		r = explain(&end, err);
	subprocess_end_release(&end);
	if (r == 0)
		*ret_ability = ability;
	return r;
}
