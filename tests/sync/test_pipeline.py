from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.contenttypes.models import ContentType
from tests.sync.cast import SYNTAX_ERROR, good

from jobyard_server.access.secrets import encrypt
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.models import GitRepository, Job, Module, Source
from jobyard_server.registry.repositories import add_repository, change_repository, remove_repository
from jobyard_server.registry.requests import request_sync, waiting_requests
from jobyard_server.runs.models import JobResult
from jobyard_sync.errors import Stopped
from jobyard_sync.pipeline import sync_repository

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(make_repo):
    """``add(repo, name="Lab")``: the repository, whose first sync is requested."""

    def register(repo, name: str = "Lab", **values) -> GitRepository:
        return add_repository(name=name, remote_url=repo.url, **values)

    return register


@pytest.fixture
def sync(tools):
    """``sync(repository)``: carry out what is requested, or request it first; the result."""

    def carry_out(repository: GitRepository, **flags: bool) -> JobResult:
        result = request_sync(repository.source, **flags)
        assert sync_repository(result, tools) is True
        return JobResult.objects.get(pk=result.pk)

    return carry_out


def rows(result: JobResult, *levels: str) -> list[str]:
    entries = result.logs.filter(log_level__in=levels) if levels else result.logs.all()
    return list(entries.values_list("message", flat=True))


def installed() -> list[str]:
    found = Job.objects.filter(installed=True).select_related("module__source")
    return sorted(job.class_path for job in found)


def test_a_first_sync_lists_the_jobs_of_the_branch(make_repo, add, sync):
    repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good(), "README.md": "x"})
    repository = add(repo)

    result = sync(repository)

    assert installed() == ["git.lab/hello/Hello"]
    assert (result.status, result.status_reason, result.name) == ("completed", None, "Lab")
    assert result.obj_type == ContentType.objects.get_for_model(GitRepository)
    assert result.started is not None
    assert result.completed is not None
    source = Source.objects.get()
    assert (source.revision.identifier, source.revision.author) == (repo.head, "Alice")
    assert (source.error, source.is_syncing) == ("", False)
    repository.refresh_from_db()
    assert repository.current_head == repo.head


def test_the_log_tells_each_step_in_the_words_that_clients_know(make_repo, add, sync):
    repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()})

    result = sync(add(repo))

    entries = list(result.logs.values_list("grouping", "log_level", "message", "log_object"))
    assert entries[:-1] == [
        ("main", "default", 'Creating/refreshing local copy of Git repository "Lab"...', None),
        ("main", "success", "Repository successfully refreshed", None),
        ("main", "info", f'The current Git repository hash is "{repo.head}"', None),
        ("main", "info", "Refreshing data provided by Lab...", None),
        ("main", "info", "Refreshing jobs...", None),
        ("jobs", "success", "Created Job record", "Hello"),
        ("main", "info", "Data refresh from Lab complete!", None),
    ]
    assert entries[-1][2].startswith("Repository synchronization completed in 0 minutes, ")
    assert result.totals == {"success": 2, "info": 5, "warning": 0, "failure": 0}
    assert result.logs.get(log_object="Hello").absolute_url == "/extras/jobs/git.lab/hello/Hello/"


def test_good_then_one_module_broken_then_fixed(make_repo, add, sync):
    repo = make_repo({"jobs/__init__.py": "", "jobs/one.py": good("One"), "jobs/two.py": good("Two")})
    repository = add(repo)
    sync(repository)
    first = repo.head

    broken = repo.commit({"jobs/one.py": SYNTAX_ERROR, "jobs/two.py": good("Other")})
    failed = sync(repository)

    assert failed.status == "failed"
    assert failed.status_reason == "failure_logged"
    assert installed() == ["git.lab/one/One", "git.lab/two/Other"]
    one = Module.objects.get(name="one")
    assert one.revision.identifier == first
    assert (one.load_error["commit"], one.load_error["path"], one.load_error["line"]) == (
        broken,
        "jobs/one.py",
        3,
    )
    text = "\n".join(rows(failed, "failure"))
    assert text.startswith("Error in loading Jobs from `one`: `SyntaxError: ")
    assert "jobs/one.py, line 3\n```\n" in text
    assert text.endswith("\n```")
    assert f"Keeping `one` at commit {first}" in rows(failed, "warning")

    repo.commit({"jobs/one.py": good("Fixed")})
    fixed = sync(repository)

    assert fixed.status == "completed"
    assert installed() == ["git.lab/one/Fixed", "git.lab/two/Other"]
    assert Module.objects.get(name="one").load_error is None


def test_a_broken_first_commit_shows_its_error(make_repo, add, sync):
    repo = make_repo({"jobs/__init__.py": "", "jobs/one.py": SYNTAX_ERROR})

    result = sync(add(repo))

    assert result.status == "failed"
    module = Module.objects.get()
    assert (module.revision, module.load_error["line"]) == (None, 3)
    assert installed() == []


