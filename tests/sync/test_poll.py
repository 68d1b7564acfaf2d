"""Looking at remotes by the clock: when, how often, and what it leads to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.sync.cast import good, wait_until

from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.remote_models import RemoteWatch
from jobyard_server.registry.repositories import add_repository, change_repository
from jobyard_server.registry.requests import request_sync, waiting_requests
from jobyard_server.registry.watches import add_missing, claim, due, look_now, note_failure, note_sync
from jobyard_sync.aftermath import look_after
from jobyard_sync.pipeline import sync_repository
from jobyard_sync.triggers.poll import Poller, look_at
from jobyard_sync.triggers.remote_folders import RemoteFolders


@pytest.fixture
def repo(make_repo):
    return make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()})


@pytest.fixture
def repository(db, repo):
    return add_repository(name="Lab", remote_url=repo.url)


def synced(repository, tools):
    result = waiting_requests().get()
    assert sync_repository(result, tools)
    result.refresh_from_db()
    look_after(result)
    return result


def watch_of(repository):
    return RemoteWatch.objects.select_related("repository__source").get(pk=repository.pk)


def watches():
    return list(RemoteWatch.objects.select_related("repository__source"))


def seconds_until(watch):
    return (watch.next_look - timezone.now()).total_seconds()


def test_a_look_without_news_asks_for_nothing(repository, tools):
    add_missing()
    synced(repository, tools)

    for _ in range(3):
        look_at(watch_of(repository), tools)

    assert not waiting_requests().exists()


def test_a_push_is_found_by_the_next_look(repository, repo, tools):
    add_missing()
    synced(repository, tools)
    pushed = repo.commit({"jobs/more.py": good("More")})

    look_at(watch_of(repository), tools)
    assert waiting_requests().count() == 1
    look_at(watch_of(repository), tools)
    assert waiting_requests().count() == 1

    synced(repository, tools)
    assert GitRepository.objects.get().current_head == pushed
    look_at(watch_of(repository), tools)
    assert not waiting_requests().exists()


def test_what_is_found_during_a_sync_is_looked_at_again_after_it(repository, repo, tools):
    """A push that somebody tells of and that is seen as well is one sync, not two; and none is forgotten."""
    add_missing()
    running = synced(repository, tools)
    repo.commit({"jobs/more.py": good("More")})
    lease = take_lease(repository.source)

    look_at(watch_of(repository), tools)
    during = waiting_requests().count()
    lease.release()
    look_after(running)  # it had begun before the push
    soon = seconds_until(watch_of(repository))
    look_at(watch_of(repository), tools)

    assert (during, soon < 1.5, waiting_requests().count()) == (0, True, 1)


def test_f37_a_branch_that_moves_back_is_news_too(repository, repo, tools):
    add_missing()
    first = repo.head
    synced(repository, tools)
    repo.commit({"jobs/more.py": good("More")})
    look_at(watch_of(repository), tools)
    synced(repository, tools)

    repo.git("reset", "-q", "--hard", first)
    look_at(watch_of(repository), tools)

    synced(repository, tools)
    assert GitRepository.objects.get().current_head == first


def test_f204_a_repository_on_a_full_hash_stays_there(repository, repo, tools):
    pinned = repo.head
    change_repository(repository, branch=pinned)
    add_missing()
    synced(repository, tools)
    repo.commit({"jobs/more.py": good("More")})

    for _ in range(3):
        look_at(watch_of(repository), tools)

    assert not waiting_requests().exists()
    request_sync(repository.source)
    synced(repository, tools)
    assert GitRepository.objects.get().current_head == pinned


def test_a_sync_that_failed_is_asked_for_again_by_a_later_look(repository, repo, tools):
    add_missing()
    away = repo.folder.rename(repo.folder.with_name("away"))
    assert synced(repository, tools).status == "errored"
    failing = watch_of(repository)
    assert failing.failures == 1
    assert seconds_until(failing) > 60

    look_at(failing, tools)
    assert not waiting_requests().exists()
    assert "no repository" in watch_of(repository).error

    away.rename(repo.folder)
    look_at(watch_of(repository), tools)
    assert synced(repository, tools).status == "completed"
    assert watch_of(repository).failures == 0


def test_waiting_grows_with_each_failure_up_to_a_quarter_of_an_hour(repository):
    add_missing()
    waits = []
    for _ in range(12):
        note_failure(watch_of(repository), "no", retry_after_seconds=None)
        waits.append(seconds_until(watch_of(repository)))

    assert waits[0] < 150
    assert 700 < waits[-1] < 1100


def test_f34_a_server_that_says_when_is_believed(repository):
    add_missing()

    note_failure(watch_of(repository), "no", retry_after_seconds=5000)

    assert seconds_until(watch_of(repository)) > 3900


def test_after_news_looks_come_more_often(repository):
    add_missing()
    began = timezone.now()
    RemoteWatch.objects.update(next_look=began + timedelta(seconds=60))
    note_sync(repository.pk, could_read=True)
    soon = watch_of(repository)
    assert (soon.next_look - began).total_seconds() > 10
    assert seconds_until(soon) < 20

    RemoteWatch.objects.update(active_until=timezone.now() - timedelta(seconds=1), next_look=timezone.now())
    claim(due(most=1)[0])

    assert 45 < seconds_until(watch_of(repository)) < 75


def test_each_repository_has_its_own_interval(repository, make_repo):
    add_repository(name="Other", remote_url=make_repo({"a": "1"}, "other").url, poll_interval=600)
    add_missing()
    RemoteWatch.objects.update(next_look=timezone.now())

    for watch in due(most=10):
        assert claim(watch)

    seconds = {watch.repository.name: seconds_until(watch) for watch in watches()}
    assert 45 < seconds["Lab"] < 75
    assert 400 < seconds["Other"] < 750


def test_a_push_right_after_a_change_of_the_repository_is_not_left_to_the_clock(repository):
    add_missing()
    change_repository(repository, strict=True)  # which forgets what was seen, and when to look again

    look_now({repository.pk})

    assert [watch.pk for watch in due(most=10)] == [repository.pk]


def test_zero_is_never_by_the_clock(repository, tools):
    change_repository(repository, poll_interval=0)
    add_missing()
    synced(repository, tools)
    at_first = watch_of(repository).next_look
    look_now({repository.pk})
    (asked,) = due(most=10)
    assert claim(asked)
    look_at(asked, tools)

    assert (at_first, watch_of(repository).next_look) == (None, None)
    assert due(most=10) == []


def test_a_look_that_something_asked_for_is_tried_again_until_it_saw_something(repository, repo, tools):
    """Also what is found during a sync, and when no look comes by the clock: nobody says it twice."""
    change_repository(repository, poll_interval=0)
    add_missing()
    synced(repository, tools)
    away = repo.folder.rename(repo.folder.with_name("away"))

    look_at(watch_of(repository), tools)
    retry = seconds_until(watch_of(repository))
    away.rename(repo.folder)
    repo.commit({"jobs/more.py": good("More")})
    lease = take_lease(repository.source)
    look_at(watch_of(repository), tools)
    lease.release()
    soon = seconds_until(watch_of(repository))
    look_at(watch_of(repository), tools)

    assert 60 < retry < 150
    assert soon < 1.5
    assert waiting_requests().count() == 1


def test_a_look_is_claimed_once(repository):
    add_missing()
    RemoteWatch.objects.update(next_look=timezone.now())
    (one,), (two,) = due(most=1), due(most=1)

    assert [claim(one), claim(two)] == [True, False]


def test_first_looks_are_spread(db, make_repo):
    url = make_repo({"a": "1"}).url
    for number in range(20):
        add_repository(name=f"Repository {number}", remote_url=url)
    add_missing()

    looks = sorted(RemoteWatch.objects.values_list("next_look", flat=True))
    assert looks[-1] - looks[0] > timedelta(seconds=20)


def test_f40_a_poisoned_row_does_not_stop_the_others(repository, repo, tools, make_repo):
    add_repository(name="Bad", remote_url=make_repo({"a": "1"}, "bad").url)
    GitRepository.objects.filter(name="Bad").update(remote_url="ext::sh", branch="--all")
    add_missing()

    for name in ("Bad", "Lab"):
        look_at(watch_of(GitRepository.objects.get(name=name)), tools)

    assert "not allowed" in watch_of(GitRepository.objects.get(name="Bad")).error
    assert watch_of(repository).error == ""


def test_a_push_into_a_folder_is_heard_for_all_who_follow_it(repo):
    heard = []
    folders = RemoteFolders(heard.extend)
    folders.watch({repo.folder: frozenset({"lab", "lab of another branch"})})
    try:
        assert set(heard) == {"lab", "lab of another branch"}  # it may have been pushed to before
        heard.clear()
        repo.commit({"jobs/more.py": good("More")})
        wait_until(lambda: {"lab", "lab of another branch"} <= set(heard))

        folders.watch({})
        heard.clear()
        repo.commit({"jobs/more.py": good("Again")})
    finally:
        folders.stop()
    assert heard == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("interval", [3600, 0])
def test_a_push_into_a_folder_leads_to_a_request_without_waiting_for_the_clock(
    transactional_db, zygote, make_repo, settings, interval
):
    import uuid

    from jobyard_sync.tools import Tools

    repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()})
    repository = add_repository(name="Lab", remote_url=repo.url, poll_interval=interval)
    add_missing()
    tools = Tools.from_settings(holder=uuid.uuid4(), zygote=zygote)
    synced(repository, tools)
    repo.commit({"jobs/before.py": good("Before")})
    poller = Poller(tools)
    poller.start()
    try:
        wait_until(waiting_requests().exists)  # of what was pushed while nobody watched
        synced(repository, tools)
        repo.commit({"jobs/more.py": good("More")})
        wait_until(waiting_requests().exists)
    finally:
        poller.stop()
