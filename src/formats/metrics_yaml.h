/* Files of metric definitions (docs/metrics.md) to struct metrics. */
#ifndef FORMATS_METRICS_YAML_H
#define FORMATS_METRICS_YAML_H

#include "formats/problems.h"
#include "model/metric.h"

#include <stddef.h>

struct error;

enum { METRICS_MAX_BYTES = 1 << 20 };

/* Reads the file at path. `known` is what files before it have defined (NULL: it is the first):
 * its processors may be named here, and a metric of it need not be described again. ret_problems
 * starts as {0} and is the caller's to release whatever comes back; it holds every problem of the
 * file, sorted by place, exactly when -EINVAL is returned. Other failures: -ENOENT, -EACCES and so
 * on, -ENOMEM. Only on 0 *ret_metrics is set: this file's definitions alone, for
 * metrics_merge. */
int metrics_yaml_load(const char *path, const struct metrics *known, struct metrics *ret_metrics,
                      struct problems *ret_problems, struct error *err);

/* The same from memory; name stands for the file in messages. */
int metrics_yaml_parse(const char *name, const char *text, size_t text_bytes,
                       const struct metrics *known, struct metrics *ret_metrics,
                       struct problems *ret_problems, struct error *err);

#endif
