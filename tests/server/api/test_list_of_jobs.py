from __future__ import annotations

from dataclasses import replace

import pytest
from tests.server.api.cast import git_source, published, put, result_of, variable

from jobyard.spec import JobSpec
from jobyard_server.registry.models import Job
from jobyard_server.registry.sources import local_source

pytestmark = pytest.mark.django_db

JOBS = "/api/extras/jobs/"
NO_VIEW = {"detail": "This user does not have permission to view jobs."}


def seed_specs():
    """The two example jobs of the users' document."""
    base = JobSpec(module="example", class_name="", name="", grouping="example", path="example.py")
    variables = [variable("foo"), variable("bar", "IntegerVar")]
    return (
        replace(
            base, class_name="MyJobWithNoVars", name="MyJobWithNoVars", test_methods=["test_b", "test_a"]
        ),
        replace(base, class_name="MyJobWithVars", name="My job", variables=variables),
    )


@pytest.mark.parametrize("version", [None, "1.1", "1.2"])
def test_clients_that_know_no_records_get_a_bare_list(bob, version):
    put(local_source(), *seed_specs())

    answer = bob.get(JOBS, {"api_version": version} if version else {})

    plain, with_vars = answer.json()
    assert plain["id"] == "local/example/MyJobWithNoVars"
    assert plain["url"] == f"http://testserver{JOBS}local/example/MyJobWithNoVars/"
    assert plain["test_methods"] == ["test_b", "test_a"]
    assert (with_vars["name"], with_vars["vars"]) == ("My job", {"foo": "StringVar", "bar": "IntegerVar"})
    assert list(with_vars["vars"]) == ["foo", "bar"]
    assert with_vars["result"] is None
    assert with_vars["pk"] == str(Job.objects.get(name="My job").pk)


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_module_says_in_which_order_its_jobs_are_listed(bob, version):
    second, first = seed_specs()
    put(local_source(), replace(second, position=1), replace(first, position=0))
    answer = bob.get(JOBS, {"api_version": version}).json()

    jobs = answer if version == "1.2" else answer["results"]
    assert [job["name"] for job in jobs] == ["My job", "MyJobWithNoVars"]

    put(local_source(), *seed_specs())
    assert [job.name for job in Job.objects.all()] == ["MyJobWithNoVars", "My job"]


@pytest.mark.parametrize("version", ["1.3", "1.4", "1.5", "1.6"])
def test_later_clients_get_pages_of_records(bob, version):
    put(local_source(), *seed_specs())

    answer = bob.get(JOBS, {"api_version": version, "limit": 1})

    page = answer.json()
    assert (page["count"], len(page["results"]), page["previous"]) == (2, 1, None)
    assert page["results"][0]["class_path"] == "local/example/MyJobWithNoVars"
    assert bob.get(page["next"]).json()["results"][0]["class_path"] == "local/example/MyJobWithVars"


def test_the_result_is_the_newest_that_has_ended(bob, job):
    result_of(job, "failed")
    newest = result_of(job, "completed", user=bob.user)
    result_of(job, "running")
    result_of(job, "pending")

    (listed,) = bob.get(JOBS).json()
    detail = bob.get(f"{JOBS}{job.class_path}/").json()

    assert listed["result"] == {
        "id": str(newest.pk),
        "url": f"http://testserver/api/extras/job-results/{newest.pk}/",
        "name": "local/example/Hello",
        "created": detail["result"]["created"],
        "completed": detail["result"]["completed"],
        "user": {
            "id": str(bob.user.pk),
            "url": f"http://testserver/api/users/users/{bob.user.pk}/",
            "username": "bob",
            "display": "bob",
        },
        "status": {"value": "completed", "label": "Completed"},
        "display": "local/example/Hello",
    }
    assert detail["result"]["id"] == str(newest.pk)
    assert detail["result"]["data"]["output"] == ""


def test_results_are_for_those_who_may_see_results(job):
    from tests.server.api.cast import caller  # beside its use

    result_of(job)
    dave = caller("dave", "view_job")

    assert dave.get(JOBS).json()[0]["result"] is None
    assert dave.get(f"{JOBS}{job.class_path}/").json()["result"] is None


@pytest.mark.parametrize("path", ["", "local/example/Hello/", "local/no/Such/"])
def test_without_view_there_is_one_answer(charlie, job, path):
    answer = charlie.get(f"{JOBS}{path}")

    assert (answer.status_code, answer.json()) == (403, NO_VIEW)


def test_a_job_that_left_its_source_is_no_longer_in_the_bare_list(bob, job):
    published("other", "Job", at="d" * 40)

    paths = [listed["id"] for listed in bob.get(JOBS).json()]
    records = bob.get(JOBS, {"api_version": "1.6", "installed": "false"}).json()["results"]

    assert paths == ["local/other/Job"]
    assert [record["class_path"] for record in records] == ["local/example/Hello"]
    assert bob.get(f"{JOBS}local/example/Hello/").json()["installed"] is False


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("module_name=devices", ["CreateDevices"]),
        ("source=git", ["CreateDevices"]),
        ("source=local&source=git", ["CreateDevices", "Hello"]),
        ("name=Hello", ["Hello"]),
        ("job_class_name=Hello&job_class_name=CreateDevices", ["CreateDevices", "Hello"]),
        ("grouping=devices", ["CreateDevices"]),
        ("enabled=true", ["CreateDevices", "Hello"]),
        ("hidden=true", []),
        ("read_only=false", ["CreateDevices", "Hello"]),
        ("q=HELL", ["Hello"]),
        ("q=git-netops", ["CreateDevices"]),
        ("q=%25", []),
        ("q=nothing", []),
        ("name=", []),
        ("name=hel", []),
    ],
)
@pytest.mark.parametrize("version", ["1.2", "1.6"])
def test_filters(bob, job, query, found, version):
    published("devices", "CreateDevices", of=git_source("netops"))

    body = bob.get(f"{JOBS}?{query}&api_version={version}").json()

    rows = body if version == "1.2" else body["results"]
    assert sorted(row["name"] for row in rows) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("nmae=Hello", "nmae"),
        ("spec_json=x", "spec_json"),
        ("name__icontains=x", "name__icontains"),
        ("module__source__git_repository__token_encrypted__startswith=g", None),
        ("source=elsewhere", "source"),
        ("id=*", "id"),
        ("id=", "id"),
        ("q=%00", "q"),
        ("name=%00", "name"),
    ],
)
def test_a_filter_that_does_not_exist_is_not_ignored(bob, job, query, field):
    """A misspelled filter must not mean "everything"."""
    answer = bob.get(f"{JOBS}?{query}")

    assert answer.status_code == 400
    assert list(answer.json()) == [field or query.partition("=")[0]]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("limit=0", 3),
        ("limit=-1", 3),
        ("limit=x", 3),
        ("limit=2", 2),
        ("limit=99999999999", 3),
        ("offset=2", 1),
        ("offset=9999999999999999999999", 0),
        ("offset=-5", 3),
        ("limit=1&offset=1", 1),
    ],
)
def test_pages(bob, query, shown):
    put(local_source(), *seed_specs())
    published("devices", "CreateDevices", of=git_source("netops"))

    page = bob.get(f"{JOBS}?api_version=1.6&{query}").json()

    assert (page["count"], len(page["results"])) == (3, shown)
