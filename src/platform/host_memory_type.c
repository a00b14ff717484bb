/* Facts about the memory modules, from the firmware's table (SMBIOS, structure type 17, DSP0134):
 * root alone may read it. */
#include "core/array.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "platform/host_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MOST_MODULES = 256,
	MODULE_MAX_BYTES = 4096,
	/* Offsets in the structure. */
	AT_SIZE = 0x0c,
	AT_TYPE = 0x12,
	AT_EXTENDED_SIZE = 0x1c,
	AT_CONFIGURED_SPEED = 0x20,
};

/* DSP0134, table "Memory Device: Type". */
static const struct {
	unsigned code;
	const char *name;
} types[] = {
        {0x18, "DDR3"},   {0x1a, "DDR4"},   {0x1b, "LPDDR"}, {0x1c, "LPDDR2"},
        {0x1d, "LPDDR3"}, {0x1e, "LPDDR4"}, {0x20, "HBM"},   {0x21, "HBM2"},
        {0x22, "DDR5"},   {0x23, "LPDDR5"}, {0x24, "HBM3"},
};

/* Modules that are alike, and how many there are. */
struct modules {
	unsigned type;
	unsigned mega_transfers; /* per second, 0: not said */
	int64_t bytes;
	size_t count;
};

static unsigned word_at(const unsigned char *data, size_t at)
{
	return data[at] | (unsigned)data[at + 1] << 8;
}

/* One structure; false for an empty slot or a structure too short to tell. */
static bool read_module(const unsigned char *data, size_t bytes, struct modules *ret_module)
{
	if (bytes <= AT_TYPE || data[0] != 17 || data[1] > bytes)
		return false;
	const size_t length = data[1];
	const unsigned size = word_at(data, AT_SIZE);
	struct modules module = {.type = data[AT_TYPE], .count = 1};
	if (size == 0 || size == 0xffff)
		return false;
	if (size == 0x7fff && length >= AT_EXTENDED_SIZE + 4)
		module.bytes = (int64_t)((word_at(data, AT_EXTENDED_SIZE) |
		                          word_at(data, AT_EXTENDED_SIZE + 2) << 16) &
		                         0x7fffffffU)
		               << 20;
	else
		module.bytes = (int64_t)(size & 0x7fff) << (size & 0x8000 ? 10 : 20);
	if (length >= AT_CONFIGURED_SPEED + 2)
		module.mega_transfers = word_at(data, AT_CONFIGURED_SPEED);
	*ret_module = module;
	return module.bytes > 0;
}

static void count_in(struct modules *kinds, size_t *count, const struct modules *module)
{
	for (size_t i = 0; i < *count; i++)
		if (kinds[i].type == module->type && kinds[i].bytes == module->bytes &&
		    kinds[i].mega_transfers == module->mega_transfers) {
			kinds[i].count++;
			return;
		}
	kinds[(*count)++] = *module;
}

static void write_kind(struct str *text, const struct modules *kind)
{
	const char *name = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		if (types[i].code == kind->type)
			name = types[i].name;
	str_addf(text, "%s%zu x %" PRId64 " MiB", text->length ? ", " : "", kind->count,
	         kind->bytes >> 20);
	if (name)
		str_addf(text, " %s", name);
	else
		str_addf(text, " of type 0x%02x", kind->type);
	if (kind->mega_transfers && kind->mega_transfers != 0xffff)
		str_addf(text, "-%u", kind->mega_transfers);
}

void host_probe_memory_type(struct host_reader *reader)
{
	static const char *const folder = "/sys/firmware/dmi/entries";
	struct modules kinds[MOST_MODULES];
	size_t kind_count = 0;
	char *names[MOST_MODULES];
	struct error err;
	char reason[HOST_REASON_BYTES] = "the firmware tells of no memory modules";
	const int count = host_list(reader, folder, "17-", names, MOST_MODULES);
	for (int i = 0; i < count; i++) {
		char path[HOST_CGROUP_PATH_BYTES];
		char *data = NULL;
		size_t bytes = 0;
		struct modules module;
		snprintf(path, sizeof path, "%s%s/%s/raw", reader->sysroot, folder, names[i]);
		free(names[i]);
		if (file_read(path, MODULE_MAX_BYTES, &data, &bytes, &err) < 0)
			snprintf(reason, sizeof reason, "%.200s", err.text);
		else if (read_module((const unsigned char *)data, bytes, &module))
			count_in(kinds, &kind_count, &module);
		free(data);
	}
	cleanup_str struct str text = {0};
	for (size_t i = 0; i < kind_count; i++)
		write_kind(&text, &kinds[i]);
	host_add(reader, "memory_type", text.length ? str_text(&text) : NULL, reason);
}
