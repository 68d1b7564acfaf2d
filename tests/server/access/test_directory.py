"""Logging in with the password of an LDAP directory: a real slapd, the log-in page, no browser."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from tests.extra_packages import installed
from tests.repos.authority import make_certificate
from tests.server.access.slapd import BASE, READER, READER_PASSWORD, Slapd

from jobyard_server.access import single_sign_on
from jobyard_server.access.accounts import create_user
from jobyard_server.access.editing import save_user
from jobyard_server.access.errors import AccountErrors
from jobyard_server.access.models import AuditEvent, User
from jobyard_server.access.single_sign_on import sign_in

pytestmark = pytest.mark.django_db
LOCAL = "jobyard_server.access.backends.ObjectPermissionBackend"
PASSWORD = "password of dora"
OWN_PASSWORD = "correct-horse-battery"
LIBRARIES = ("ldap", "_ldap", "ldapurl", "django_auth_ldap", "pyasn1", "jobyard_server.access.directory")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The extra is in nobody's environment, as it needs a compiler; afterwards it is gone again."""
    folder = str(installed(tmp_path_factory.mktemp("ldap-library"), "ldap"))
    sys.path.append(folder)
    yield
    sys.path.remove(folder)
    for name in [name for name in sys.modules if name.split(".")[0] in LIBRARIES or name in LIBRARIES]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory, library: None) -> Iterator[Slapd]:
    server = Slapd(tmp_path_factory.mktemp("slapd") / "server")
    dora = server.person("dora", PASSWORD)
    server.person("locked", PASSWORD, locked=True)
    for taken in ("cli", "root", "robot"):
        server.person(taken, PASSWORD)
    server.person("not a name", PASSWORD)
    server.group("operators", dora)
    server.group("admins", dora)
    server.group("unknown here", dora)
    with server:
        yield server


@pytest.fixture
def configure(settings, slapd):
    """Set the options as the environment would."""

    def use(**changes):
        options = {
            **settings.JOBYARD,
            "LDAP_URL": slapd.url,
            "LDAP_CA_FILE": slapd.certificate,
            "LDAP_BIND_DN": READER,
            "LDAP_BIND_PASSWORD": READER_PASSWORD,
            "LDAP_USERS": f"ou=people,{BASE}",
            "LDAP_GROUPS": f"ou=groups,{BASE}",
            **changes,
        }
        found = sign_in(options)
        settings.JOBYARD = options
        settings.AUTHENTICATION_BACKENDS = [LOCAL, *found.backends]
        for name, value in found.settings.items():
            setattr(settings, name, value)

    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # a slow one shows nothing here
    use()
    return use


def log_in(username, password=PASSWORD):
    return Client().post("/login/", {"username": username, "password": password})


def test_whoever_the_directory_knows_gets_an_account_of_their_own(configure):
    assert log_in("Dora").url == "/"

    (dora,) = User.objects.filter(username="dora")
    assert (dora.email, dora.last_name, dora.is_superuser) == ("dora@example.org", "Example", False)
    assert not dora.has_usable_password()
    assert log_in("dora").url == "/"
    assert User.objects.filter(username__iexact="dora").count() == 1
    assert AuditEvent.objects.filter(action="login", username="dora").count() == 2


def test_tls_may_be_there_from_the_first_byte(configure, slapd):
    configure(LDAP_URL=slapd.ldaps)

    assert log_in("dora").url == "/"


def test_groups_of_ours_follow_those_of_the_directory_and_none_are_made(configure):
    for name in ("operators", "others"):
        Group.objects.create(name=name)
    log_in("dora")
    dora = User.objects.get(username="dora")
    assert [group.name for group in dora.groups.all()] == ["operators"]
    dora.groups.set(Group.objects.filter(name="others"))

    log_in("dora")

    assert [group.name for group in dora.groups.all()] == ["operators"]
    assert set(Group.objects.values_list("name", flat=True)) == {"operators", "others"}


