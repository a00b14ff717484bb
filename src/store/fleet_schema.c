#include "store/fleet_schema.h"

#include "core/array.h"
#include "model/fleet.h"

#include <stdbool.h>

/* One line a column: its name, and where it stands in the struct S that the table is of. */
/* clang-format off */
#define AT(field) offsetof(struct S, field)
#define TEXT(n, f)      {.name = (n), .kind = COLUMN_TEXT, .offset = AT(f)}
#define TEXT_OR(n, f)   {.name = (n), .kind = COLUMN_TEXT_OR, .offset = AT(f)}
#define TEXT_OR_SINCE(v, n, f) {.name = (n), .kind = COLUMN_TEXT_OR, .offset = AT(f), .since = (v)}
#define BUFFER(n, f)    {.name = (n), .kind = COLUMN_BUFFER, .offset = AT(f), .most = sizeof(((struct S *)0)->f)}
#define UINT32(n, f, l) {.name = (n), .kind = COLUMN_UINT32, .offset = AT(f), .low = (l)}
#define INT32(n, f, l)  {.name = (n), .kind = COLUMN_INT32, .offset = AT(f), .low = (l)}
#define UINT64(n, f)    {.name = (n), .kind = COLUMN_UINT64, .offset = AT(f)}
#define TIME(n, f)      {.name = (n), .kind = COLUMN_TIME, .offset = AT(f)}
#define BYTES(n, f)     {.name = (n), .kind = COLUMN_BYTES, .offset = AT(f)}
#define BYTES_SINCE(v, n, f)   {.name = (n), .kind = COLUMN_BYTES, .offset = AT(f), .since = (v)}
#define REAL(n, f)      {.name = (n), .kind = COLUMN_REAL, .offset = AT(f)}
#define FLAG(n, f)      {.name = (n), .kind = COLUMN_FLAG, .offset = AT(f)}
#define WORD(n, f, list, count)                                                                    \
	{.name = (n), .kind = COLUMN_WORD, .offset = AT(f), .most = (count), .words = &(list)[0],      \
	 .word_stride = sizeof (list)[0]}
#define WORD_OF(n, f, list, member, count)                                                         \
	{.name = (n), .kind = COLUMN_WORD, .offset = AT(f), .most = (count),                           \
	 .words = &(list)[0].member, .word_stride = sizeof (list)[0]}
#define END {0}
/* clang-format on */

#define S fleet
static const struct fleet_column fleet_columns[] = {
        TEXT_OR("id", id),
        TEXT_OR("name", name),
        TEXT_OR("folder", folder),
        TEXT_OR("plateau_version", plateau_version),
        TEXT_OR("scenario_text", scenario_text),
        TEXT_OR("scenario_sha256", scenario_sha256),
        TIME("created_ns", created_ns),
        TIME("observed_ns", observed_ns),
        FLAG("has_accounting", has_accounting),
        END,
};
#undef S

#define S fleet_node
static const struct fleet_column node_columns[] = {
        TEXT("name", name),
        TEXT_OR("partitions", partitions),
        TEXT_OR("site_state", site_state),
        TEXT_OR("site_reason", site_reason),
        TEXT_OR("site_reason_by", site_reason_by),
        WORD_OF("verdict", verdict, fleet_verdict_words, name, FLEET_VERDICTS),
        TEXT_OR("reason", reason),
        END,
};
#undef S

#define S fleet_attempt
static const struct fleet_column attempt_columns[] = {
        UINT32("number", number, 1),
        WORD_OF("verdict", verdict, fleet_verdict_words, name, FLEET_VERDICTS),
        TEXT_OR("reason", reason),
        FLAG("has_job", has_job),
        FLAG("is_forgotten", is_forgotten),
        TEXT_OR("refused", refused),
        TEXT_OR("result_path", result_path),
        TEXT_OR("result_sha256", result_sha256),
        BYTES("result_bytes", result_bytes),
        TIME("result_mtime_ns", result_mtime_ns),
        TEXT_OR("unreadable", unreadable),
        WORD("criteria_verdict", criteria_verdict, verdict_names, VERDICTS),
        END,
};
#undef S

