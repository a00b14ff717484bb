/* Growing arrays, and counting fixed ones. An array is a pointer, a count and a capacity in the
 * struct that owns it; array_reserve makes room. */
#ifndef CORE_ARRAY_H
#define CORE_ARRAY_H

#include <stddef.h>

struct error;

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* Makes room for at least `needed` items of item_bytes each in *items (which starts as NULL with
 * *capacity 0), growing by doubling; new room is zeroed. Returns 0, or -ENOMEM with err set and
 * the array as it was. */
int array_reserve(void *items, size_t *capacity, size_t needed, size_t item_bytes,
                  struct error *err);

#endif
