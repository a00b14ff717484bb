/* One criterion of a list, bound in two steps: its keys, then what needs several of them (a limit
 * is read in the unit of its metric). */
#ifndef FORMATS_SCENARIO_CRITERIA_VALUES_H
#define FORMATS_SCENARIO_CRITERIA_VALUES_H

#include "formats/yaml_bind.h"
#include "model/criteria.h"

/* Values that wait until the metric is known. NULL: the key is not there. */
struct criterion_binding {
	struct criterion criterion;
	const yaml_node_t *metric;
	const yaml_node_t *statistic;
	const yaml_node_t *quantile;
	const yaml_node_t *at_least;
	const yaml_node_t *at_most;
	const yaml_node_t *margin;
	const yaml_node_t *reference;
	const yaml_node_t *sources;
};

bind_function criteria_bind_origin;     /* char *: any text */
bind_function criterion_bind_name;      /* char *: a label */
bind_function criterion_bind_policy;    /* char *: a canonical spelling */
bind_function criterion_bind_node;      /* const yaml_node_t * */
bind_function criterion_bind_reference; /* struct criterion_binding */

/* Reads what waited. Returns 0 or -ENOMEM; where there are problems, the criterion is worth
 * nothing. place and mapping are the criterion's; keys are those that it was bound by. */
int criterion_finish(struct binder *binder, const struct bind_place *place,
                     const yaml_node_t *mapping, const struct bind_key *keys, size_t key_count,
                     struct criterion_binding *binding);

#endif
