/* The libraries of this layer, for `plateau --version --verbose`. */
#ifndef PLATFORM_LIBRARIES_H
#define PLATFORM_LIBRARIES_H

#include "core/library.h"

struct library library_hwloc(void);
struct library library_pfm(void);

#endif
