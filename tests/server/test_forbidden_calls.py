"""OP-20, OR-05, WB-12, WB-13: calls that no module of the product makes, and doors that there are not."""

from __future__ import annotations

import ast
from pathlib import Path

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings

import jobyard
import jobyard_repos
import jobyard_server
import jobyard_sync

PACKAGES = (jobyard, jobyard_repos, jobyard_server, jobyard_sync)
FORBIDDEN = {
    "os.system",
    "os.popen",
    "eval",
    "exec",
    "__import__",
    "tempfile.mktemp",
    "yaml.load",
    "mark_safe",
}
FORBIDDEN |= {"request.read", "yaml.unsafe_load", "subprocess.getoutput"}
#: Where such a call is the purpose, or its argument is a text of ours.
ALLOWED = {
    ("_finder.py", "exec"),  # loads the code of jobs, in a child
    ("line_html.py", "mark_safe"),  # pieces without any data
    ("cells.py", "mark_safe"),  # likewise, and what format_html made
    ("table.py", "mark_safe"),  # what format_html made
    ("pattern.py", "mark_safe"),  # what a template made
    ("components.py", "mark_safe"),
    ("code.py", "mark_safe"),  # what Pygments has escaped
    ("icons.py", "mark_safe"),  # our own drawings
    ("markdown.py", "mark_safe"),  # after nh3
}
SAFE_FILTER = "|safe"


def calls():
    for package in PACKAGES:
        for path in Path(package.__file__).parent.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield path, node


def test_op20_no_module_makes_a_call_that_is_forbidden():
    found = set()
    for path, call in calls():
        name = ast.unparse(call.func)
        if name in FORBIDDEN and (path.name, name) not in ALLOWED:
            found.add((path.name, call.lineno, name))
        for keyword in call.keywords:
            is_true = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
            is_false = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            if (keyword.arg == "shell" and is_true) or (keyword.arg == "verify" and is_false):
                found.add((path.name, call.lineno, keyword.arg))

    assert found == set()


def test_or05_no_template_takes_data_for_markup():
    templates = Path(jobyard_server.__file__).parent.rglob("*.html")
    found = [
        path.name
        for path in templates
        if SAFE_FILTER in (text := path.read_text().replace(" ", "")) or "autoescapeoff" in text
    ]

    assert found == []


def test_wb12_wb13_there_is_no_admin_of_django_and_nothing_for_other_origins():
    names = [*settings.INSTALLED_APPS, *settings.MIDDLEWARE]

    assert [name for name in names if "admin" in name or "cors" in name] == []
