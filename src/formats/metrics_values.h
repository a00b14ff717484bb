/* What the parts of metric files share, and their processors (formats/metrics_processors); private
 * to formats/metrics_*. The binder's context is a struct metrics_binding. */
#ifndef FORMATS_METRICS_VALUES_H
#define FORMATS_METRICS_VALUES_H

#include "formats/yaml_bind.h"
#include "model/metric.h"

struct metrics_binding {
	const struct metrics *known; /* of the files before, or NULL */
};

bind_function metrics_bind_text;       /* char *: a line of text */
bind_function metrics_bind_processors; /* struct metrics */

/* What is wrong with the name of a metric or a processor, or NULL. */
const char *metrics_name_fault(const char *name);

/* The names that choices may be listed for: of the document, of the files before, and generic. The
 * caller frees the list; the names belong to the document and to known. Returns 0 or -ENOMEM. */
int metrics_processor_names(const struct binder *binder, const struct metrics *known,
                            const char ***ret_names, size_t *ret_count);

#endif
