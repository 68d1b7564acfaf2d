"""What is put into service, what waits, and what people decided; with real git."""

from __future__ import annotations

import pytest
from tests.sync.cast import SYNTAX_ERROR, good

from jobyard_server.registry.decisions import confirm, pin, roll_back, unpin
from jobyard_server.registry.errors import Undecidable
from jobyard_server.registry.history import code_of, compare_jobs
from jobyard_server.registry.history_models import HeldPush, Quarantine, RevisionEvent
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.models import Job, Module, Revision
from jobyard_server.registry.repositories import change_repository
from jobyard_server.registry.requests import waiting_requests
from jobyard_server.registry.revision_files import RevisionFiles, changed_between
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db
NUMBER = """
from jobyard import IntegerVar, Job

class Hello(Job):
    who = IntegerVar()

    def run(self, data, commit):
        pass
"""
ONE, TWO = good("One"), good("Two")


def messages(result: JobResult) -> list[str]:
    return list(result.logs.values_list("message", flat=True))


def five() -> dict[str, str]:
    return {f"jobs/{name}.py": good(name.upper()) for name in "abcde"}


# Job paths


@pytest.mark.parametrize(
    ("paths", "files", "expected"),
    [
        (["scripts", "reports"], {"scripts/one.py": ONE, "reports/two.py": TWO}, ["one/One", "two/Two"]),
        (["automation/jobs"], {"automation/jobs/one.py": ONE, "jobs/no.py": TWO}, ["one/One"]),
        ([".", "jobs"], {"two.py": TWO, "jobs/one.py": ONE}, ["one/One", "two/Two"]),
        (["jobs", "scripts"], {"jobs/one.py": ONE, "scripts/one.py": TWO}, ["one/One"]),
    ],
)
def test_jobs_lie_where_the_repository_says(follow, paths, files, expected):
    assert follow(files, job_paths=paths).installed == expected


def test_changed_job_paths_are_read_at_once(follow):
    followed = follow({"jobs/one.py": good("One"), "scripts/two.py": good("Two")})

    change_repository(followed.repository, job_paths="jobs, scripts/")
    followed.carry_out(waiting_requests().get())

    assert followed.installed == ["one/One", "two/Two"]
    assert followed.repository.job_paths == ["jobs", "scripts"]


def test_a_module_with_a_taken_name_and_a_missing_folder_are_told(follow):
    followed = follow(
        {"jobs/one.py": good("First"), "scripts/one.py": good("Second")},
        job_paths=["jobs", "scripts", "gone"],
    )

    texts = messages(followed.sync(refresh=True))

    assert "No `gone` subdirectory found in Git repository" in texts
    assert "`scripts/one.py` is not listed: `jobs/one.py` has the same module name; rename one." in texts


# Rules


def test_a_strict_repository_publishes_all_or_nothing(follow):
    followed = follow({"jobs/a.py": good("A"), "jobs/b.py": good("B")}, strict=True)
    first = followed.head

    refused = followed.push({"jobs/a.py": SYNTAX_ERROR, "jobs/b.py": good("New")})

    assert (refused.status, followed.head, followed.installed) == ("failed", first, ["a/A", "b/B"])
    assert RevisionEvent.objects.first().kind == "refused"
    followed.push({"jobs/a.py": good("A")})
    assert followed.installed == ["a/A", "b/New"]


def test_a_push_that_removes_many_jobs_waits_for_a_confirmation(follow):
    followed = follow(five())
    first = followed.head

    waiting = followed.push({"jobs/a.py": None, "jobs/b.py": None})
    again = followed.sync()

    assert (waiting.status, again.status, followed.head, len(followed.installed)) == (
        "failed",
        "failed",
        first,
        5,
    )
    held = HeldPush.objects.get()
    assert (held.removed, held.job_count) == (["git.lab/a/A", "git.lab/b/B"], 5)
    assert RevisionEvent.objects.filter(kind="waiting").count() == 1
    with pytest.raises(Undecidable, match="Another commit waits"):
        confirm(followed.repository, commit="0" * 40)

    done = followed.carry_out(confirm(followed.repository, commit=held.revision.identifier))

    assert (done.status, followed.installed) == ("completed", ["c/C", "d/D", "e/E"])
    assert not HeldPush.objects.exists()
    assert RevisionEvent.objects.first().cause == "confirmation"


def test_a_confirmation_is_for_the_commit_that_was_seen(follow):
    followed = follow(five())
    followed.push({"jobs/a.py": None, "jobs/b.py": None})
    confirm(followed.repository)
    followed.repo.commit({"jobs/c.py": None})

    followed.sync()

    assert len(followed.installed) == 5
    assert HeldPush.objects.get().removed == ["git.lab/a/A", "git.lab/b/B", "git.lab/c/C"]


