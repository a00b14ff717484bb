#include "tasks/isr/reduce.h"

#include "core/error.h"
#include "tasks/isr/brighter_fatter.h"
#include "tasks/isr/calibrate.h"
#include "tasks/isr/calibration.h"
#include "tasks/isr/crosstalk.h"
#include "tasks/isr/interpolate.h"
#include "tasks/isr/log.h"
#include "tasks/isr/masking.h"
#include "tasks/isr/overscan.h"
#include "tasks/isr/pixels.h"
#include "tasks/isr/raw_file.h"

/* What one step works on. */
struct work {
	struct raw *raw;
	const struct calibration *calibration;
	const struct log *log;
	unsigned steps;
	float *amplifiers[AMPLIFIERS]; /* raw layout, between steps 1 and 3 */
	struct reduction out;
};

static bool does(const struct work *work, enum reduce_step step)
{
	return (work->steps & step) != 0;
}

static int convert(struct work *work, struct error *err)
{
	const size_t pixels = geometry_raw_pixels(&work->raw->geometry);
	LOG_INFO(work->log, LOG_ISR, "Converting exposure to floating point values.");
	for (int i = 0; i < AMPLIFIERS; i++) {
		float *const to = pixels_new(pixels, sizeof *to);
		if (!to)
			return error_memory(err);
		work->amplifiers[i] = to;
		for (size_t p = 0; p < pixels; p++)
			to[p] = (float)work->raw->amplifiers[i].raw[p];
	}
	return frame_init(&work->raw->geometry, &work->out.frame, err);
}

static int amplifiers(struct work *work, struct error *err)
{
	(void)err;
	const struct geometry *const g = &work->raw->geometry;
	for (int i = 0; i < AMPLIFIERS; i++) {
		const char *const name = geometry_amplifier_name(i);
		if (does(work, REDUCE_SATURATION))
			masking_saturation(&work->out.frame, g, i, &work->raw->amplifiers[i]);
		if (!does(work, REDUCE_OVERSCAN))
			continue;
		const struct overscan_statistics s = overscan_correct(g, work->amplifiers[i]);
		LOG_INFO(work->log, LOG_ISR, "Corrected overscan for amplifier %s", name);
		LOG_INFO(work->log, "lsst.isr.overscan",
		         "Overscan of amplifier %s: level %.3f, residual %.4f, noise %.3f ADU",
		         name, s.level, s.residual, s.noise);
	}
	raw_release_pixels(work->raw);
	return 0;
}

static int assemble(struct work *work, struct error *err)
{
	(void)err;
	const struct geometry *const g = &work->raw->geometry;
	const size_t width = (size_t)geometry_raw_width(g);
	LOG_INFO(work->log, LOG_ISR, "Assembling CCD from amplifiers.");
	for (int i = 0; i < AMPLIFIERS; i++) {
		for (int row = 0; row < g->data_height; row++)
			geometry_put_row(g, i, row,
			                 work->amplifiers[i] + (size_t)row * width + g->data_x,
			                 work->out.frame.image);
		free(work->amplifiers[i]);
		work->amplifiers[i] = NULL;
	}
	return 0;
}

static int bias(struct work *work, struct error *err)
{
	(void)err;
	if (!does(work, REDUCE_BIAS))
		return 0;
	LOG_INFO(work->log, LOG_ISR, "Applying bias correction.");
	calibrate_bias(&work->out.frame, work->calibration->bias);
	return 0;
}

static int variance(struct work *work, struct error *err)
{
	(void)err;
	for (int i = 0; does(work, REDUCE_VARIANCE) && i < AMPLIFIERS; i++) {
		LOG_INFO(work->log, LOG_ISR, "Constructing variance map for amplifier %s.",
		         geometry_amplifier_name(i));
		calibrate_variance(&work->out.frame, &work->raw->geometry, i,
		                   &work->raw->amplifiers[i]);
	}
	return 0;
}

static int crosstalk(struct work *work, struct error *err)
{
	(void)err;
	if (!does(work, REDUCE_CROSSTALK))
		return 0;
	LOG_INFO(work->log, LOG_ISR, "Applying crosstalk correction.");
	crosstalk_mask(&work->raw->geometry, &work->calibration->crosstalk, &work->out.frame);
	crosstalk_add(&work->raw->geometry, &work->calibration->crosstalk, -1,
	              work->out.frame.image);
	return 0;
}

