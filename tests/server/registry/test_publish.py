from __future__ import annotations

import pytest
from tests.server.registry.cast import broken, facts, git_source, good, spec

from jobyard.spec import ModuleReport, VariableSpec
from jobyard_server.registry.errors import LeaseLost
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import GitRepository, Job, Module, Revision, Source
from jobyard_server.registry.publish import publish


def paths(jobs) -> list[str]:
    return [job.class_path for job in jobs]


def installed() -> list[str]:
    return sorted(paths(Job.objects.filter(installed=True).select_related("module__source")))


def module(name: str) -> Module:
    return Module.objects.select_related("revision").get(name=name)


def test_a_first_revision_brings_modules_and_jobs(put, source):
    published = put("a", good("devices", "Create", "Delete"), good("sites", "Audit"))

    assert paths(published.created) == [
        "git.netops/devices/Create",
        "git.netops/devices/Delete",
        "git.netops/sites/Audit",
    ]
    assert installed() == paths(published.created)
    source.refresh_from_db()
    assert source.revision.identifier == "a" * 40
    assert source.git_repository.current_head == "a" * 40
    assert source.last_synced is not None
    job = Job.objects.get(job_class_name="Create")
    assert (job.enabled, job.slug, job.spec.class_name) == (True, "git-netops-devices-create", "Create")


def test_g11_new_jobs_wait_where_the_repository_says_so(put, source):
    GitRepository.objects.update(auto_enable=False)
    put("a", good("devices", "Create"))
    Job.objects.update(enabled=True)  # somebody has looked at it

    put("b", good("devices", "Create", "Delete"))

    assert {job.job_class_name: job.enabled for job in Job.objects.all()} == {"Create": True, "Delete": False}


def test_a_new_revision_refreshes_what_it_finds(put):
    put("a", good("devices", "Create"))
    changed = spec("devices", "Create", name="Create devices", hidden=True, description="New.")

    published = put("b", ModuleReport(module="devices", path="jobs/devices.py", jobs=[changed]))

    job = Job.objects.get()
    assert (job.name, job.hidden, job.description) == ("Create devices", True, "New.")
    assert paths(published.refreshed) == ["git.netops/devices/Create"]
    assert not published.created
    assert module("devices").revision.identifier == "b" * 40


def test_a_revision_that_changes_nothing_still_moves_its_modules(put):
    put("a", good("devices", "Create"))
    before = Job.objects.get().last_updated

    put("b", good("devices", "Create"))

    assert module("devices").revision.identifier == "b" * 40
    assert Job.objects.get().last_updated == before


def test_a_broken_module_keeps_its_last_good_version(put):
    put("a", good("devices", "Create"), good("sites", "Audit"))

    published = put("b", broken("devices"), good("sites", "Audit", "Report"))

    assert installed() == [
        "git.netops/devices/Create",
        "git.netops/sites/Audit",
        "git.netops/sites/Report",
    ]
    devices = module("devices")
    assert devices.revision.identifier == "a" * 40
    assert devices.load_error == {
        "commit": "b" * 40,
        "path": "jobs/devices.py",
        "line": 3,
        "message": "SyntaxError: invalid syntax",
        "traceback": "Traceback: …",
    }
    assert module("sites").revision.identifier == "b" * 40
    assert [report.module for report in published.failed] == ["devices"]
    assert [(kept.module, kept.commit) for kept in published.kept] == [("devices", "a" * 40)]


def test_an_error_names_the_first_commit_that_shows_it(put):
    put("a", good("devices", "Create"))
    put("b", broken("devices"))

    put("c", broken("devices", line=9))
    same = module("devices").load_error
    put("d", broken("devices", message="NameError: x"))
    other = module("devices").load_error

    assert (same["commit"], same["line"]) == ("b" * 40, 9)
    assert other["commit"] == "d" * 40


def test_a_fixed_module_loses_its_error(put):
    put("a", good("devices", "Create"))
    put("b", broken("devices"))

    put("c", good("devices", "Create"))

    assert module("devices").load_error is None
    assert module("devices").revision.identifier == "c" * 40


def test_a_new_module_that_fails_shows_its_error_and_has_no_jobs(put):
    published = put("a", broken("devices"))

    devices = module("devices")
    assert (devices.revision, devices.is_installed, devices.path) == (None, True, "jobs/devices.py")
    assert devices.load_error["message"] == "SyntaxError: invalid syntax"
    assert not published.kept
    assert not Job.objects.exists()


