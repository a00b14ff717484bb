/* Something is tried in a child first: a library that reads a damaged file may end its process. */
#ifndef CORE_ATTEMPT_H
#define CORE_ATTEMPT_H

#include <stdbool.h>

/* Calls doing(context) in a child whose output nobody sees. Returns 0 with *ret_survived: whether
 * doing came back, within `seconds`, whatever it found; or -errno where there can be no child. For
 * processes of one thread. */
int attempt(void (*doing)(void *context), void *context, unsigned seconds, bool *ret_survived);

#endif
