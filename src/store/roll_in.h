/* A result that its writer could not close: what is in the log beside it is put into the file
 * itself, so that one file is the whole of it. */
#ifndef STORE_ROLL_IN_H
#define STORE_ROLL_IN_H

struct error;

/* For the caller's own file, which nobody writes any more. Nothing to do where there is no log.
 * Returns 0; -EBUSY (somebody has it open still); or -errno. */
int roll_in(const char *path, struct error *err);

#endif
