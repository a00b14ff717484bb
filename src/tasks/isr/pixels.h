/* Memory for planes of pixels. */
#ifndef TASKS_ISR_PIXELS_H
#define TASKS_ISR_PIXELS_H

#include <stddef.h>

/* count items of item_bytes each, zeroed; the caller frees them with free. Where the kernel has
 * huge pages on request, large planes ask for them: a plane of 65 MB is then 31 page faults in
 * place of 16 000. NULL when there is no memory. */
void *pixels_new(size_t count, size_t item_bytes);

#endif
