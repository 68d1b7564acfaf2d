"""Calls of forges: which are genuine, what they cause, and that nothing else ever happens."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.webhooks.senders import ALL, COMMIT, NOTHING, headers_of, push_body, send, standard_webhook

from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.requests import waiting_requests
from jobyard_server.webhooks.calls import Call
from jobyard_server.webhooks.gather import gather_deliveries
from jobyard_server.webhooks.hooks import create_hook, rotate_secret, switch
from jobyard_server.webhooks.models import WebhookDelivery
from jobyard_server.webhooks.providers import PROVIDERS, Malformed
from jobyard_server.webhooks.providers.base import is_hex_hmac

REFUSED = {"detail": "There is no such webhook, or the signature is not right."}


def call(hook, secret, body=None, **values):
    body = push_body(hook.provider) if body is None else body
    return send(hook, headers_of(hook.provider, secret, body, **values), body)


# What is genuine


@pytest.mark.parametrize("provider", ALL)
def test_f132_a_push_of_each_provider_becomes_one_sync_request(make_hook, source, provider):
    hook, secret = make_hook(provider)

    answer = call(hook, secret)

    assert (answer.status_code, answer.json()["status"], answer.json()["note"]) == (202, "accepted", "")
    delivery = WebhookDelivery.objects.get(pk=answer.json()["id"])
    assert (delivery.ref, delivery.announced_commit) == ("refs/heads/main", COMMIT)
    assert secret not in f"{delivery.headers}{delivery.excerpt}"
    gather_deliveries()
    assert waiting_requests().get().source_model == source
    delivery.refresh_from_db()
    assert (delivery.is_open, delivery.result) == (False, waiting_requests().get())


def test_f132_the_published_vectors():
    body = b"Hello, World!"
    wanted = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert is_hex_hmac(wanted, "It's a Secret to Everybody", body)

    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    standard = Call(headers=headers, body=b'{"test": 2432232314}', received_at=1614265330.0)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert PROVIDERS["generic"].is_genuine(standard, secret)


# Bitbucket's two products sign alike, GitLab's signing token is that of Standard Webhooks, and Forgejo sends
# the header of GitHub too, rightly signed.
ALIKE = ({"bitbucket", "bitbucket_server"}, {"generic", "gitlab_signed"}, {"github", "gitea"})
FOREIGN = [(one, two) for one in ALL for two in ALL if one != two and {one, two} not in ALIKE]


@pytest.mark.parametrize(("provider", "other"), [*FOREIGN, ("gitea", "github")])
def test_f133_headers_of_another_provider_do_not_count(make_hook, provider, other):
    hook, secret = make_hook(provider, secret="s" * 40)
    body = push_body(provider)

    answer = send(hook, headers_of(other, secret, body), body)

    assert (answer.status_code, answer.json()) == (403, REFUSED)
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize("provider", ALL)
def test_f133_wrong_secret_missing_signature_unknown_and_switched_off_look_the_same(make_hook, provider):
    hook, secret = make_hook(provider)
    body = push_body(provider)
    good = headers_of(provider, secret, body)
    answers = [
        send(hook, headers_of(provider, "x" * 40, body), body),
        send(hook, {}, body),
        send(hook, {key: f"{value},{value}" for key, value in good.items()}, body),
        send(hook, {key: f" {value}x" for key, value in good.items()}, body),
        send(hook, {key: value.upper() for key, value in good.items()}, body),
        send("/webhooks/" + "0" * 32 + "/", good, body),
        send("/webhooks/x/", good, body),
    ]
    switch(hook, enabled=False)
    answers.append(send(hook, good, body))

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (403, json.dumps(REFUSED).encode())
    }
    assert not WebhookDelivery.objects.exists()
    assert gather_deliveries() is None
    assert not waiting_requests().exists()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_wh15_a_token_of_an_issuer_opens_no_hook(make_hook, source, provider):
    """No provider takes OpenID tokens; one that comes instead of a signature counts for nothing."""
    hook, _ = make_hook(provider)
    token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2dpdGxhYi5jb20ifQ."
    headers = {"Authorization": f"Bearer {token}", "X-Gitlab-Id-Token": token}

    assert send(hook, headers, push_body(provider)).status_code == 403
    assert not waiting_requests().exists()


def test_f133_a_sha1_signature_is_never_accepted(make_hook):
    hook, secret = make_hook("github")
    body = push_body("github")
    sha1 = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()

    for value in (f"sha1={sha1}", f"sha256={sha1}"):
        headers = {"X-GitHub-Event": "push", "X-Hub-Signature": f"sha1={sha1}", "X-Hub-Signature-256": value}
        assert send(hook, headers, body).status_code == 403


@pytest.mark.parametrize("value", ["sha256=é", "sha256=\udcff", "sha256=" + "٣" * 64, "v1,é", "Basic é", "é"])
@pytest.mark.parametrize("provider", ALL)
def test_wh04_text_that_is_not_ascii_is_a_refusal_and_no_error(provider, value):
    headers = dict.fromkeys(
        (
            *("X-Hub-Signature", "X-Hub-Signature-256", "X-Gitlab-Token", "X-Gitea-Signature"),
            *("Authorization", "webhook-signature", "webhook-id", "webhook-timestamp"),
        ),
        value,
    )

    assert not PROVIDERS[provider].is_genuine(Call(headers=headers, body=b"{}", received_at=0.0), "s" * 40)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"main", b"mais"),
        lambda body: json.dumps(json.loads(body), indent=1).encode(),
        lambda body: b"\xef\xbb\xbf" + body,
        lambda body: urlencode({"payload": body.decode()}).encode(),
        lambda body: body + b"\n",
        lambda body: body[:-1],
    ],
)
@pytest.mark.parametrize(
    "provider", ["github", "gitlab_signed", "gitea", "bitbucket", "bitbucket_server", "generic"]
)
def test_f134_only_the_exact_bytes_pass(make_hook, provider, change):
    hook, secret = make_hook(provider)
    body = push_body(provider)

    assert send(hook, headers_of(provider, secret, body), change(body)).status_code == 403


def test_github_may_send_a_form_signed_as_it_is(make_hook):
    hook, secret = make_hook("github")
    body = urlencode({"payload": push_body("github").decode()}).encode()
    headers = {**headers_of("github", secret, body), "Content-Type": "application/x-www-form-urlencoded"}

    answer = send(hook, headers, body)

    assert answer.json()["status"] == "accepted"


@pytest.mark.parametrize(
    "secret", [" ", "short", " " * 20, "with space in it!!", "ünïcödé-secret-xx", "a\nb" * 10]
)
def test_f135_a_hook_without_a_proper_secret_cannot_be_made(source, secret):
    with pytest.raises(RepositoryErrors):
        create_hook(source.git_repository, provider="github", secret=secret)


@pytest.mark.parametrize("provider", ALL)
def test_f135_an_empty_secret_in_the_database_opens_nothing(make_hook, provider):
    hook, _ = make_hook(provider)
    hook.secret_encrypted = ""
    hook.save()

    assert call(hook, "").status_code == 403


def test_during_a_rotation_both_secrets_are_good_and_afterwards_the_new_one_only(make_hook):
    hook, old = make_hook("github")
    new = rotate_secret(hook)
    assert [call(hook, secret).status_code for secret in (old, new)] == [202, 202]

    hook.previous_until = timezone.now() - timedelta(seconds=1)
    hook.save()

    assert [call(hook, secret).status_code for secret in (old, new)] == [403, 202]


# Replay and time


@pytest.mark.parametrize("provider", ALL)
def test_f136_a_call_that_is_repeated_counts_once(make_hook, provider):
    hook, secret = make_hook(provider)
    body = push_body(provider)
    headers = headers_of(provider, secret, body)

    answers = [send(hook, headers, body).json() for _ in range(3)]

    assert [answer["status"] for answer in answers] == ["accepted", "duplicate", "duplicate"]
    assert len({answer["id"] for answer in answers}) == 1
    assert WebhookDelivery.objects.count() == 1


@pytest.mark.parametrize(
    ("stamp", "status"),
    [
        (lambda now: str(int(now - 295)), 202),
        (lambda now: str(int(now + 295)), 202),
        (lambda now: str(int(now - 305)), 403),
        (lambda now: str(int(now + 305)), 403),
        (lambda _now: "nan", 403),
        (lambda _now: "1e400", 403),
        (lambda now: str(int(now * 1000)), 403),
        (lambda now: f"{now:.3f}", 403),
        (lambda _now: "-1", 403),
        (lambda _now: "٣" * 10, 403),
    ],
)
def test_f137_a_signed_time_is_now_or_nothing(make_hook, stamp, status):
    hook, secret = make_hook("generic")
    headers = standard_webhook(secret, b"{}", delivery="msg_1", stamp=stamp(time.time()))

    assert (
        send(hook, {k: v.encode("utf-8").decode("latin-1") for k, v in headers.items()}, b"{}").status_code
        == status
    )


def test_f137_a_missing_time_is_refused(make_hook):
    hook, secret = make_hook("generic")
    headers = standard_webhook(secret, b"{}", delivery="msg_1")
    del headers["webhook-timestamp"]

    assert send(hook, headers, b"{}").status_code == 403


def test_a_generic_call_may_say_nothing_at_all(make_hook):
    hook, secret = make_hook("generic")

    answer = send(hook, standard_webhook(secret, b"", delivery="msg_1"), b"")

    assert answer.json()["status"] == "accepted"


# Size and shape


def test_f138_size_and_encoding_are_looked_at_first(make_hook, settings):
    settings.JOBYARD = {**settings.JOBYARD, "WEBHOOK_MAX_BYTES": 2000}
    hook, secret = make_hook("github")
    full = push_body("github")
    full += b" " * (2000 - len(full))

    assert call(hook, secret, full).status_code == 202
    assert call(hook, secret, full + b" ").status_code == 413
    announced = send(hook, headers_of("github", secret, full), full, CONTENT_LENGTH=str(10**9))
    assert announced.status_code == 413
    packed = {**headers_of("github", secret, full), "Content-Encoding": "gzip"}
    assert send(hook, packed, full).status_code == 415
    assert call(hook, secret, b"").status_code == 400


ODD_BODIES = [
    b"[" * 200_000,
    b'{"ref":' + b"9" * 5000 + b"}",
    b'{"ref": NaN, "after": Infinity}',
    b'{"ref": "refs/heads/other", "ref": "refs/heads/main"}',
    b'{"ref": "refs/heads/\\ud800"}',
    b'{"ref": "refs/heads/\\u0000main"}',
    b'{"ref": ["refs/heads/main"], "push": {"changes": [null, 1, {"new": 3}]}, "changes": {"0": 1}}',
    b'{"push": {"changes": "x"}, "resource": {"refUpdates": [[]]}, "project": [], "repository": "x"}',
    b"[]",
    b'"text"',
    b"null",
    b"\xff\xfe",
    b"payload=%ff",
]


@pytest.mark.parametrize("provider", ALL)
@pytest.mark.parametrize("body", ODD_BODIES, ids=range(len(ODD_BODIES)))
def test_f139_odd_bodies_with_a_right_signature_are_refused_or_taken_but_never_an_error(
    make_hook, provider, body
):
    hook, secret = make_hook(provider)

    answer = call(hook, secret, body)

    assert answer.status_code in {202, 400}
    for delivery in WebhookDelivery.objects.all():
        assert "\x00" not in delivery.excerpt + delivery.ref


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        *("ref", "after", "repository", "project", "push", "changes", "new", "old", "type"),
                        *("name", "target", "hash", "resource", "refUpdates", "newObjectId", "id", "links"),
                        *("clone", "href", "html", "toHash", "sha", "eventType"),
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_f139_every_reader_survives_every_shape(data):
    body = data if isinstance(data, dict) else {"ref": data}
    headers = {"X-GitHub-Event": "push", "X-Event-Key": "repo:push", "X-Gitea-Event": "push"}
    sent = Call(headers=headers, body=b"", received_at=0.0)
    for provider in PROVIDERS.values():
        try:
            reading = provider.read(sent, body)
        except Malformed:
            continue
        for one in reading.changes or ():
            assert one.ref.startswith("refs/")
            assert one.commit == "" or len(one.commit) in {40, 64}


@pytest.mark.parametrize("provider", ALL)
@pytest.mark.parametrize("ref", ["refs/heads/other", "refs/tags/v1", "refs/heads/main/x", "refs/heads/mai"])
def test_f140_what_is_not_followed_is_ignored(make_hook, provider, ref):
    hook, secret = make_hook(provider)

    answer = call(hook, secret, push_body(provider, ref))

    assert (answer.status_code, answer.json()["status"]) == (202, "ignored")
    gather_deliveries()
    assert not waiting_requests().exists()


@pytest.mark.parametrize("provider", ALL)
def test_f140_a_tag_that_is_followed_counts(make_hook, source, provider):
    source.git_repository.branch = "v1.0"
    source.git_repository.save()
    hook, secret = make_hook(provider)

    assert call(hook, secret, push_body(provider, "refs/tags/v1.0")).json()["status"] == "accepted"


@pytest.mark.parametrize("provider", ALL)
def test_a_deleted_branch_is_a_reason_to_look(make_hook, provider):
    hook, secret = make_hook(provider)

    answer = call(hook, secret, push_body(provider, commit=NOTHING))

    assert answer.json()["status"] == "accepted"
    assert WebhookDelivery.objects.get().announced_commit == ""


def test_f140_pings_and_other_events_are_ignored(make_hook):
    hook, secret = make_hook("github")
    body = b'{"zen": "Speak like a human.", "hook_id": 1}'
    for event in ("ping", "issues", ""):
        headers = {**headers_of("github", secret, body), "X-GitHub-Event": event}
        assert send(hook, headers, body).json()["status"] == "ignored"


def test_f204_a_repository_that_stays_on_a_commit_ignores_pushes(make_hook, source):
    source.git_repository.branch = "a" * 40
    source.git_repository.save()
    hook, secret = make_hook("github")

    assert call(hook, secret).json() == {
        **call(hook, secret, delivery="x").json(),
        "id": str(WebhookDelivery.objects.last().pk),
        "status": "ignored",
        "note": "The repository stays on one commit.",
    }


def test_a_body_that_was_cut_is_a_reason_to_look(make_hook):
    """Bitbucket cuts long lists; Azure can be told to leave them out."""
    for provider, body in (
        ("bitbucket", b'{"push": {"changes": []}}'),
        ("azure", b'{"eventType": "git.push"}'),
    ):
        hook, secret = make_hook(provider)
        assert call(hook, secret, body).json()["status"] == "accepted"


def test_f142_addresses_in_a_body_are_compared_and_nothing_else(make_hook, monkeypatch):
    import socket

    def refuse(*_args, **_kwargs):
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    hook, secret = make_hook("github")
    data = json.loads(push_body("github"))
    data["repository"] = {"clone_url": "https://sink.example/other.git", "ssh_url": "ext::sh -c id"}

    answer = call(hook, secret, json.dumps(data).encode())

    assert answer.json()["status"] == "accepted"
    assert "another repository: https://sink.example/other.git" in answer.json()["note"]


# Around it


def test_wh01_nothing_but_posts_is_answered_and_no_cookie_is_set(make_hook):
    hook, secret = make_hook("github")

    assert {Client().generic(method, hook.path).status_code for method in ("GET", "PUT", "OPTIONS")} == {405}
    answer = Client(enforce_csrf_checks=True).post(
        hook.path,
        data=push_body("github"),
        content_type="application/json",
        headers=headers_of("github", secret, push_body("github")),
    )
    assert answer.status_code == 202
    assert not answer.cookies
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("max-age=0")


def test_wh12_a_flood_of_bad_calls_is_a_few_lines_and_good_ones_pass(make_hook, caplog):
    hook, secret = make_hook("github")

    for _ in range(50):
        send(hook, {}, b"{}", REMOTE_ADDR="192.0.2.77")

    assert 1 <= len([row for row in caplog.records if row.getMessage() == "webhook refused"]) <= 6
    good = send(hook, headers_of("github", secret, b"{}"), b"{}", REMOTE_ADDR="192.0.2.77")
    assert good.status_code == 202


def test_wh14_headers_with_secrets_are_not_stored(make_hook):
    for provider in ("gitlab", "azure"):
        hook, secret = make_hook(provider)
        call(hook, secret)
    stored = str(list(WebhookDelivery.objects.values_list("headers", flat=True)))
    assert "Authorization" not in stored
    assert "Token" not in stored


def test_the_cost_of_a_call_does_not_grow(make_hook, django_assert_max_num_queries):
    hook, secret = make_hook("github")
    call(hook, secret)

    with django_assert_max_num_queries(5):  # hook, savepoint, delivery, notification, end of savepoint
        call(hook, secret)
