/* The kernel's delay accounting of one process, asked through a generic netlink socket
 * ("taskstats", Documentation/accounting in the kernel). Needs CAP_NET_ADMIN in the first user
 * namespace. Which figures mean something is platform/delays' to know. */
#ifndef PLATFORM_TASKSTATS_H
#define PLATFORM_TASKSTATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Of a process's main thread, ns since it began; RECORD_ABSENT: this kernel has not that field. */
struct taskstats_figures {
	int64_t cpu_ns; /* on a CPU */
	int64_t run_ns; /* ready, and waiting for one */
	int64_t block_ns;
	int64_t swap_in_ns;
	int64_t thrashing_ns;
	bool is_swap_in_apart; /* it is not in block_ns (before Linux 5.17) */
};

struct taskstats_socket {
	int fd; /* -1: none */
	uint16_t family;
	uint32_t sequence;
};

/* Returns 0, -ENOENT (the kernel was built without it) or another -errno; the socket is closed
 * then.
 */
int taskstats_open(struct taskstats_socket *ret_socket);
void taskstats_close(struct taskstats_socket *socket);

/* Of a process that lives or is a zombie. Never waits. Returns 0, -EPERM, -ESRCH, -EPROTO (a reply
 * that is not understood) or another -errno. */
int taskstats_read(struct taskstats_socket *socket, pid_t pid,
                   struct taskstats_figures *ret_figures);

/* One reply to the request with this sequence number. Returns 0, the kernel's -errno, -EAGAIN (a
 * reply to another request) or -EPROTO. */
int taskstats_parse(const void *reply, size_t reply_bytes, uint32_t sequence,
                    struct taskstats_figures *ret_figures);

#endif
