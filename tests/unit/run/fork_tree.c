/* A command of two processes with eight threads each, which compute, touch fresh memory and wait:
 * something to count whose parts are inherited in every way. */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, PROCESSES = 2, BYTES = 4 << 20, STEPS = 30000000, NAPS = 5 };

static void *work(void *argument)
{
	volatile unsigned char *const memory = malloc(BYTES);
	if (!memory)
		return argument;
	for (size_t i = 0; i < BYTES; i += 4096)
		memory[i] = 1;
	volatile uint64_t x = 1;
	for (int i = 0; i < STEPS; i++)
		x = x * 6364136223846793005u + 1;
	for (int i = 0; i < NAPS; i++)
		nanosleep(&(const struct timespec){0, 1000000}, NULL);
	free((void *)(uintptr_t)memory);
	return argument;
}

int main(void)
{
	for (int p = 0; p < PROCESSES; p++) {
		if (fork() != 0)
			continue;
		pthread_t threads[THREADS];
		for (int i = 0; i < THREADS; i++)
			if (pthread_create(&threads[i], NULL, work, NULL) != 0)
				_exit(1);
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
		_exit(0);
	}
	int failed = 0;
	for (int p = 0; p < PROCESSES; p++) {
		int status;
		failed |= wait(&status) < 0 || status != 0;
	}
	return failed;
}
