#include "model/metric.h"

#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char metric_generic[] = "generic";

const char *const metric_check_names[] = {
        [METRIC_CHECK_NONE] = "none",
        [METRIC_CHECK_CYCLES] = "cycles",
        [METRIC_CHECK_INSTRUCTIONS] = "instructions",
        [METRIC_CHECK_TIME] = "time",
        [METRIC_CHECK_FAULTS] = "faults",
        [METRIC_CHECK_SWITCHES] = "switches",
        [METRIC_CHECK_MISSES] = "misses",
        [METRIC_CHECK_GROWS] = "grows",
        [METRIC_CHECK_BOUNDED] = "bounded",
        NULL,
};

/* ---- Release ------------------------------------------------------------------------------- */

static void choices_release(struct metric_choices *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].event);
		free(list->items[i].meaning);
		free(list->items[i].file);
	}
	free(list->items);
	free(list->processor);
	*list = (struct metric_choices){0};
}

static void metric_release(struct metric *metric)
{
	for (size_t i = 0; i < metric->list_count; i++)
		choices_release(&metric->lists[i]);
	free(metric->lists);
	free(metric->name);
	free(metric->unit);
	free(metric->meaning);
	free(metric->file);
	*metric = (struct metric){0};
}

static void processor_release(struct metric_processor *processor)
{
	for (size_t i = 0; i < processor->sign_count; i++) {
		free(processor->signs[i].vendor);
		free(processor->signs[i].models);
	}
	free(processor->signs);
	words_release(&processor->pmus);
	free(processor->name);
	free(processor->file);
	*processor = (struct metric_processor){0};
}

void metrics_release(struct metrics *metrics)
{
	for (size_t i = 0; i < metrics->processor_count; i++)
		processor_release(&metrics->processors[i]);
	for (size_t i = 0; i < metrics->count; i++)
		metric_release(&metrics->items[i]);
	free(metrics->processors);
	free(metrics->items);
	words_release(&metrics->files);
	*metrics = (struct metrics){0};
}

/* ---- Looking up ---------------------------------------------------------------------------- */

static struct metric *find_metric(const struct metrics *metrics, const char *name)
{
	for (size_t i = 0; i < metrics->count; i++)
		if (strcasecmp(metrics->items[i].name, name) == 0)
			return &metrics->items[i];
	return NULL;
}

const struct metric *metrics_find(const struct metrics *metrics, const char *name)
{
	return find_metric(metrics, name);
}

static bool has_pmu(const struct metric_processor *processor,
                    const struct processor_identity *identity)
{
	for (size_t i = 0; i < processor->pmus.count; i++)
		for (size_t j = 0; j < identity->pmu_count; j++)
			if (strcmp(processor->pmus.items[i], identity->pmus[j]) == 0)
				return true;
	return false;
}

static bool has_model(const struct processor_sign *sign, int64_t model)
{
	for (size_t i = 0; i < sign->model_count; i++)
		if (model >= sign->models[i].first && model <= sign->models[i].last)
			return true;
	return sign->model_count == 0;
}

static bool has_sign(const struct metric_processor *processor,
                     const struct processor_identity *identity)
{
	for (size_t i = 0; i < processor->sign_count; i++) {
		const struct processor_sign *const sign = &processor->signs[i];
		if (strcmp(sign->vendor, identity->vendor) == 0 &&
		    (sign->family < 0 || sign->family == identity->family) &&
		    has_model(sign, identity->model))
			return true;
	}
	return false;
}

const struct metric_processor *metrics_processor(const struct metrics *metrics,
                                                 const struct processor_identity *identity)
{
	for (size_t i = 0; identity->vendor && i < metrics->processor_count; i++)
		if (has_sign(&metrics->processors[i], identity))
			return &metrics->processors[i];
	for (size_t i = 0; i < metrics->processor_count; i++)
		if (has_pmu(&metrics->processors[i], identity))
			return &metrics->processors[i];
	return NULL;
}

static struct metric_choices *find_list(const struct metric *metric, const char *processor)
{
	for (size_t i = 0; i < metric->list_count; i++)
		if (strcmp(metric->lists[i].processor, processor) == 0)
			return &metric->lists[i];
	return NULL;
}

const struct metric_choices *metric_choices_for(const struct metric *metric,
                                                const struct metric_processor *processor)
{
	const struct metric_choices *const own =
	        processor ? find_list(metric, processor->name) : NULL;
	return own ? own : find_list(metric, metric_generic);
}

/* ---- One file over another ----------------------------------------------------------------- */

/* Room for one more item of this size at the end of an array that grows. */
static void *grow(void *items, size_t *count, size_t item_bytes, struct error *err)
{
	void *const grown = realloc(items, (*count + 1) * item_bytes);
	if (!grown) {
		error_memory(err);
		return NULL;
	}
	memset((char *)grown + *count * item_bytes, 0, item_bytes);
	(*count)++;
	return grown;
}

static void replace_text(char **text, char **by)
{
	if (!*by)
		return;
	free(*text);
	*text = *by;
	*by = NULL;
}

static int merge_metric(struct metric *metric, struct metric *more, struct error *err)
{
	replace_text(&metric->unit, &more->unit);
	replace_text(&metric->meaning, &more->meaning);
	if (more->has_check) {
		metric->check = more->check;
		metric->has_check = true;
	}
	for (size_t i = 0; i < more->list_count; i++) {
		struct metric_choices *list = find_list(metric, more->lists[i].processor);
		if (!list) {
			struct metric_choices *const grown =
			        grow(metric->lists, &metric->list_count, sizeof *grown, err);
			if (!grown)
				return -ENOMEM;
			metric->lists = grown;
			list = &grown[metric->list_count - 1];
		}
		choices_release(list);
		*list = more->lists[i];
		more->lists[i] = (struct metric_choices){0};
	}
	return 0;
}

static int merge_processor(struct metrics *metrics, struct metric_processor *more,
                           struct error *err)
{
	struct metric_processor *there = NULL;
	for (size_t i = 0; !there && i < metrics->processor_count; i++)
		if (strcmp(metrics->processors[i].name, more->name) == 0)
			there = &metrics->processors[i];
	if (!there) {
		struct metric_processor *const grown =
		        grow(metrics->processors, &metrics->processor_count, sizeof *grown, err);
		if (!grown)
			return -ENOMEM;
		metrics->processors = grown;
		there = &grown[metrics->processor_count - 1];
	}
	processor_release(there);
	*there = *more;
	*more = (struct metric_processor){0};
	return 0;
}

static int add_metric(struct metrics *metrics, struct metric *more, struct error *err)
{
	struct metric *const grown = grow(metrics->items, &metrics->count, sizeof *grown, err);
	if (!grown)
		return -ENOMEM;
	metrics->items = grown;
	grown[metrics->count - 1] = *more;
	*more = (struct metric){0};
	return 0;
}

int metrics_merge(struct metrics *metrics, struct metrics *more, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < more->processor_count; i++)
		r = merge_processor(metrics, &more->processors[i], err);
	for (size_t i = 0; r == 0 && i < more->count; i++) {
		struct metric *const there = find_metric(metrics, more->items[i].name);
		r = there ? merge_metric(there, &more->items[i], err)
		          : add_metric(metrics, &more->items[i], err);
	}
	for (size_t i = 0; r == 0 && i < more->files.count; i++)
		r = words_add(&metrics->files, more->files.items[i], err);
	return r;
}
