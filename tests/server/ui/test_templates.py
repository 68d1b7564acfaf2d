"""What no template may contain, so that the policy of the headers needs no exception; and what icons need."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.template.loader import get_template

import jobyard_server.ui
from jobyard import statuses
from jobyard_server.ui import words
from jobyard_server.ui.markdown import render

FOLDER = Path(jobyard_server.ui.__file__).parent
TEMPLATES = sorted(path for path in (FOLDER / "templates").rglob("*") if path.is_file())
STYLES = sorted((FOLDER / "static").rglob("*.css"))
FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)",
    "inline style": r"<style|\sstyle\s*=",
    "event handler": r"\son[a-z]+\s*=|\shx-on",
    "address of another server": r"""(?:src|href)=["'](?:https?:)?//""",
    "text that is not escaped": r"\|\s*safe\b|autoescape\s+off",
    "evaluated expression": r"hx-vals=.js:|hx-vars|javascript:",
}


def name(path: Path) -> str:
    return str(path.relative_to(FOLDER))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_need_no_exception_from_the_policy(path):
    text = path.read_text()

    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]

    assert not found


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_compile(path):
    get_template(str(path.relative_to(FOLDER / "templates")))


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_styles_stay_at_home(path):
    text = path.read_text()

    assert "!important" not in text
    assert "@import" not in text
    assert not re.search(r"url\((?!\"data:)", text)


def test_colours_are_named_in_one_file():
    for path in STYLES:
        text = re.sub(r"url\(.*?\)|light-dark\(.*?\)", "", path.read_text())
        if path.name != "tokens.css":
            assert not re.search(r"#[0-9a-f]{3,8}\b", text), path.name


def test_every_post_form_carries_its_token():
    for path in TEMPLATES:
        forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text(), re.DOTALL)
        assert all("{% csrf_token %}" in form for form in forms), path.name


@pytest.mark.parametrize("icon", sorted({*words.STATUS_ICONS.values(), *words.LEVEL_ICONS.values(), "dot"}))
def test_every_status_and_level_has_its_icon(icon):
    assert 'aria-hidden="true"' in (FOLDER / f"templates/ui/icons/{icon}.svg").read_text()


def test_every_status_has_its_icon_and_every_reason_its_sentence():
    assert words.STATUS_ICONS.keys() == statuses.LABELS.keys()
    assert words.REASONS.keys() == set(statuses.REASONS)
    assert words.reason_sentence("of_the_future") == "of the future"


def test_wb08_htmx_evaluates_nothing_and_stays_at_home():
    text = (FOLDER / "templates/ui/base.html").read_text()

    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", text)[1])

    assert config["selfRequestsOnly"] is True
    assert {config[name] for name in ("allowEval", "allowScriptTags", "includeIndicatorStyles")} == {False}


def test_wb08_attributes_in_text_of_people_are_no_requests():
    """Only Markdown gets markup of people into a page: as text, and where such attributes would not count."""
    text = str(render('<a href="/x" hx-get="/x">x</a> [y](/y "hx-post=/y") <b data-hx-delete="/z">z</b>'))
    lines = [line for path in TEMPLATES for line in path.read_text().splitlines() if "|markdown" in line]

    assert [tag for tag in re.findall(r"<[^>]*>", text) if re.search(r"\shx-|\sdata-", tag)] == []
    assert lines
    assert [line for line in lines if "hx-disable" not in line] == []
