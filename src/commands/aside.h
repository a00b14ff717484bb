/* Work in a process of its own whose memory goes with it: what the engine holds counts against its
 * tasks, because the kernel starts the peak of a task's memory at that of its parent. */
#ifndef COMMANDS_ASIDE_H
#define COMMANDS_ASIDE_H

#include "commands/command.h"

#include <stddef.h>

struct error;

/* Zeroed memory that a process made by aside shares with its parent, NULL with an error when it
 * cannot be had. */
void *aside_share(size_t bytes, struct error *err);
void aside_unshare(void *memory, size_t bytes);

/* Calls work(context) in a process of its own and returns what it returned: it may read and write
 * files and print on stderr, but must not touch what other threads or open results of this process
 * hold. It is ended when this process ends. EXIT_SOMETHING_FAILED, told, when it ends otherwise. */
enum exit_code aside(enum exit_code (*work)(void *context), void *context);

#endif
