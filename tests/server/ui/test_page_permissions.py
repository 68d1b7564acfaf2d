"""Every page by every person of the cast; an address that is missing here fails."""

from __future__ import annotations

import pytest
from tests.server.ui import cast

from jobyard import statuses
from jobyard_server.ui.urls import urlpatterns

pytestmark = pytest.mark.django_db

# Answers to GET for Alice (administrator), Bob (reads and runs) and Charlie (may do nothing).
ANSWERS = {
    "show_home": (200, 200, 200),
    "log_in": (302, 302, 302),
    "log_out": (405, 405, 405),
    "list_jobs": (200, 200, 403),
    "show_job": (200, 200, 403),
    "show_result": (200, 200, 403),
    "show_new_rows": (200, 200, 403),
    "show_output": (200, 200, 403),
    "cancel_result": (405, 405, 405),
    "list_results": (200, 200, 403),
    "find_result": (302, 302, 403),
    "list_repositories": (200, 200, 403),
    "create_repository": (200, 403, 403),
    "show_repository": (200, 200, 403),
    "edit_repository": (200, 403, 403),
    "delete_repository": (200, 403, 403),
    "sync_repository": (405, 405, 405),
    "show_newest_sync": (302, 302, 403),
    "list_sources": (200, 200, 403),
}
POSTS = {
    "show_job",
    "cancel_result",
    "create_repository",
    "edit_repository",
    "delete_repository",
    "sync_repository",
}


@pytest.fixture
def address(db):
    result = cast.make_result(cast.make_job(), status=statuses.RUNNING)
    cast.git_source()
    parts = {"<uuid:pk>": str(result.pk), "<path:class_path>": "local/example/Probe", "<str:slug>": "netops"}

    def of(pattern):
        route = str(pattern.pattern)
        for placeholder, value in parts.items():
            route = route.replace(placeholder, value)
        return f"/{route}"

    return of


@pytest.fixture
def cast_of_three(alice, bob, charlie):
    return alice, bob, charlie


def test_every_address_is_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == ANSWERS.keys()


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_the_answers_to_get(client, address, cast_of_three, pattern):
    answers = []
    for user in cast_of_three:
        client.force_login(user)
        answers.append(client.get(address(pattern)).status_code)

    assert tuple(answers) == ANSWERS[pattern.name]


@pytest.mark.parametrize(
    "pattern", [item for item in urlpatterns if item.name in POSTS], ids=lambda pattern: pattern.name
)
def test_charlie_posts_nothing(client, address, charlie, pattern):
    client.force_login(charlie)

    assert client.post(address(pattern)).status_code == 403


@pytest.mark.parametrize(
    "pattern", [item for item in urlpatterns if item.name not in {*POSTS, "log_in", "log_out"}],
    ids=lambda pattern: pattern.name,
)  # fmt: skip
def test_other_pages_take_no_post(client, address, alice, pattern):
    client.force_login(alice)

    assert client.post(address(pattern)).status_code == 405


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_nobody_gets_in_without_log_in(client, address, pattern):
    response = client.get(address(pattern))

    if pattern.name == "log_in":
        assert response.status_code == 200
    else:
        assert response.url.startswith("/login/")