def test_members_of_the_group_of_administrators_are_superusers(configure):
    configure(SSO_ADMIN_GROUP="admins")

    log_in("dora")

    assert User.objects.get(username="dora").is_superuser
    configure(SSO_ADMIN_GROUP="operators of something else")
    log_in("dora")
    assert not User.objects.get(username="dora").is_superuser


@pytest.mark.parametrize("password", ["wrong", " ", ""])
def test_a_wrong_or_empty_password_is_refused(configure, password):
    answer = log_in("dora", password)

    assert answer.status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "username",
    [
        "*",
        "do*",
        "dora)(uid=*",
        "dora)(|(uid=*",
        "dora\x00",
        "\\64ora",
        "dora,ou=people",
        "(",
        "dora)",
        "é\\",
    ],
)
def test_a_name_is_never_part_of_a_question(configure, username):
    answer = log_in(username)

    assert answer.status_code == 200

    assert not User.objects.exists()


def test_an_account_that_the_directory_has_locked_is_refused(configure):
    answer = log_in("locked")

    assert "do not belong together" in answer.content.decode()
    assert not User.objects.exists()


def test_an_account_that_is_inactive_here_is_refused_and_its_log_in_ends(configure):
    browser = Client()
    browser.post("/login/", {"username": "dora", "password": PASSWORD})
    assert browser.get("/").status_code == 200

    User.objects.update(is_active=False)

    assert browser.get("/").status_code == 302
    assert log_in("dora").status_code == 200


def test_the_directory_gives_nobody_an_account_of_this_server(configure):
    create_user("root", OWN_PASSWORD, is_superuser=True)
    create_user("robot", is_superuser=True)  # with tokens only

    for username in ("root", "robot", "cli", "not a name"):
        assert log_in(username).status_code == 200, username

    assert set(User.objects.values_list("username", flat=True)) == {"root", "robot"}
    assert log_in("root", OWN_PASSWORD).url == "/"


def test_an_account_of_the_directory_gets_no_second_password_here(configure):
    admin = create_user("root", OWN_PASSWORD, is_superuser=True)
    log_in("dora")

    with pytest.raises(AccountErrors, match="The directory of your organisation keeps this password"):
        save_user(User.objects.get(username="dora"), {"password": OWN_PASSWORD}, by=admin)


def test_no_account_is_made_where_administrators_make_them(configure):
    configure(SSO_CREATE_USERS=False)

    assert log_in("dora").status_code == 200
    assert not User.objects.exists()


def test_while_the_directory_is_down_local_accounts_log_in_and_the_others_read_why_not(configure, slapd):
    create_user("root", OWN_PASSWORD)

    with slapd.stopped():
        told = log_in("dora")
        local = log_in("root", OWN_PASSWORD)

    assert "does not answer" in told.content.decode()
    assert local.url == "/"
    assert log_in("dora").url == "/"


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_nobody_waits_for_a_directory_that_takes_calls_and_says_nothing(configure, monkeypatch, scheme):
    monkeypatch.setattr(single_sign_on, "LDAP_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        configure(LDAP_URL=f"{scheme}://127.0.0.1:{silent.getsockname()[1]}")

        told = log_in("dora")

    assert "does not answer" in told.content.decode()


def test_a_certificate_that_nobody_vouches_for_is_refused(configure, slapd, tmp_path):
    make_certificate(tmp_path / "another.pem", "127.0.0.1")
    for url in (slapd.url, slapd.ldaps):
        configure(LDAP_URL=url, LDAP_CA_FILE=tmp_path / "another.pem")

        assert "does not answer" in log_in("dora").content.decode(), url

    assert not User.objects.exists()


def test_a_wrong_password_of_the_searching_account_is_not_blamed_on_people(configure):
    configure(LDAP_BIND_PASSWORD="of last year")

    assert "does not answer" in log_in("dora").content.decode()


def test_failures_are_counted_as_those_of_local_accounts(configure):
    for _ in range(8):
        log_in("dora", "wrong")

    assert log_in("dora").status_code == 429
