#include "platform/event_name.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "formats/event_code.h"
#include "model/event_mode.h"
#include "platform/event_sysfs.h"
#include "platform/host_read.h"

#include <errno.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is the same for every event: counted in a task from its exec on, with its children. */
static void set_task(struct perf_event_attr *attributes)
{
	attributes->disabled = 1;
	attributes->enable_on_exec = 1;
	attributes->inherit = 1;
	attributes->read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
}

static void set_definition(struct event_definition *definition,
                           const struct perf_event_attr *attributes)
{
	definition->type = attributes->type;
	definition->config = attributes->config;
	definition->config1 = attributes->config1;
	definition->is_user_only = attributes->exclude_kernel;
}

static void set_code(const struct event_code *code, struct perf_event_attr *attributes)
{
	attributes->type = PERF_TYPE_RAW;
	attributes->config = code->config;
	attributes->config1 = code->config1;
	attributes->exclude_user = !code->is_user;
	attributes->exclude_kernel = !code->is_kernel;
	/* As libpfm4 does for every event of a core. */
	attributes->exclude_hv = 1;
}

/* Returns libpfm4's code, and on success fills attributes and *ret_full, which the caller frees. */
static int encode(const char *name, struct perf_event_attr *attributes, char **ret_full)
{
	struct perf_event_attr found = {
	        /* Before the call: with size 0 libpfm4 fills the first 64 bytes only and loses
	         * config2. */
	        .size = sizeof found,
	};
	pfm_perf_encode_arg_t request = {.attr = &found, .fstr = ret_full, .size = sizeof request};
	*ret_full = NULL;
	const int r =
	        pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT, &request);
	if (r == PFM_SUCCESS)
		*attributes = found;
	return r;
}

/* By libpfm4: a name without a PMU belongs to the processor's own ones. */
static int encode_for(const char *name, const struct metric_processor *processor,
                      struct perf_event_attr *attributes, char **ret_full)
{
	if (!processor || strstr(name, "::"))
		return encode(name, attributes, ret_full);
	int r = PFM_ERR_NOTFOUND;
	for (size_t i = 0; r != PFM_SUCCESS && i < processor->pmus.count; i++) {
		char with_pmu[512];
		snprintf(with_pmu, sizeof with_pmu, "%s::%s", processor->pmus.items[i], name);
		r = encode(with_pmu, attributes, ret_full);
	}
	return r;
}

/* The code of a metric file stands for a name that libpfm4 does not know here, and goes before one
 * that it encodes otherwise: the file's was looked up by somebody. The name's modifiers hold. */
static void take_code(const struct metric_choice *choice, const char *encoded_as,
                      struct event_definition *definition, struct perf_event_attr *attributes,
                      char remark[RECORD_REASON_BYTES])
{
	char text[EVENT_CODE_TEXT_BYTES];
	static const char *const modifiers[] = {
	        [EVENT_OF_BOTH] = "", [EVENT_OF_USER] = ":u", [EVENT_OF_KERNEL] = ":k"};
	const enum event_mode mode = event_mode_of_text(choice->event);
	const struct event_code code = {choice->config, choice->config1, mode != EVENT_OF_KERNEL,
	                                mode != EVENT_OF_USER};
	event_code_format(code.config, code.config1, text);
	set_code(&code, attributes);
	snprintf(definition->encoded, sizeof definition->encoded, "%s%s (%.160s)", text,
	         modifiers[mode], choice->event);
	snprintf(remark, RECORD_REASON_BYTES, "%s",
	         encoded_as ? "libpfm4 encodes it otherwise; the metric file's code was taken"
	                    : "libpfm4 does not know it here; the metric file's code was taken");
}

static int resolve_by_name(const struct metric_choice *choice,
                           const struct metric_processor *processor,
                           struct event_definition *definition, struct perf_event_attr *attributes,
                           char remark[RECORD_REASON_BYTES], char reason[RECORD_REASON_BYTES])
{
	cleanup_free char *full = NULL;
	const int r = encode_for(choice->event, processor, attributes, &full);
	if (r != PFM_SUCCESS && !choice->has_code) {
		snprintf(reason, RECORD_REASON_BYTES,
		         "libpfm4 does not resolve this name here (%s)", pfm_strerror(r));
		return -ENOENT;
	}
	if (r != PFM_SUCCESS)
		take_code(choice, NULL, definition, attributes, remark);
	else if (choice->has_code &&
	         (attributes->config != choice->config || attributes->config1 != choice->config1))
		take_code(choice, full ? full : "", definition, attributes, remark);
	else
		snprintf(definition->encoded, sizeof definition->encoded, "%s",
		         full ? full : choice->event);
	return 0;
}

