/* Facts about which processor it is, by the numbers that its maker gave it: from /proc/cpuinfo on
 * this machine, from hwloc's notes on a recorded one. */
#include "core/array.h"
#include "platform/host_read.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* Where each fact stands; keys end with a tab so that "model" is not "model name". */
static const struct identity_line {
	const char *fact;
	const char *x86;
	const char *arm;
	const char *hwloc;
} lines[] = {
        {"processor_vendor", "vendor_id\t", "CPU implementer\t", "CPUVendor"},
        {"processor_family", "cpu family\t", "CPU architecture", "CPUFamilyNumber"},
        {"processor_model", "model\t\t", "CPU part\t", "CPUModelNumber"},
        {"processor_stepping", "stepping\t", "CPU revision\t", "CPUStepping"},
};

/* Arm's codes of makers (MIDR_EL1). */
static const struct {
	const char *code;
	const char *name;
} implementers[] = {
        {"0x41", "Arm"},       {"0x42", "Broadcom"},  {"0x43", "Cavium"}, {"0x46", "Fujitsu"},
        {"0x48", "HiSilicon"}, {"0x4e", "NVIDIA"},    {"0x50", "APM"},    {"0x51", "Qualcomm"},
        {"0x61", "Apple"},     {"0x6d", "Microsoft"}, {"0xc0", "Ampere"},
};

static const char *name_of(const char *value)
{
	for (size_t i = 0; i < ARRAY_LENGTH(implementers); i++)
		if (strcmp(implementers[i].code, value) == 0)
			return implementers[i].name;
	return value;
}

static void add_line(struct host_reader *reader, const char *info, const char *why,
                     const struct identity_line *line)
{
	char value[HOST_LINE_BYTES];
	const char *const recorded = reader->node ? node_info(reader->node, line->hwloc) : NULL;
	if (info &&
	    (host_find_line(info, line->x86, value) || host_find_line(info, line->arm, value)) &&
	    value[0])
		host_add(reader, line->fact, name_of(value), NULL);
	else
		host_add(reader, line->fact, recorded,
		         reader->is_picture ? "the record does not name it"
		         : info             ? "neither /proc/cpuinfo nor hwloc names it"
		                            : why);
}

static void add_architecture(struct host_reader *reader)
{
	struct utsname name;
	const char *const recorded = reader->node ? node_info(reader->node, "Architecture") : NULL;
	if (reader->is_live && uname(&name) == 0)
		host_add(reader, "architecture", name.machine, NULL);
	else
		host_add(reader, "architecture", recorded, "not recorded");
}

void host_probe_identity(struct host_reader *reader)
{
	char reason[HOST_REASON_BYTES] = "";
	char *const info = host_read_text(reader, reason, "/proc/cpuinfo");
	add_architecture(reader);
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
		add_line(reader, info, reason, &lines[i]);
	free(info);
}
