#include "commands/command.h"

extern const struct command command_export;
extern const struct command command_plan;

const struct command *const command_table[] = {
        &command_plan,
        &command_export,
        NULL,
};