static int nan_and_trails(struct work *work, struct error *err)
{
	struct frame *const frame = &work->out.frame;
	LOG_INFO(work->log, LOG_ISR, "Masking non-finite (NaN, inf) value pixels.");
	if (masking_nan(frame) > 0)
		interpolate_rows(frame, MASK_NAN);
	if (!does(work, REDUCE_SATURATION))
		return 0;
	LOG_INFO(work->log, LOG_ISR, "Widening saturation trails.");
	return masking_widen_saturation(frame, err);
}

static int brighter_fatter(struct work *work, struct error *err)
{
	if (!does(work, REDUCE_BRIGHTER_FATTER))
		return 0;
	const struct geometry *const g = &work->raw->geometry;
	struct reduction *const out = &work->out;
	LOG_INFO(
	        work->log, LOG_ISR,
	        "Applying brighter-fatter correction using kernel type %dx%d double / gains of the "
	        "amplifiers.",
	        KERNEL_SIDE, KERNEL_SIDE);
	for (int i = 0; i < AMPLIFIERS; i++)
		calibrate_scale(g, i, (float)work->raw->amplifiers[i].gain_e_per_adu,
		                out->frame.image);
	const int r = brighter_fatter_correct(
	        &work->calibration->kernel, out->frame.width, out->frame.height, out->frame.image,
	        work->log, &out->brighter_fatter_iterations, &out->brighter_fatter_change, err);
	if (r < 0)
		return r;
	for (int i = 0; i < AMPLIFIERS; i++)
		calibrate_scale(g, i, (float)(1 / work->raw->amplifiers[i].gain_e_per_adu),
		                out->frame.image);
	LOG_INFO(work->log, LOG_ISR, "Finished brighter-fatter correction in %d iterations.",
	         out->brighter_fatter_iterations);
	return 0;
}

static int dark(struct work *work, struct error *err)
{
	(void)err;
	if (!does(work, REDUCE_DARK))
		return 0;
	LOG_INFO(work->log, LOG_ISR, "Applying dark correction.");
	calibrate_dark(&work->out.frame, work->calibration->dark, work->raw->exposure_s);
	return 0;
}

static int flat(struct work *work, struct error *err)
{
	(void)err;
	if (!does(work, REDUCE_FLAT))
		return 0;
	LOG_INFO(work->log, LOG_ISR, "Applying flat correction.");
	calibrate_flat(&work->out.frame, work->calibration->flat);
	return 0;
}

static int defects(struct work *work, struct error *err)
{
	(void)err;
	struct frame *const frame = &work->out.frame;
	if (does(work, REDUCE_DEFECTS)) {
		LOG_INFO(work->log, LOG_ISR, "Masking defects.");
		masking_defects(frame, &work->calibration->defects);
	}
	if (does(work, REDUCE_INTERPOLATION)) {
		LOG_INFO(work->log, LOG_ISR, "Interpolating masked pixels.");
		work->out.interpolated = interpolate_rows(frame, MASK_BAD | MASK_SAT | MASK_NAN);
		LOG_INFO(work->log, LOG_ISR, "Interpolated %zu pixels.", work->out.interpolated);
	}
	return 0;
}

static int background(struct work *work, struct error *err)
{
	LOG_INFO(work->log, LOG_ISR, "Measuring background level.");
	const int r = background_measure(&work->out.frame, &work->out.background, err);
	if (r < 0)
		return r;
	LOG_INFO(work->log, LOG_ISR, "Flattened sky level: %.4f +/- %.4f ADU, flatness %.5f.",
	         work->out.background.level, work->out.background.sigma,
	         work->out.background.flatness);
	return 0;
}

typedef int (*step_function)(struct work *work, struct error *err);

static const step_function steps_in_order[] = {
        convert,        amplifiers,      assemble, bias, variance, crosstalk,
        nan_and_trails, brighter_fatter, dark,     flat, defects,  background,
};

int reduce_exposure(struct raw *raw, const struct calibration *calibration, unsigned steps,
                    const struct log *log, struct reduction *ret, struct error *err)
{
	struct work work = {.raw = raw, .calibration = calibration, .log = log, .steps = steps};
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof steps_in_order / sizeof *steps_in_order; i++)
		r = steps_in_order[i](&work, err);
	for (int i = 0; i < AMPLIFIERS; i++)
		free(work.amplifiers[i]);
	if (r < 0) {
		reduction_release(&work.out);
		return r;
	}
	*ret = work.out;
	return 0;
}

void reduction_release(struct reduction *reduction)
{
	if (!reduction)
		return;
	frame_release(&reduction->frame);
	*reduction = (struct reduction){0};
}
