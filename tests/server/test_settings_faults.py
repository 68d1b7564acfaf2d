"""F185, F186, F189, F190, F195, F198: keys, settings and files of an installation."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import django
import pytest
from django.apps import apps

if not apps.ready:
    django.setup()

from django.core.exceptions import ValidationError
from tests.server.api.cast import caller

from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.access.keys import derived_keys
from jobyard_server.access.secrets import decrypt, encrypt
from jobyard_server.access.tokens import token_digests
from jobyard_server.database.roles import role_password
from jobyard_server.instance_keys import instance_key, write_key
from jobyard_server.inventory.extras.models import Secret
from jobyard_server.lifecycle import configure_logging
from jobyard_server.option_values import shown_value
from jobyard_server.options import OPTIONS, OptionError, read_options
from jobyard_server.worker.engines.address import shown_address

JOBYARD = str(Path(sys.executable).with_name("jobyard"))
CANARY = "canary-7c1f0a55e1"
KEYS = ("secret-key", "encryption-key", "token-pepper")


def run(words, environ):
    command = [JOBYARD, *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)


def test_f185_two_fresh_installations_share_nothing(tmp_path, settings):
    found = []
    for name in ("one", "two"):
        settings.DATA_DIR = tmp_path / name
        settings.SECRET_KEY = instance_key(settings.DATA_DIR, "secret-key")
        keys = [instance_key(settings.DATA_DIR, key) for key in KEYS]
        assert min(map(len, keys)) >= 50
        found.append(
            {*keys, encrypt("x"), *token_digests("0" * 40), role_password("job"), role_password("inspect")}
        )

    assert len(found[0]) == len(found[1]) == len(KEYS) + 4
    assert not found[0] & found[1]


@pytest.mark.parametrize("key", ["changeme", "django-insecure-" + "x1y2z" * 10, "a" * 60, "x" * 49, " "])
def test_f185_a_known_or_short_key_stops_the_start(key):
    with pytest.raises(
        OptionError, match="JOBYARD_SECRET_KEY: its value cannot be used; use at least 50"
    ) as caught:
        read_options({"JOBYARD_SECRET_KEY": key})

    assert "\n" not in str(caught.value)


def test_f185_no_option_has_a_secret_for_a_default():
    assert [option.name for option in OPTIONS if option.secret and option.default not in (None, {})] == []


def test_f186_without_the_key_a_row_says_so_and_is_not_given_away(tmp_path, settings):
    settings.DATA_DIR = tmp_path / "a"
    stored = encrypt(CANARY)
    (tmp_path / "a/keys/encryption-key").unlink()
    derived_keys.cache_clear()

    with pytest.raises(SecretUnreadable, match=r"bring that file back, or enter the secret again") as caught:
        decrypt(stored)

    assert CANARY not in str(caught.value)


def test_f186_an_empty_key_file_is_an_error_and_never_a_key(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    write_key(tmp_path, "encryption-key", "\n")
    derived_keys.cache_clear()

    with pytest.raises(SecretUnreadable, match="keys/encryption-key of the data folder is empty"):
        encrypt(CANARY)


def test_f186_a_rotation_reads_the_old_until_its_key_is_removed(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    write_key(tmp_path, "encryption-key", "o" * 60)
    derived_keys.cache_clear()
    old = encrypt(CANARY)
    write_key(tmp_path, "encryption-key", f"{'n' * 60}\n{'o' * 60}\n")
    derived_keys.cache_clear()
    new = encrypt(CANARY)

    assert (decrypt(old), decrypt(new)) == (CANARY, CANARY)
    write_key(tmp_path, "encryption-key", "n" * 60)
    derived_keys.cache_clear()
    assert decrypt(new) == CANARY
    with pytest.raises(SecretUnreadable):
        decrypt(old)


ADDRESSES = [
    ("BROKER_URL", f"redis://:{CANARY}@127.0.0.1:6379/0"),
    ("BROKER_URL", f"amqp://user:{CANARY}@rabbit:5672/v"),
    ("DATABASE_URL", f"postgresql://user:{CANARY}@db/jobyard"),
]


@pytest.mark.parametrize(("name", "address"), ADDRESSES)
def test_f189_a_password_in_an_address_is_shown_nowhere(name, address):
    option = next(option for option in OPTIONS if option.name == name)

    assert CANARY not in shown_value(option, address)
    assert CANARY not in shown_address(address)
    with pytest.raises(OptionError, match=f"JOBYARD_{name}: its value cannot be used") as caught:
        read_options({f"JOBYARD_{name}": f"ftp://{CANARY}@x"})
    assert CANARY not in str(caught.value)


def test_f189_help_and_errors_of_commands_do_not_show_it(tmp_path):
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "JOBYARD_DATA_DIR": str(tmp_path / "data"),
        "JOBYARD_DATABASE_URL": f"postgresql://user:{CANARY}@127.0.0.1:1/jobyard",
        "JOBYARD_BROKER_URL": f"redis://:{CANARY}@127.0.0.1:1/0",
    }
    for words in (["up", "--help"], ["doctor"], ["repo", "list"]):
        done = run(words, environ)
        assert CANARY not in done.stdout + done.stderr, words
        assert "Traceback" not in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("provider", "parameters"),
    [
        ("text-file", {"path": "../../etc/shadow"}),
        ("text-file", {"path": "/etc/shadow"}),
        ("text-file", {"path": "/run/secrets/../../etc/shadow"}),
        ("text-file", {"path": "/proc/self/environ"}),
        ("text-file", {"path": "{data}/keys/encryption-key"}),
        ("environment-variable", {"variable": "DJANGO_SECRET_KEY"}),
        ("environment-variable", {"variable": "JOBYARD_SECRET_KEY"}),
        ("environment-variable", {"variable": "jobyard_broker_url"}),
        ("environment-variable", {"variable": "DATABASE_URL"}),
    ],
    ids=lambda value: str(value)[:60],
)
def test_f190_a_secret_of_a_job_is_not_one_of_the_service(provider, parameters, settings):
    told = {name: text.format(data=settings.DATA_DIR) for name, text in parameters.items()}
    body = {"name": "x", "slug": "x", "provider": provider, "parameters": told}

    answer = caller("alice", is_superuser=True).post("/api/extras/secrets/", body, format="json")

    assert answer.status_code == 400
    assert "is no place for secrets of jobs" in str(answer.json()["parameters"])
    assert not Secret.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("parameters", [{"variable": "NETBOX_TOKEN"}, {"path": "/run/secrets/netbox"}, {}])
def test_f190_other_places_are_fine(parameters):
    Secret(name="x", slug="x", provider="x", parameters=parameters).clean()
    with pytest.raises(ValidationError):
        Secret(name="x", slug="x", provider="x", parameters=[]).clean()


WRONG = [
    ("WORKER_SLOTS", "many"),
    ("WORKER_SLOTS", "0"),
    ("LEASE_SECONDS", "nan"),
    ("DEBUG", "maybe"),
    ("ENGINE", "kafka"),
    ("BROKER_URL", "kafka://x"),
    ("DATABASE_URL", "mysql://x"),
    ("BASE_URL", "jobs.example.com"),
    ("ADMIN_TOKEN", "short"),
    ("PLUGINS", "yaml, no_such_package"),
    ("PLUGINS", "../yaml"),
    ("PLUGINS_CONFIG", "[]"),
    ("LOG_REDACTION_PATTERNS", '["("]'),
    ("SANDBOX_READ", "relative/path"),
    ("GIT_CA_FILE", "/nowhere"),
    ("CLI_USER", "two words"),
    ("BROKER_PREFIX", "-x"),
    ("SANDBOX_TCP_PORTS", "0"),
    ("DATA_DIR", " "),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[name for name, _ in WRONG])
def test_f195_a_wrong_value_is_one_line_that_names_it(name, value):
    with pytest.raises(OptionError, match=f"^JOBYARD_{name}") as caught:
        read_options({f"JOBYARD_{name}": value})

    assert "\n" not in str(caught.value)


def test_f195_unknown_twice_and_unreadable(tmp_path):
    twice = {"JOBYARD_ADMIN_PASSWORD": "x", "JOBYARD_ADMIN_PASSWORD_FILE": "/f"}
    for environ, sentence in [
        ({"JOBYARD_WROKER_SLOTS": "1"}, "JOBYARD_WROKER_SLOTS is not an option of jobyard"),
        (twice, "JOBYARD_ADMIN_PASSWORD and JOBYARD_ADMIN_PASSWORD_FILE are both set; remove one"),
        ({"JOBYARD_SECRET_KEY_FILE": str(tmp_path / "no")}, "JOBYARD_SECRET_KEY_FILE: .* cannot be read"),
    ]:
        with pytest.raises(OptionError, match=sentence):
            read_options(environ)


@pytest.mark.parametrize("command", [["up"], ["web"], ["doctor"], ["runjob", "local/a/B"]])
def test_f195_a_command_ends_with_one_line_and_no_traceback(tmp_path, command):
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "JOBYARD_WORKER_SLOTS": "many"}

    done = run(command, environ)

    assert done.returncode != 0
    assert "JOBYARD_WORKER_SLOTS: 'many' cannot be used" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_f198_what_is_secret_is_private_under_any_umask(tmp_path, settings, umask):
    root, before = logging.getLogger(), os.umask(umask)
    handlers, level = root.handlers[:], root.level
    try:
        settings.DATA_DIR = tmp_path / "data"
        for key in KEYS:
            instance_key(settings.DATA_DIR, key)
        write_key(settings.DATA_DIR, "encryption-key", "n" * 60)
        configure_logging(settings.DATA_DIR / "logs" / "part.log")
    finally:
        os.umask(before)
        for handler in set(root.handlers) - set(handlers):
            handler.close()
        root.handlers[:], root.level = handlers, level

    files = [path for path in settings.DATA_DIR.rglob("*") if path.is_file()]
    assert len(files) == len(KEYS) + 1
    assert [path for path in files if path.stat().st_mode & 0o077] == []
    assert [
        path
        for path in (settings.DATA_DIR / "keys", settings.DATA_DIR / "logs")
        if path.stat().st_mode & 0o077
    ] == []
