#include "analyse/arrange/arrangement.h"

#include <stdlib.h>

void arrangement_release(struct arrangement *arrangement)
{
	if (!arrangement)
		return;
	plan_release(&arrangement->plan);
	free(arrangement->trials);
	free(arrangement->order);
	free(arrangement->tasks);
	words_release(&arrangement->remarks);
	*arrangement = (struct arrangement){0};
}
