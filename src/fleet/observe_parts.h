/* What the files observe*.c share. */
#ifndef FLEET_OBSERVE_PARTS_H
#define FLEET_OBSERVE_PARTS_H

#include "model/batch.h"
#include "model/fleet.h"

struct error;

/* Puts jobs where they belong: to the attempt with its id, else where its comment says, made where
 * it is not there, else to the attempt on its node that has none. The jobs are moved; those that
 * belong nowhere stay. Attempts whose job is not among them are forgotten ones. Returns 0 or
 * -ENOMEM. */
int observe_place_jobs(struct fleet *fleet, struct batch_jobs *jobs, struct error *err);

/* Moves what the site says of nodes to those that the fleet has. */
void observe_place_nodes(struct fleet *fleet, struct batch_nodes *nodes);

/* Moves what the batch system said of one fleet's jobs and nodes to another picture of the same
 * fleet. */
void observe_move_answers(struct fleet *before, struct fleet *now);

#endif
