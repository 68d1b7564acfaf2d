"""Roll back, pin and unpin what comes from the folder, as with a repository."""

from __future__ import annotations

import pytest
from tests.sync.cast import good

from jobyard_server.access.models import User
from jobyard_server.registry.decisions import find_revision
from jobyard_server.registry.errors import Undecidable
from jobyard_server.registry.folder_decisions import pin_folder, roll_back_folder, unpin_folder
from jobyard_server.registry.history_models import RevisionEvent
from jobyard_server.registry.models import Job, Revision, Source
from jobyard_server.registry.refresh import waiting_refreshes
from jobyard_server.registry.snapshots import needed_digests
from jobyard_server.registry.sources import plugins_source
from jobyard_server.ui.revisions.steps import steps_of_source
from jobyard_sync.clean_up import clean_up
from jobyard_sync.errors import InspectionUnavailable
from jobyard_sync.folder_sync import FolderSync
from jobyard_sync.reading import read_modules

pytestmark = pytest.mark.django_db


class Folder:
    """JOBS_ROOT; every look at it is carried out in this process."""

    def __init__(self, root, tools) -> None:
        self.root, self.tools = root, tools
        root.mkdir()

    @property
    def source(self) -> Source:
        return Source.objects.select_related("revision").get(key="local")

    @property
    def installed(self) -> list[str]:
        return sorted(Job.objects.filter(installed=True).values_list("job_class_name", flat=True))

    def save(self, name: str) -> Revision:
        (self.root / "a.py").write_text(good(name))
        FolderSync(self.tools).run()
        assert self.source.revision is not None
        return self.source.revision

    def look(self) -> None:
        FolderSync(self.tools).run()


@pytest.fixture
def folder(settings, tools) -> Folder:
    return Folder(settings.JOBS_ROOT, tools)


@pytest.fixture
def erin(db) -> User:
    return User.objects.create_user("erin")


def test_how_far_a_sync_of_the_folder_is_is_told_until_it_is_over(folder, monkeypatch):
    seen = []

    def read(source, *values, **options):
        seen.extend((step.word, step.state) for step in steps_of_source(folder.source))
        return read_modules(source, *values, **options)

    monkeypatch.setattr("jobyard_sync.folder_sync.read_modules", read)
    folder.save("One")

    assert seen == [("Snapshot made", "done"), ("Inspected", "now"), ("Published", "next")]
    assert [step.state for step in steps_of_source(folder.source)] == ["done"] * 3


def test_where_a_sync_of_the_folder_failed_is_told_until_it_can_be_read(folder, monkeypatch):
    folder.save("One")

    def fail(*_values, **_options):
        raise InspectionUnavailable("No inspection process could be started.")

    with monkeypatch.context() as patched:
        patched.setattr("jobyard_sync.folder_sync.read_modules", fail)
        with pytest.raises(InspectionUnavailable):
            folder.save("Two")
    failed = [step.state for step in steps_of_source(folder.source)]
    folder.save("One")  # which is in service

    assert failed == ["done", "failed", "left out"]
    assert (steps_of_source(folder.source), folder.source.error) == ([], "")


def test_a_rollback_stays_until_the_folder_changes_again(folder, erin):
    first, second = folder.save("One"), folder.save("Two")

    roll_back_folder(folder.source, first, erin, reason="Two is bad.")
    assert waiting_refreshes().get() == folder.source  # a daemon is called for
    folder.look()

    assert (folder.installed, folder.source.revision) == (["One"], first)
    event = RevisionEvent.objects.first()
    assert (event.cause, event.user, event.revision) == ("rollback", erin, first)
    folder.look()
    (folder.root / "b.txt").write_text("x")
    (folder.root / "b.txt").unlink()
    folder.look()  # what was rolled back is still what the folder holds
    assert folder.source.revision == first

    third = folder.save("Three")
    assert (folder.installed, folder.source.revision, folder.source.rolled_back_to) == (["Three"], third, "")
    assert folder.save("Two") == second  # nothing is in quarantine any more


def test_a_pin_stays_whatever_is_saved(folder, erin):
    first = folder.save("One")
    folder.save("Two")
    pin_folder(folder.source, first, erin)
    folder.save("Three")
    assert folder.installed == ["One"]

    unpin_folder(folder.source, erin)
    folder.look()

    assert folder.installed == ["Three"]
    with pytest.raises(Undecidable, match="not pinned"):
        unpin_folder(folder.source, erin)


def test_what_was_decided_for_is_kept_and_what_is_gone_cannot_be_chosen(folder, settings):
    settings.JOBYARD = {**settings.JOBYARD, "SNAPSHOT_KEEP": 1}
    first = folder.save("One")
    second = folder.save("Two")
    pin_folder(folder.source, first)
    folder.look()
    folder.save("Three")
    clean_up(folder.tools)
    assert first.snapshot_digest in needed_digests(keep=1)
    assert folder.tools.store.verify(first.snapshot_digest)
    unpin_folder(folder.source)
    folder.look()
    folder.save("Four")
    clean_up(folder.tools)

    with pytest.raises(Undecidable, match="not kept any more; save them as they were"):
        roll_back_folder(folder.source, find_revision(folder.source, second.identifier))


def test_only_what_was_in_service_of_the_folder_can_be_chosen(folder, follow):
    first = folder.save("One")
    followed = follow({"jobs/x.py": good("X")})

    with pytest.raises(Undecidable, match="in service already"):
        roll_back_folder(folder.source, first)
    with pytest.raises(Undecidable, match="belongs to another source"):
        pin_folder(folder.source, followed.revision(followed.head))
    with pytest.raises(Undecidable, match="installed packages"):
        roll_back_folder(plugins_source(), first)
