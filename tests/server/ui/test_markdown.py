"""Markdown of authors: what is let through, what is not, and how long it may take."""

from __future__ import annotations

import time

import pytest

from jobyard_server.ui.markdown import plain, render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain words, nothing else", "<p>plain words, nothing else</p>"),
        ("**bold** and `code`", "<p><strong>bold</strong> and <code>code</code></p>\n"),
        ("a & b < c", "<p>a &amp; b &lt; c</p>\n"),
        ("got <class 'str'>", "<p>got &lt;class 'str'&gt;</p>\n"),
        ("---", "<hr>\n"),
        ("it's", "<p>it&#x27;s</p>"),
    ],
)
def test_what_becomes_of_markdown(text, html):
    assert render(text) == html


def test_tables_and_links_are_kept():
    html = render("| a |\n|---|\n| [x](https://example.com/) |")

    assert "<table>" in html
    assert '<a href="https://example.com/" rel="noopener noreferrer">x</a>' in html


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,xx)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        "![x](https://evil.example/track.png)",
        "<img src=x onerror=alert(1)>",
        "<p hx-get='/x' onclick='y'>",
    ],
)
def test_f170_what_is_not_let_through(text):
    html = render(text)

    assert "<img" not in html
    assert 'href="javascript' not in html.lower()
    assert 'href="data' not in html
    assert 'href="vbscript' not in html
    assert "<p hx" not in html


def test_lines_are_kept_where_people_expect_it():
    assert "<br>" in render("one\ntwo", keep_lines=True)
    assert "<br>" not in render("one\ntwo")


def test_text_that_is_too_long_for_prose_is_shown_as_it_is():
    text = "**x** " * 5_000

    assert render(text) == f"<pre>{text}</pre>"


@pytest.mark.parametrize(
    "text",
    [
        *(">" * 9_990, "[" * 9_990, "*a **" * 1_990, "`" * 9_990, "<" * 9_990),
        *("[a](" * 2_400, "- " * 4_990, "|a" * 4_990 + "\n|-"),
    ],
)
def test_f170_hostile_markdown_takes_no_time(text):
    start = time.process_time()

    render(text)

    assert time.process_time() - start < 0.5


def test_a_thousand_ordinary_messages_take_no_time():
    start = time.process_time()

    for number in range(1_000):
        render(f"Device ams01-switch{number}: created, 12 ports (4 spare)", keep_lines=True)

    assert time.process_time() - start < 0.2


@pytest.mark.parametrize(
    ("text", "words"),
    [("Counts **all** `ports`", "Counts all ports"), ("[x](https://y/) <b>", "x <b>"), ("", "")],
)
def test_a_line_of_markdown_in_a_list_is_words(text, words):
    assert plain(text) == words
