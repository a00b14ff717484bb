/* A task whose causes of slowness are known, with one thread and no children.
 *
 *   labour compute ROUNDS            arithmetic in registers
 *   labour more ROUNDS PERCENT       the same, and PERCENT more of it where PLATEAU_LEVEL is above
 * 1 labour read FILE ROUNDS          FILE, dropped from the page cache before, from its beginning
 * to its end; then arithmetic labour map FILE PASSES           a byte of every page of FILE, PASSES
 * times, through a mapping labour stream MEGABYTES PASSES   every cache line of an array, PASSES
 * times labour spin SECONDS              arithmetic for so long: a competitor labour make FILE
 * MEGABYTES       a file for read and touch, on the disk when this ends
 *
 *   labour drop FILE                 FILE leaves the page cache */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, LINE_BYTES = 64, BLOCK_BYTES = 1 << 17, MEGABYTE = 1000000 };

/* Nobody may find out that it is not needed. */
static volatile uint64_t result;

static void fail(const char *what)
{
	fprintf(stderr, "labour: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long number(const char *text)
{
	char *end;
	const long value = strtol(text, &end, 10);
	if (*end || value <= 0) {
		fprintf(stderr, "labour: %s is not a number above 0\n", text);
		exit(2);
	}
	return value;
}

/* Marsaglia's xorshift. */
static uint64_t next(uint64_t x)
{
	x ^= x << 13;
	x ^= x >> 7;
	return x ^ x << 17;
}

static void compute(long rounds)
{
	uint64_t x = 88172645463325252;
	for (long i = 0; i < rounds * 1000; i++)
		x = next(x);
	result = x;
}

static void do_compute(char **arguments)
{
	compute(number(arguments[0]));
}

/* One of several copies. */
static bool is_crowded(void)
{
	const char *const level = getenv("PLATEAU_LEVEL");
	return level && atol(level) > 1;
}

static void do_more(char **arguments)
{
	const long rounds = number(arguments[0]);
	const long extra = is_crowded() ? number(arguments[1]) : 0;
	compute(rounds + rounds * extra / 100);
}

static int open_file(const char *path, off_t *ret_bytes)
{
	struct stat status;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0)
		fail(path);
	*ret_bytes = status.st_size;
	return fd;
}

/* Out of the page cache, from where the next reader would have it for nothing. */
static void do_drop(char **arguments)
{
	off_t bytes;
	const int fd = open_file(arguments[0], &bytes);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
}

static void do_read(char **arguments)
{
	do_drop(arguments);
	static char block[BLOCK_BYTES];
	off_t bytes;
	ssize_t got;
	const int fd = open_file(arguments[0], &bytes);
	while ((got = read(fd, block, sizeof block)) > 0)
		result += (unsigned char)block[0];
	if (got < 0)
		fail(arguments[0]);
	close(fd);
	compute(number(arguments[1]));
}

/* In an order of chance, another one in every task: what is read from end to end again and again
 * is not taken for a working set by the kernel, nor waiting for it for want of memory. */
static void do_touch(char **arguments)
{
	const char *const index = getenv("PLATEAU_INDEX");
	off_t bytes;
	const int fd = open_file(arguments[0], &bytes);
	const uint64_t pages = (uint64_t)bytes / PAGE_BYTES / (is_crowded() ? 1 : 2);
	uint64_t x = 88172645463325252 + (index ? (uint64_t)atol(index) : 0);
	posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM); /* each page by itself */
	for (long i = number(arguments[1]); i > 0; i--) {
		unsigned char first;
		x = next(x);
		if (pread(fd, &first, 1, (off_t)(x % pages * PAGE_BYTES)) != 1)
			fail(arguments[0]);
		result += first;
	}
	close(fd);
	compute(number(arguments[2]));
}

static void do_stream(char **arguments)
{
	const size_t bytes = (size_t)number(arguments[0]) * MEGABYTE;
	unsigned char *const array = malloc(bytes);
	if (!array)
		fail("malloc");
	memset(array, 1, bytes);
	uint64_t sum = 0;
	for (long pass = number(arguments[1]); pass > 0; pass--)
		for (size_t at = 0; at < bytes; at += LINE_BYTES)
			sum += array[at]++;
	result = sum;
	free(array);
}

static void do_share(char **arguments)
{
	const int fd = open(arguments[0], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, PAGE_BYTES) < 0)
		fail(arguments[0]);
	void *const map = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		fail(arguments[0]);
	atomic_ulong *const line = map;
	for (long i = number(arguments[1]) * 1000; i > 0; i--)
		atomic_fetch_add_explicit(line, 1, memory_order_relaxed);
	close(fd);
}

static void do_spin(char **arguments)
{
	const time_t end = time(NULL) + number(arguments[0]);
	while (time(NULL) < end)
		compute(100);
}

static void do_make(char **arguments)
{
	static char block[MEGABYTE];
	const int fd = open(arguments[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		fail(arguments[0]);
	for (long i = number(arguments[1]); i > 0; i--) {
		memset(block, (int)i, sizeof block);
		if (write(fd, block, sizeof block) != sizeof block)
			fail(arguments[0]);
	}
	if (fsync(fd) < 0 || close(fd) < 0)
		fail(arguments[0]);
}

static const struct kind {
	const char *name;
	int arguments;
	void (*work)(char **arguments);
} kinds[] = {
        {"compute", 1, do_compute}, {"more", 2, do_more},     {"read", 2, do_read},
        {"touch", 3, do_touch},     {"stream", 2, do_stream}, {"spin", 1, do_spin},
        {"make", 2, do_make},       {"drop", 1, do_drop},     {"share", 2, do_share},
};

int main(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, argv[1]) == 0 && argc == 2 + kinds[i].arguments) {
			kinds[i].work(argv + 2);
			return 0;
		}
	fprintf(stderr, "labour: see the head of labour.c for what can be asked for\n");
	return 2;
}
