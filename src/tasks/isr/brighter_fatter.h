/* Brighter-fatter: charge already collected pushes later charge away, so that bright stars are
 * wider than faint ones (Coulton et al. 2018, AJ 155, 258). With the charge q of a pixel and a
 * kernel K, what is lost to the neighbours is half the divergence of q grad(K (*) q):
 *     corr(q) = (grad q . grad o + q lap o) / 2,  o = q (*) K
 * with central differences, inside the outermost row and column. Charge is in electrons. */
#ifndef TASKS_ISR_BRIGHTER_FATTER_H
#define TASKS_ISR_BRIGHTER_FATTER_H

#include <stddef.h>

struct error;
struct kernel;
struct log;

enum { BRIGHTER_FATTER_MAX_ITERATIONS = 10 };

/* Sum of |change| over the image (electrons) below which the iteration stops. */
#define BRIGHTER_FATTER_THRESHOLD 1000.0

/* Takes the effect out of image (width x height, electrons), in place, by the fixed-point iteration
 *     tmp = image + corr(tmp), from tmp = image,
 * stopped when the sum of |change| falls under BRIGHTER_FATTER_THRESHOLD or after
 * BRIGHTER_FATTER_MAX_ITERATIONS. *ret_iterations and *ret_change say how it ended. Returns 0 or
 * -ENOMEM with the image as it was. */
int brighter_fatter_correct(const struct kernel *kernel, int width, int height, float *image,
                            const struct log *log, int *ret_iterations, double *ret_change,
                            struct error *err);

/* Puts the effect in: image - corr(image), in place. Returns 0 or -ENOMEM. */
int brighter_fatter_apply(const struct kernel *kernel, int width, int height, float *image,
                          struct error *err);

#endif
