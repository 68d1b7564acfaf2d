"""The number of queries does not grow with the number of rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.server.api.cast import git_source, put, result_of, variable

from jobyard.spec import JobSpec
from jobyard_server.inventory.dcim.models import Region, Site
from jobyard_server.inventory.extras.models import Status
from jobyard_server.registry.models import Job
from jobyard_server.registry.sources import local_source
from jobyard_server.runs.models import JobLogEntry, JobResult

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]

BASE = JobSpec(
    module="", class_name="Job", name="Job", grouping="g", path="x.py", variables=[variable("foo")]
)


def jobs(number, user):
    put(local_source(), *(replace(BASE, module=f"module{n}") for n in range(number)))
    for job in Job.objects.select_related("module__source", "module__revision"):
        for status in ("completed", "failed", "running"):
            result_of(job, status, user=user)


def results(number, user):
    put(local_source(), BASE if number == 0 else replace(BASE, module="example"))
    job = Job.objects.select_related("module__source", "module__revision").get()
    for n in range(number):
        result_of(job, user=user, has_sensitive_variables=bool(n % 2))


def logs(number, _user):
    result = JobResult.objects.create(name="x", obj_type=ContentType.objects.get_for_model(Job))
    now = timezone.now()
    rows = [JobLogEntry(job_result=result, sequence=n, created=now) for n in range(number)]
    JobLogEntry.objects.bulk_create(rows)


def repositories(number, _user):
    for n in range(number):
        git_source(f"repo{n}")


def sites(number, _user):
    status = Status.objects.create(name="S", slug="s")
    for n in range(number):
        region = Region.objects.create(name=f"R{n}", slug=f"r{n}", parent=Region.objects.first())
        Site.objects.create(name=f"S{n}", slug=f"s{n}", status=status, region=region)


@pytest.mark.parametrize(
    ("fill", "address", "most"),
    [
        (jobs, "/api/extras/jobs/", 3),
        (jobs, "/api/extras/jobs/?api_version=1.6", 4),
        (results, "/api/extras/job-results/", 4),
        (logs, "/api/extras/job-logs/", 3),
        (repositories, "/api/extras/git-repositories/", 4),
        (sites, "/api/dcim/sites/", 7),
        (sites, "/api/dcim/regions/", 4),
        (sites, "/api/users/users/", 4),
    ],
)
@pytest.mark.parametrize("number", [1, 50])
def test_a_list(alice, fill, address, most, number):
    fill(number, alice.user)
    alice.get("/api/")  # so that the use of the token is noted already

    with CaptureQueriesContext(connection) as queries:
        assert alice.get(address).status_code == 200

    assert len(queries) <= most, [query["sql"] for query in queries]


def test_a_detail_with_its_rows(alice, django_assert_num_queries):
    results(1, alice.user)
    address = f"/api/extras/job-results/{JobResult.objects.get().pk}/"
    alice.get("/api/")

    with django_assert_num_queries(4):  # token, result, its rows, secret variables of its job
        assert alice.get(address).status_code == 200


@pytest.mark.parametrize("place", ["class path", "record"])
def test_a_run_request(alice, django_assert_num_queries, place):
    """Token, job, worker; then, between two savepoints, the run, the hold on its code and the audit event."""
    put(local_source(), replace(BASE, module="example"))
    job = Job.objects.select_related("module__source").get()
    path = job.class_path if place == "class path" else job.pk
    ContentType.objects.get_for_model(Job)
    alice.get("/api/")

    with django_assert_num_queries(8):
        assert alice.post(f"/api/extras/jobs/{path}/run/", {"data": {"foo": "x"}}).status_code in (200, 201)


def test_a_run_request_of_somebody_with_grants_costs_one_more(bob, django_assert_num_queries):
    put(local_source(), replace(BASE, module="example"))
    ContentType.objects.get_for_model(Job)
    bob.get("/api/")

    with django_assert_num_queries(9):
        assert bob.post("/api/extras/jobs/local/example/Job/run/", {"data": {"foo": "x"}}).status_code == 200
