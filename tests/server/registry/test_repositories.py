from __future__ import annotations

import pytest
from django.test import override_settings
from tests.server.registry.cast import broken, facts, good, put

from jobyard_server.access.models import User
from jobyard_server.access.secrets import decrypt
from jobyard_server.registry.errors import LeaseLost, RepositoryErrors
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.models import GitRepository, Job, Module, Source
from jobyard_server.registry.publish import publish
from jobyard_server.registry.repositories import add_repository, change_repository, remove_repository
from jobyard_server.registry.requests import waiting_requests
from jobyard_server.runs.models import JobResult

URL = "https://git.example.com/team/netops.git"
TOKEN = "canary-token-7f3a"

pytestmark = pytest.mark.django_db


def add(**values) -> GitRepository:
    return add_repository(**{"name": "Net Ops", "remote_url": URL, **values})


def refused(**values) -> dict[str, list[str]]:
    with pytest.raises(RepositoryErrors) as caught:
        add(**values)
    return caught.value.errors


def test_adding_makes_a_source_and_asks_for_a_sync():
    alice = User.objects.create(username="alice", is_superuser=True)

    repository = add(user=alice)

    repository.refresh_from_db()
    assert (repository.slug, repository.branch, repository.remote_url) == ("net-ops", "main", URL)
    assert repository.provided_contents == ["extras.job"]
    assert repository.source.key == "git.net-ops"
    request = waiting_requests().get()
    assert (request.source_model, request.user, request.name) == (repository.source, alice, "Net Ops")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "a\nb"),
        ("slug", "a.b"),
        ("slug", "a b"),
        ("slug", "é"),
        ("slug", "x" * 101),
        ("remote_url", ""),
        ("remote_url", "ext::sh -c id"),
        ("remote_url", "file:///srv/repo.git"),
        ("remote_url", "--upload-pack=id"),
        ("remote_url", f"https://user:{TOKEN}@git.example.com/x"),
        ("remote_url", "https://git.example.com/" + "x" * 250),
        ("remote_url", 7),
        ("branch", "-x"),
        ("branch", "a..b"),
        ("branch", "x" * 65),
        ("branch", ""),
        ("username", "x" * 65),
        ("provided_contents", ["extras.unknown"]),
        ("provided_contents", "extras.job"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field(field, value):
    errors = refused(**{field: value})

    assert list(errors) == [field]
    assert TOKEN not in str(errors)
    assert not GitRepository.objects.exists()
    assert not JobResult.objects.exists()


def test_all_wrong_fields_are_told_at_once():
    assert set(refused(slug="a b", branch="-x", remote_url="nothing")) == {"slug", "branch", "remote_url"}


def test_a_name_without_letters_needs_a_slug():
    assert refused(name="!!!") == {"slug": ["No slug can be made of this name; enter one."]}


def test_name_and_slug_are_unique():
    add()

    assert set(refused(name="Net Ops", slug="other")) == {"name"}
    assert set(refused(name="Other", slug="net-ops")) == {"slug"}


def test_two_repositories_may_have_the_same_address():
    add()

    assert add(name="Other").remote_url == URL


def test_a_user_name_in_the_address_moves_to_its_field():
    repository = add(remote_url="https://bot@git.example.com/x")

    assert (repository.remote_url, repository.username) == ("https://git.example.com/x", "bot")


def test_folders_are_remotes_only_when_the_server_allows_it(settings):
    with override_settings(JOBYARD={**settings.JOBYARD, "ALLOW_FILE_REMOTES": True}):
        assert add(remote_url="file:///srv/repo.git").remote_url == "file:///srv/repo.git"


def test_a_token_is_stored_encrypted_for_its_origin():
    repository = add(token=TOKEN)

    repository.refresh_from_db()
    assert TOKEN not in repository.token_encrypted
    assert decrypt(repository.token_encrypted) == TOKEN
    assert repository.token_origin == "https://git.example.com:443"


def test_the_placeholder_is_no_token():
    assert add(token="********").token_encrypted == ""


@pytest.mark.parametrize("changes", [{}, {"token": "********"}, {"token": None}, {"branch": "dev"}])
def test_a_token_stays_when_nothing_about_it_is_said(changes):
    repository = change_repository(add(token=TOKEN), **changes)

    assert decrypt(repository.token_encrypted) == TOKEN


@pytest.mark.parametrize(
    "url", ["https://evil.example.com/x", "http://git.example.com/x", "https://git.example.com:8443/x"]
)
@pytest.mark.parametrize("changes", [{}, {"token": "********"}, {"token": ""}])
def test_a_stored_token_never_moves_to_another_origin(url, changes):
    repository = change_repository(add(token=TOKEN), remote_url=url, **changes)

    repository.refresh_from_db()
    assert (repository.token_encrypted, repository.token_origin) == ("", "")


def test_another_path_of_the_same_origin_keeps_the_token():
    repository = change_repository(add(token=TOKEN), remote_url="https://GIT.example.com/other.git")

    assert decrypt(repository.token_encrypted) == TOKEN


def test_a_new_token_may_come_with_a_new_origin():
    repository = change_repository(add(token=TOKEN), remote_url="https://new.example.com/x", token="second")

    assert decrypt(repository.token_encrypted) == "second"
    assert repository.token_origin == "https://new.example.com:443"


def test_a_token_can_be_removed():
    assert change_repository(add(token=TOKEN), token="").token_encrypted == ""


def test_a_refused_change_changes_nothing():
    repository = add(token=TOKEN)

    with pytest.raises(RepositoryErrors):
        change_repository(repository, branch="-x", name="Other", token="second")

    repository.refresh_from_db()
    assert (repository.name, repository.branch) == ("Net Ops", "main")
    assert decrypt(repository.token_encrypted) == TOKEN


def test_a_field_that_does_not_exist_is_a_mistake_of_the_caller():
    with pytest.raises(TypeError, match="current_head"):
        change_repository(add(), current_head="x")


def test_a_new_slug_renames_the_source_and_its_jobs_follow():
    repository = add()
    put(repository.source, "a", [good("devices", "Create")])
    job = Job.objects.get()

    change_repository(repository, slug="lab")

    found = find_job("git.lab/devices/Create")
    assert (found.pk, found.slug) == (job.pk, "git-lab-devices-create")
    assert Source.objects.get().key == "git.lab"


def test_a_slug_of_a_deleted_repository_cannot_be_taken_by_a_rename():
    old = add(name="Old")
    put(old.source, "a", [good("devices", "Create")])
    remove_repository(old)

    with pytest.raises(RepositoryErrors, match=r"git\.old belong to the jobs"):
        change_repository(add(), slug="old")


def test_removing_keeps_jobs_and_results_but_nothing_can_run():
    repository = add(token=TOKEN)
    put(repository.source, "a", [good("devices", "Create")])
    put(repository.source, "b", [broken("devices")])

    remove_repository(repository)

    assert not GitRepository.objects.exists()
    source = Source.objects.get()
    assert (source.key, source.git_repository, source.title) == ("git.net-ops", None, "Git repository")
    assert Job.objects.get().installed is False
    assert (Module.objects.get().is_installed, Module.objects.get().load_error) == (False, None)
    assert JobResult.objects.get().status == "cancelled"


def test_a_sync_in_flight_publishes_nothing_after_its_repository_is_gone():
    repository = add()
    lease = take_lease(repository.source)

    remove_repository(repository)

    with pytest.raises(LeaseLost):
        publish(lease, facts("a"), [good("devices", "Create")])


def test_adding_again_brings_the_jobs_back_as_they_were():
    repository = add()
    put(repository.source, "a", [good("devices", "Create")])
    Job.objects.update(enabled=False)
    job = Job.objects.get()
    remove_repository(repository)

    again = add()
    put(again.source, "a", [good("devices", "Create")])

    found = find_job("git.net-ops/devices/Create")
    assert (found.pk, found.enabled, found.installed) == (job.pk, False, True)
