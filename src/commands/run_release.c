/* The end of what one run owns. */
#include "commands/run_parts.h"

#include "commands/preflight.h"
#include "core/error.h"
#include "platform/node.h"
#include "run/engine.h"
#include "store/recorder.h"

#include <stdlib.h>

void run_release(struct run *run)
{
	struct error ignored;
	recorder_close(run->recorder, RUN_FAILED, RECORD_ABSENT, &ignored);
	engine_close(run->engine);
	events_close(&run->events);
	metrics_release(&run->metrics);
	run_facts_release(&run->facts);
	host_facts_release(&run->host);
	plan_release(&run->plan);
	preflight_free(run->preflight);
	node_close(run->node);
	scenario_release(&run->scenario);
	resume_release(&run->resume);
	free(run->output);
	session_release(&run->session);
}
