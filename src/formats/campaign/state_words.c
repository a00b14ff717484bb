#include "formats/campaign/state_words.h"

#include "core/array.h"

#include <ctype.h>
#include <string.h>

/* In small letters, without joints. Of plateau's own campaigns and results; Slurm (sacct, and its
 * short forms of two letters and more); HTCondor, PBS, LSF; PanDA, Parsl, Pegasus, BPS. */
static const struct {
	const char *word;
	enum campaign_state state;
} words[] = {
        {"done", CAMPAIGN_DONE},
        {"ok", CAMPAIGN_DONE},
        {"completed", CAMPAIGN_DONE},
        {"complete", CAMPAIGN_DONE},
        {"cd", CAMPAIGN_DONE},
        {"success", CAMPAIGN_DONE},
        {"successful", CAMPAIGN_DONE},
        {"succeeded", CAMPAIGN_DONE},
        {"finished", CAMPAIGN_DONE},
        {"passed", CAMPAIGN_DONE},
        {"execdone", CAMPAIGN_DONE},
        {"failed", CAMPAIGN_FAILED},
        {"failure", CAMPAIGN_FAILED},
        {"fail", CAMPAIGN_FAILED},
        {"error", CAMPAIGN_FAILED},
        {"errored", CAMPAIGN_FAILED},
        {"exit", CAMPAIGN_FAILED},
        {"exited", CAMPAIGN_FAILED},
        {"signaled", CAMPAIGN_FAILED},
        {"crashed", CAMPAIGN_FAILED},
        {"specialexit", CAMPAIGN_FAILED},
        {"notstarted", CAMPAIGN_FAILED},
        {"leftchildren", CAMPAIGN_FAILED},
        {"timeout", CAMPAIGN_TIMED_OUT},
        {"timedout", CAMPAIGN_TIMED_OUT},
        {"to", CAMPAIGN_TIMED_OUT},
        {"deadline", CAMPAIGN_TIMED_OUT},
        {"dl", CAMPAIGN_TIMED_OUT},
        {"walltimeexceeded", CAMPAIGN_TIMED_OUT},
        {"outofmemory", CAMPAIGN_OUT_OF_MEMORY},
        {"oom", CAMPAIGN_OUT_OF_MEMORY},
        {"oomkilled", CAMPAIGN_OUT_OF_MEMORY},
        {"memoryexceeded", CAMPAIGN_OUT_OF_MEMORY},
        {"lost", CAMPAIGN_LOST},
        {"nodefail", CAMPAIGN_LOST},
        {"nf", CAMPAIGN_LOST},
        {"bootfail", CAMPAIGN_LOST},
        {"bf", CAMPAIGN_LOST},
        {"launchfailed", CAMPAIGN_LOST},
        {"reconfigfail", CAMPAIGN_LOST},
        {"cancelled", CAMPAIGN_LOST},
        {"canceled", CAMPAIGN_LOST},
        {"ca", CAMPAIGN_LOST},
        {"preempted", CAMPAIGN_LOST},
        {"pr", CAMPAIGN_LOST},
        {"requeued", CAMPAIGN_LOST},
        {"requeue", CAMPAIGN_LOST},
        {"rq", CAMPAIGN_LOST},
        {"requeuefed", CAMPAIGN_LOST},
        {"revoked", CAMPAIGN_LOST},
        {"rv", CAMPAIGN_LOST},
        {"evicted", CAMPAIGN_LOST},
        {"removed", CAMPAIGN_LOST},
        {"deleted", CAMPAIGN_LOST},
        {"aborted", CAMPAIGN_LOST},
        {"killed", CAMPAIGN_LOST},
        {"ended", CAMPAIGN_LOST},
        {"unfinished", CAMPAIGN_UNFINISHED},
        {"pending", CAMPAIGN_UNFINISHED},
        {"pd", CAMPAIGN_UNFINISHED},
        {"queued", CAMPAIGN_UNFINISHED},
        {"idle", CAMPAIGN_UNFINISHED},
        {"held", CAMPAIGN_UNFINISHED},
        {"waiting", CAMPAIGN_UNFINISHED},
        {"ready", CAMPAIGN_UNFINISHED},
        {"unready", CAMPAIGN_UNFINISHED},
        {"submitted", CAMPAIGN_UNFINISHED},
        {"activated", CAMPAIGN_UNFINISHED},
        {"starting", CAMPAIGN_UNFINISHED},
        {"configuring", CAMPAIGN_UNFINISHED},
        {"running", CAMPAIGN_UNFINISHED},
        {"completing", CAMPAIGN_UNFINISHED},
        {"suspended", CAMPAIGN_UNFINISHED},
        {"resizing", CAMPAIGN_UNFINISHED},
        {"stopped", CAMPAIGN_UNFINISHED},
        {"signaling", CAMPAIGN_UNFINISHED},
        {"stageout", CAMPAIGN_UNFINISHED},
        {"requeuehold", CAMPAIGN_UNFINISHED},
        {"resvdelhold", CAMPAIGN_UNFINISHED},
        {"unknown", CAMPAIGN_UNKNOWN},
};

const char *const campaign_state_words =
        "done, failed, timed-out, out-of-memory, lost, unfinished or unknown, or as Slurm does";

/* Small letters alone; "+" is what sacct cuts a long word with. */
static bool strip(const char *word, bool is_first_only, char *text, size_t text_bytes)
{
	size_t length = 0;
	for (; *word && *word != '+'; word++) {
		if (is_first_only && length > 0 && isspace((unsigned char)*word))
			break;
		if (*word == '-' || *word == '_' || isspace((unsigned char)*word))
			continue;
		if (!isalpha((unsigned char)*word) || length + 1 >= text_bytes)
			return false;
		text[length++] = (char)tolower((unsigned char)*word);
	}
	text[length] = '\0';
	return length > 0;
}

/* A word that was cut has to mean one thing. */
static bool find(const char *text, bool is_cut, enum campaign_state *ret_state)
{
	bool is_found = false;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (is_cut ? strncmp(words[i].word, text, strlen(text)) != 0
		           : strcmp(words[i].word, text) != 0)
			continue;
		if (is_found && *ret_state != words[i].state)
			return false;
		*ret_state = words[i].state;
		is_found = true;
	}
	return is_found;
}

bool campaign_state_read(const char *word, enum campaign_state *ret_state)
{
	char text[32];
	enum campaign_state state = CAMPAIGN_UNKNOWN;
	const bool is_cut = strchr(word, '+') != NULL;
	if (!(strip(word, false, text, sizeof text) && find(text, is_cut, &state)) &&
	    !(strip(word, true, text, sizeof text) && find(text, is_cut, &state)))
		return false;
	*ret_state = state;
	return true;
}
