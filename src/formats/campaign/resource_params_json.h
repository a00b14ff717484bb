/* Two files of the LSST DESC's gen3_workflow, for `plateau capacity`:
 *
 * Resource parameters, what a task needs as a straight line against the visits that go into it:
 *   {"deblend": {"cpu_time (m)": [slope, intercept], "maxRSS (GB)": [slope, intercept]}, ...}
 * Times in s, m (minutes) or h, sizes in kB, MB, GB, KiB, MiB or GiB.
 *
 * Product sizes, what a task writes: the mean, the standard deviation and the number of files that
 * they are of, in GiB:
 *   {"isr": {"postISRCCD": [0.0894, 0.0049, 129], ...}, ...}
 *
 * NaN stands for what is not known. A file is read whole, or refused with its problems. */
#ifndef FORMATS_CAMPAIGN_RESOURCE_PARAMS_JSON_H
#define FORMATS_CAMPAIGN_RESOURCE_PARAMS_JSON_H

#include "formats/problems.h"
#include "model/words.h"

#include <stddef.h>
#include <stdint.h>

struct error;

enum { RESOURCE_PARAMS_MAX_BYTES = 16 << 20 };

/* slope x visits + intercept; both NAN: the file does not say. */
struct resource_line {
	double slope;
	double intercept;
};

struct resource_params_task {
	char *type;
	struct resource_line cpu_s;
	struct resource_line max_rss_bytes;
};

struct resource_params {
	struct resource_params_task *items; /* in the order of the file */
	size_t count;
	size_t capacity;
	/* The bytes of what the file calls GB: 2^30 where its figures show that (those of
	 * gen3_workflow are KiB of the kernel divided by 2^20), else 10^9; remarks say which and
	 * why. Where sizes are in other units, 10^9. */
	double gb_bytes;
	struct words remarks;
};

/* Reads the file at path. problems is the caller's to release whatever comes back; it holds every
 * problem of the file exactly when -EINVAL is returned. Other failures: -errno of reading, -EFBIG,
 * -ENOMEM. */
int resource_params_load(const char *path, struct resource_params *ret_params,
                         struct problems *problems, struct error *err);

/* The same from memory; name stands for the file in messages. */
int resource_params_parse(const char *name, const char *text, size_t text_bytes,
                          struct resource_params *ret_params, struct problems *problems,
                          struct error *err);

/* The task of this type, or NULL. */
const struct resource_params_task *resource_params_find(const struct resource_params *params,
                                                        const char *type);

void resource_params_release(struct resource_params *params);

#define cleanup_resource_params __attribute__((cleanup(resource_params_release)))

struct product_size {
	char *type;        /* the task that writes it */
	char *dataset;     /* "postISRCCD" */
	double mean_bytes; /* NAN: not known */
	double sd_bytes;   /* NAN: not known */
	int64_t count;     /* files that the mean is of */
};

struct product_sizes {
	struct product_size *items; /* in the order of the file */
	size_t count;
	size_t capacity;
};

/* As resource_params_load and resource_params_parse. */
int product_sizes_load(const char *path, struct product_sizes *ret_sizes, struct problems *problems,
                       struct error *err);
int product_sizes_parse(const char *name, const char *text, size_t text_bytes,
                        struct product_sizes *ret_sizes, struct problems *problems,
                        struct error *err);

void product_sizes_release(struct product_sizes *sizes);

#define cleanup_product_sizes __attribute__((cleanup(product_sizes_release)))

#endif
