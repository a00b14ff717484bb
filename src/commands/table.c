#include "commands/command.h"

extern const struct command command_run;
extern const struct command command_plan;
extern const struct command command_node;
extern const struct command command_show;
extern const struct command command_report;
extern const struct command command_compare;
extern const struct command command_accept;
extern const struct command command_export;
extern const struct command command_fit;
extern const struct command command_import;
extern const struct command command_requirements;
extern const struct command command_io;
extern const struct command command_capacity;
extern const struct command command_capacity_overlaps;
extern const struct command command_fleet_submit;
extern const struct command command_fleet_status;
extern const struct command command_fleet_collect;
extern const struct command command_fleet_rank;
extern const struct command command_fleet_history;
extern const struct command command_fleet_job;

const struct command *const command_table[] = {
        &command_run,
        &command_plan,
        &command_node,
        &command_show,
        &command_report,
        &command_compare,
        &command_accept,
        &command_export,
        &command_fit,
        &command_import,
        &command_requirements,
        &command_io,
        &command_capacity,
        &command_capacity_overlaps,
        &command_fleet_submit,
        &command_fleet_status,
        &command_fleet_collect,
        &command_fleet_rank,
        &command_fleet_history,
        &command_fleet_job,
        NULL,
};
