/* A task that knows when it worked: sleeps for MILLISECONDS (every second slot: for a second
 * figure, where one is given), fails at once in SHARE per cent of its starts, and appends
 * "level slot start end" (monotonic ns) to FILE. Usage: nap FILE MILLISECONDS [ODD [SHARE]] */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static long variable(const char *name)
{
	const char *const text = getenv(name);
	return text ? atol(text) : -1;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	const long slot = variable("PLATEAU_SLOT");
	const long milliseconds = atol(argc > 3 && slot % 2 ? argv[3] : argv[2]);
	const long share = argc > 4 ? atol(argv[4]) : 0;
	/* Knuth's multiplicative hash of slot and index: the same tasks fail in every run. */
	const uint32_t mix = (uint32_t)(variable("PLATEAU_INDEX") * 64 + slot) * 2654435761u;
	if ((long)(mix >> 16) % 100 < share)
		return 1;
	const int64_t start_ns = now_ns();
	const struct timespec nap = {milliseconds / 1000, milliseconds % 1000 * 1000000};
	nanosleep(&nap, NULL);
	char line[128];
	const int length = snprintf(line, sizeof line, "%ld %ld %" PRId64 " %" PRId64 "\n",
	                            variable("PLATEAU_LEVEL"), slot, start_ns, now_ns());
	const int fd = open(argv[1], O_WRONLY | O_APPEND | O_CREAT, 0600);
	return write(fd, line, (size_t)length) == length ? 0 : 3;
}