def test_a_module_is_deleted_and_restored(make_repo, add, sync):
    repo = make_repo({"jobs/__init__.py": "", "jobs/one.py": good("One")})
    repository = add(repo)
    sync(repository)
    Job.objects.update(enabled=False)
    job = Job.objects.get()

    repo.commit({"jobs/one.py": None})
    gone = sync(repository)
    was_installed = installed()
    repo.commit({"jobs/one.py": good("One")})
    sync(repository)

    assert gone.status == "completed"
    assert "Marking Job record as no longer installed" in rows(gone, "warning")
    assert was_installed == []
    assert installed() == ["git.lab/one/One"]
    again = find_job("git.lab/one/One")
    assert (again.pk, again.enabled) == (job.pk, False)


def test_force_pushes_decide_only_what_the_next_sync_finds(make_repo, add, sync):
    repo = make_repo({"jobs/__init__.py": "", "jobs/one.py": good("One")})
    first = repo.head
    repo.commit({"jobs/two.py": good("Two")})
    repository = add(repo)
    sync(repository)

    repo.git("reset", "-q", "--hard", first)
    sync(repository)

    assert installed() == ["git.lab/one/One"]
    assert Source.objects.get().revision.identifier == first


def test_a_tag_and_a_commit_can_be_followed(make_repo, add, sync):
    repo = make_repo({"jobs/__init__.py": "", "jobs/one.py": good("One")})
    repo.git("tag", "v1")
    first = repo.head
    repo.commit({"jobs/one.py": good("Two")})
    repository = add(repo, branch="v1")
    sync(repository)
    by_tag = installed()

    sync(change_repository(repository, branch=repo.head))
    by_commit = installed()

    assert (by_tag, by_commit) == (["git.lab/one/One"], ["git.lab/one/Two"])
    assert first != repo.head


def test_an_unknown_branch_is_told_and_nothing_is_lost(make_repo, add, sync):
    repo = make_repo({"jobs/__init__.py": "", "jobs/one.py": good("One")})
    repository = add(repo)
    sync(repository)

    result = sync(change_repository(repository, branch="nowhere"))

    sentence = (
        "Please create branch 'nowhere' in upstream and try again."
        " If this is a new repo, please add a commit before syncing."
    )
    assert (result.status, result.status_reason) == ("errored", "exception")
    assert rows(result, "failure") == [f"Error while refreshing Lab: {sentence}"]
    source = Source.objects.get()
    assert source.error == sentence
    assert source.last_synced is not None
    assert installed() == ["git.lab/one/One"]


def test_a_repository_that_cannot_be_reached_is_told_and_comes_back(make_repo, add, sync, tmp_path):
    repo = make_repo({"jobs/__init__.py": "", "jobs/one.py": good("One")})
    repository = add(repo)
    sync(repository)
    repo.folder.rename(tmp_path / "away")

    result = sync(repository)
    error = Source.objects.get().error
    (tmp_path / "away").rename(repo.folder)
    again = sync(repository)

    assert result.status == "errored"
    assert error
    assert rows(result, "failure") == [f"Error while refreshing Lab: {error}"]
    assert installed() == ["git.lab/one/One"]
    assert again.status == "completed"
    assert Source.objects.get().error == ""


def test_a_remote_that_is_not_allowed_any_more_is_an_error_of_its_own(make_repo, add, sync, options):
    repository = add(make_repo({"jobs/one.py": good()}))
    options["ALLOW_FILE_REMOTES"] = False

    result = sync(repository)

    assert result.status == "errored"
    assert "JOBYARD_ALLOW_FILE_REMOTES" in Source.objects.get().error


def test_without_a_jobs_folder_there_is_a_warning(make_repo, add, sync):
    result = sync(add(make_repo({"README.md": "x"})))

    assert result.status == "completed"
    assert rows(result, "warning") == ["No `jobs` subdirectory found in Git repository"]


def test_without_an_init_file_there_is_one_warning_and_the_jobs_load(make_repo, add, sync):
    result = sync(add(make_repo({"jobs/one.py": good("One"), "jobs/two.py": good("Two")})))

    assert result.status == "completed"
    assert rows(result, "warning") == ["`jobs/__init__.py` does not exist; it is taken as empty."]
    assert len(installed()) == 2


def test_equal_names_in_two_repositories(make_repo, add, sync):
    one = add(make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}, "one"), "One")
    two = add(make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}, "two"), "Two")

    sync(one)
    sync(two)

    assert installed() == ["git.one/hello/Hello", "git.two/hello/Hello"]


def test_a_package_and_its_submodule(make_repo, add, sync):
    files = {
        "jobs/__init__.py": "",
        "jobs/pkg/__init__.py": "from .sub import Deep\n",
        "jobs/pkg/sub.py": "from ..helpers import NAME\n" + good("Deep"),
        "jobs/helpers.py": "NAME = 1\n",
    }

    sync(add(make_repo(files)))

    assert installed() == ["git.lab/pkg.sub/Deep"]
    assert find_job("git.lab/pkg.sub/Deep").module.path == "jobs/pkg/sub.py"


def test_contents_other_than_jobs_are_noted(make_repo, add, sync):
    repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()})

    result = sync(add(repo, provided_contents=["extras.job", "extras.configcontext"]))

    assert "extras.configcontext is noted; jobyard reads extras.job only." in rows(result, "info")
    assert installed() == ["git.lab/hello/Hello"]