#define S batch_job
static const struct fleet_column job_columns[] = {
        TEXT_OR("id", id),
        TEXT_OR("name", name),
        TEXT_OR("comment", comment),
        TEXT_OR("node", node),
        TEXT_OR("partition", partition),
        WORD("state", state, job_state_names, JOB_STATES),
        TEXT_OR("state_word", state_word),
        TEXT_OR("reason", reason),
        TEXT_OR("cancelled_by", cancelled_by),
        TIME("submitted_ns", submitted_ns),
        TIME("started_ns", started_ns),
        TIME("ended_ns", ended_ns),
        BYTES("time_limit_ns", time_limit_ns),
        INT32("exit_code", exit_code, -1),
        INT32("signal", signal, 0),
        BYTES("max_rss_bytes", max_rss_bytes),
        BYTES("ave_rss_bytes", ave_rss_bytes),
        TEXT_OR("rss_reason", rss_reason),
        END,
};
#undef S

#define S job_report
static const struct fleet_column report_columns[] = {
        TEXT_OR("node", node),
        TEXT_OR("found_node", found_node),
        TEXT_OR("host", host),
        TEXT_OR("job", job),
        UINT32("number", attempt, 0),
        WORD("stage", stage, job_stage_names, JOB_STAGES),
        INT32("exit_code", exit_code, -1),
        INT32("signal", signal, 0),
        TEXT_OR("reason", reason),
        TEXT_OR("cpus", cpus),
        UINT32("cpu_count", cpu_count, 0),
        UINT32("granted_cpu_count", granted_cpu_count, 0),
        BYTES("memory_bytes", memory_bytes),
        TIME("started_ns", started_ns),
        TIME("updated_ns", updated_ns),
        TIME("ended_ns", ended_ns),
        TEXT_OR("result", result),
        BYTES_SINCE(3, "result_bytes", result_bytes),
        TEXT_OR_SINCE(3, "result_sha256", result_sha256),
        FLAG("is_partial", is_partial),
        UINT32("trials_done", trials_done, 0),
        UINT32("trials_planned", trials_planned, 0),
        END,
};
#undef S

#define S fleet_ranked
static const struct fleet_column ranked_columns[] = {
        WORD_OF("verdict", verdict, fleet_verdict_words, name, FLEET_VERDICTS),
        REAL("relative", relative),
        REAL("z", z),
        TEXT_OR("component", component),
        INT32("component_index", component_index, -1),
        TEXT_OR("reason", reason),
        TIME("ranked_ns", ranked_ns),
        END,
};
#undef S

#define S fleet_judgement
static const struct fleet_column judgement_columns[] = {
        TEXT_OR("label", label),
        WORD("verdict", verdict, verdict_names, VERDICTS),
        REAL("value", value),
        REAL("bound", bound),
        REAL("limit_value", limit),
        TEXT_OR("reason", reason),
        TEXT_OR_SINCE(2, "measure", measure),
        END,
};
#undef S

#define S profile
static const struct fleet_column profile_columns[] = {
        TEXT_OR("run_id", run_id),
        TEXT_OR("name", name),
        TEXT_OR("host", host),
        TEXT_OR("scenario_sha256", scenario_sha256),
        TEXT_OR("command", command),
        TIME("started_ns", started_ns),
        TIME("finished_ns", finished_ns),
        TEXT_OR("state", state),
        UINT64("tasks", tasks),
        UINT64("failed_tasks", failed_tasks),
        UINT32("trials_done", trials_done, 0),
        UINT32("trials_planned", trials_planned, 0),
        TEXT_OR("failure", failure),
        END,
};
#undef S

#define S profile_fact
static const struct fleet_column fact_columns[] = {
        TEXT("name", name),
        TEXT_OR("value", value),
        FLAG("in_class", in_class),
        END,
};
#undef S

