"""What ``import jobyard`` promises."""

from __future__ import annotations

import subprocess
import sys

import jobyard
from jobyard import compat, errors
from jobyard.cleaning.kinds import CLEANERS
from jobyard.variables import __all__ as variable_names


def test_every_promised_name_is_there_and_documented():
    for name in jobyard.__all__:
        assert getattr(jobyard, name).__doc__, name


def test_all_variables_are_promised():
    assert set(variable_names) <= set(jobyard.__all__)


def test_every_kind_of_variable_can_be_cleaned():
    kinds = {getattr(jobyard, name).kind for name in variable_names if name.endswith("Var")}

    assert kinds == set(CLEANERS)


def test_importing_it_is_quick():
    slow = ("django", "netaddr", "yaml", "subprocess")
    code = f"import jobyard, sys; print([name for name in {slow} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_exceptions_are_those_of_the_ecosystems():
    assert compat.module("utilities.exceptions").AbortTransaction is errors.AbortTransaction
    assert issubclass(errors.SoftTimeLimitExceeded, Exception)
    assert not issubclass(errors.RunCancelled, Exception)
