#include "commands/campaign_load.h"

#include "analyse/campaign/campaign_of.h"
#include "commands/talk.h"
#include "core/error.h"
#include "model/dataset.h"
#include "store/campaign_file.h"
#include "store/load.h"

static int load_result(const char *path, struct campaign *ret_campaign, struct error *err)
{
	cleanup_dataset struct dataset dataset = {0};
	const int r = load_dataset(path, &dataset, err);
	return r < 0 ? r : campaign_of_result(&dataset, ret_campaign, err);
}

enum exit_code campaign_load(const char *path, const struct campaign_load_settings *settings,
                             struct campaign *ret_campaign)
{
	struct error err;
	(void)settings;
	const int r = campaign_file_is(path) ? campaign_file_load(path, ret_campaign, &err)
	                                     : load_result(path, ret_campaign, &err);
	return r < 0 ? talk_fail(exit_for_file(r), &err) : EXIT_DONE;
}
