/* Facts about the host, for the head of a result: what the machine is, and what it allows this
 * process. Each is a name with a value, or without one and with the reason. Every file is read
 * below a `sysroot`, so that a recorded tree of /proc and /sys can be described as well. */
#ifndef PLATFORM_HOST_H
#define PLATFORM_HOST_H

#include "model/dataset.h"
#include "platform/node.h"

struct error;
struct scenario;

/* Describes the host. node gives what hwloc and libpfm4 know and the topology XML; NULL leaves
 * these facts out. sysroot is put in front of every path; NULL means this machine ("/"), and only
 * then system calls and the environment are asked too. Returns 0 or -ENOMEM: a fact that cannot
 * be had is no error. docs/host-facts.md lists the names. */
int host_describe(const struct node *node, const char *sysroot, struct host_facts *ret_facts,
                  struct error *err);

/* The same for a recorded machine of which there is only the picture in node: facts that are not in
 * it are left out, or have that as their reason. Returns 0 or -ENOMEM. */
int host_describe_picture(const struct node *node, struct host_facts *ret_facts, struct error *err);

/* Adds what every task inherits from the process that plateau was started by: the environment (less
 * what the scenario sets, and what differs between two sessions), niceness, scheduling, limits. To
 * be called before plateau changes any of them for itself. Returns 0 or -ENOMEM. */
int host_describe_inherited(const struct scenario *scenario, struct host_facts *facts,
                            struct error *err);

/* Memory that new processes may use now, bytes: MemAvailable of /proc/meminfo, or what the cgroup
 * has left where that is less; -1 when unknown. sysroot as above. */
int64_t host_memory_available(const char *sysroot);

/* Memory that this process and its children may ever have, bytes: what the machine has, or the
 * limit of the control groups where that is less; -1 when unknown. sysroot as above. */
int64_t host_memory_granted(const char *sysroot);

#endif
