#include "report/json/site_json.h"

json_t *json_site(struct json_writer *w, const struct fleet_node *node)
{
	json_t *const object = json_object();
	json_set_or_reason(w, object, "state", json_text(node->site_state),
	                   "the site was not asked");
	json_set_or_reason(w, object, "reason", json_text(node->site_reason), "nobody has set one");
	json_set_or_reason(w, object, "reason_by", json_text(node->site_reason_by),
	                   "nobody has set one");
	return object;
}
