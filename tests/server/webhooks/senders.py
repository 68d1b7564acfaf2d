"""Calls as forges make them. Bodies are cut down to what their documentation calls stable."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from django.test import Client

COMMIT = "5f2c1d" + "0" * 33 + "7"
NOTHING = "0" * 40


def send(hook, headers: dict[str, str], body: bytes, **more: Any):
    """Post *body* exactly as it is."""
    content_type = headers.get("Content-Type", "application/json")
    rest = {key: value for key, value in headers.items() if key != "Content-Type"}
    path = hook if isinstance(hook, str) else hook.path
    return Client().post(path, data=body, content_type=content_type, headers=rest, **more)


def push_body(provider: str, ref: str = "refs/heads/main", commit: str = COMMIT) -> bytes:
    return json.dumps(_PUSHES[provider](ref, commit)).encode()


def headers_of(provider: str, secret: str, body: bytes, *, delivery: str = "") -> dict[str, str]:
    """Event, id and signature, computed here and not by the product."""
    delivery = delivery or str(uuid.uuid4())
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    pair = base64.b64encode(f"jobyard:{secret}".encode()).decode()
    known = {
        "github": {
            "X-GitHub-Event": "push",
            "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": f"sha256={digest}",
        },
        "gitlab": {"X-Gitlab-Event": "Push Hook", "Idempotency-Key": delivery, "X-Gitlab-Token": secret},
        "gitea": {  # Forgejo sends four families of headers at once
            "X-Gitea-Event": "push",
            "X-Gitea-Delivery": delivery,
            "X-Gitea-Signature": digest,
            "X-Forgejo-Event": "push",
            "X-Forgejo-Signature": digest,
            "X-GitHub-Event": "push",
            "X-Hub-Signature-256": f"sha256={digest}",
            "X-Gogs-Signature": digest,
        },
        "bitbucket": {
            "X-Event-Key": "repo:push",
            "X-Request-UUID": delivery,
            "X-Hook-UUID": "{not-a-secret}",
            "X-Hub-Signature": f"sha256={digest}",
        },
        "bitbucket_server": {
            "X-Event-Key": "repo:refs_changed",
            "X-Request-Id": delivery,
            "X-Hub-Signature": f"sha256={digest}",
        },
        "azure": {"Authorization": f"Basic {pair}"},
    }
    signed = standard_webhook(secret, body, delivery=delivery)
    known["gitlab_signed"] = {"X-Gitlab-Event": "Push Hook", "Idempotency-Key": delivery, **signed}
    return known.get(provider) or signed


def standard_webhook(secret: str, body: bytes, *, delivery: str, stamp: str = "") -> dict[str, str]:
    stamp = stamp or str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    digest = hmac.new(key, f"{delivery}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": delivery,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _simple(ref: str, commit: str) -> dict[str, Any]:
    return {
        "ref": ref,
        "before": NOTHING,
        "after": commit,
        "repository": {
            "id": 1,
            "full_name": "lab/jobs",
            "clone_url": "https://git.example.com/lab",
            "ssh_url": "git@git.example.com:lab.git",
        },
        "pusher": {"name": "alice"},
    }


def _gitlab(ref: str, commit: str) -> dict[str, Any]:
    return {
        "object_kind": "push",
        "ref": ref,
        "after": commit,
        "checkout_sha": commit,
        "project": {"id": 1, "git_http_url": "https://git.example.com/lab.git"},
    }


def _bitbucket(ref: str, commit: str) -> dict[str, Any]:
    _, folder, name = ref.split("/", 2)
    kind = "tag" if folder == "tags" else "branch"
    new = None if commit == NOTHING else {"type": kind, "name": name, "target": {"hash": commit}}
    return {
        "push": {"changes": [{"new": new, "old": {"type": kind, "name": name}, "closed": new is None}]},
        "repository": {"links": {"html": {"href": "https://git.example.com/lab"}}},
    }


def _bitbucket_server(ref: str, commit: str) -> dict[str, Any]:
    return {
        "eventKey": "repo:refs_changed",
        "changes": [{"ref": {"id": ref, "displayId": "main", "type": "BRANCH"}, "toHash": commit}],
        "repository": {"links": {"clone": [{"href": "ssh://git@git.example.com/lab.git", "name": "ssh"}]}},
    }


def _azure(ref: str, commit: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "eventType": "git.push",
        "subscriptionId": "00000000-0000-0000-0000-000000000000",
        "resource": {
            "refUpdates": [{"name": ref, "oldObjectId": NOTHING, "newObjectId": commit}],
            "repository": {"id": "1", "remoteUrl": "https://git.example.com/lab"},
        },
    }


_PUSHES = {
    "github": _simple,
    "gitlab": _gitlab,
    "gitlab_signed": _gitlab,
    "gitea": _simple,
    "bitbucket": _bitbucket,
    "bitbucket_server": _bitbucket_server,
    "azure": _azure,
    "generic": lambda ref, commit: {"ref": ref, "sha": commit},
}
ALL = tuple(_PUSHES)
