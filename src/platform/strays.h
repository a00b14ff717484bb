/* Processes of a run that nobody watches any more: found in /proc and ended. */
#ifndef PLATFORM_STRAYS_H
#define PLATFORM_STRAYS_H

#include <stddef.h>

/* Sends KILL to every descendant of this process, and to every process of this user that carries
 * PLATEAU_RUN=run_id in its environment (a daemon that another reaper has taken), and reaps what
 * becomes a zombie of ours; again until nothing is found, at most for most_ns. run_id NULL or "":
 * descendants only. This process must be their sub-reaper, and none of its children may be meant
 * to stay. Returns how many were found in the last look: 0 when all are gone. */
size_t strays_end(const char *run_id, long long most_ns);

#endif
