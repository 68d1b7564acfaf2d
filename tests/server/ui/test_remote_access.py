"""The page about the way to a remote and back: hooks, calls, host keys, looks."""

from __future__ import annotations

import pytest
from tests.server.api.cast import git_source
from tests.server.ui.cast import Page
from tests.server.webhooks.senders import headers_of, push_body, send

from jobyard_repos.host_keys import read_host_key
from jobyard_server.access.secrets import decrypt
from jobyard_server.registry.host_keys import note_offered
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.remote_models import HostKey
from jobyard_server.registry.trust_models import TrustedKey
from jobyard_server.ui.repositories.trusted_keys import NO_DATE
from jobyard_server.webhooks.models import PROVIDERS, Webhook

PAGE = "/extras/git-repositories/lab/remote/"
LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOzpPpRLcZLQMFxLqVlvAOgPD0uDLcLsF8sqk2cpnT1P"


@pytest.fixture
def source(db):
    return git_source("lab")


def text(answer):
    return answer.content.decode()


def test_a_hook_shows_its_secret_once(as_user, alice, source):
    client = as_user(alice)

    made = client.post(f"{PAGE}hooks/add/", {"provider": "gitea"})

    secret = decrypt(Webhook.objects.get().secret_encrypted)
    assert f'value="{secret}"' in text(made)
    assert "no-store" in made.headers["Cache-Control"]
    again = text(client.get(PAGE))
    assert secret not in again
    assert Webhook.objects.get().path in again


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_to_enter_in_the_forge_can_be_copied(as_user, alice, source, provider):
    made = as_user(alice).post(f"{PAGE}hooks/add/", {"provider": provider})

    hook = Webhook.objects.get()
    page = Page(made)
    values = [attrs["value"] for attrs in page.all("input") if "jy-copy" in attrs.get("class", "")]
    assert [value for value in values if value.endswith(hook.path)]
    assert decrypt(hook.secret_encrypted) in values
    assert "{" not in "".join(values)
    assert len(page.all("button", type="button")) >= len(values) >= 3


def test_a_call_under_way_is_followed(as_user, alice, source):
    client = as_user(alice)
    client.post(f"{PAGE}hooks/add/", {"provider": "github"})
    quiet = Page(client.get(PAGE))

    client.post(f"{PAGE}hooks/{Webhook.objects.get().pk}/test/")

    assert not [attrs for attrs in quiet.all("section", id="calls") if "hx-get" in attrs]
    assert Page(client.get(PAGE)).all("section", id="calls", hx_trigger="every 1s")


def test_a_hook_is_tried_rotated_switched_and_removed(as_user, alice, source):
    client = as_user(alice)
    client.post(f"{PAGE}hooks/add/", {"provider": "github"})
    hook = Webhook.objects.get()
    before = hook.secret_encrypted

    tried = client.post(f"{PAGE}hooks/{hook.pk}/test/", follow=True)
    assert "a sync follows" in text(tried)
    assert "<strong>waiting</strong> push" in text(tried)
    client.post(f"{PAGE}hooks/{hook.pk}/rotate/")
    client.post(f"{PAGE}hooks/{hook.pk}/switch/")
    hook.refresh_from_db()
    assert (hook.secret_encrypted != before, hook.enabled) == (True, False)
    client.post(f"{PAGE}hooks/{hook.pk}/remove/")
    assert not Webhook.objects.exists()


def test_calls_are_listed_with_what_became_of_them(as_user, alice, source):
    client = as_user(alice)
    client.post(f"{PAGE}hooks/add/", {"provider": "github"})
    hook = Webhook.objects.get()
    body = push_body("github", "refs/heads/<b>other</b>")
    send(hook, headers_of("github", decrypt(hook.secret_encrypted), body), body)

    page = text(client.get(PAGE))

    assert "Only other branches or tags were changed." in page
    assert "<b>other" not in page


