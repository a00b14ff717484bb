#include "store/schema.h"

#include "store/schema_columns.h"

#include <stddef.h>

/* The tables stand as they are written into the file. */
/* clang-format off */

#define COUNTER_STATES_SQL                                                                         \
	WORD("ok") WORD("scaled") WORD("not-counted") WORD("not-supported")                        \
	WORD("no-permission") WORD("detached") WORD("implausible") WORD("unknown")

static const char run_sql[] =
        "CREATE TABLE run(\n"
        TEXT(id) NEXT
        TEXT(name) NEXT
        ONE_OF(state, WORD("running") WORD("done") WORD("interrupted") WORD("failed")) NEXT
        TEXT_OR(task_type) NEXT
        TEXT_OR(command) NEXT
        NATURAL(threads) NEXT
        NATURAL(baseline) NEXT
        NATURAL(blocks) NEXT
        NATURAL(capacity) NEXT
        "  seed TEXT NOT NULL CHECK(typeof(seed)='text')" NEXT
        INT(origin_calendar_ns) NEXT
        INT_OR(finished_calendar_ns) NEXT
        TEXT_OR(plateau_version) NEXT
        TEXT_OR(scenario_sha256) NEXT
        TEXT_OR(scenario_text) NEXT
        TEXT_OR(scenario_json) NEXT
        TEXT_OR(topology_xml) NEXT
        TEXT_OR(working_folder) NEXT
        TEXT_OR(program_path) NEXT
        NATURAL_OR(program_bytes) NEXT
        INT_OR(program_mtime_ns) NEXT
        TEXT_OR(program_sha256) NEXT
        TEXT_OR(imported) NEXT
        TEXT_OR(source) NEXT
        "  PRIMARY KEY(id)\n)";

static const char host_sql[] =
        "CREATE TABLE host(\n"
        NATURAL(fact) NEXT
        TEXT(name) NEXT
        TEXT_OR(value) NEXT
        TEXT_OR(reason) NEXT
        "  PRIMARY KEY(fact)\n)";

static const char level_sql[] =
        "CREATE TABLE level(\n"
        NATURAL(level) NEXT
        NATURAL(concurrency) NEXT
        TEXT_OR(policy) NEXT
        TEXT_OR(spelling) NEXT
        FLAG(oversubscribed) NEXT
        NATURAL_OR(memory_bytes) NEXT
        TEXT_OR(skipped) NEXT
        "  PRIMARY KEY(level)\n)";

static const char slot_sql[] =
        "CREATE TABLE slot(\n"
        "  level INTEGER NOT NULL REFERENCES level" NEXT
        NATURAL(slot) NEXT
        TEXT_OR(pus) NEXT
        NATURAL(own) NEXT
        NATURAL_OR(core) NEXT
        NATURAL_OR(l3) NEXT
        NATURAL_OR(numa) NEXT
        NATURAL_OR(package) NEXT
        "  PRIMARY KEY(level, slot)\n) WITHOUT ROWID";

static const char counter_event_sql[] =
        "CREATE TABLE counter_event(\n" NATURAL(event) NEXT
        TEXT(name) NEXT
        TEXT(encoded) NEXT
        NATURAL(type) NEXT
        INT(config) NEXT
        INT(config1) NEXT
        FLAG(user_only) NEXT
        ONE_OF(state, COUNTER_STATES_SQL) NEXT
        TEXT(reason) NEXT
        TEXT_OR(metric) NEXT
        NATURAL_OR(choice) NEXT
        TEXT_OR(remedy) NEXT
        TEXT_OR(note) NEXT
        "  PRIMARY KEY(event)\n)";

static const char event_set_sql[] =
        "CREATE TABLE event_set(\n"
        NATURAL(event_set) NEXT
        "  event INTEGER NOT NULL REFERENCES counter_event" NEXT
        "  PRIMARY KEY(event_set, event)\n) WITHOUT ROWID";

