"""Text that wants to be more than text, in every place where text of others is shown."""

from __future__ import annotations

import pytest
from tests.server.ui import cast
from tests.server.ui.cast import Page, variable

from jobyard import statuses

pytestmark = pytest.mark.django_db

CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "[x](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "<a href='data:text/html,x'>x</a> <div hx-get='/evil' data-hx-get='/evil' style='x'>",
    "</title></textarea></pre></option></style><script>alert(1)</script>",
    "{{ 7|add:7 }}{% debug %}",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil.example/x.css>",
]
SCRIPTS = (
    *(f"/static/jobyard/{name}.js" for name in ("theme", "zone", "live", "choose", "run-form")),
    "/static/django_htmx/htmx-2.min.js",
    "/static/django_tomselect/js/django-tomselect.min.js",
)


@pytest.fixture(params=CORPUS)
def text(request):
    return request.param


@pytest.fixture
def pages(text, worker):
    """Addresses of pages that show *text* wherever somebody could have put it."""
    user = cast.make_user(f"u{text}"[:150], is_superuser=True)
    source = cast.git_source(name=text[:100], branch=text[:64], remote_url=text, username=text[:64])
    cast.Source.objects.filter(pk=source.pk).update(error=text)
    error = {"message": text, "path": text, "line": 1, "traceback": text, "commit": text}
    revision = cast.make_revision(source, author=text, message=text)
    module = cast.make_module(source, "m", grouping=text, load_error=error, revision=revision, path=text)
    job = cast.make_job(
        variable("StringVar", "s", label=text, description=text, has_default=True, default=text, regex=text),
        variable("TextVar", "t", has_default=True, default=text),
        variable("ChoiceVar", "c", choices=[[text, [[text, text]]]]),
        variable("ObjectVar", "o", model="dcim.site", null_option=text),
        module=module,
        name=text[:100],
        description=f"{text}\n\n{text}",
        warnings=[text],
        task_queues=["default", text],
    )
    result = cast.make_result(
        job,
        user=user,
        output=text,
        console=text,
        counters=[cast.counters(text, success=1)],
        origin={"name": text, "commit": text},
        status_reason=text[:30],
    )
    live = cast.make_result(
        job, status=statuses.RUNNING, progress={"done": text, "total": text, "message": text}
    )
    for item in (result, live):
        cast.log(item, [text, f"```\n{text}\n```"], grouping=text[:100], log_object=text, absolute_url=text)
    path = "/extras/jobs/git.netops/m/Probe/"
    return [
        "/", "/extras/jobs/", "/extras/job-results/", "/extras/git-repositories/", "/extras/sources/",
        path, f"/extras/jobs/results/{result.pk}/", f"/extras/jobs/results/{live.pk}/",
        f"/extras/jobs/results/{live.pk}/log/", "/extras/git-repositories/netops/",
        "/extras/git-repositories/netops/edit/", "/extras/git-repositories/netops/delete/",
    ]  # fmt: skip


def check(response):
    """No element, attribute or address that our templates did not write."""
    page = Page(response)
    for tag, attributes in page.elements:
        assert tag not in {"img", "iframe", "object", "embed", "style", "base"}
        assert tag != "script" or attributes.get("src") in SCRIPTS
        assert tag != "link" or attributes["href"].startswith("/static/")
        assert not {name for name in attributes if name.startswith("on") or name in ("style", "srcdoc")}
        assert attributes.get("hx-get", "/extras/").startswith("/extras/jobs/") or "hx-get" not in attributes
        assert not any(name.startswith("data-hx") for name in attributes)
        for name in ("href", "src", "action"):
            assert not attributes.get(name, "").lower().startswith(("javascript:", "data:", "//"))
    assert "14{%" not in page.text


def test_hostile_text_stays_text(as_user, alice, pages):
    browser = as_user(alice)
    for address in pages:
        response = browser.get(address)

        assert response.status_code in (200, 286), address
        check(response)


def test_addresses_are_shown_as_text(as_user, alice, text):
    browser = as_user(alice)

    for address in (
        "/extras/jobs/", "/extras/job-results/", "/login/", "/extras/jobs/local/x/Y/", "/extras/nothing/"
    ):  # fmt: skip
        check(browser.get(address, {"q": text, "name": text, "next": text, "status": text, "after": text}))


def test_what_a_form_sent_comes_back_as_text(as_user, alice, text, worker):
    cast.make_job(variable("IntegerVar", "n"), variable("StringVar", "s"), variable("JSONVar", "j"))
    browser = as_user(alice)

    check(
        browser.post(
            "/extras/jobs/local/example/Probe/", {"n": text, "s": text, "j": text, "_task_queue": text}
        )
    )
    check(browser.post("/extras/git-repositories/add/", {"name": text, "remote_url": text, "branch": text}))


def test_an_unknown_path_is_told_as_text(as_user, alice):
    response = as_user(alice).get("/extras/jobs/local/<script>alert(1)</script>/X/")

    assert response.status_code == 404
    check(response)