#define S profile_figure
static const struct fleet_column figure_columns[] = {
        UINT32("concurrency", concurrency, 1),
        UINT32("policy", policy, 0),
        WORD_OF("measure", measure, measures, name, MEASURE_COUNTER),
        REAL("value", value),
        REAL("low", low),
        REAL("high", high),
        UINT32("n", n, 0),
        BUFFER("source", source),
        END,
};
#undef S

#define S profile_place
static const struct fleet_column place_columns[] = {
        UINT32("concurrency", concurrency, 1),
        UINT32("policy", policy, 0),
        WORD("kind", kind, profile_place_names, PROFILE_PLACE_KINDS),
        INT32("place", index, 0),
        INT32("l3", l3, -1),
        INT32("package", package, -1),
        REAL("wall_s", wall_s),
        REAL("relative", relative),
        REAL("relative_se", relative_se),
        UINT32("trials", trials, 0),
        UINT32("tasks", tasks, 0),
        END,
};
#undef S

/* Of lists of texts. */
static const struct fleet_column name_columns[] = {{.name = "name", .kind = COLUMN_TEXT}, END};
static const struct fleet_column text_columns[] = {{.name = "text", .kind = COLUMN_TEXT}, END};

#define IN(field) offsetof(struct fleet_attempt, field)
#define LIST(name, items, count, columns)                                                          \
	{                                                                                          \
		name, SHAPE_MANY, IN(items), IN(count),                                            \
		        sizeof *((struct fleet_attempt *)0)->items, columns                        \
	}

const struct fleet_table fleet_tables[] = {
        {"fleet", SHAPE_FLEET, 0, 0, 0, fleet_columns},
        {"node", SHAPE_NODE, 0, 0, 0, node_columns},
        {"attempt", SHAPE_ATTEMPT, 0, 0, 0, attempt_columns},
        {"job", SHAPE_ALWAYS, IN(job), 0, 0, job_columns},
        {"report", SHAPE_ONE, IN(report), IN(has_report), 0, report_columns},
        LIST("judgement", judgements, judgement_count, judgement_columns),
        {"profile", SHAPE_ONE, IN(profile), IN(has_profile), 0, profile_columns},
        LIST("policy", profile.policies, profile.policy_count, name_columns),
        LIST("fact", profile.facts, profile.fact_count, fact_columns),
        LIST("figure", profile.figures, profile.figure_count, figure_columns),
        LIST("place", profile.places, profile.place_count, place_columns),
        LIST("doubt", profile.doubts, profile.doubt_count, text_columns),
        {"ranked", SHAPE_ONE, IN(ranked), IN(has_ranked), 0, ranked_columns},
        {0},
};

/* The hardware class as text: the facts that make it, in their order. */
static const char attempt_wide_sql[] =
        "CREATE VIEW attempt_wide AS SELECT\n"
        "  n.name AS node, a.*, p.run_id, p.name AS scenario, p.host, p.state AS run_state,\n"
        "  p.started_ns, p.finished_ns, p.tasks, p.failed_tasks,\n"
        "  j.id AS job, j.state AS job_state, j.max_rss_bytes AS job_max_rss_bytes,\n"
        "  j.ave_rss_bytes AS job_ave_rss_bytes,\n"
        "  r.verdict AS ranked_verdict, r.relative AS ranked_relative,\n"
        "  (SELECT group_concat(x.word, ', ') FROM (SELECT f.name||'='||coalesce(f.value,'?') AS"
        " word\n"
        "    FROM fact f WHERE f.attempt=a.attempt AND f.in_class ORDER BY f.item) x) AS class\n"
        "FROM attempt a JOIN node n ON n.node=a.node LEFT JOIN profile p ON p.attempt=a.attempt\n"
        "JOIN job j ON j.attempt=a.attempt LEFT JOIN ranked r ON r.attempt=a.attempt";

static const char last_attempt_sql[] =
        "CREATE VIEW last_attempt AS SELECT w.* FROM attempt_wide w\n"
        "WHERE w.number=(SELECT max(b.number) FROM attempt b JOIN node m ON m.node=b.node\n"
        "  WHERE m.name=w.node)";

