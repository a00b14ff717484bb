#include "report/json/report_json.h"

#include "report/json/json_value.h"

int report_json_write(const struct report_answer *answer, char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	json_t *const object = json_object();
	json_t *const page = json_object();
	json_set(&w, page, "path", json_text(answer->page));
	json_set(&w, page, "bytes", json_count(answer->page_bytes));
	json_set(&w, page, "undrawn_plots", json_count(answer->undrawn));
	if (answer->undrawn > 0)
		json_set(&w, page, "reason", json_text(answer->why));
	json_set(&w, object, "schema_version", json_integer(1));
	json_set(&w, object, "results", json_count(answer->results));
	json_set(&w, object, "page", page);
	if (answer->folder) {
		json_t *const plots = json_object();
		json_set(&w, plots, "folder", json_text(answer->folder));
		json_set(&w, plots, "plots", json_count(answer->folder_plots));
		json_set(&w, object, "plots", plots);
	} else {
		json_set(&w, object, "plots", json_null());
		json_set(&w, object, "plots_reason", json_text("no --plots was given"));
	}
	return json_finish(&w, object, ret_json, err);
}