int event_name_resolve(const struct metric_choice *choice, const struct metric_processor *processor,
                       const char *sysroot, struct event_definition *definition,
                       struct perf_event_attr *ret_attributes, char remark[RECORD_REASON_BYTES],
                       char reason[RECORD_REASON_BYTES])
{
	struct perf_event_attr attributes = {.size = sizeof attributes};
	struct error wrong;
	int r = 0;
	remark[0] = '\0';
	if (event_code_is_raw(choice->event)) {
		struct event_code code;
		r = event_code_parse(choice->event, &code, &wrong);
		if (r == 0)
			set_code(&code, &attributes);
	} else if (event_sysfs_is_meant(choice->event)) {
		r = event_sysfs_resolve(sysroot, choice->event, &attributes, &wrong);
	} else {
		r = resolve_by_name(choice, processor, definition, &attributes, remark, reason);
		if (r < 0)
			return r;
	}
	if (r < 0) {
		snprintf(reason, RECORD_REASON_BYTES, "%.*s", RECORD_REASON_BYTES - 1, wrong.text);
		return r == -ENOENT ? -ENODEV : r;
	}
	if (!definition->encoded[0])
		snprintf(definition->encoded, sizeof definition->encoded, "%.*s",
		         (int)sizeof definition->encoded - 1, choice->event);
	set_definition(definition, &attributes);
	set_task(&attributes);
	*ret_attributes = attributes;
	return 0;
}

void event_name_attributes(const struct event_definition *definition,
                           struct perf_event_attr *ret_attributes)
{
	*ret_attributes = (struct perf_event_attr){
	        .size = sizeof *ret_attributes,
	        .type = definition->type,
	        .config = definition->config,
	        .config1 = definition->config1,
	        .exclude_kernel = definition->is_user_only,
	        .exclude_user = event_mode_of(definition) == EVENT_OF_KERNEL,
	        .exclude_hv =
	                definition->type != PERF_TYPE_SOFTWARE && definition->type < PERF_TYPE_MAX,
	};
	set_task(ret_attributes);
}

/* ---- The processor ------------------------------------------------------------------------- */

static size_t find_pmus(const char *pmus[EVENT_PMUS_MAX])
{
	size_t count = 0;
	for (int pmu = PFM_PMU_NONE; pmu < PFM_PMU_MAX && count < EVENT_PMUS_MAX; pmu++) {
		pfm_pmu_info_t info = {.size = sizeof info};
		if (pfm_get_pmu_info((pfm_pmu_t)pmu, &info) == PFM_SUCCESS && info.is_present &&
		    info.type == PFM_PMU_TYPE_CORE && !info.is_dfl)
			pmus[count++] = info.name;
	}
	return count;
}

/* x86's words, and those of arm64, where the part is the model. */
static void read_cpuinfo(const char *text, struct event_processor *processor)
{
	char line[HOST_LINE_BYTES];
	if (host_find_line(text, "vendor_id", line) ||
	    host_find_line(text, "CPU implementer", line)) {
		snprintf(processor->vendor, sizeof processor->vendor, "%.31s", line);
		processor->identity.vendor = processor->vendor;
	}
	if (host_find_line(text, "cpu family", line) ||
	    host_find_line(text, "CPU architecture", line))
		processor->identity.family = strtol(line, NULL, 0);
	if (host_find_line(text, "model", line) || host_find_line(text, "CPU part", line))
		processor->identity.model = strtol(line, NULL, 0);
}

void event_processor_read(const char *sysroot, struct event_processor *ret_processor)
{
	const struct host_reader reader = {.sysroot = sysroot ? sysroot : "", .is_live = !sysroot};
	*ret_processor = (struct event_processor){.identity = {.family = -1, .model = -1}};
	ret_processor->identity.pmus = ret_processor->pmus;
	if (!sysroot)
		ret_processor->identity.pmu_count = find_pmus(ret_processor->pmus);
	if (!sysroot && getenv("LIBPFM_FORCE_PMU"))
		return;
	cleanup_free char *text = host_read_text(&reader, NULL, "/proc/cpuinfo");
	if (text)
		read_cpuinfo(text, ret_processor);
}