def test_f73_a_host_key_is_trusted_by_who_may(as_user, alice, bob, source):
    GitRepository.objects.update(remote_url="ssh://git.example.com/lab", ssh_public_key=LINE)
    note_offered("git.example.com", 22, [read_host_key(LINE)])
    key = HostKey.objects.get()
    confirm = f"{PAGE}host-keys/{key.pk}/confirm/"

    page = text(as_user(bob).get(PAGE))
    assert key.fingerprint in page
    assert "not trusted" in page
    assert "Trust this key" not in page
    assert as_user(bob).post(confirm).status_code == 403

    as_user(alice).post(confirm)
    key.refresh_from_db()
    assert key.confirmed_at is not None


@pytest.mark.parametrize(
    "action", ["hooks/add/", "hooks/{pk}/rotate/", "hooks/{pk}/test/", "hooks/{pk}/remove/"]
)
def test_a_reader_changes_nothing(as_user, alice, bob, source, action):
    as_user(alice).post(f"{PAGE}hooks/add/", {"provider": "github"})
    hook = Webhook.objects.get()

    assert as_user(bob).post(PAGE + action.format(pk=hook.pk)).status_code == 403
    assert Webhook.objects.get().secret_encrypted == hook.secret_encrypted


def test_a_hook_of_another_repository_is_not_found(as_user, alice, source):
    git_source("other")
    client = as_user(alice)
    client.post("/extras/git-repositories/other/remote/hooks/add/", {"provider": "github"})

    assert client.post(f"{PAGE}hooks/{Webhook.objects.get().pk}/rotate/").status_code == 404


def test_the_rule_for_signatures_and_known_faults_are_fields_of_the_page(as_user, alice, source):
    client, edit = as_user(alice), "/extras/git-repositories/lab/edit/"
    record = source.git_repository
    sent = {"name": record.name, "slug": record.slug, "remote_url": record.remote_url, "branch": "main"}
    since = "a" * 40

    vague = client.post(edit, sent | {"signature_policy": "strictSince", "signature_since": "main"})
    wrong = client.post(edit, sent | {"fsck_exceptions": "zeroPaddedFilemode, everything"})
    client.post(
        edit,
        sent
        | {"signature_policy": "strictSince", "signature_since": since, "fsck_exceptions": "badTimezone,"},
    )

    assert "Give the full hash of the commit" in text(vague)
    assert "&quot;everything&quot; is not a valid choice" in text(wrong)
    record = GitRepository.objects.get()
    assert (record.signature_policy, record.fsck_exceptions) == (f"strictSince:{since}", ["badTimezone"])
    assert record.signature_policy_by == alice
    shown = text(client.get(edit))
    assert f'value="{since}"' in shown
    assert 'value="badTimezone"' in shown
    assert f"by {alice}" in text(client.get(PAGE))


KEYS = "/extras/trusted-keys/"


def test_keys_are_trusted_listed_and_revoked(as_user, alice, bob, source):
    client = as_user(alice)
    assert "No key is trusted yet" in text(client.get(KEYS))

    refused = client.post(f"{KEYS}add/", {"principal": "*", "key": "no key", "not_after": "soon"})
    assert (refused.status_code, NO_DATE in text(refused)) == (400, True)
    refused = client.post(f"{KEYS}add/", {"principal": "*", "key": LINE})
    assert "A name has no wildcards" in text(refused)
    assert LINE in text(refused)
    client.post(f"{KEYS}add/", {"principal": "<b>Ada</b>", "key": LINE, "not_after": "2099-12-31"})

    key = TrustedKey.objects.get()
    page = text(client.get(KEYS))
    assert key.fingerprint in page
    assert "&lt;b&gt;Ada" in page
    assert ">2099-12-31</span>" in page
    assert as_user(bob).post(f"{KEYS}{key.pk}/revoke/").status_code == 403
    assert "Revoke<" not in text(as_user(bob).get(KEYS))
    client = as_user(alice)
    client.post(f"{KEYS}{key.pk}/revoke/")
    key.refresh_from_db()
    assert (key.added_by, key.revoked_at is not None) == (alice, True)
    assert "revoked" in text(client.get(KEYS))
