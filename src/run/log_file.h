/* The log that a task wrote into its working folder. What is there is the task's work and may be
 * anything: links and pipes are not followed. */
#ifndef RUN_LOG_FILE_H
#define RUN_LOG_FILE_H

#include <stdint.h>

enum { LOG_WHY_BYTES = 320 };

/* Opens the log of the task with this index, whose working folder is called as its slot and lies in
 * that of workdirs_fd; name is the scenario's, with {index} and {slot}. Returns the descriptor, to
 * be closed by the caller, with the log's size; or -1 with the reason in why, among others that it
 * has more than most_bytes. */
int log_file_open(int workdirs_fd, const char *name, uint32_t slot, uint32_t index,
                  int64_t most_bytes, int64_t *ret_bytes, char why[LOG_WHY_BYTES]);

#endif
