"""Every address of the API, whatever it is: who gets in, and whether it says which permission it needs."""

from __future__ import annotations

import uuid

import pytest
from django.urls import URLPattern, get_resolver, path
from django.urls.resolvers import URLResolver
from rest_framework.views import APIView

from jobyard_server.api import urls
from jobyard_server.api.checks import endpoints_declare_permissions
from jobyard_server.api.views import ApiView

SCHEMAS = ("api/schema/", "api/schema/job-spec/", "api/schema/module-report/")  #: The same for everybody.
SOME_ID = str(uuid.uuid4())


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        place = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, place)
        elif isinstance(entry, URLPattern):
            yield place, entry.callback


def api_views():
    return [(place, view) for place, view in patterns(get_resolver()) if place.startswith("api/")]


def address(place):
    """An address that the pattern *place* matches."""
    filled = (
        place.replace("<uuid:pk>", SOME_ID)
        .replace("<uuid:file_pk>", SOME_ID)
        .replace("<int:pk>", "1")
        .replace("(?P<source>git)", "git")
    )
    filled = filled.replace("(?P<rest>.*)", "no/such/")
    filled = filled.replace("<str:kind>", "csv")
    for name in ("source", "slug", "module", "job_class"):
        filled = filled.replace(f"(?P<{name}>[^/]+)", name).replace(f"<str:{name}>", name)
    assert "<" not in filled, filled
    return "/" + filled.replace("^", "").replace("$", "")


def test_every_endpoint_says_which_permission_it_needs():
    assert endpoints_declare_permissions() == []


@pytest.mark.parametrize("base", [ApiView, APIView])
def test_f165_one_that_does_not_is_an_error_at_the_start(monkeypatch, base):
    silent = type("Silent", (base,), {})
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("silent/", silent.as_view())])

    (error,) = endpoints_declare_permissions()

    assert error.id == "jobyard.E010"
    assert "Silent" in error.msg


def test_a_plain_function_does_not_slip_through(monkeypatch):
    monkeypatch.setattr(urls, "urlpatterns", [path("plain/", lambda _request: None)])

    assert [error.id for error in endpoints_declare_permissions()] == ["jobyard.E010"]


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
def test_nobody_gets_anything_without_credentials(anonymous, method):
    for place, _view in api_views():
        answer = getattr(anonymous, method)(address(place))

        leads_to_login = answer.status_code == 302 and answer["Location"].startswith("/login/")
        assert answer.status_code == 403 or leads_to_login, (method, place, answer.status_code)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_nothing_answers_with_an_error_of_the_server(alice, charlie, method):
    for who in (alice, charlie):
        for place, _view in api_views():
            answer = getattr(who, method)(address(place), {"x": "\x00"})

            assert answer.status_code < 500, (method, place, answer.content[:500])


def test_without_rights_there_is_nothing_to_see(charlie):
    seen = {place for place, _view in api_views() if charlie.get(address(place)).status_code == 200}

    apps = ("circuits", "dcim", "extras", "ipam", "tenancy", "users", "virtualization")
    own = "api/users/tokens/"  # one's own, none so far but the one in use
    assert seen == {"api/", *(f"api/{app}/" for app in apps), *SCHEMAS, own}