static const char input_sql[] =
        "CREATE TABLE input(\n" NATURAL(input) NEXT
        TEXT(path) NEXT
        NATURAL_OR(bytes) NEXT
        INT_OR(mtime_ns) NEXT
        "  PRIMARY KEY(input)\n)";

static const char trial_sql[] =
        "CREATE TABLE trial(\n"
        "  trial INTEGER NOT NULL CHECK(typeof(trial)='integer' AND trial>0)" NEXT
        "  attempt INTEGER NOT NULL CHECK(typeof(attempt)='integer' AND attempt>0)" NEXT
        NATURAL(block) NEXT
        "  level INTEGER NOT NULL REFERENCES level" NEXT
        ONE_OF(state,
               WORD("pending") WORD("running") WORD("done") WORD("censored") WORD("abandoned")
               WORD("interrupted") WORD("skipped")) NEXT
        INT_OR(start_ns) NEXT
        INT_OR(end_ns) NEXT
        INT_OR(window_start_ns) NEXT
        INT_OR(window_end_ns) NEXT
        INT_OR(harness_cpu_ns) NEXT
        INT_OR(harness_max_rss_bytes) NEXT
        INT_OR(drain_ns) NEXT
        TEXT_OR(reason) NEXT
        NATURAL_OR(event_set) NEXT
        FLAG_OR_0(durations_only) NEXT
        "  PRIMARY KEY(trial, attempt)\n) WITHOUT ROWID";

static const char task_sql[] =
        "CREATE TABLE task(\n"
        "  task INTEGER PRIMARY KEY" NEXT
        "  trial INTEGER" NEXT
        "  attempt INTEGER CHECK((attempt IS NULL)=(trial IS NULL))" NEXT
        NATURAL(task_index) NEXT
        NATURAL(slot) NEXT
        NATURAL_OR(pu) NEXT
        "  input INTEGER REFERENCES input" NEXT
        ONE_OF(role, WORD("probe") WORD("warmup") WORD("measured") WORD("filler")) NEXT
        ONE_OF(state,
               WORD("ok") WORD("failed") WORD("signaled") WORD("timeout") WORD("not-started")
               WORD("left-children") WORD("ended")) NEXT
        NATURAL_OR(exit_status) NEXT
        NATURAL_OR(signal) NEXT
        NATURAL_OR(start_errno) NEXT
        INT(start_ns) NEXT
        INT(end_ns) NEXT
        INT_OR(idle_before_ns) NEXT
        INT_OR(user_ns) NEXT
        INT_OR(system_ns) NEXT
        INT_OR(max_rss_bytes) NEXT
        INT_OR(minor_faults) NEXT
        INT_OR(major_faults) NEXT
        INT_OR(voluntary_switches) NEXT
        INT_OR(involuntary_switches) NEXT
        INT_OR(read_chars) NEXT
        INT_OR(write_chars) NEXT
        INT_OR(read_calls) NEXT
        INT_OR(write_calls) NEXT
        INT_OR(read_bytes) NEXT
        INT_OR(write_bytes) NEXT
        INT_OR(run_delay_ns) NEXT
        INT_OR(block_delay_ns) NEXT
        INT_OR(page_in_delay_ns) NEXT
        NATURAL_OR(peak_pss_bytes) NEXT
        FLAG(exceeded_memory_limit) NEXT
        NATURAL_OR(peak_rss_bytes) NEXT
        NATURAL_OR(cgroup_peak_bytes) NEXT
        NATURAL_OR(rss_samples) NEXT
        NATURAL_OR(pss_samples) NEXT
        NATURAL_OR(cpu_ns) NEXT
        "  UNIQUE(trial, attempt, task_index)" NEXT
        "  FOREIGN KEY(trial, attempt) REFERENCES trial\n)";

