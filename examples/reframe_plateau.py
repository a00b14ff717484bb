# SPDX-License-Identifier: GPL-3.0-or-later
"""A node's acceptance as a ReFrame test: measures it with plateau and reads the verdict.

Put the scenario (scenarios/acceptance.yaml, with your criteria in it) into the folder `src` beside
this file; ReFrame copies it to where the test runs. Results stay in ReFrame's output folder.

    reframe -c reframe_plateau.py -r
    reframe -c reframe_plateau.py -S plateau_acceptance.scenario=quick.yaml -r
"""
import json
import os
import re

import reframe as rfm
import reframe.utility.sanity as sn


@rfm.simple_test
class plateau_acceptance(rfm.RunOnlyRegressionTest):
    descr = 'Is this node as good as it should be?'
    valid_systems = ['*']
    valid_prog_environs = ['*']
    scenario = variable(str, value='acceptance.yaml')
    # One process that places its tasks itself, on a node of its own.
    num_tasks = 1
    num_tasks_per_node = 1
    exclusive_access = True
    time_limit = '1h'
    executable = 'plateau'
    keep_files = ['result.db', 'verdict.xml']

    @run_before('run')
    def set_options(self):
        self.executable_opts = ['run', '--accept', self.scenario, '-o', 'result.db',
                                '--junit', 'verdict.xml', '--json']

    def acceptance(self):
        """What `plateau run --accept --json` says of the verdict; None: it said nothing."""
        try:
            with open(os.path.join(self.stagedir, str(sn.evaluate(self.stdout)))) as stream:
                return json.load(stream).get('acceptance')
        except (OSError, ValueError):
            return None

    @sanity_function
    def is_accepted(self):
        """Inconclusive is not accepted: the message says how many repeats would decide it."""
        answer = self.acceptance()
        if answer is None:
            return sn.assert_true(False, msg='plateau gave no verdict; its stderr says why')
        reasons = [f'{criterion["verdict"]}: {criterion["label"]}: {criterion["reason"]}'
                   for result in answer['results'] for criterion in result['criteria']
                   if criterion['verdict'] in ('fail', 'inconclusive')]
        return sn.assert_eq(answer['verdict'], 'pass',
                            msg='; '.join(reasons) or f'the verdict is {answer["verdict"]}')

    @run_before('performance')
    def set_figures(self):
        """Every figure that was judged, for ReFrame's own logs, in SI units as its name says:
        "throughput_per_s_throughput_at_N_128". A colon would mean something to ReFrame."""
        answer = self.acceptance() or {'results': []}
        self.perf_variables = {
            re.sub(r'[^0-9A-Za-z]+', '_', f'{criterion["key"]} {criterion["label"]}').strip('_'):
                sn.make_performance_function(sn.defer(criterion['value']['value']), 'SI')
            for result in answer['results'] for criterion in result['criteria']
            if criterion['value']['value'] is not None
        }
