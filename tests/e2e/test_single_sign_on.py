"""Logging in by OpenID Connect and SAML: a real installation, real identity providers, a browser's way."""

from __future__ import annotations

import http.cookiejar
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.identity_provider import CLIENT, SECRET
from tests.e2e.installation import Installation
from tests.e2e.saml_provider import Answer, Key, SamlProvider

ROOT = Path(__file__).parents[2]
SAML = "/login/sso/saml/saml"
CALLBACK = "/login/sso/oidc/login/callback/"


class Browser:
    """Keeps cookies and follows redirects, as people's do."""

    def __init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def get(self, address: str) -> tuple[str, str]:
        """Where one ends up, and the page there."""
        return self._open(address, None)

    def post(self, address: str, fields: dict[str, str]) -> tuple[str, str]:
        """The same, with a form."""
        return self._open(address, urllib.parse.urlencode(fields).encode())

    def _open(self, address: str, data: bytes | None) -> tuple[str, str]:
        try:
            with self._opener.open(address, data, timeout=30) as answer:
                return answer.url, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.url, refused.read().decode()


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    command = [
        sys.executable,
        "-m",
        "tests.e2e.identity_provider",
        "carol",
        "operators",
        "admins",
        "unknown here",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(scope="module")
def saml() -> Iterator[SamlProvider]:
    with SamlProvider() as made:
        yield made


@pytest.fixture(scope="module")
def connected(e2e_base: Path, provider: str, saml: SamlProvider) -> Iterator[Installation]:
    """An installation that knows the providers; one for all tests of this file."""
    made = Installation(
        e2e_base / "sso",
        JOBYARD_OIDC_URL=provider,
        JOBYARD_OIDC_CLIENT_ID=CLIENT,
        JOBYARD_OIDC_CLIENT_SECRET=SECRET,
        JOBYARD_SAML_METADATA_URL=f"{saml.url}/metadata",
        JOBYARD_SAML_ENTITY_ID=saml.entity,
        JOBYARD_SSO_NAME="Example Inc.",
        JOBYARD_SSO_GROUPS_CLAIM="groups",
        JOBYARD_SSO_ADMIN_GROUP="admins",
        NO_PROXY="127.0.0.1",
    )
    made.start()
    saml.is_down = True
    made.while_away = Browser().get(f"{made.url}{SAML}/login/")  # the metadata was never read yet
    saml.is_down = False
    for name in ("operators", "others"):
        made.request("POST", "/api/users/groups/", {"name": name})
    yield made
    assert made.stop() == 0, made.errors()


def carol(installation: Installation) -> dict:
    return person(installation, "carol")


def person(installation: Installation, username: str) -> dict:
    (found,) = installation.get(f"/api/users/users/?username={username}")["results"]
    return found


def nobody(installation: Installation, username: str) -> bool:
    return installation.get(f"/api/users/users/?username={username}")["count"] == 0


def test_whoever_the_provider_knows_is_logged_in_with_their_groups(connected):
    browser = Browser()

    _, page = browser.get(f"{connected.url}/login/?next=/extras/jobs/")
    where, jobs = browser.get(f"{connected.url}/login/sso/oidc/login/?next=/extras/jobs/")

    assert "Log in with Example Inc." in page
    assert where == f"{connected.url}/extras/jobs/"
    assert "carol" in jobs
    account = carol(connected)
    assert [group["name"] for group in account["groups"]] == ["operators"]
    assert account["is_superuser"] is True
    assert account["email"] == "carol@example.com"
    events = connected.get("/api/users/audit-events/?username=carol&action=login")
    assert events["results"][0]["via"] == "page"


def test_the_second_time_it_is_the_same_account_and_groups_follow(connected):
    Browser().get(f"{connected.url}/login/sso/oidc/login/")
    first = carol(connected)
    connected.request("PATCH", f"/api/users/users/{first['id']}/", {"groups": [], "is_superuser": False})

    Browser().get(f"{connected.url}/login/sso/oidc/login/")

    again = carol(connected)
    assert again["id"] == first["id"]
    assert [group["name"] for group in again["groups"]] == ["operators"]


@pytest.mark.parametrize("query", ["", "?code=made-up&state=made-up", "?error=access_denied&state=x"])
def test_what_did_not_come_from_the_provider_logs_nobody_in(connected, query):
    browser = Browser()

    where, page = browser.get(f"{connected.url}{CALLBACK}{query}")

    assert where.startswith(f"{connected.url}/login/")
    assert "did not log you in" in page or "was not finished" in page
    assert browser.get(f"{connected.url}/")[0].startswith(f"{connected.url}/login/")


class Visit:
    """Somebody who was sent to the SAML provider, and comes back with an answer."""

    def __init__(self, connected: Installation, saml: SamlProvider, username: str, *groups: str) -> None:
        self.browser = Browser()
        self.acs = f"{connected.url}{SAML}/acs/"
        self.key = saml.key
        where, page = self.browser.get(f"{connected.url}{SAML}/login/?next=/extras/jobs/")
        assert where.startswith(f"{saml.url}/sso?SAMLRequest="), page
        self.answer = Answer(
            request=saml.asked(where),
            recipient=self.acs,
            audience=f"{connected.url}{SAML}/metadata/",
            issuer=saml.entity,
            name_id=f"id-of-{username}",
            attributes={"uid": [username], "email": [f"{username}@example.com"], "groups": [*groups]},
        )

    def signed(self) -> str:
        return self.answer.response(self.key.sign(self.answer.assertion()))

    def come_back(self, response: str | None = None) -> tuple[str, str]:
        """Where one ends up, and the page there."""
        return self.browser.post(self.acs, {"SAMLResponse": response or self.signed()})


def test_whoever_the_saml_provider_vouches_for_is_logged_in_with_their_groups(connected, saml):
    visit = Visit(connected, saml, "erin", "operators", "unknown here")

    assert visit.come_back()[0] == f"{connected.url}/extras/jobs/"

    erin = person(connected, "erin")
    assert [group["name"] for group in erin["groups"]] == ["operators"]
    assert (erin["is_superuser"], erin["email"]) == (False, "erin@example.com")
    assert Visit(connected, saml, "erin", "admins").come_back()[0] == f"{connected.url}/extras/jobs/"
    again = person(connected, "erin")
    assert (again["id"], again["groups"], again["is_superuser"]) == (erin["id"], [], True)


def altered(text: str, **changes: object) -> object:
    def change(visit: Visit) -> str:
        for name, value in changes.items():
            setattr(visit.answer, name, value)
        return visit.signed()

    return pytest.param(change, id=text)


def unsigned(visit: Visit) -> str:
    return visit.answer.response(visit.answer.assertion())


def signed_by_another(visit: Visit) -> str:
    visit.key = Key()
    return visit.signed()


def changed_after_signing(visit: Visit) -> str:
    return visit.answer.response(visit.key.sign(visit.answer.assertion()).replace("mallory", "admin"))


def wrapped(visit: Visit) -> str:
    """The signed assertion is there, and another one before it."""
    signed = visit.key.sign(visit.answer.assertion())
    return visit.answer.response(visit.answer.assertion().replace("mallory", "admin") + signed)


@pytest.mark.parametrize(
    "lie",
    [
        unsigned,
        signed_by_another,
        changed_after_signing,
        wrapped,
        altered("expired", minutes=-10),
        altered("for another server", audience="https://another.example/"),
        altered("sent to another address", recipient="https://another.example/acs/"),
        altered("of another provider", issuer="https://another.example/saml"),
        altered("not asked for", request="_made-up"),
        pytest.param(lambda _visit: "bm90IHhtbA==", id="not XML"),
        pytest.param(lambda _visit: "%%%", id="not base64"),
    ],
)
def test_an_answer_that_is_not_right_logs_nobody_in(connected, saml, lie):
    visit = Visit(connected, saml, "mallory", "admins")

    where, page = visit.come_back(lie(visit))

    assert where == f"{connected.url}/login/", page
    assert "did not log you in" in page or "does not answer as it should" in page
    assert nobody(connected, "mallory")
    assert person(connected, "admin")["last_login"] is None


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(connected, saml):
    visit = Visit(connected, saml, "frank")
    response = visit.signed()
    elsewhere, page = Browser().post(visit.acs, {"SAMLResponse": response})
    assert elsewhere == f"{connected.url}/login/", page
    assert visit.come_back(response)[0] == f"{connected.url}/extras/jobs/"

    for cookies_of in (visit.browser, Browser()):
        where, page = cookies_of.post(visit.acs, {"SAMLResponse": response})

        assert where in (f"{connected.url}/login/", f"{connected.url}/"), page
        assert "did not log you in" in page


def test_a_provider_that_is_away_leaves_people_on_the_log_in_page(connected):
    where, page = connected.while_away

    assert where == f"{connected.url}/login/", page
    assert "does not answer as it should" in page
    failures = connected.get("/api/users/audit-events/?action=login_failed&via=page")["results"]
    assert any("does not answer" in event["details"]["reason"] for event in failures)
