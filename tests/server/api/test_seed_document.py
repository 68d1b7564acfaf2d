"""The calls that the users' document prints work as printed, but for host and token."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from tests.server.api.cast import alive, put
from tests.server.api.test_list_of_jobs import seed_specs

from jobyard_server.access.models import User
from jobyard_server.access.tokens import create_token
from jobyard_server.runs.models import JobResult

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]

CALLS = {
    "MyJobWithNoVars": r"""curl -X POST \
-H "Authorization: Token $TOKEN" \
-H "Content-Type: application/json" \
-H "Accept: application/json; indent=4" \
http://nautobot/api/extras/jobs/local/example/MyJobWithNoVars/run/
""",
    "MyJobWithVars": r"""curl -X POST \
-H "Authorization: Token $TOKEN" \
-H "Content-Type: application/json" \
-H "Accept: application/json; indent=4" \
http://nautobot/api/extras/jobs/local/example/MyJobWithVars/run/ \
--data '{"data": {"foo": "somevalue", "bar": 123}, "commit": true}'
""",
}
EXPECTED = {"MyJobWithNoVars": {}, "MyJobWithVars": {"foo": "somevalue", "bar": 123}}


@pytest.mark.parametrize("name", CALLS)
def test_s98_s99_the_printed_call_runs_the_job(live_server, name):
    from jobyard_server.registry.sources import local_source  # needs the database of the test

    put(local_source(), *seed_specs())
    alive("worker", queues=["default"])
    token = create_token(User.objects.create(username="alice", is_superuser=True)).key
    call = CALLS[name].replace("http://nautobot", live_server.url).replace("$TOKEN", token)

    answered = subprocess.run(["sh", "-c", call], capture_output=True, text=True, check=True, timeout=30)

    body = json.loads(answered.stdout)
    stored = JobResult.objects.get()
    assert body["result"]["id"] == str(stored.pk)
    assert body["id"] == stored.name == f"local/example/{name}"
    assert stored.inputs == EXPECTED[name]
    assert stored.commit is True
    assert '\n    "url": ' in answered.stdout
