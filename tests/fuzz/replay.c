/* replay: every target with every input of its corpus and of its seeds, as TAP. replay TARGET
 * FILE...: one target with these inputs. replay --list: the targets, with their seeds and the most
 * bytes of an input. No libFuzzer is needed. */
#include "target.h"

#include "core/error.h"
#include "core/file.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_SECONDS = 60, MOST_BYTES = 1 << 22, PATH_BYTES = 4096 };

/* What a child says of itself, even where it ends in the middle. */
struct told {
	size_t inputs;
	char path[PATH_BYTES];
};

static bool run_file(const struct fuzz_target *target, const char *path)
{
	struct error err;
	char *bytes = NULL;
	size_t count = 0;
	if (file_read(path, MOST_BYTES, &bytes, &count, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	/* A copy of just so many bytes: file_read has a NUL behind them. */
	char *const copy = malloc(count);
	if (!copy && count > 0)
		abort();
	if (count > 0)
		memcpy(copy, bytes, count);
	free(bytes);
	alarm(MOST_SECONDS);
	fuzz_run(target, copy, count);
	alarm(0);
	free(copy);
	return true;
}

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "module.am") != 0;
}

/* Folders within are passed over; a folder that is not there has no inputs. */
static bool run_folder(const struct fuzz_target *target, const char *path, struct told *told)
{
	struct dirent **entries = NULL;
	bool is_good = true;
	const int count = scandir(path, &entries, is_input, alphasort);
	for (int i = 0; i < count; i++) {
		struct stat status;
		snprintf(told->path, sizeof told->path, "%s/%s", path, entries[i]->d_name);
		if (is_good && stat(told->path, &status) == 0 && S_ISREG(status.st_mode)) {
			is_good = run_file(target, told->path);
			told->inputs++;
		}
		free(entries[i]);
	}
	free(entries);
	return is_good;
}

static bool run_seeds(const struct fuzz_target *target, const char *top, struct told *told)
{
	bool is_good = true;
	char *const seeds = strdup(target->seeds);
	if (!seeds)
		abort();
	char *place = NULL;
	for (char *name = strtok_r(seeds, " ", &place); is_good && name;
	     name = strtok_r(NULL, " ", &place)) {
		char path[PATH_BYTES];
		snprintf(path, sizeof path, "%s/%s", top, name);
		is_good = run_folder(target, path, told);
	}
	free(seeds);
	return is_good;
}

static bool run_all(const struct fuzz_target *target, const char *top, struct told *told)
{
	char path[PATH_BYTES];
	snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s", top, target->name);
	return run_folder(target, path, told) && run_seeds(target, top, told);
}

/* In a process of its own: one that falls does not hide the others. */
static bool replay(const struct fuzz_target *target, const char *top, struct told *told)
{
	*told = (struct told){0};
	fflush(NULL);
	const pid_t pid = fork();
	if (pid < 0)
		return false;
	if (pid == 0)
		exit(run_all(target, top, told) ? 0 : 1);
	int status = 0;
	if (waitpid(pid, &status, 0) != pid || status == 0)
		return status == 0 && told->inputs > 0;
	if (WIFSIGNALED(status))
		printf("# %s: signal %d\n", told->path, WTERMSIG(status));
	else
		printf("# %s: exit code %d\n", told->path, WEXITSTATUS(status));
	return false;
}

static int replay_all(const char *top)
{
	struct told *const told =
	        mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (told == MAP_FAILED)
		return 99;
	int number = 0;
	int failures = 0;
	for (const struct fuzz_target *t = fuzz_targets; t->name; t++) {
		const bool is_good = replay(t, top, told);
		printf("%s %d - %s: %zu inputs\n", is_good ? "ok" : "not ok", ++number, t->name,
		       told->inputs);
		failures += !is_good;
	}
	printf("1..%d\n", number);
	munmap(told, sizeof *told);
	return failures > 0;
}

int main(int argc, char *argv[])
{
	const char *const top = getenv("top_srcdir");
	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		for (const struct fuzz_target *t = fuzz_targets; t->name; t++)
			printf("%s %zu %s\n", t->name, t->most_bytes, t->seeds);
		return 0;
	}
	if (argc == 1 && top)
		return replay_all(top);
	const struct fuzz_target *const target = argc > 2 ? fuzz_find(argv[1]) : NULL;
	if (!target) {
		fprintf(stderr, "usage: replay [TARGET FILE... | --list], or with $top_srcdir\n");
		return 2;
	}
	bool is_good = true;
	for (int i = 2; is_good && i < argc; i++)
		is_good = run_file(target, argv[i]);
	return is_good ? 0 : 1;
}
