/* The libraries of this layer, for `plateau --version --verbose`. */
#ifndef ANALYSE_LIBRARIES_H
#define ANALYSE_LIBRARIES_H

#include "core/library.h"

struct library library_gsl(void);

#endif
