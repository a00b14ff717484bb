#include "core/array.h"
#include "formats/import/task_csv_parts.h"
#include "model/record.h"

#include <string.h>
#include <strings.h>

#define RECORD(name) PLACE_RECORD, offsetof(struct task_record, name)

/* clang-format off */
static const struct task_field fields[] = {
	{"wall_s", TASK_SECONDS, PLACE_WALL, 0, "wall walltime wallclock wallclocktime elapsed elapsedtime duration real realtime runtime"},
	{"user_s", TASK_SECONDS, RECORD(user_ns), "user usertime usercpu utime"},
	{"system_s", TASK_SECONDS, RECORD(system_ns), "system systemtime systemcpu sys systime stime"},
	{"cpu_s", TASK_SECONDS, RECORD(cpu_ns), "cpu cputime totalcpu"},
	{"max_rss_bytes", TASK_BYTES, RECORD(max_rss_bytes), "maxrss memory maxmemory maxresident maxresidentsetsize"},
	{"start_s", TASK_INSTANT, PLACE_START, 0, "start starttime started begin begintime"},
	{"end_s", TASK_INSTANT, PLACE_END, 0, "end endtime ended finish finished stop stoptime"},
	{"concurrency", TASK_COUNT, PLACE_CONCURRENCY, 0, "concurrency n nconcurrent nproc nprocs njobs load copies"},
	{"block", TASK_COUNT, PLACE_REPEAT, 0, "block repeat rep replicate"},
	{"policy", TASK_TEXT, PLACE_POLICY, 0, NULL},
	{"state", TASK_WORD, PLACE_STATE, 0, "state status taskstate taskstatus jobstate jobstatus"},
	{"trial_state", TASK_WORD, PLACE_TRIAL_STATE, 0, NULL},
	{"role", TASK_WORD, PLACE_ROLE, 0, NULL},
	{"exit_status", TASK_COUNT, PLACE_EXIT_STATUS, 0, "exit exitcode exitstatus returncode rc"},
	{"signal", TASK_COUNT, PLACE_SIGNAL, 0, NULL},
	{"host", TASK_TEXT, PLACE_HOST, 0, "host hostname node nodename nodelist"},
	{"minor_faults", TASK_COUNT, RECORD(minor_faults), "minorpagefaults minflt"},
	{"major_faults", TASK_COUNT, RECORD(major_faults), "majorpagefaults majflt"},
	{"voluntary_switches", TASK_COUNT, RECORD(voluntary_switches), "voluntarycontextswitches nvcsw"},
	{"involuntary_switches", TASK_COUNT, RECORD(involuntary_switches), "involuntarycontextswitches nivcsw"},
	{"peak_rss_bytes", TASK_BYTES, RECORD(peak_rss_bytes), NULL},
	{"peak_pss_bytes", TASK_BYTES, RECORD(peak_pss_bytes), NULL},
	{"cgroup_peak_bytes", TASK_BYTES, RECORD(cgroup_peak_bytes), NULL},
	{"rss_samples", TASK_COUNT, RECORD(rss_samples), NULL},
	{"pss_samples", TASK_COUNT, RECORD(pss_samples), NULL},
	{"read_bytes", TASK_BYTES, RECORD(read_bytes), NULL},
	{"write_bytes", TASK_BYTES, RECORD(write_bytes), NULL},
	{"read_chars", TASK_COUNT, RECORD(read_chars), NULL},
	{"write_chars", TASK_COUNT, RECORD(write_chars), NULL},
	{"read_calls", TASK_COUNT, RECORD(read_calls), NULL},
	{"write_calls", TASK_COUNT, RECORD(write_calls), NULL},
	{"idle_before_s", TASK_SECONDS, RECORD(idle_before_ns), NULL},
	{"run_delay_s", TASK_SECONDS, RECORD(run_delay_ns), NULL},
	{"block_delay_s", TASK_SECONDS, RECORD(block_delay_ns), NULL},
	{"page_in_delay_s", TASK_SECONDS, RECORD(page_in_delay_ns), NULL},
	{"exceeded_memory_limit", TASK_COUNT, PLACE_MEMORY_LIMIT, 0, NULL},
};
/* clang-format on */

const struct task_field task_number_field = {"figure.", TASK_NUMBER, PLACE_NUMBER, 0, NULL};
const struct task_field task_event_field = {"counter.", TASK_EVENT, PLACE_EVENT, 0, NULL};
const struct task_field task_event_state_field = {"counter.", TASK_EVENT_STATE, PLACE_EVENT_STATE,
                                                  0, NULL};

static const struct task_field *const named[] = {&task_number_field, &task_event_field, NULL};

/* Columns of an export that say nothing of a task by itself. */
static const char *const own_others[] = {
        "run", "task_type", "trial",  "attempt",     "task_index", "slot",
        "pu",  "input",     "weight", "start_errno", NULL,
};

static const char words[] =
        "wall_s, user_s, system_s, cpu_s (user and system together), start_s, end_s, "
        "max_rss_bytes, concurrency, block (which repeat), policy, state, exit_status, signal, "
        "host, minor_faults, major_faults, voluntary_switches, involuntary_switches, read_bytes, "
        "write_bytes and the other columns of plateau export; counter.EVENT (counter.cycles:u); "
        "figure.NAME";

const struct task_vocabulary task_vocabulary = {
        .fields = fields,
        .field_count = ARRAY_LENGTH(fields),
        .named = named,
        .words = words,
        .silent = own_others,
        .recognise = task_csv_recognise,
        .has_events = true,
};

static const struct task_unit units[] = {
        {"s", TASK_SECONDS, 1e9},        {"sec", TASK_SECONDS, 1e9},
        {"secs", TASK_SECONDS, 1e9},     {"second", TASK_SECONDS, 1e9},
        {"seconds", TASK_SECONDS, 1e9},  {"ms", TASK_SECONDS, 1e6},
        {"msec", TASK_SECONDS, 1e6},     {"us", TASK_SECONDS, 1e3},
        {"usec", TASK_SECONDS, 1e3},     {"ns", TASK_SECONDS, 1},
        {"nsec", TASK_SECONDS, 1},       {"min", TASK_SECONDS, 60e9},
        {"minutes", TASK_SECONDS, 60e9}, {"h", TASK_SECONDS, 3600e9},
        {"hours", TASK_SECONDS, 3600e9}, {"B", TASK_BYTES, 1},
        {"byte", TASK_BYTES, 1},         {"bytes", TASK_BYTES, 1},
        {"kB", TASK_BYTES, 1e3},         {"MB", TASK_BYTES, 1e6},
        {"GB", TASK_BYTES, 1e9},         {"KiB", TASK_BYTES, 0x1p10},
        {"MiB", TASK_BYTES, 0x1p20},     {"GiB", TASK_BYTES, 0x1p30},
};

const struct task_unit *task_unit_find(const char *name, enum task_kind kind)
{
	if (kind == TASK_INSTANT)
		kind = TASK_SECONDS;
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
		if (units[i].kind == kind && strcasecmp(units[i].name, name) == 0)
			return &units[i];
	return NULL;
}

bool task_kind_has_unit(enum task_kind kind)
{
	return kind == TASK_SECONDS || kind == TASK_BYTES || kind == TASK_INSTANT;
}

const struct task_field *task_field_find(const struct task_vocabulary *vocabulary, const char *name)
{
	for (size_t i = 0; i < vocabulary->field_count; i++)
		if (strcmp(vocabulary->fields[i].name, name) == 0)
			return &vocabulary->fields[i];
	return NULL;
}
