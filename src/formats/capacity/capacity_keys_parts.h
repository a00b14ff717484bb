/* What the tables of capacity_keys share; private to them. */
#ifndef FORMATS_CAPACITY_CAPACITY_KEYS_PARTS_H
#define FORMATS_CAPACITY_CAPACITY_KEYS_PARTS_H

#include "formats/yaml_bind.h"

bind_function capacity_bind_at;            /* uint32_t: a level, 0 for recommended */
bind_function capacity_bind_task_source;   /* struct capacity_task: from */
bind_function capacity_bind_common_source; /* struct capacity_binding: from */
bind_function capacity_bind_task_visits;   /* struct capacity_task: visits */
bind_function capacity_bind_common_visits; /* struct capacity_binding: visits */

#endif