def test_a_newer_push_that_removes_less_ends_the_waiting(follow):
    followed = follow(five())
    followed.push({"jobs/a.py": None, "jobs/b.py": None})

    followed.push({"jobs/a.py": good("A")})

    assert followed.installed == ["a/A", "c/C", "d/D", "e/E"]
    assert not HeldPush.objects.exists()


def test_a_renamed_file_keeps_the_identity_of_its_jobs(follow):
    followed = follow(
        {
            "jobs/old.py": good("Kept"),
            "jobs/pkg/__init__.py": "from .sub import Deep",
            "jobs/pkg/sub.py": good("Deep"),
        }
    )
    Job.objects.update(enabled=False)
    ids = set(Job.objects.values_list("pk", flat=True))
    followed.repo.git("mv", "jobs/old.py", "jobs/new.py")
    followed.repo.git("mv", "jobs/pkg", "jobs/parcel")

    followed.push({})

    assert followed.installed == ["new/Kept", "parcel.sub/Deep"]
    assert set(Job.objects.values_list("pk", flat=True)) == ids
    assert not Job.objects.filter(enabled=True).exists()
    assert find_job("git.lab/new/Kept").slug == "git-lab-new-kept"
    followed.repo.git("mv", "jobs/new.py", "jobs/old.py")
    followed.push({})
    assert find_job("git.lab/old/Kept").pk in ids


def test_saved_inputs_that_would_be_refused_are_told(follow, admin_user_of_runs):
    followed = follow({"jobs/hello.py": good()})
    admin_user_of_runs(find_job("git.lab/hello/Hello"), {"who": "Alice"})

    result = followed.push({"jobs/hello.py": NUMBER})

    (broken,) = RevisionEvent.objects.first().broken_inputs
    assert "who" in broken["errors"]
    assert any("git.lab/hello/Hello` would refuse the inputs of the run" in text for text in messages(result))


@pytest.fixture
def admin_user_of_runs():
    def make(job: Job, inputs: dict[str, object]) -> JobResult:
        from django.contrib.contenttypes.models import ContentType

        return JobResult.objects.create(
            name=job.class_path,
            obj_type=ContentType.objects.get_for_model(Job),
            job_model=job,
            inputs=inputs,
            has_sensitive_variables=False,
            status="completed",
        )

    return make


# Dry run


def test_a_dry_run_tells_everything_and_changes_nothing(follow):
    followed = follow(five())
    first = followed.head
    followed.repo.git("mv", "jobs/e.py", "jobs/f.py")
    followed.repo.commit(
        {
            "jobs/a.py": None,
            "jobs/b.py": good("New"),
            "jobs/z.py": "# nothing like the others\n" * 40 + good("Z"),
        }
    )

    tried = followed.sync(dry_run=True)

    texts = messages(tried)
    assert texts[0] == 'Running a Dry Run on Git repository "Lab"...'
    for row in (
        "Deletion - `jobs/a.py`",
        "Modification - `jobs/b.py`",
        "Rename - `jobs/f.py`",
        "Addition - `jobs/z.py`",
    ):
        assert row in texts
    assert texts[-2] == "Repository dry run successful"
    assert "would remove 2 of 5 jobs" in texts[-3]
    assert (followed.head, len(followed.installed)) == (first, 5)
    assert RevisionEvent.objects.count() == 1


def test_a_dry_run_without_news_says_so(follow):
    followed = follow({"jobs/a.py": good("A")})

    assert "Repository has no changes" in messages(followed.sync(dry_run=True))


def test_a_module_that_still_does_not_load_is_no_news_when_it_is_looked_at_again(follow):
    followed = follow({"jobs/a.py": good("A"), "jobs/b.py": "raise ValueError"})
    assert RevisionEvent.objects.count() == 1

    followed.sync()
    assert RevisionEvent.objects.count() == 1

    # It loaded, until something outside changed.
    Module.objects.filter(name="b").update(load_error=None, fingerprint="")
    followed.sync()
    assert RevisionEvent.objects.first().errors[0]["module"] == "b"
    assert RevisionEvent.objects.count() == 2


# Decisions of people


def test_a_rollback_stays_until_a_newer_commit_comes(follow):
    followed = follow({"jobs/a.py": good("Good")})
    first = followed.head
    followed.push({"jobs/a.py": good("Bad")})
    bad = followed.head

    rolled = followed.carry_out(roll_back(followed.repository, followed.revision(first), reason="It is bad"))
    again = followed.sync()
    automatic = followed.sync(automatic=True)

    assert [item.status for item in (rolled, again, automatic)] == ["completed"] * 3
    assert (followed.head, followed.installed) == (first, ["a/Good"])
    assert Quarantine.objects.get().identifier == bad
    assert any(
        "(It is bad)" in text and "stays in service until a newer commit" in text for text in messages(again)
    )
    followed.push({"jobs/a.py": good("Newer")})
    assert followed.installed == ["a/Newer"]
    assert Quarantine.objects.get().released_by == followed.head
    assert followed.repository.rolled_back_to == ""


