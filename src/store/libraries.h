/* The libraries of this layer, for `plateau --version --verbose`. */
#ifndef STORE_LIBRARIES_H
#define STORE_LIBRARIES_H

#include "core/library.h"

struct library library_sqlite(void);

#endif
