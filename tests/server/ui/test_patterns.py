"""The page of the patterns: every component in every state, by the real templates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.server.ui.cast import Page

import jobyard_server.ui
from jobyard import statuses
from jobyard_server.ui.patterns.views import all_patterns

pytestmark = pytest.mark.django_db
PATTERNS = "/-/patterns/"
#: Pieces that show nothing of their own: style sheets and scripts, whole pages, answers to htmx.
NO_COMPONENTS = {
    *(
        f"ui/{name}.html"
        for name in ("errors/_bare", "errors/_page", "results/_update", "jobs/_run_form_assets")
    ),
    *(f"ui/inventory/{name}.html" for name in ("_form_assets", "_styles")),
}
TEMPLATES = Path(jobyard_server.ui.__file__).parent / "templates"


def test_every_pattern_has_a_place_and_all_its_states(as_user, charlie, django_assert_max_num_queries):
    browser = as_user(charlie)  # who may do nothing: the page shows nothing that exists

    with django_assert_max_num_queries(4):
        page = Page(browser.get(PATTERNS))

    headings = {attrs.get("id") for attrs in page.all("h2")}
    assert {pattern.anchor for pattern in all_patterns()} < headings
    assert len(page.all("div", class_="jy-pattern-state")) > sum(len(item.states) for item in all_patterns())


def test_every_component_of_a_page_is_shown(as_user, charlie):
    """What is missing here has to be added to ``ui/patterns``: a component that nobody can look at rots."""
    answer = as_user(charlie).get(PATTERNS)

    shown = {template.name for template in answer.templates}
    components = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("_*.html")}
    assert components - shown - NO_COMPONENTS == set()


def test_every_status_of_a_result_is_there(as_user, charlie):
    text = as_user(charlie).get(PATTERNS).content.decode()

    for status in statuses.LABELS:
        assert f"jy-status-{status}" in text


def test_nothing_can_be_changed_from_the_page(as_user, charlie):
    page = Page(as_user(charlie).get(PATTERNS))

    assert [attrs["action"] for attrs in page.all("form", method="post")] == ["/logout/"]
    assert page.all("form", method="dialog")


def test_no_id_is_used_twice(as_user, charlie):
    page = Page(as_user(charlie).get(PATTERNS))

    ids = [attrs["id"] for _tag, attrs in page.elements if "id" in attrs]
    assert sorted(ids) == sorted(set(ids))


def test_the_patterns_are_made_by_templates_of_real_pages():
    used_elsewhere = "\n".join(
        path.read_text() for path in TEMPLATES.rglob("*.html") if "patterns" not in path.parts
    )

    for pattern in all_patterns():
        for state in pattern.states:
            assert not state.template or re.search(re.escape(f'"{state.template}"'), used_elsewhere)