def test_a_repository_that_provides_no_jobs_any_more_lists_none(make_repo, add, sync):
    repository = add(make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}))
    sync(repository)

    sync(change_repository(repository, provided_contents=[]))

    assert installed() == []


def test_who_asks_for_a_refresh_gets_every_module_read_again(make_repo, add, sync):
    # what a module computes at import may be old although no file changed
    repository = add(make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}))
    sync(repository)

    again = sync(repository)
    refreshed = sync(repository, refresh=True)

    assert "Nothing has changed for 1 module; not read again." in rows(again, "info")
    assert "Refreshed Job record" in rows(refreshed, "success")


def test_looking_again_by_itself_reads_nothing_when_all_is_in_service(make_repo, add, sync):
    repository = add(make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}))
    sync(repository)

    again = sync(repository, automatic=True)

    assert again.status == "completed"
    assert "Nothing has changed since the last sync; no module was read again." in rows(again, "info")
    assert "Refreshing jobs..." not in rows(again)


def test_looking_again_by_itself_reads_a_broken_module_again(make_repo, add, sync):
    repository = add(make_repo({"jobs/__init__.py": "", "jobs/hello.py": SYNTAX_ERROR}))
    sync(repository)

    assert sync(repository, automatic=True).status == "failed"


def test_a_damaged_snapshot_is_repaired_although_nothing_changed(make_repo, add, sync, tools):
    repository = add(make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}))
    sync(repository)
    digest = Source.objects.get().revision.snapshot_digest
    file = tools.store.path(digest) / "jobs/hello.py"
    file.chmod(0o644)
    file.write_text("")
    was_intact = tools.store.verify(digest)

    sync(repository, automatic=True)

    assert (was_intact, tools.store.verify(digest)) == (False, True)


def test_a_lost_mirror_is_made_again(make_repo, add, sync, tools):
    repository = add(make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}))
    sync(repository)
    tools.mirror_of(repository).remove()

    assert sync(repository).status == "completed"


def test_nothing_happens_while_somebody_else_syncs(make_repo, add, tools):
    repository = add(make_repo({"jobs/hello.py": good()}))
    Source.objects.update(lease_until="9999-01-01T00:00Z")
    result = waiting_requests().get()

    assert sync_repository(result, tools) is False
    assert waiting_requests().get() == result
    assert not result.logs.exists()
    assert repository.source.revision is None


def test_a_request_is_carried_out_once(make_repo, add, tools):
    add(make_repo({"jobs/hello.py": good()}))
    result, same = waiting_requests().get(), waiting_requests().get()

    assert sync_repository(result, tools) is True
    assert sync_repository(same, tools) is False
    assert Source.objects.get().lease_until is None


def test_a_repository_that_is_removed_meanwhile_gets_nothing_published(make_repo, add, tools, monkeypatch):
    repository = add(make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()}))
    result = waiting_requests().get()

    def inspect(*_args: object, **_values: object) -> list[object]:
        remove_repository(repository)
        return []

    monkeypatch.setattr("jobyard_sync.reading.inspect_snapshot", inspect)
    sync_repository(result, tools)

    assert installed() == []
    assert Source.objects.get().revision is None
    assert JobResult.objects.get().status == "errored"
    assert JobResult.objects.get().status_reason == "worker_lost"


def test_a_stopped_sync_leaves_its_result_to_whoever_ends_lost_ones(make_repo, add, tools):
    add(make_repo({"jobs/hello.py": good()}))

    with pytest.raises(Stopped):
        sync_repository(waiting_requests().get(), replace(tools, should_stop=lambda: True))

    assert JobResult.objects.get().status == "running"
    assert Source.objects.get().is_syncing is False


def test_a_fault_of_our_own_is_a_sentence_too(make_repo, add, sync, monkeypatch):
    repository = add(make_repo({"jobs/hello.py": good()}))
    monkeypatch.setattr("jobyard_sync.pipeline.find_job_files", lambda *_: 1 / 0)

    result = sync(repository)

    assert result.status == "errored"
    assert "jobyard failed at it (ZeroDivisionError)" in Source.objects.get().error
    assert Source.objects.get().is_syncing is False


def test_a_token_that_was_entered_for_another_server_goes_nowhere(add, sync, make_repo):
    repository = add(make_repo({"jobs/hello.py": good()}))
    # such a row cannot come about by any door; the daemon looks again all the same
    GitRepository.objects.update(
        remote_url="https://127.0.0.1:9/x",
        token_encrypted=encrypt("canary-token-7f3a"),
        token_origin="https://git.example.com:443",
    )

    result = sync(repository)

    assert result.status == "errored"
    assert Source.objects.get().error == (
        "The token was entered for another server than https://127.0.0.1:9; enter it again."
    )


def test_a_token_that_cannot_be_decrypted_is_told(add, sync, make_repo):
    repository = add(make_repo({"jobs/hello.py": good()}))
    GitRepository.objects.update(token_encrypted="x", token_origin="file://")

    result = sync(repository)

    assert result.status == "errored"
    assert "cannot be decrypted" in Source.objects.get().error
