/* The libraries of this layer, for `plateau --version --verbose`. */
#ifndef FORMATS_LIBRARIES_H
#define FORMATS_LIBRARIES_H

#include "core/library.h"

struct library library_yaml(void);
struct library library_jansson(void);
struct library library_archive(void);

#endif
