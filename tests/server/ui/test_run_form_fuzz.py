"""Whatever is posted to the page of a job, or stands in its address: a form or a run, never an error."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.server.api.test_run_fuzz import KINDS, STRANGE
from tests.server.ui import cast
from tests.server.ui.cast import variable

pytestmark = pytest.mark.django_db
PAGE = "/extras/jobs/local/example/Probe/"
NAMES = [*KINDS, "_commit", "_task_queue", "_reload", "_variables", "unknown", "_schedule_interval"]
TEXT = st.sampled_from([text for text in STRANGE if text.isprintable()] + ["a\x00b"]) | st.text(
    st.characters(codec="utf-8"), max_size=20
)
FIELDS = st.dictionaries(st.sampled_from(NAMES), TEXT | st.lists(TEXT, max_size=3), max_size=8)
SOME = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def browser(as_user, alice, worker, settings):
    settings.JOBYARD = {**settings.JOBYARD, "ACCEPT_WITHOUT_WORKERS": True}  # the sign of life may get old
    cast.make_job(*(variable(kind, kind, required=False, **extra) for kind, extra in KINDS.items()))
    return as_user(alice)


@given(fields=FIELDS, upload=st.none() | st.binary(max_size=20))
@example(fields={"JSONVar": "[" * 100_000}, upload=None)
@example(fields={"IntegerVar": "9" * 5000, "DecimalVar": "1e999999"}, upload=b"")
@example(fields={"ObjectVar": "\x00", "MultiObjectVar": ["\x00", "null"]}, upload=None)
@SOME
def test_any_form(browser, fields, upload):
    files = {} if upload is None else {"FileVar": SimpleUploadedFile("a.txt", upload)}

    response = browser.post(PAGE, {**fields, **files})

    assert response.status_code in (200, 302, 409), response.content


@given(
    body=st.binary(max_size=200), kind=st.sampled_from(["application/x-www-form-urlencoded", "text/plain"])
)
@example(body=b"StringVar=\xff\xfe&TextVar=%ff%00", kind="application/x-www-form-urlencoded")
@SOME
def test_any_bytes(browser, body, kind):
    response = browser.post(PAGE, body, content_type=kind)

    assert response.status_code in (200, 302, 400, 409), response.content


@given(fields=FIELDS)
@SOME
def test_any_address(browser, fields):
    response = browser.get(f"{PAGE}?{urlencode(fields, doseq=True)}")

    assert response.status_code == 200
