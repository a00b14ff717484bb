/*
 * Says where it really runs: prints "LEVEL SLOT CPU ALLOWED-CPUS ALLOWED-NODES" into a file of its
 * own in the folder that is its argument. The CPUs are the kernel's answers, the rest is what
 * plateau tells every task.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MASK_BITS = 1024 };

/* The memory policy and its nodes: "local", "interleave:0,1". */
static void print_policy(FILE *f)
{
	unsigned long mask[MASK_BITS / (8 * sizeof(unsigned long))] = {0};
	int mode = -1;
	if (syscall(SYS_get_mempolicy, &mode, mask, (unsigned long)MASK_BITS, NULL, 0UL)) {
		fprintf(f, "unknown:%d", errno);
		return;
	}
	static const char *const names[] = {"default", "preferred", "bind", "interleave", "local"};
	fputs(mode >= 0 && mode < 5 ? names[mode] : "other", f);
	const char *separator = ":";
	for (int node = 0; node < MASK_BITS; node++) {
		if (mask[node / 64] >> (node % 64) & 1) {
			fprintf(f, "%s%d", separator, node);
			separator = ",";
		}
	}
}

static void print_allowed(FILE *f)
{
	char line[4096];
	FILE *status = fopen("/proc/self/status", "r");
	while (status && fgets(line, sizeof(line), status)) {
		if (!strncmp(line, "Cpus_allowed_list:", 18)) {
			char *value = line + 18 + strspn(line + 18, "\t ");
			value[strcspn(value, "\n")] = '\0';
			fprintf(f, "%s ", value);
		}
	}
	if (status)
		fclose(status);
}

int main(int argc, char **argv)
{
	char path[4096];
	const char *level = getenv("PLATEAU_LEVEL");
	const char *slot = getenv("PLATEAU_SLOT");
	if (argc != 2 || !level || !slot)
		return 2;
	int cpu = sched_getcpu();
	snprintf(path, sizeof(path), "%s/%s-%s-%d", argv[1], level, slot, (int)getpid());
	FILE *f = fopen(path, "w");
	if (!f)
		return 1;
	fprintf(f, "%s %s %d ", level, slot, cpu);
	print_allowed(f);
	print_policy(f);
	fputc('\n', f);
	return fclose(f) ? 1 : 0;
}
