"""Hooks, deliveries, host keys and trusted keys over REST."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.server.api.cast import caller, git_source, published, result_of
from tests.server.webhooks.senders import headers_of, push_body, send

from jobyard import statuses
from jobyard_repos.host_keys import read_host_key
from jobyard_server.access.models import AuditEvent
from jobyard_server.access.secrets import decrypt
from jobyard_server.registry.host_keys import confirmed_keys, note_offered
from jobyard_server.registry.models import GitRepository, Revision
from jobyard_server.registry.remote_models import HostKey
from jobyard_server.registry.report_models import CommitStatus
from jobyard_server.registry.requests import waiting_requests
from jobyard_server.registry.ssh_keys import read_private_key
from jobyard_server.runs.checks import RunRequest
from jobyard_server.runs.errors import RevisionNotTrusted
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.submit import submit
from jobyard_server.webhooks.gather import gather_deliveries
from jobyard_server.webhooks.models import Webhook

REPOSITORIES = "/api/extras/git-repositories/"
LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOzpPpRLcZLQMFxLqVlvAOgPD0uDLcLsF8sqk2cpnT1P"
CANARY = "canary-9f8e7d6c5b4a"


@pytest.fixture
def source(db):
    return git_source("lab")


@pytest.fixture
def hooks(source):
    return f"{REPOSITORIES}{source.git_repository_id}/webhooks/"


def test_a_hook_is_made_shown_once_rotated_and_removed(alice, hooks):
    made = alice.post(hooks, {"provider": "github"}, format="json")
    assert made.status_code == 201
    body = made.json()
    secret = body.pop("secret")
    assert len(secret) >= 32
    assert body["address"].startswith("http://testserver/webhooks/")
    assert alice.get(body["url"]).json() == body
    assert alice.get(hooks).json() == [body]
    assert secret not in alice.get(hooks).content.decode()

    rotated = alice.post(f"{body['url']}rotate/").json()
    assert rotated["secret"] != secret
    assert rotated["previous_secret_until"] is not None

    assert alice.delete(body["url"]).status_code == 204
    assert not Webhook.objects.exists()


def test_the_address_is_the_one_that_the_outside_knows(alice, hooks, settings):
    settings.JOBYARD = {**settings.JOBYARD, "BASE_URL": "https://jobs.example.com/"}

    made = alice.post(hooks, {"provider": "generic"}, format="json").json()

    assert made["address"].startswith("https://jobs.example.com/webhooks/")
    assert made["secret"].startswith("whsec_")


@pytest.mark.parametrize("fields", [{"provider": "sourceforge"}, {"provider": "github", "secret": "short"}])
def test_a_hook_that_cannot_be_is_refused_by_field(alice, hooks, fields):
    answer = alice.post(hooks, fields, format="json")

    assert answer.status_code == 400
    assert set(answer.json()) <= {"provider", "secret"}


def test_a_delivery_is_followed_until_it_is_visible(alice, hooks, source):
    made = alice.post(hooks, {"provider": "github"}, format="json").json()
    body = push_body("github")
    sent = send(Webhook.objects.get(), headers_of("github", made["secret"], body), body).json()
    address = f"/api/extras/webhook-deliveries/{sent['id']}/"

    def state():
        return alice.get(address).json()["state"]

    assert state() == "waiting"
    gather_deliveries()
    result = waiting_requests().get()
    assert state() == "waiting"
    for status, seen in (("running", "syncing"), ("completed", "visible"), ("errored", "errored")):
        result.status, result.completed = status, timezone.now()
        result.save()
        assert state() == seen
    (listed,) = alice.get(f"{made['url']}deliveries/").json()
    assert listed["job_result"].endswith(f"/{result.pk}/")
    assert listed["excerpt"] == body.decode()


def test_the_test_call_asks_for_a_sync(alice, hooks):
    made = alice.post(hooks, {"provider": "gitea"}, format="json").json()

    assert alice.post(f"{made['url']}test/").json()["status"] == "accepted"


def test_who_may_only_look_sees_hooks_and_changes_none(alice, bob, charlie, hooks):
    made = alice.post(hooks, {"provider": "github"}, format="json").json()

    assert bob.get(hooks).status_code == 200
    refused = [
        bob.post(hooks, {"provider": "github"}, format="json"),
        bob.post(f"{made['url']}rotate/"),
        bob.post(f"{made['url']}test/"),
        bob.patch(made["url"], {"enabled": False}, format="json"),
        bob.delete(made["url"]),
        charlie.get(hooks),
        charlie.get(made["url"]),
    ]
    assert {answer.status_code for answer in refused} == {403}


def test_a_hook_can_be_switched_off(alice, hooks):
    made = alice.post(hooks, {"provider": "gitlab"}, format="json").json()
    hook = Webhook.objects.get()

    assert alice.patch(made["url"], {"enabled": False}, format="json").json()["enabled"] is False

    body = push_body("gitlab")
    assert send(hook, headers_of("gitlab", made["secret"], body), body).status_code == 403


# Fields of the record


def test_webhook_secret_of_the_record_makes_a_hook_and_is_never_shown(alice, source):
    address = f"{REPOSITORIES}{source.git_repository_id}/"
    assert alice.get(address).json()["webhook_url"] is None

    changed = alice.patch(address, {"webhook_secret": CANARY}, format="json").json()

    assert changed["webhook_secret"] == "********"
    assert changed["webhook_url"].endswith(Webhook.objects.get().path)
    assert decrypt(Webhook.objects.get().secret_encrypted) == CANARY
    alice.patch(address, {"webhook_secret": "********"}, format="json")
    assert decrypt(Webhook.objects.get().secret_encrypted) == CANARY
    assert alice.patch(address, {"webhook_secret": "short"}, format="json").json() == {
        "webhook_secret": ["Use at least 16 characters."]
    }


def test_cr01_credentials_are_write_only_and_encrypted(alice):
    key = read_private_key("generate").private
    record = {
        "name": "Private",
        "remote_url": "git@git.example.com:lab/jobs.git",
        "ssh_key": key,
        "report_to": "gitea",
        "report_token": CANARY,
    }

    made = alice.post(REPOSITORIES, record, format="json")

    assert made.status_code == 201
    body = made.json()
    assert (body["ssh_key"], body["report_token"]) == ("********", "********")
    assert body["ssh_public_key"].startswith("ssh-ed25519 ")
    assert (body["remote_url"], body["username"]) == ("git.example.com:lab/jobs.git", "git")
    stored = GitRepository.objects.get()
    assert read_private_key(decrypt(stored.ssh_key_encrypted)).public == body["ssh_public_key"]
    assert decrypt(stored.report_token_encrypted) == CANARY
    assert stored.ssh_key_origin == "ssh://git.example.com:22"
    assert key not in str(stored.__dict__)
    assert CANARY not in str(stored.__dict__)


def test_a_key_pair_can_be_made_here(alice):
    record = {"name": "Made", "remote_url": "ssh://git@git.example.com/a", "ssh_key": "generate"}

    made = alice.post(REPOSITORIES, record, format="json").json()

    assert read_host_key(made["ssh_public_key"]) is not None
    assert decrypt(GitRepository.objects.get().ssh_key_encrypted).startswith("-----BEGIN OPENSSH")


@pytest.mark.parametrize(
    "move", ["https://evil.example.com/lab", "http://git.example.com/lab", "ssh://git@evil.example.com/lab"]
)
@pytest.mark.parametrize(
    "extra", [{}, {"token": "********", "report_token": "********", "ssh_key": "********"}]
)
def test_f70_a_moved_repository_loses_its_credentials(alice, move, extra):
    record = {"name": "Lab", "remote_url": "https://git.example.com/lab", "token": CANARY}
    record |= {"report_to": "gitlab", "report_token": CANARY}
    made = alice.post(REPOSITORIES, record, format="json").json()

    changed = alice.patch(made["url"], {"remote_url": move, **extra}, format="json")

    assert changed.status_code == 200, changed.content
    assert changed.json()["token"] is None
    stored = GitRepository.objects.get()
    assert (stored.token_encrypted, stored.ssh_key_encrypted) == ("", "")
    assert stored.report_token_encrypted == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("poll_interval", 3),
        ("poll_interval", -1),
        ("poll_interval", 10**6),
        ("fsck_exceptions", ["fsck.skipList=/etc/passwd"]),
        ("fsck_exceptions", ["zeroPaddedFilemode", ""]),
        ("signature_policy", "sometimes"),
        ("report_to", "sourceforge"),
        ("ssh_key", "nonsense"),
        ("ssh_key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----"),
    ],
)
def test_values_that_cannot_be_are_refused_by_field(alice, field, value):
    record = {"name": "Lab", "remote_url": "ssh://git@git.example.com/lab", field: value}

    answer = alice.post(REPOSITORIES, record, format="json")

    assert answer.status_code == 400
    assert set(answer.json()) == {field}
    assert not GitRepository.objects.exists()


def test_a_key_with_a_pass_phrase_says_how_to_go_on(alice, tmp_path):
    from tests.repos.sshd import make_key

    key = make_key(tmp_path / "key", passphrase=CANARY).read_text()
    record = {"name": "Lab", "remote_url": "ssh://git@git.example.com/lab", "ssh_key": key}

    answer = alice.post(REPOSITORIES, record, format="json")

    assert "ssh-keygen -p" in answer.json()["ssh_key"][0]


def test_require_signed_is_the_policy(alice, source):
    address = f"{REPOSITORIES}{source.git_repository_id}/"

    changed = alice.patch(address, {"require_signed": True}, format="json").json()

    assert (changed["require_signed"], changed["signature_policy"]) == (True, "require")
    assert alice.patch(address, {"signature_policy": "warn"}, format="json").json()["require_signed"] is False


# Host keys


def test_f73_an_offered_key_is_confirmed_by_who_may(alice, bob, db):
    ssh = git_source("ssh")
    GitRepository.objects.filter(pk=ssh.git_repository_id).update(remote_url="ssh://git.example.com/ssh")
    note_offered("git.example.com", 22, [read_host_key(LINE)])
    row = HostKey.objects.get()
    assert confirmed_keys("git.example.com", 22) == ()
    address = f"/api/extras/host-keys/{row.pk}/confirm/"
    assert bob.post(address).status_code == 403
    assert caller("changer", "change_gitrepository").post(address).status_code == 403

    answer = alice.post(address)

    assert answer.json()["confirmed_by"] == "alice"
    assert confirmed_keys("git.example.com", 22) == (LINE,)
    assert waiting_requests().get().source_model == ssh


def test_a_confirmed_key_replaces_the_one_of_its_kind(alice, db):
    for _ in range(2):
        line = read_private_key("generate").public
        made = alice.post("/api/extras/host-keys/", {"host": "Git.Example.com", "key": line}, format="json")
        assert made.status_code == 201

    (left,) = HostKey.objects.all()
    assert (left.host, line.split()[1]) == ("git.example.com", left.key)


@pytest.mark.parametrize("key", ["", "nonsense", f"{LINE}\n{LINE}", "cert-authority * " + LINE])
def test_what_is_no_host_key_is_refused(alice, key):
    answer = alice.post("/api/extras/host-keys/", {"host": "git.example.com", "key": key}, format="json")

    assert answer.status_code == 400
    assert not HostKey.objects.exists()


# Trusted keys


def trust(alice, principal="carol"):
    line = read_private_key("generate").public
    return alice.post("/api/extras/trusted-keys/", {"principal": principal, "key": line}, format="json")


def test_a_key_is_trusted_and_revoked(alice, bob):
    made = trust(alice)
    assert made.status_code == 201
    assert made.json()["fingerprint"].startswith("SHA256:")
    assert bob.post(f"{made.json()['url']}revoke/").status_code == 403

    revoked = alice.post(f"{made.json()['url']}revoke/").json()

    assert revoked["revoked_at"] is not None
    assert alice.get("/api/extras/trusted-keys/").json()["count"] == 1


@pytest.mark.parametrize("principal", ["", "*", "a\nb", "x,y", "-n", 'cert-authority"'])
def test_sg02_a_principal_cannot_be_read_as_an_option(alice, principal):
    assert trust(alice, principal).status_code == 400


def test_f146_a_revoked_key_makes_what_it_signed_untrusted(alice, worker, db):
    key = trust(alice).json()
    signed = git_source("signed")
    job = published("greet", "Hello", of=signed)
    GitRepository.objects.filter(source=signed).update(signature_policy="require")
    Revision.objects.filter(source=signed).update(
        signature_state="verified", signature_fingerprint=key["fingerprint"]
    )
    run = f"/api/extras/jobs/{job.pk}/run/"
    assert alice.post(run, {}, format="json").status_code in {200, 201}

    alice.post(f"{key['url']}revoke/")

    refused = alice.post(run, {}, format="json")
    assert refused.status_code == 405
    assert "not trusted any more" in str(refused.json())
    assert waiting_requests().filter(source_model=signed).get().status == statuses.PENDING


def test_f146_an_older_revision_that_is_not_trusted_any_more_is_not_run_again_either(alice, worker, db):
    key = trust(alice).json()
    signed = git_source("signed")
    job = published("greet", "Hello", of=signed, has_sensitive_variables=False)
    dry_run = result_of(job, commit=False, has_sensitive_variables=False)
    newer = published("greet", "Hello", of=signed, at="d" * 40, has_sensitive_variables=False)
    GitRepository.objects.filter(source=signed).update(signature_policy="require")
    Revision.objects.filter(source=signed).update(signature_state="verified")
    Revision.objects.filter(pk=dry_run.revision_id).update(signature_fingerprint=key["fingerprint"])

    alice.post(f"{key['url']}revoke/")

    old = Revision.objects.get(pk=dry_run.revision_id)
    applied = alice.post(f"/api/extras/job-results/{dry_run.pk}/apply/", {}, format="json")
    assert "not trusted any more" in str(applied.json())
    with pytest.raises(RevisionNotTrusted, match="not trusted any more"):
        submit(RunRequest(job=newer, user=alice.user, revision=old))
    assert JobResult.objects.filter(job_model=job).count() == 1
    assert submit(RunRequest(job=newer, user=alice.user)).revision != old


def test_every_change_of_a_hook_or_a_key_is_in_the_audit_log(alice, source, hooks):
    made = alice.post(hooks, {"provider": "github"}, format="json").json()
    alice.patch(made["url"], {"enabled": False}, format="json")
    alice.post(f"{made['url']}rotate/")
    alice.patch(f"{REPOSITORIES}{source.git_repository_id}/", {"webhook_secret": CANARY}, format="json")
    alice.delete(made["url"])
    alice.post(f"{trust(alice).json()['url']}revoke/")

    kinds = ["extras.webhook", "extras.trustedkey"]
    events = AuditEvent.objects.filter(object_type__in=kinds).order_by("pk")
    assert [(event.action, event.details.get("fields")) for event in events] == [
        ("created", None),
        ("changed", ["enabled"]),
        ("changed", ["secret"]),
        ("created", None),  # the field of the record: a new hook, since the other one is off
        ("deleted", None),
        ("created", None),
        ("changed", ["revoked_at"]),
    ]
    assert {event.username for event in events} == {alice.user.username}
    assert all(secret not in str(list(events.values())) for secret in (CANARY, made["secret"]))


def test_what_the_forge_was_told_can_be_read(alice, source, django_assert_max_num_queries):
    told = {"repository": source.git_repository, "state": "success", "description": "2 jobs"}
    CommitStatus.objects.create(commit="a" * 40, sent_at=timezone.now(), next_try=None, **told)
    CommitStatus.objects.create(commit="b" * 40, next_try=None, error="401", attempts=8, **told)
    CommitStatus.objects.create(commit="c" * 40, **told)
    address = f"{REPOSITORIES}{source.git_repository_id}/commit-statuses/"

    with django_assert_max_num_queries(10):
        listed = alice.get(address).json()["results"]
    one = alice.get(f"{address}?commit={'b' * 40}").json()["results"]

    assert [row["progress"] for row in listed] == ["waiting", "given_up", "sent"]
    assert [(row["commit"], row["error"], row["attempts"]) for row in one] == [("b" * 40, "401", 8)]


def test_rules_of_signatures_by_rest(alice, source):
    address = f"{REPOSITORIES}{source.git_repository_id}/"
    rule = f"strictSince:{'a' * 40}"

    changed = alice.patch(address, {"signature_policy": rule}, format="json").json()

    assert (changed["signature_policy"], changed["require_signed"]) == (rule, True)
    assert (changed["signature_policy_by"], bool(changed["signature_policy_at"])) == ("alice", True)
    head = alice.patch(address, {"signature_policy": "head"}, format="json").json()
    assert head["signature_policy"] == "require"
    refused = alice.patch(address, {"signature_policy": "strictSince:main"}, format="json")
    assert (refused.status_code, list(refused.json())) == (400, ["signature_policy"])
