/* How a task ended, in the words of batch systems, workflow systems and tables. */
#ifndef FORMATS_CAMPAIGN_STATE_WORDS_H
#define FORMATS_CAMPAIGN_STATE_WORDS_H

#include "model/campaign.h"

#include <stdbool.h>

/* The state that a word says, in any case, with blanks, dashes or underlines; what stands behind
 * the first word counts for nothing ("CANCELLED by 1000"). False: it is none that is known. */
bool campaign_state_read(const char *word, enum campaign_state *ret_state);

/* The words that can be written, for a message. */
extern const char *const campaign_state_words;

#endif
