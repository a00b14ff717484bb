/* Facts about what the kernel tells of time off the CPU: of each task, and of a trial's window. */
#include "platform/delays.h"
#include "platform/host_read.h"
#include "platform/stalls.h"

static const char *sysroot_of(const struct host_reader *reader)
{
	return reader->is_live ? NULL : reader->sysroot;
}

static void add_delays(struct host_reader *reader)
{
	struct delays *delays = NULL;
	const int r = delays_open(sysroot_of(reader), &delays, reader->err);
	if (r < 0) {
		reader->result = r;
		return;
	}
	for (int i = 0; i < DELAY_KINDS; i++) {
		const char *reason;
		const char *const source = delays_source(delays, (enum delay_kind)i, &reason);
		host_add(reader, delay_fact_names[i], source, reason);
	}
	delays_close(delays);
}

static void add_stalls(struct host_reader *reader)
{
	struct stalls *stalls = NULL;
	const int r = stalls_open(sysroot_of(reader), &stalls, reader->err);
	if (r < 0) {
		reader->result = r;
		return;
	}
	const char *reason;
	const char *const source = stalls_source(stalls, &reason);
	host_add(reader, "pressure_stall", source, reason);
	stalls_close(stalls);
}

void host_probe_delays(struct host_reader *reader)
{
	if (reader->result == 0)
		add_delays(reader);
	if (reader->result == 0)
		add_stalls(reader);
}
