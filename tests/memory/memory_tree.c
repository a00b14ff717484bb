/* A task whose memory is known by construction, for comparing the methods that measure it:
 *
 *   memory_tree [--shared MIB] [--children N] [--own MIB] [--hold MS] [--flash MIB] [--flash-hold
 * MS]
 *
 * The root touches `shared` MiB, forks N children, which share those pages copy-on-write, and each
 * child touches `own` MiB. When all of them hold theirs they do so for `hold` ms. Then the root
 * holds `flash` MiB more for `flash-hold` ms, gives them back, and all hold on for `hold` ms.
 * It prints "true_peak_bytes BYTES": what the tree holds at its peak, each page counted once,
 * without the few hundred kB that a C program needs. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SHARED, CHILDREN, OWN, HOLD, FLASH, FLASH_HOLD, OPTIONS };

#define MOST 1000000L
#define MIB  ((int64_t)1 << 20)

static const char *const names[OPTIONS] = {"--shared", "--children", "--own",
                                           "--hold",   "--flash",    "--flash-hold"};

static void fail(const char *what)
{
	fprintf(stderr, "memory_tree: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static void sleep_ms(long ms)
{
	struct timespec rest = {ms / 1000, ms % 1000 * 1000000};
	while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
		continue;
}

/* Pages that differ, so that nothing can merge them; NULL for none. */
static void *hold(long mib)
{
	const size_t bytes = (size_t)(mib * MIB);
	if (bytes == 0)
		return NULL;
	char *const pages =
	        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		fail("cannot map memory");
	for (size_t i = 0; i < bytes; i += 4096)
		memcpy(pages + i, &i, sizeof i);
	return pages;
}

/* Says that it holds its own, and ends when the root closes its end. */
static void be_child(long own, int ready, int end)
{
	char byte = 1;
	if (hold(own) == NULL && own > 0)
		_exit(1);
	if (write(ready, &byte, 1) != 1)
		_exit(1);
	while (read(end, &byte, 1) < 0 && errno == EINTR)
		continue;
	_exit(0);
}

static void start_children(const long *options, int ready[2], int end[2])
{
	if (pipe(ready) < 0 || pipe(end) < 0)
		fail("cannot make a pipe");
	for (long i = 0; i < options[CHILDREN]; i++) {
		const pid_t pid = fork();
		if (pid < 0)
			fail("cannot fork");
		if (pid == 0) {
			close(end[1]);
			be_child(options[OWN], ready[1], end[0]);
		}
	}
	close(ready[1]);
	for (long i = 0; i < options[CHILDREN]; i++) {
		char byte;
		if (read(ready[0], &byte, 1) != 1)
			fail("a child has ended");
	}
}

static void flash(const long *options)
{
	void *const pages = hold(options[FLASH]);
	sleep_ms(options[FLASH_HOLD]);
	if (pages)
		munmap(pages, (size_t)(options[FLASH] * MIB));
}

static int read_options(int argc, char **argv, long *options)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		int which = 0;
		while (which < OPTIONS && strcmp(argv[i], names[which]) != 0)
			which++;
		char *rest;
		const long value = strtol(argv[i + 1], &rest, 10);
		if (which == OPTIONS || *rest || rest == argv[i + 1] || value < 0 || value > MOST)
			return -1;
		options[which] = value;
	}
	return argc % 2 == 1 ? 0 : -1;
}

int main(int argc, char **argv)
{
	long options[OPTIONS] = {[HOLD] = 1000};
	int ready[2];
	int end[2];
	if (read_options(argc, argv, options) < 0) {
		fputs("usage: memory_tree [--shared MIB] [--children N] [--own MIB] [--hold MS]\n"
		      "                   [--flash MIB] [--flash-hold MS]\n",
		      stderr);
		return 2;
	}
	const int64_t peak =
	        (options[SHARED] + options[CHILDREN] * options[OWN] + options[FLASH]) * MIB;
	printf("true_peak_bytes %lld\n", (long long)peak);
	fflush(stdout);
	hold(options[SHARED]);
	start_children(options, ready, end);
	sleep_ms(options[HOLD]);
	if (options[FLASH] > 0) {
		flash(options);
		sleep_ms(options[HOLD]);
	}
	close(end[0]);
	close(end[1]);
	while (wait(NULL) > 0)
		continue;
	return 0;
}
