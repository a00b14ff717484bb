/* Step 13: the result, a FITS file with an empty primary HDU (what was done, and the background)
 * and the extensions IMAGE (float32, ADU), VARIANCE (float32, ADU^2) and MASK (int32, bits as
 * MP_* keywords). Nothing in it depends on when or where it was made. */
#ifndef TASKS_ISR_RESULT_FILE_H
#define TASKS_ISR_RESULT_FILE_H

struct error;
struct raw;
struct reduction;

/* Writes it, whole or not at all. raw's header is needed, not its pixels. Returns 0 or -errno. */
int result_write(const char *path, const struct raw *raw, const struct reduction *reduction,
                 struct error *err);

#endif
