"""How each forge takes a commit status: address, headers and body as its documentation has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from jobyard_repos.remotes import RemoteUrl
from jobyard_server.registry.report_models import CommitStatus
from jobyard_server.registry.repository_credentials import report_origin

CONTEXT = "jobyard"
_PUBLIC_GITHUB = "github.com"


@dataclass(frozen=True, kw_only=True)
class StatusCall:
    """A POST that is not sent yet."""

    url: str
    headers: dict[str, str]
    body: dict[str, str]


def github(remote: RemoteUrl, status: CommitStatus, token: str) -> StatusCall:
    base = "https://api.github.com" if remote.host == _PUBLIC_GITHUB else f"{report_origin(remote)}/api/v3"
    return StatusCall(
        url=f"{base}/repos/{_owner_and_name(remote)}/statuses/{status.commit}",
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "jobyard",
        },
        body=_body(status, context=CONTEXT),
    )


def gitlab(remote: RemoteUrl, status: CommitStatus, token: str) -> StatusCall:
    project = quote(_path(remote), safe="")
    state = "success" if status.state == "success" else "failed"
    return StatusCall(
        url=f"{report_origin(remote)}/api/v4/projects/{project}/statuses/{status.commit}",
        headers={"PRIVATE-TOKEN": token, "User-Agent": "jobyard"},
        body={**_body(status, name=CONTEXT), "state": state},
    )


def gitea(remote: RemoteUrl, status: CommitStatus, token: str) -> StatusCall:
    return StatusCall(
        url=f"{report_origin(remote)}/api/v1/repos/{_owner_and_name(remote)}/statuses/{status.commit}",
        headers={"Authorization": f"token {token}", "User-Agent": "jobyard"},
        body=_body(status, context=CONTEXT),
    )


FORGES: dict[str, Callable[[RemoteUrl, CommitStatus, str], StatusCall]] = {
    "github": github,
    "gitlab": gitlab,
    "gitea": gitea,
}


def _body(status: CommitStatus, **name: str) -> dict[str, str]:
    link = {"target_url": status.link} if status.link else {}
    return {"state": status.state, "description": status.description, **link, **name}


def _path(remote: RemoteUrl) -> str:
    """``group/project`` in clear text."""
    return unquote(remote.path).strip("/").removesuffix(".git")


def _owner_and_name(remote: RemoteUrl) -> str:
    return "/".join(quote(part, safe="") for part in _path(remote).split("/"))
