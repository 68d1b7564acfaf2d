"""Run with `pytest`: jobs run in this process, without a server."""

import pytest

from jobyard.errors import InputErrors


@pytest.fixture
def hello(load_jobs):
    return load_jobs("../jobs/hello.py").Hello


def test_everybody_is_greeted(hello, run_job):
    run = run_job(hello, {"who": "Ada", "times": 2})

    assert run.status == "completed"
    assert run.messages("success") == ["Hello, Ada!", "Hello, Ada!"]
    assert run.output == "\ngreeted Ada"


def test_ten_times_is_enough(hello, run_job):
    with pytest.raises(InputErrors, match="less than or equal to 10"):
        run_job(hello, {"who": "Ada", "times": 11})