static const char counter_sql[] =
        "CREATE TABLE counter(\n"
        "  task INTEGER NOT NULL REFERENCES task" NEXT
        "  event INTEGER NOT NULL REFERENCES counter_event" NEXT
        INT(raw) NEXT
        INT(enabled_ns) NEXT
        INT(running_ns) NEXT
        ONE_OF(state, COUNTER_STATES_SQL) NEXT
        "  PRIMARY KEY(task, event)\n) WITHOUT ROWID";

static const char phase_sql[] =
        "CREATE TABLE phase(\n"
        "  task INTEGER NOT NULL REFERENCES task" NEXT
        NATURAL(phase) NEXT
        TEXT(name) NEXT
        TEXT_OR(class) NEXT
        INT(start_ns) NEXT
        INT(end_ns) NEXT
        "  PRIMARY KEY(task, phase)\n) WITHOUT ROWID";

static const char figure_sql[] =
        "CREATE TABLE figure(\n"
        "  task INTEGER NOT NULL REFERENCES task" NEXT
        TEXT(name) NEXT
        REAL(value) NEXT
        "  PRIMARY KEY(task, name)\n) WITHOUT ROWID";

static const char sample_sql[] =
        "CREATE TABLE sample(\n"
        "  sample INTEGER PRIMARY KEY" NEXT
        INT(at_ns) NEXT
        NATURAL_OR(trial) NEXT
        NATURAL_OR(attempt) NEXT
        NATURAL_OR(slot) NEXT
        TEXT(name) NEXT
        REAL_OR(value) NEXT
        NATURAL_OR(place) "\n)";

static const char stated_sql[] =
        "CREATE TABLE stated(\n"
        "  stated INTEGER PRIMARY KEY" NEXT
        "  level INTEGER NOT NULL REFERENCES level" NEXT
        TEXT(name) NEXT
        ONE_OF(statistic, WORD("mean") WORD("sd") WORD("quantile")) NEXT
        REAL_OR(quantile) NEXT
        REAL(value) NEXT
        REAL_OR(error) NEXT
        ONE_OF(error_kind, WORD("none") WORD("reading") WORD("standard") WORD("ci95")) NEXT
        NATURAL_OR(tasks) "\n)";

static const char event_sql[] =
        "CREATE TABLE event(\n"
        "  event INTEGER PRIMARY KEY" NEXT
        INT_OR(at_ns) NEXT
        NATURAL_OR(trial) NEXT
        NATURAL_OR(attempt) NEXT
        NATURAL_OR(slot) NEXT
        TEXT(code) NEXT
        TEXT(text) "\n)";

static const char output_sql[] =
        "CREATE TABLE output(\n"
        "  task INTEGER NOT NULL REFERENCES task" NEXT
        "  stream TEXT NOT NULL CHECK(stream IN ('stdout','stderr'))" NEXT
        NATURAL(total_bytes) NEXT
        BLOB_OR(head) NEXT
        BLOB_OR(tail) NEXT
        "  PRIMARY KEY(task, stream)\n)";

/* The value of a counter where it has one: scaled by the share of time that it was counting. */
#define COUNTER_VALUE_SQL                                                                          \
	"CASE c.state WHEN 'ok' THEN c.raw WHEN 'scaled' THEN"                                     \
	" CASE WHEN c.running_ns>0 THEN 1.0*c.raw*c.enabled_ns/c.running_ns END END"

static const char last_trial_sql[] =
        "CREATE VIEW last_trial AS SELECT r.*,\n"
        "  l.concurrency, l.policy,\n"
        "  (r.window_end_ns-r.window_start_ns)/1e9 AS window_s\n"
        "FROM trial r JOIN level l USING(level)\n"
        "WHERE r.attempt=(SELECT max(a.attempt) FROM trial a WHERE a.trial=r.trial)";

