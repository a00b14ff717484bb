#include "analyse/libraries.h"

#include <gsl/gsl_version.h>

struct library library_gsl(void)
{
	return library_of("GSL", GSL_VERSION, gsl_version);
}
