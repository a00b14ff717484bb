"""What examples/reframe_plateau.py needs of ReFrame, as its documentation describes it, to run one test
without a scheduler: the pipeline's stages, hooks, variables, deferred values and assertions.

    python3 reframe_stub.py TEST.py STAGEDIR [NAME=VALUE...]

Prints "PASS" or "FAIL: reason", then the performance figures, one a line.
"""
import importlib.util
import os
import subprocess
import sys
import types


class SanityError(Exception):
    pass


class Deferred:
    def __init__(self, make):
        self.make = make


def evaluate(value):
    return value.make() if isinstance(value, Deferred) else value


def assert_true(value, msg=None):
    if not value:
        raise SanityError(msg)
    return True


def assert_eq(a, b, msg=None):
    return assert_true(a == b, msg)


class Namespace(dict):
    """The body of a test class sees these words without importing them."""

    def __init__(self):
        super().__init__()
        def hook(stage):
            def mark(function):
                function.before = stage
                return function
            return mark
        def sanity(function):
            function.is_sanity = True
            return function
        self.words = {'variable': lambda kind, value: value, 'run_before': hook,
                      'sanity_function': sanity}

    def __missing__(self, name):
        return self.words[name]


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases):
        return Namespace()

    def __new__(mcs, name, bases, namespace):
        return super().__new__(mcs, name, bases, dict(namespace))


class RunOnlyRegressionTest(metaclass=Meta):
    def hooks(self, stage):
        for name in dir(type(self)):
            if getattr(getattr(type(self), name), 'before', None) == stage:
                getattr(self, name)()

    def run(self, stagedir):
        self.stagedir = stagedir
        self.executable_opts = []
        self.stdout = Deferred(lambda: 'rfm_job.out')
        self.hooks('run')
        with open(os.path.join(stagedir, 'rfm_job.out'), 'w') as out, \
                open(os.path.join(stagedir, 'rfm_job.err'), 'w') as err:
            subprocess.run([self.executable] + self.executable_opts, cwd=stagedir, stdout=out,
                           stderr=err, check=False)
        checks = [getattr(self, n) for n in dir(type(self))
                  if getattr(getattr(type(self), n), 'is_sanity', False)]
        assert len(checks) == 1
        try:
            assert evaluate(checks[0]())
            print('PASS')
        except SanityError as why:
            print(f'FAIL: {why}')
        self.hooks('performance')
        for name, (value, unit) in self.perf_variables.items():
            assert ':' not in name and isinstance(unit, str)
            print(name, float(evaluate(value)))


def main():
    tests = []
    reframe = types.ModuleType('reframe')
    reframe.simple_test = lambda cls: tests.append(cls) or cls
    reframe.RunOnlyRegressionTest = RunOnlyRegressionTest
    utility = types.ModuleType('reframe.utility')
    sanity = types.ModuleType('reframe.utility.sanity')
    sanity.evaluate, sanity.assert_true, sanity.assert_eq = evaluate, assert_true, assert_eq
    sanity.defer = lambda value: Deferred(lambda: value)
    sanity.make_performance_function = lambda value, unit: (value, unit)
    reframe.utility, utility.sanity = utility, sanity
    sys.modules.update({'reframe': reframe, 'reframe.utility': utility,
                        'reframe.utility.sanity': sanity})
    spec = importlib.util.spec_from_file_location('example', sys.argv[1])
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    test = tests[0]()
    for word in sys.argv[3:]:
        name, value = word.split('=', 1)
        assert hasattr(test, name)
        setattr(test, name, value)
    test.run(sys.argv[2])


main()
