/* A scenario that uses every key that is served. */
#ifndef TESTS_VALID_SCENARIO_H
#define TESTS_VALID_SCENARIO_H

static const char valid_scenario[] =
        "# every key that is served\n"
        "name: isr-occupancy\n"
        "task:\n"
        "  type: isr\n"
        "  command: [plateau-isr, \"{input}\", \"{workdir}/post.fits\", '']\n"
        "  inputs: {generate: [plateau-isr, --synthesize, \"{count}\", \"{dir}\"], count: 8}\n"
        "  environment: {OMP_NUM_THREADS: \"2\", A_SLOT: '{slot}'}\n"
        "  threads: 2\n"
        "  timeout: 300s\n"
        "  memory: 2.6 GB\n"
        "  keep: all\n"
        "  phases:\n"
        "    format: pattern\n"
        "    stream: {file: 'log-{index}.txt'}\n"
        "    compute: [my.work.*]\n"
        "    datastore: ['reading *', my.disk]\n"
        "    pattern: '^([0-9.]+) ([a-z]+) (.*)$'\n"
        "    fields: [time, '-', message]\n"
        "    time_format: '%s.%f'\n"
        "    time_zone: utc\n"
        "  figures: {stream: {file: 'figures-{index}'}, names: [images_per_s, a.b-c]}\n"
        "sweep:\n"
        "  levels: [1, 2, 4, 8-64/8, 50%, cores, pus]\n"
        "  repeats: 7\n"
        "  warmup: {tasks: 2, at_least: 1s}\n"
        "  measured: 2.5\n"
        "  order: ascending\n"
        "  start: together\n"
        "  filler: finish\n"
        "  baseline: 2\n"
        "  budget: 30min\n"
        "placement: {policy: [scatter, 'map:0,2,4-6'], unit: l3, smt: first, memory: interleave}\n"
        "counters: {events: [cycles, task-clock], overflow: multiplex}\n"
        "sampling: {interval: 250ms, memory_interval: 50ms, memory_group: never}\n"
        "seed: 9223372036854775807\n";

#endif
