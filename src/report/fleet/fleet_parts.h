/* What the files about ranked fleets share. */
#ifndef REPORT_FLEET_PARTS_H
#define REPORT_FLEET_PARTS_H

#include "analyse/fleet/rank.h"
#include "model/words.h"
#include "report/document.h"
#include "report/fleet/fleet_document.h"

/* How verdicts are said and shown: the kinds of a grid, by verdict. */
extern const struct grid_kind fleet_kinds[FLEET_VERDICTS];

/* Whether a person has to do something about a node of this verdict. */
bool fleet_needs_somebody(enum fleet_verdict verdict);

/* FLEET_DRAWN_CLASSES: so many classes have plots. */
enum { FLEET_NAME_BYTES = 160, FLEET_DRAWN_CLASSES = 6 };

/* The name of an item's node, cut to `columns` (at most 48) and cleaned. */
const char *fleet_name(const struct fleet_ranking *ranking, const struct fleet_rank_item *item,
                       size_t columns, char text[FLEET_NAME_BYTES]);

/* "core 17", "socket 1", "memory", "several places"; "" where nothing is slow. */
const char *fleet_place(const struct fleet_rank_item *item, char text[48]);

/* Appends it with a capital and a full stop, unless it is there already; NULL: nothing. */
void fleet_add_sentence(struct str *text, const char *sentence);

/* Why: the reason and the evidence, whichever is there, without saying anything twice. Never empty.
 */
void fleet_why(const struct fleet_rank_item *item, struct str *text);

/* How one fleet is told from another of the same scenario: by its folder ("rack-7"), or else by
 * what was ranked ("hall.db" is hall). Appends nothing where neither is known, or is the scenario's
 * name. */
void fleet_add_place(const struct fleet_ranking *ranking, const char *source, struct str *text);

/* How many items need somebody. */
size_t fleet_needing(const struct fleet_ranking *ranking);

/* How many are still under way: running, pending. */
size_t fleet_under_way(const struct fleet_ranking *ranking);

/* How many need nobody, and are slower than they were when they were accepted. */
size_t fleet_slower(const struct fleet_ranking *ranking);

/* Whether the verdict of a node says that this ("PATH: why") could not be read: it has no other
 * result. */
bool fleet_tells_unread(const struct fleet_ranking *ranking, const char *unreadable);

/* How many of these (NULL: none) no verdict tells of. */
size_t fleet_unread(const struct fleet_ranking *ranking, const struct words *unreadable);

/* The node of an item. */
const struct fleet_node *fleet_node_of(const struct fleet_ranking *ranking,
                                       const struct fleet_rank_item *item);

/* The profile that speaks for an item, or NULL. */
const struct profile *fleet_profile_of(const struct fleet_rank_item *item);

/* The figure of a profile at the level and policy at which a class is held together, or NULL. */
const struct profile_figure *fleet_figure(const struct fleet_class *class,
                                          const struct profile *profile, enum measure_id measure,
                                          uint32_t concurrency);

/* The plots of a class; nothing where it has no median. */
void fleet_plot_class(const struct fleet_ranking *ranking, size_t index, struct document *doc);

/* The cores of its nodes that have a slow place; nothing where none has. */
void fleet_plot_places(const struct fleet_ranking *ranking, size_t class, struct document *doc);

/* The sections, in the order of a document. */
void fleet_add_answer(const struct fleet_ranking *ranking, const struct fleet_told *told,
                      struct document *doc);
void fleet_add_grid(const struct fleet_ranking *ranking, struct document *doc);
void fleet_add_needing(const struct fleet_ranking *ranking, struct document *doc);
void fleet_add_slower(const struct fleet_ranking *ranking, struct document *doc);
void fleet_add_not_run(const struct fleet_ranking *ranking, struct document *doc);
void fleet_add_next(const struct fleet_ranking *ranking, const struct fleet_told *told,
                    struct document *doc);
void fleet_add_classes(const struct fleet_ranking *ranking, struct document *doc);
void fleet_add_all(const struct fleet_ranking *ranking, struct document *doc);
void fleet_add_memory(const struct fleet_ranking *ranking, struct document *doc);

#endif