/* overlap_s is the time that the task ran inside its trial's window. */
static const char task_wide_sql[] =
        "CREATE VIEW task_wide AS SELECT\n"
        "  l.concurrency, l.policy, r.block, t.*, r.state AS trial_state,\n"
        "  (t.end_ns-t.start_ns)/1e9 AS wall_s,\n"
        "  t.user_ns/1e9 AS user_s, t.system_ns/1e9 AS system_s,\n"
        "  coalesce(t.user_ns+t.system_ns, t.cpu_ns)/1e9 AS cpu_s,\n"
        "  max(0, min(t.end_ns, r.window_end_ns)-max(t.start_ns, r.window_start_ns))/1e9"
        " AS overlap_s,\n"
        "  i.path AS input_path\n"
        "FROM task t JOIN trial r ON r.trial=t.trial AND r.attempt=t.attempt\n"
        "JOIN level l ON l.level=r.level LEFT JOIN input i ON i.input=t.input";

static const char trial_summary_sql[] =
        "CREATE VIEW trial_summary AS SELECT\n"
        "  r.trial, r.attempt, r.level, r.concurrency, r.policy, r.block, r.state, r.window_s,\n"
        "  count(w.task) AS tasks,\n"
        "  sum(w.state NOT IN ('ok','ended')) AS failed,\n"
        "  CASE WHEN r.durations_only\n"
        "    THEN r.concurrency*sum(w.state='ok')/sum(w.wall_s)\n"
        "    ELSE sum(CASE WHEN w.state='ok' AND w.wall_s>0 THEN w.overlap_s/w.wall_s\n"
        "      WHEN w.state='ok' THEN 1 END)/r.window_s END AS throughput_per_s,\n"
        "  sum(w.overlap_s)/r.window_s AS held\n"
        "FROM last_trial r LEFT JOIN task_wide w\n"
        "  ON w.trial=r.trial AND w.attempt=r.attempt AND w.role='measured'\n"
        "WHERE r.state IN ('done','censored') GROUP BY r.trial, r.attempt";

static const char level_summary_sql[] =
        "CREATE VIEW level_summary AS SELECT\n"
        "  concurrency, policy, count(*) AS trials, sum(tasks) AS tasks, sum(failed) AS failed,\n"
        "  avg(throughput_per_s) AS throughput_per_s,\n"
        "  min(throughput_per_s) AS lowest_per_s, max(throughput_per_s) AS highest_per_s,\n"
        "  avg(held)/concurrency AS occupancy\n"
        "FROM trial_summary GROUP BY level";

static const char counter_value_sql[] =
        "CREATE VIEW counter_value AS SELECT\n"
        "  c.task, e.name, " COUNTER_VALUE_SQL " AS value, c.state\n"
        "FROM counter c JOIN counter_event e ON e.event=c.event";

/* clang-format on */

const struct schema_entry schema_entries[] = {
        {"run", true, run_sql, 1},
        {"host", true, host_sql, 1},
        {"level", true, level_sql, 1},
        {"slot", true, slot_sql, 1},
        {"counter_event", true, counter_event_sql, 1},
        {"event_set", true, event_set_sql, 4},
        {"input", true, input_sql, 1},
        {"trial", true, trial_sql, 1},
        {"task", true, task_sql, 1},
        {"counter", true, counter_sql, 1},
        {"phase", true, phase_sql, 1},
        {"figure", true, figure_sql, 4},
        {"sample", true, sample_sql, 1},
        {"stated", true, stated_sql, 5},
        {"event", true, event_sql, 1},
        {"output", true, output_sql, 1},
        {"last_trial", false, last_trial_sql, 1},
        {"task_wide", false, task_wide_sql, 5},
        {"trial_summary", false, trial_summary_sql, 5},
        {"level_summary", false, level_summary_sql, 1},
        {"counter_value", false, counter_value_sql, 1},
        {0},
};

const struct schema schema_result = {
        .words = "a plateau result file",
        .application_id = SCHEMA_APPLICATION_ID,
        .version = SCHEMA_VERSION,
        .entries = schema_entries,
};