def test_a_deleted_module_and_a_deleted_class_stay_as_not_installed(put):
    put("a", good("devices", "Create", "Delete"), good("sites", "Audit"))

    published = put("b", good("devices", "Create"))

    assert installed() == ["git.netops/devices/Create"]
    assert sorted(paths(published.removed)) == ["git.netops/devices/Delete", "git.netops/sites/Audit"]
    assert module("sites").is_installed is False


def test_what_comes_back_is_as_it_was(put):
    put("a", good("devices", "Create"))
    Job.objects.update(enabled=False)
    job = Job.objects.get()
    put("b")

    published = put("c", good("devices", "Create"))

    again = Job.objects.get()
    assert (again.pk, again.enabled, again.installed) == (job.pk, False, True)
    assert module("devices").is_installed is True
    assert paths(published.refreshed) == ["git.netops/devices/Create"]


def test_a_module_that_comes_back_broken_does_not_bring_its_old_jobs(put):
    put("a", good("devices", "Create"))
    put("b")

    put("c", broken("devices"))

    assert module("devices").is_installed is True
    assert module("devices").load_error["commit"] == "c" * 40
    assert installed() == []


def test_a_removed_job_is_reported_once(put):
    put("a", good("devices", "Create"))
    put("b")

    assert put("c").removed == []


def test_submodules_of_a_package_have_rows_of_their_own(put):
    put("a", good("pkg", "Top", "one.Run", "two.Run"))

    assert installed() == ["git.netops/pkg.one/Run", "git.netops/pkg.two/Run", "git.netops/pkg/Top"]
    assert module("pkg.one").path == "jobs/pkg/one.py"


def test_a_broken_package_keeps_all_its_modules(put):
    put("a", good("pkg", "Top", "one.Run"))

    put("b", broken("pkg"))

    assert installed() == ["git.netops/pkg.one/Run", "git.netops/pkg/Top"]
    assert module("pkg.one").load_error["commit"] == "b" * 40
    assert module("pkg.one").revision.identifier == "a" * 40


def test_a_submodule_without_jobs_is_gone(put):
    put("a", good("pkg", "Top", "one.Run"))

    put("b", good("pkg", "Top"))

    assert module("pkg.one").is_installed is False
    assert installed() == ["git.netops/pkg/Top"]


def test_equal_names_in_two_sources_do_not_meet(put, source):
    other = git_source("lab")
    put("a", good("devices", "Create"))

    put("b", good("devices", "Create"), of=other)
    put("c", broken("devices"), of=other)

    assert installed() == ["git.lab/devices/Create", "git.netops/devices/Create"]
    assert Module.objects.get(source=source).load_error is None


def test_the_same_revision_may_be_published_again(put):
    put("a", broken("devices"))

    put("a", good("devices", "Create"))

    assert Revision.objects.count() == 1
    assert installed() == ["git.netops/devices/Create"]


def test_an_older_sync_that_ends_later_publishes_nothing(put, source):
    # the older daemon was frozen, its lease ran out, another one published meanwhile
    old = take_lease(source)
    Source.objects.update(lease_until=None)
    put("b", good("devices", "Create"))

    with pytest.raises(LeaseLost):
        publish(old, facts("a"), [])

    source.refresh_from_db()
    assert source.revision.identifier == "b" * 40
    assert installed() == ["git.netops/devices/Create"]


def test_an_expired_lease_that_nobody_took_may_still_publish(source):
    lease = take_lease(source)
    Source.objects.update(lease_until=source.last_synced)

    publish(lease, facts("a"), [good("devices", "Create")])

    assert installed() == ["git.netops/devices/Create"]


def test_listeners_are_told(put, listen):
    with listen("jobyard_registry") as heard:
        put("a", good("devices", "Create"))

        assert heard() == "git.netops"


def test_two_hundred_modules_need_few_queries(put, django_assert_max_num_queries):
    variables = [
        VariableSpec(name=f"v{n}", type="StringVar", kind="StringVar", label=f"V{n}") for n in range(3)
    ]

    def reports(name: str) -> list[ModuleReport]:
        return [
            ModuleReport(
                module=f"m{n:03}",
                path=f"jobs/m{n:03}.py",
                jobs=[spec(f"m{n:03}", f"Job{k}", name=name, variables=variables) for k in range(3)],
            )
            for n in range(200)
        ]

    for letter, name in (("a", "first"), ("b", "first"), ("c", "other")):
        with django_assert_max_num_queries(26):
            put(letter, *reports(name))

    assert Job.objects.filter(installed=True, name="other").count() == 600
    assert Module.objects.filter(revision__identifier="c" * 40).count() == 200
