/* A curve as a picture made of letters: the measured points with their intervals, the fit and
 * linear scaling. */
#ifndef REPORT_CURVE_CHART_H
#define REPORT_CURVE_CHART_H

#include "report/scaling_blocks.h"

/* A section with the chart, for terminals; nothing with fewer than two points, without any
 * throughput, or where the style is too narrow. */
void curve_chart(const struct scaling_blocks *blocks);

#endif
