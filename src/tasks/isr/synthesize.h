/* Fills a folder with raw exposures, raw-00000.fits and so on, and in its subfolder calib with the
 * calibrations that belong to them. */
#ifndef TASKS_ISR_SYNTHESIZE_H
#define TASKS_ISR_SYNTHESIZE_H

#include <stdint.h>

struct error;

enum { SYNTHESIZE_MOST = 100000 };

struct synthesize_report {
	int64_t written;          /* raws made */
	int64_t reused;           /* raws that were there already */
	int calibrations_written; /* 1: made, 0: there already */
};

/* Makes count raws (1 to SYNTHESIZE_MOST) in folder, which is created when its parent exists. Files
 * that carry the same seed, size, index and version are kept as they are; others of these names
 * are replaced, each at one stroke. Raws beyond count are refused when they are of another seed,
 * size or version, because they would be taken for inputs. Returns 0 or -errno (-EEXIST for that
 * refusal, -EINVAL for a bad size). */
int synthesize(const char *folder, int64_t count, uint64_t seed, double size,
               struct synthesize_report *ret, struct error *err);

#endif
