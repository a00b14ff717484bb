/* Processes of a run that nobody watches any more: found in /proc and ended. */
#ifndef PLATFORM_STRAYS_H
#define PLATFORM_STRAYS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Children that were there before the run (of a shell that has become plateau by exec). */
struct strays_spared {
	pid_t pids[64];
	size_t count;
};

/* The children that this process has now. */
struct strays_spared strays_spare_children(void);

/* Sends KILL to every descendant of this process, and to every process of this user that carries
 * PLATEAU_RUN=run_id in its environment (a daemon that another reaper has taken), and reaps what
 * becomes a zombie of ours; again until nothing is found, at most for most_ns. run_id "":
 * descendants only. The spared ones and their descendants are left alone. This process must be the
 * sub-reaper of the run. Returns how many were found in the last look: 0 when all are gone. */
size_t strays_end(const char *run_id, const struct strays_spared *spared, int64_t most_ns);

#endif