static const char figure_wide_sql[] =
        "CREATE VIEW figure_wide AS SELECT\n"
        "  n.name AS node, a.number, f.attempt, f.concurrency, y.name AS policy, f.measure,\n"
        "  f.value, f.low, f.high, f.n, f.source\n"
        "FROM figure f JOIN attempt a ON a.attempt=f.attempt JOIN node n ON n.node=a.node\n"
        "LEFT JOIN policy y ON y.attempt=f.attempt AND y.item=f.policy";

static const char place_wide_sql[] =
        "CREATE VIEW place_wide AS SELECT\n"
        "  n.name AS node, a.number, c.attempt, c.concurrency, y.name AS policy, c.kind, c.place,\n"
        "  c.l3, c.package, c.wall_s, c.relative, c.relative_se, c.trials, c.tasks\n"
        "FROM place c JOIN attempt a ON a.attempt=c.attempt JOIN node n ON n.node=a.node\n"
        "LEFT JOIN policy y ON y.attempt=c.attempt AND y.item=c.policy";

/* Slurm's figure is of the whole job, plateau's are of a task: times the copies, largest level. */
static const char memory_sql[] =
        "CREATE VIEW memory AS SELECT\n"
        "  n.name AS node, a.number, j.max_rss_bytes AS job_max_rss_bytes,\n"
        "  j.ave_rss_bytes AS job_ave_rss_bytes, j.rss_reason, f.measure,\n"
        "  max(f.value*f.concurrency) AS node_bytes\n"
        "FROM attempt a JOIN node n ON n.node=a.node JOIN job j ON j.attempt=a.attempt\n"
        "LEFT JOIN figure f ON f.attempt=a.attempt\n"
        "  AND f.measure IN ('max_rss','peak_rss','peak_pss','cgroup_peak')\n"
        "GROUP BY a.attempt, f.measure";

/* A node with its last attempt, and what the last ranking said of that. */
static const char node_wide_sql[] =
        "CREATE VIEW node_wide AS SELECT\n"
        "  n.name, n.partitions, n.site_state, n.site_reason, n.site_reason_by, a.attempt,"
        " a.number,\n"
        "  CASE WHEN r.verdict='slow' AND n.verdict IN ('pass','inconclusive') THEN 'slow'\n"
        "    ELSE n.verdict END AS verdict,\n"
        "  CASE WHEN r.verdict='slow' AND n.verdict IN ('pass','inconclusive') THEN r.reason\n"
        "    ELSE n.reason END AS reason,\n"
        "  r.relative, r.z, r.component, r.component_index, r.ranked_ns\n"
        "FROM node n LEFT JOIN attempt a ON a.node=n.node\n"
        "  AND a.number=(SELECT max(b.number) FROM attempt b WHERE b.node=n.node)\n"
        "LEFT JOIN ranked r ON r.attempt=a.attempt";

static const struct schema_entry entries[] = {
        {"fleet", true, NULL, 1},
        {"node", true, NULL, 1},
        {"attempt", true, NULL, 1},
        {"job", true, NULL, 1},
        {"report", true, NULL, 1},
        {"judgement", true, NULL, 1},
        {"profile", true, NULL, 1},
        {"policy", true, NULL, 1},
        {"fact", true, NULL, 1},
        {"figure", true, NULL, 1},
        {"place", true, NULL, 1},
        {"doubt", true, NULL, 1},
        {"ranked", true, NULL, 3},
        {"attempt_wide", false, attempt_wide_sql, 1},
        {"last_attempt", false, last_attempt_sql, 1},
        {"figure_wide", false, figure_wide_sql, 1},
        {"place_wide", false, place_wide_sql, 1},
        {"memory", false, memory_sql, 1},
        {"node_wide", false, node_wide_sql, 3},
        {0},
};

const struct schema schema_fleet = {
        .words = "a plateau fleet file",
        .application_id = FLEET_APPLICATION_ID,
        .version = FLEET_VERSION,
        .entries = entries,
};
