/* Any file as a campaign, for `plateau requirements` and `plateau capacity`: a campaign file, a
 * result file of plateau, and what `plateau import` would take, told apart by what is in it. */
#ifndef COMMANDS_CAMPAIGN_LOAD_H
#define COMMANDS_CAMPAIGN_LOAD_H

#include "commands/command.h"
#include "model/campaign.h"

struct campaign_load_settings {
	const struct arguments *arguments; /* for talk */
};

/* Loads path. What is wrong is said here, by talk; what was guessed is among the campaign's
 * remarks, and not said. A campaign without a label of its own is called by its file's name,
 * without its ending. Returns EXIT_DONE; EXIT_USAGE: it is not there, damaged, or nothing that
 * holds tasks; EXIT_SOMETHING_FAILED. */
enum exit_code campaign_load(const char *path, const struct campaign_load_settings *settings,
                             struct campaign *ret_campaign);

#endif
