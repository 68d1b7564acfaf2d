"""`jobyard webhook …`, `jobyard hostkey …`, `jobyard trust …`: what they do, print and refuse."""

from __future__ import annotations

import pytest

from jobyard_repos.host_keys import read_host_key
from jobyard_server.access.models import AuditEvent
from jobyard_server.access.secrets import decrypt
from jobyard_server.registry.host_keys import note_offered
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.remote_models import HostKey
from jobyard_server.registry.repositories import add_repository
from jobyard_server.registry.requests import waiting_requests
from jobyard_server.registry.trust_models import TrustedKey
from jobyard_server.webhooks.models import Webhook

LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOzpPpRLcZLQMFxLqVlvAOgPD0uDLcLsF8sqk2cpnT1P"
FINGERPRINT = read_host_key(LINE).fingerprint


@pytest.fixture
def lab(transactional_db: None) -> GitRepository:
    return add_repository(name="Lab", remote_url="git@github.com:lab/jobs.git")


def test_a_webhook_is_made_tried_rotated_listed_and_removed(jobyard, lab, tmp_path, settings):
    settings.JOBYARD = {**settings.JOBYARD, "BASE_URL": "https://jobs.example.com/"}
    made = jobyard("webhook", "add", "lab")
    hook = Webhook.objects.get()
    assert (made.exit_code, hook.provider) == (0, "github")
    assert f"address: https://jobs.example.com{hook.path}\n" in made.stdout
    assert f"secret:  {decrypt(hook.secret_encrypted)}\n" in made.stdout

    tried = jobyard("webhook", "test", str(hook.pk))
    assert tried.stdout.split()[:2] == ["accepted", str(hook.deliveries.get().pk)]
    called = jobyard("webhook", "deliveries", str(hook.pk)).stdout.splitlines()
    assert called[1].split()[2:5] == ["waiting", "push", "refs/heads/main"]

    (tmp_path / "secret").write_text("0123456789abcdef\n")
    rotated = jobyard("webhook", "rotate", str(hook.pk), "--secret-file", str(tmp_path / "secret"))
    assert "secret:  0123456789abcdef\n" in rotated.stdout
    listed = jobyard("webhook", "list").stdout.splitlines()
    assert listed[1].split()[:4] == [str(hook.pk), "lab", "github", "on"]
    assert "0123456789abcdef" not in "".join(listed)

    assert jobyard("webhook", "remove", str(hook.pk)).exit_code == 0
    assert not Webhook.objects.exists()
    events = AuditEvent.objects.filter(object_type="extras.webhook").order_by("pk")
    assert list(events.values_list("action", flat=True)) == ["created", "changed", "deleted"]
    assert "0123456789abcdef" not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("webhook", "add", "lab", "--provider", "sourceforge"), '"sourceforge" is not a valid choice.'),
        (("webhook", "add", "nowhere"), "nowhere"),
        (("webhook", "test", "nothing"), 'No webhook has the id "nothing"; see `jobyard webhook list`.'),
        (("webhook", "rotate", "0" * 32), "see `jobyard webhook list`."),
        (("hostkey", "confirm", "SHA256:x"), "No server showed the key SHA256:x"),
        (("trust", "revoke", "SHA256:x"), "No trusted key has the fingerprint SHA256:x"),
    ],
)
def test_what_is_not_there_is_said(jobyard, lab, command, message):
    answer = jobyard(*command)

    assert (answer.exit_code, answer.stdout) == (2, "")
    assert message in answer.stderr


def test_a_secret_that_is_too_short_makes_no_webhook(jobyard, lab, tmp_path):
    (tmp_path / "secret").write_text("short")

    answer = jobyard("webhook", "add", "lab", "--secret-file", str(tmp_path / "secret"))

    assert (answer.exit_code, answer.stderr) == (2, "secret: Use at least 16 characters.\n")
    assert not Webhook.objects.exists()


def test_a_host_key_that_was_seen_is_confirmed_and_what_waits_for_it_synced(jobyard, lab):
    waiting_requests().delete()
    note_offered("github.com", 22, [read_host_key(LINE)])
    assert jobyard("hostkey", "list").stdout.splitlines()[1].split()[-1] == "seen"

    answer = jobyard("hostkey", "confirm", FINGERPRINT)

    assert answer.stdout == "Confirmed for github.com:22\n"
    assert HostKey.objects.get().confirmed_at is not None
    assert waiting_requests().count() == 1
    assert AuditEvent.objects.filter(action="confirmed", object_type="extras.hostkey").exists()


def test_a_host_key_can_be_brought(jobyard, lab, tmp_path):
    (tmp_path / "key.pub").write_text(f"{LINE} operator\n")
    (tmp_path / "none").write_text("no key\n")

    brought = jobyard("hostkey", "add", "GIT.example.com", str(tmp_path / "key.pub"), "--port", "2222")
    refused = jobyard("hostkey", "add", "git.example.com", str(tmp_path / "none"))

    assert brought.stdout == f"Confirmed {FINGERPRINT} for git.example.com:2222\n"
    assert (refused.exit_code, "Give one line of known_hosts" in refused.stderr) == (2, True)


def test_a_signing_key_is_trusted_listed_and_revoked(jobyard, lab, tmp_path):
    (tmp_path / "alice.pub").write_text(f"{LINE} alice\n")

    trusted = jobyard("trust", "add", "alice@example.com", str(tmp_path / "alice.pub"))
    again = jobyard("trust", "add", "alice@example.com", str(tmp_path / "alice.pub"))
    listed = jobyard("trust", "list").stdout.splitlines()[1]
    revoked = jobyard("trust", "revoke", FINGERPRINT)

    assert trusted.stdout == f"Trusted {FINGERPRINT} of alice@example.com\n"
    assert (again.exit_code, again.stderr) == (2, "key: This key is in the list already.\n")
    assert listed.split()[:3] == ["alice@example.com", "ssh", FINGERPRINT]
    assert listed.endswith("in force")
    assert revoked.stdout == f"Revoked {FINGERPRINT} of alice@example.com\n"
    assert TrustedKey.objects.get().revoked_at is not None
    assert "revoked" in jobyard("trust", "list").stdout.splitlines()[1]


def test_a_policy_of_signatures_is_given_with_the_repository(jobyard, transactional_db):
    rule = f"strictSince:{'a' * 40}"
    jobyard("repo", "add", "One", "https://git.example.com/one", "--signatures", rule, "--no-wait")
    refused = jobyard("repo", "add", "Two", "https://git.example.com/two", "--signatures", "strictSince")

    assert GitRepository.objects.get().signature_policy == rule
    assert (refused.exit_code, "Give the full hash" in refused.stderr) == (2, True)
