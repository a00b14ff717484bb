#include "commands/command.h"

const struct command *const command_table[] = {
        NULL,
};