def test_a_force_push_to_before_the_bad_commit_does_not_count_as_newer(follow):
    followed = follow({"jobs/a.py": good("One")})
    first = followed.head
    followed.push({"jobs/a.py": good("Two")})
    second = followed.head
    followed.push({"jobs/a.py": good("Three")})
    followed.carry_out(roll_back(followed.repository, followed.revision(first)))

    followed.repo.git("reset", "-q", "--hard", second)
    followed.sync()

    assert (followed.head, followed.installed) == (first, ["a/One"])


def test_a_rollback_needs_no_remote(follow, tmp_path):
    followed = follow({"jobs/a.py": good("Good")})
    first = followed.head
    followed.push({"jobs/a.py": good("Bad")})
    followed.repo.folder.rename(tmp_path / "gone")

    result = followed.carry_out(roll_back(followed.repository, followed.revision(first)))

    assert (result.status, followed.installed) == ("completed", ["a/Good"])


def test_a_pin_stays_whatever_is_pushed(follow):
    followed = follow({"jobs/a.py": good("One")})
    first = followed.head
    followed.carry_out(pin(followed.repository, followed.revision(first)))

    followed.push({"jobs/a.py": good("Two")})
    pinned = followed.installed
    followed.carry_out(unpin(followed.repository))

    assert (pinned, followed.installed) == (["a/One"], ["a/Two"])
    with pytest.raises(Undecidable, match="not pinned"):
        unpin(followed.repository)


def test_rolling_forward_again_takes_the_commit_out_of_quarantine(follow):
    followed = follow({"jobs/a.py": good("One")})
    first = followed.head
    followed.push({"jobs/a.py": good("Two")})
    second = followed.head
    followed.carry_out(roll_back(followed.repository, followed.revision(first)))

    followed.carry_out(roll_back(followed.repository, followed.revision(second)))
    followed.sync()

    assert followed.installed == ["a/Two"]


def test_only_what_was_in_service_can_be_rolled_back_to(follow):
    followed = follow({"jobs/a.py": good("One")}, strict=True)
    followed.push({"jobs/a.py": SYNTAX_ERROR})
    refused = Revision.objects.exclude(identifier=followed.head).get()

    with pytest.raises(Undecidable, match="never in service"):
        roll_back(followed.repository, refused)
    with pytest.raises(Undecidable, match="in service already"):
        roll_back(followed.repository, followed.revision(followed.head))


# History


def test_two_revisions_differ_in_files_and_jobs(follow):
    followed = follow({"jobs/a.py": good("A"), "jobs/hello.py": good()})
    first = followed.revision(followed.head)
    followed.repo.git("mv", "jobs/a.py", "jobs/b.py")
    followed.push({"jobs/hello.py": NUMBER, "jobs/c.py": good("C")})
    second = followed.revision(followed.head)

    files = {(item.kind, item.path, item.old_path) for item in changed_between(first, second)}
    jobs = compare_jobs(first, second)

    assert files == {
        ("Rename", "jobs/b.py", "jobs/a.py"),
        ("Addition", "jobs/c.py", ""),
        ("Modification", "jobs/hello.py", ""),
    }
    assert jobs["added"] == ["git.lab/c/C"]
    assert jobs["renamed"] == [{"old": "git.lab/a/A", "new": "git.lab/b/A"}]
    changed = {item["job"]: item for item in jobs["changed"]}
    (who,) = changed["git.lab/hello/Hello"]["variables"]
    assert (who["name"], who["change"]) == ("who", "changed")
    assert compare_jobs(second, first)["removed"] == ["git.lab/c/C"]


def test_the_code_of_a_job_at_any_revision(follow):
    followed = follow({"jobs/hello.py": good()})
    first = followed.revision(followed.head)
    followed.push({"jobs/hello.py": f"# A comment.\n{good()}"})
    followed.push({"jobs/hello.py": SYNTAX_ERROR, "jobs/more.py": good("More")})
    job = find_job("git.lab/hello/Hello")

    code, path, line = code_of(job, first)
    now, _, later = code_of(job, followed.revision(followed.head))

    assert (code, path, later) == (first, "jobs/hello.py", line + 1)
    assert now.identifier != followed.head  # the module was kept at its last good revision
    assert RevisionFiles(now).read(path).startswith(b"# A comment.")


def test_files_come_from_the_mirror_when_the_snapshot_is_gone(follow):
    followed = follow({"jobs/hello.py": good()})
    first = followed.revision(followed.head)
    followed.push({"jobs/hello.py": NUMBER})
    followed.tools.store.remove(first.snapshot_digest)

    assert RevisionFiles(first).read("jobs/hello.py") == good().encode()
