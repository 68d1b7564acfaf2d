"""``jobyard runjob --profile``: where the time of ``run`` went."""

from __future__ import annotations

import pstats
import tempfile
from pathlib import Path

import pytest
from tests.server.cli.cast import call

from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db


def test_a_run_is_measured_for_the_job_itself_and_for_the_person_who_asked(world, doors):
    done = call("runjob", "local/fx_profile/Measured", "--profile")

    result = JobResult.objects.latest("created")
    name = f"nautobot-jobresult-{result.pk}.pstats"
    place = Path(tempfile.gettempdir(), name)
    assert (done.exit_code, f"Profile: {place}" in done.output) == (0, True), done.output
    assert "info: measured: True" in done.output
    assert any(function == "sum_up_slowly" for _, _, function in pstats.Stats(str(place)).stats)
    assert [file.name for file in result.output_files.all()] == [name]
    place.unlink()


def test_a_job_of_2x_is_measured_too_and_others_are_not(world, doors):
    done = call("runjob", "local/fx_apps_jobs/Greets", "--profile", "--data", '{"who": "Ada"}')
    measured = JobResult.objects.latest("created")
    call("runjob", "local/fx_profile/Measured")

    Path(tempfile.gettempdir(), measured.output_files.get().name).unlink()
    assert "Profile: " in done.output
    assert not JobResult.objects.latest("created").output_files.exists()
