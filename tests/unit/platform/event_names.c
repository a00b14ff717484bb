#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "event_names.h"
#include "platform/events.h"

#include <perfmon/pfmlib_perf_event.h>
#include <stdlib.h>
#include <sys/syscall.h>

int event_names_set_up(void **state)
{
	(void)state;
	/* Before libpfm4 is initialised: it then resolves the events of all processors. */
	setenv("LIBPFM_ENCODE_INACTIVE", "1", 1);
	return pfm_initialize() == PFM_SUCCESS ? 0 : -1;
}
