/* What else goes on at this node: CPU time of everybody, time taken by the hypervisor, stalls,
 * swap, throttling, processes of other users, a batch system. Everything is read below a sysroot
 * (NULL or "": this machine), so that recorded trees serve as well. What cannot be read is -1. */
#ifndef PLATFORM_PRESSURE_H
#define PLATFORM_PRESSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct error;

enum pressure_kind { PRESSURE_CPU, PRESSURE_MEMORY, PRESSURE_IO, PRESSURE_KINDS };

/* "cpu", "memory", "io"; indexed by the enum. */
extern const char *const pressure_kind_names[PRESSURE_KINDS];

/* One look. CPU times count from boot, and advance in steps of PRESSURE_STEP_NS. */
struct pressure {
	int64_t at_ns;                  /* monotonic */
	int64_t busy_ns;                /* of all CPUs together, guests and interrupts included */
	int64_t steal_ns;               /* wanted, and given to other guests by the hypervisor */
	uint32_t cpus;                  /* online, 0: not known */
	double stalled[PRESSURE_KINDS]; /* share of the last 10 s in which something waited, 0 to 1
	                                 */
	int64_t swap_used_bytes;
	int64_t throttled_ns; /* by the CPU quota of a control group */
	int64_t throttled_times;
};

#define PRESSURE_STEP_NS (10 * 1000000LL)

void pressure_read(const char *sysroot, struct pressure *ret_pressure);

/* CPU quota of the control groups, in CPUs; -1: none. */
double pressure_cpu_quota(const char *sysroot);

/* A process of another user (uid 1000 and above). */
struct other_process {
	pid_t pid;
	uid_t uid;
	char name[20];
	int64_t cpu_ns;      /* of all threads, in coarse steps */
	int64_t main_cpu_ns; /* of the first thread, exact; -1: not known */
};

struct other_processes {
	int64_t at_ns;
	struct other_process *items; /* ascending by pid */
	size_t count;
	size_t capacity;
	char daemon[20]; /* of a batch system that runs here, "" : none */
};

/* Lists them. Returns 0 or -ENOMEM. */
int pressure_others(const char *sysroot, uid_t own, struct other_processes *ret_others,
                    struct error *err);
void pressure_others_release(struct other_processes *others);

/* How many of `after` used more than `share` of a CPU since `before`; *ret_busiest gets the one
 * that used most, and its share. */
size_t pressure_busy_others(const struct other_processes *before,
                            const struct other_processes *after, double share,
                            struct other_process *ret_busiest, double *ret_share);

/* The name of the batch system, other than packages without a configuration, whose commands (in the
 * folders of path, a list with colons) or daemon (as found above) are on this node, or NULL. */
const char *pressure_batch_system(const char *sysroot, const char *path, const char *daemon);

/* Whether the environment says that this process is inside an allocation of a batch system. */
bool pressure_has_allocation(const char *const *environment);

/* Free bytes for an ordinary user where the file or folder is, or its nearest folder that exists;
 * -1. */
int64_t pressure_disk_free(const char *path);

#endif
