"""WB-15, OP-02: Django's own checks for production find nothing in the settings as documented."""

from __future__ import annotations

import os
import subprocess
import sys

PRODUCTION = {
    "JOBYARD_SECURE_COOKIES": "true",
    "JOBYARD_TRUSTED_PROXIES": "1",
    "JOBYARD_ALLOWED_HOSTS": "jobs.example.com",
    "JOBYARD_BASE_URL": "https://jobs.example.com",
}


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "django", *arguments],
        env={**os.environ, **PRODUCTION, **options}, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def test_the_checks_for_production_find_nothing():
    done = run("check", "--deploy", "--fail-level", "WARNING")

    assert (done.returncode, done.stdout + done.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
    )


def test_single_sign_on_is_not_loaded_unless_it_is_configured():
    code = "import sys; print(*(name for name in ('allauth', 'onelogin', 'ldap') if name in sys.modules))"

    plain = run("shell", "--verbosity", "0", "--command", code)
    with_oidc = run("shell", "--verbosity", "0", "--command", code, JOBYARD_OIDC_URL="https://id.example.com")

    assert plain.stdout.split() == []
    assert with_oidc.stdout.split() == ["allauth"]


def test_a_library_that_is_missing_is_named_with_the_way_out():
    """LDAP's is compiled, so the environment of the tests has none."""
    done = run("check", JOBYARD_LDAP_URL="ldaps://ldap.example.com")

    assert done.returncode != 0
    assert "pip install 'jobyard[ldap]'" in done.stderr
