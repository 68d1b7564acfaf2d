"""Azure DevOps. Its service hooks sign nothing; they send a user name and a password."""

from __future__ import annotations

import base64
import hmac
import uuid
from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call, Reading, all_of, change, items, text
from jobyard_server.webhooks.providers.base import ADDRESS, SECRET, Provider, Sample, as_json

USERNAME = "jobyard"  #: Entered in the service hook together with the secret.
_PUSH = "git.push"


class Azure(Provider):
    hint: ClassVar = (
        "Project settings, Service hooks, Web Hooks, Code pushed; basic authentication user name "
        f"{USERNAME}, password is the secret; resource details to send: all."
    )
    entries: ClassVar = (
        ("Trigger on this type of event", "Code pushed"),
        ("URL", ADDRESS),
        ("Basic authentication username", USERNAME),
        ("Basic authentication password", SECRET),
        ("Resource details to send", "All"),
    )

    def is_genuine(self, call: Call, secret: str) -> bool:
        given = call.headers.get("Authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(given, _header(secret).encode()) and bool(secret)

    def delivery_id(self, call: Call, data: dict[str, Any]) -> str:  # noqa: ARG002  # see the base
        return text(data, "id")

    def read(self, call: Call, data: dict[str, Any]) -> Reading:  # noqa: ARG002  # all of it is in the body
        event = text(data, "eventType")
        updates = items(data, "resource", "refUpdates")
        address = text(data, "resource", "repository", "remoteUrl")
        return Reading(
            event=event,
            is_push=event == _PUSH,
            changes=all_of([change(text(item, "name"), text(item, "newObjectId")) for item in updates]),
            addresses=(address,) if address else (),
        )

    def sample(self, ref: str, commit: str, secret: str, now: float) -> Sample:  # noqa: ARG002  # it signs no time
        updates = [{"name": ref, "newObjectId": commit}]
        data = {"id": str(uuid.uuid4()), "eventType": _PUSH, "resource": {"refUpdates": updates}}
        headers = {"Content-Type": "application/json", "Authorization": _header(secret)}
        return Sample(headers=headers, body=as_json(data))


def _header(secret: str) -> str:
    return f"Basic {base64.b64encode(f'{USERNAME}:{secret}'.encode()).decode()}"
