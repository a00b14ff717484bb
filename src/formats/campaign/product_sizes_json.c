/* What tasks write, from the product sizes of gen3_workflow. */
#include "formats/campaign/resource_params_json.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "formats/campaign/two_level_json.h"

#include <math.h>
#include <stdlib.h>

static const double gib_bytes = 1073741824.0;

struct reading {
	struct product_sizes *sizes;
	const char *name;
};

static int take_entry(void *context, const struct two_level_entry *entry, struct problems *problems,
                      struct error *err)
{
	struct reading *const r = context;
	struct product_sizes *const sizes = r->sizes;
	const double count = entry->numbers[2];
	if (!(count >= 0) || count > 1e15 || count != floor(count) || entry->numbers[0] < 0 ||
	    entry->numbers[1] < 0)
		return problems_add(problems, r->name, entry->line, entry->column, entry->path, err,
		                    "is not a mean and a deviation of 0 GiB or more, and a count");
	int result = array_reserve(&sizes->items, &sizes->capacity, sizes->count + 1,
	                           sizeof *sizes->items, err);
	if (result < 0)
		return result;
	struct product_size *const size = &sizes->items[sizes->count];
	*size = (struct product_size){
	        .mean_bytes = entry->numbers[0] * gib_bytes,
	        .sd_bytes = entry->numbers[1] * gib_bytes,
	        .count = (int64_t)count,
	};
	sizes->count++;
	result = str_copy(entry->outer, &size->type, err);
	return result < 0 ? result : str_copy(entry->inner, &size->dataset, err);
}

int product_sizes_parse(const char *name, const char *text, size_t text_bytes,
                        struct product_sizes *ret_sizes, struct problems *problems,
                        struct error *err)
{
	struct product_sizes sizes = {0};
	struct reading reading = {.sizes = &sizes, .name = name};
	const struct two_level_format format = {
	        .name = name,
	        .wanted = "a list of three numbers, [mean GiB, standard deviation, count]",
	        .number_count = 3,
	        .take = take_entry,
	        .context = &reading,
	};
	int r = two_level_each(&format, text, text_bytes, problems, err);
	if (r == 0)
		r = problems_result(problems, name, err);
	if (r < 0) {
		product_sizes_release(&sizes);
		return r;
	}
	*ret_sizes = sizes;
	return 0;
}

int product_sizes_load(const char *path, struct product_sizes *ret_sizes, struct problems *problems,
                       struct error *err)
{
	cleanup_free char *text = NULL;
	size_t bytes = 0;
	const int r = file_read(path, RESOURCE_PARAMS_MAX_BYTES, &text, &bytes, err);
	return r < 0 ? r : product_sizes_parse(path, text, bytes, ret_sizes, problems, err);
}

void product_sizes_release(struct product_sizes *sizes)
{
	if (!sizes)
		return;
	for (size_t i = 0; i < sizes->count; i++) {
		free(sizes->items[i].type);
		free(sizes->items[i].dataset);
	}
	free(sizes->items);
	*sizes = (struct product_sizes){0};
}
