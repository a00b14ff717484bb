/* Small files of the kernel (/sys, /proc), read below a sysroot again and again: nothing is
 * allocated and nothing stays open, so that what is unplugged and comes back is found again. */
#ifndef PLATFORM_SMALL_FILE_H
#define PLATFORM_SMALL_FILE_H

#include <stddef.h>
#include <stdint.h>

/* The first text_bytes - 1 bytes of a file as text without white space at its end; the path, from
 * the root, in printf form. sysroot: NULL or "" for this machine. Returns the length, or -errno,
 * and text is "" then. */
int small_file_text(const char *sysroot, char *text, size_t text_bytes, const char *format, ...)
        __attribute__((format(printf, 4, 5)));

/* The same as a whole number of base 10. Returns 0 or -errno; -EINVAL: it is no number. */
int small_file_number(const char *sysroot, int64_t *ret_value, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

#endif
