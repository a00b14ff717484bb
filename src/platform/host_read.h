/* Reading the host's files below a sysroot, and collecting facts; private to the host modules. */
#ifndef PLATFORM_HOST_READ_H
#define PLATFORM_HOST_READ_H

#include "model/dataset.h"
#include "platform/node.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the probes work on. Out of memory is remembered in result and told once, at the end. */
struct host_reader {
	const char *sysroot;     /* "" for this machine */
	bool is_picture;         /* there are no files: only what node holds is known */
	bool is_live;            /* system calls and the environment may be asked */
	const struct node *node; /* NULL: none */
	struct host_facts *facts;
	struct error *err;
	int result;
};

enum { HOST_REASON_BYTES = 256, HOST_LINE_BYTES = 512, HOST_CGROUP_PATH_BYTES = 2048 };

/* The file at path (from the root) as text without white space at its end, for the caller to
 * free; NULL when it cannot be read, and then reason (may be NULL) says why. */
char *host_read_text(const struct host_reader *reader, char reason[HOST_REASON_BYTES],
                     const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same as a whole number of base 10; false when it cannot be read or is none. */
bool host_read_number(const struct host_reader *reader, int64_t *ret_value, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

bool host_has_file(const struct host_reader *reader, const char *path);

/* The value behind "key" and a colon or blanks in a text of lines such as /proc/meminfo and
 * /proc/cpuinfo; the first one, copied into value. False when there is none. */
bool host_find_line(const char *text, const char *key, char value[HOST_LINE_BYTES]);

/* The names in the folder at path that start with prefix, sorted, at most `most`. Returns how
 * many; each is the caller's to free. -1 when the folder cannot be read. */
int host_list(const struct host_reader *reader, const char *path, const char *prefix, char **names,
              int most);

/* Adds a fact: value, or NULL and the reason. */
void host_add(struct host_reader *reader, const char *name, const char *value, const char *reason);
void host_add_number(struct host_reader *reader, const char *name, int64_t value);

/* A count as a fact; 0 is the reason, not a value. */
void host_add_count(struct host_reader *reader, const char *name, size_t count, const char *reason);

/* Adds the whole text of a file as a fact, or why it cannot be read. */
void host_add_file(struct host_reader *reader, const char *name, const char *path);

/* host_cgroup.c: limits of the control groups that this process is in, the least along the way up.
 * Each gives -1 without a limit (and -1 in *ret_usage_bytes). */
double host_cgroup_cpus(const struct host_reader *reader, char reason[HOST_REASON_BYTES]);
int64_t host_cgroup_memory(const struct host_reader *reader, int64_t *ret_left_bytes,
                           char reason[HOST_REASON_BYTES]);

/* The folder, from the root, of the group that this process is in: of the version 1 hierarchy of
 * the controller, or of version 2 for NULL. False when there is none. */
bool host_cgroup_folder(const struct host_reader *reader, const char *controller,
                        char folder[HOST_CGROUP_PATH_BYTES]);

/* How long, ns, and how often the CPU quotas on the way up have stopped this process's group since
 * it was made; false where the kernel does not count that. */
bool host_cgroup_throttled(const struct host_reader *reader, int64_t *ret_ns, int64_t *ret_times);

/* Whether this is a virtual machine, as far as can be seen. */
bool host_is_guest(const struct host_reader *reader);

/* Each adds its facts. Those about nodes need the ones about the processor before them. */
void host_probe_identity(struct host_reader *reader);
void host_probe_nodes(struct host_reader *reader);
void host_probe_kernel(struct host_reader *reader);
void host_probe_cgroup(struct host_reader *reader);
void host_probe_memory_type(struct host_reader *reader);
void host_probe_processor(struct host_reader *reader);
void host_probe_frequency(struct host_reader *reader);
void host_probe_environment(struct host_reader *reader);
void host_probe_memory(struct host_reader *reader);
void host_probe_limits(struct host_reader *reader);
void host_probe_delays(struct host_reader *reader);
void host_probe_sensors(struct host_reader *reader);

#endif
