#include "situation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "fleet/observe.h"

#include <stdlib.h>
#include <string.h>

void situation_check(const struct situation *s)
{
	struct error err;
	struct fleet_judgement judgement = s->judgement;
	struct fleet_attempt attempt = {
	        .number = 1,
	        .job = s->job,
	        .has_job = s->has_job,
	        .is_forgotten = s->is_forgotten,
	        .report = s->report,
	        .has_report = s->has_report,
	        .result_path = (char *)(uintptr_t)s->result,
	        .unreadable = (char *)(uintptr_t)s->unreadable,
	        .refused = (char *)(uintptr_t)s->refused,
	        .profile = s->profile,
	        .has_profile = s->has_profile,
	        .judgements = judgement.label ? &judgement : NULL,
	        .judgement_count = judgement.label ? 1 : 0,
	        .criteria_verdict = judgement.verdict,
	        .verdict = FLEET_VERDICTS,
	        .reason = strdup("what was said before"),
	};
	assert_int_equal(standing_find(&attempt, NOW, &err), 0);
	const bool is_as_expected =
	        attempt.verdict == s->verdict &&
	        (s->says ? attempt.reason && strcmp(attempt.reason, s->says) == 0
	                 : !attempt.reason);
	if (!is_as_expected)
		print_message("# %s\n# got      %s: %s\n# expected %s: %s\n", s->name,
		              fleet_verdict_words[attempt.verdict].name, attempt.reason,
		              fleet_verdict_words[s->verdict].name, s->says);
	free(attempt.reason);
	assert_true(is_as_expected);
}
