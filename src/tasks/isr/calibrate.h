/* Steps 4, 5, 9 and 10: arithmetic with the calibrations, pixel by pixel. Planes are over the
 * CCD. */
#ifndef TASKS_ISR_CALIBRATE_H
#define TASKS_ISR_CALIBRATE_H

struct amplifier;
struct frame;
struct geometry;

/* image - bias (ADU). */
void calibrate_bias(struct frame *frame, const float *bias);

/* The variance of one amplifier, ADU^2: image / gain + (read noise / gain)^2, the first term not
 * below 0; read noise in electrons, gain in electrons per ADU. */
void calibrate_variance(struct frame *frame, const struct geometry *g, int amplifier,
                        const struct amplifier *facts);

/* Multiplies one amplifier of image by factor (its gain, or 1 / gain). */
void calibrate_scale(const struct geometry *g, int amplifier, float factor, float *image);

/* image - dark (ADU/s) * exposure_s. */
void calibrate_dark(struct frame *frame, const float *dark, double exposure_s);

/* image / flat, variance / flat^2; a flat that is not above 0 marks the pixel MASK_BAD and leaves
 * it. */
void calibrate_flat(struct frame *frame, const float *flat);

#endif
