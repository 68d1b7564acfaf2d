"""Where a forge shows a file, a line or a commit: links for people, never fetched by jobyard."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

GITHUB, GITLAB, GITEA = "github", "gitlab", "gitea"
BITBUCKET, BITBUCKET_SERVER, AZURE, NONE = "bitbucket", "bitbucket-server", "azure", "none"
FORGES = {
    "": "Told by the address",
    GITHUB: "GitHub",
    GITLAB: "GitLab",
    GITEA: "Gitea or Forgejo",
    BITBUCKET: "Bitbucket Cloud",
    BITBUCKET_SERVER: "Bitbucket Data Center",
    AZURE: "Azure DevOps",
    NONE: "None of these",
}

_FILE = {
    GITHUB: "{web}/blob/{commit}/{path}",
    GITLAB: "{web}/-/blob/{commit}/{path}",
    GITEA: "{web}/src/commit/{commit}/{path}",
    BITBUCKET: "{web}/src/{commit}/{path}",
    BITBUCKET_SERVER: "{web}/browse/{path}?at={commit}",
    AZURE: "{web}?path=/{path}&version=GC{commit}",
}
_LINE = {
    GITHUB: "#L{line}",
    GITLAB: "#L{line}",
    GITEA: "#L{line}",
    BITBUCKET: "#lines-{line}",
    BITBUCKET_SERVER: "#{line}",
    AZURE: "&line={line}&lineEnd={line}&lineStartColumn=1&lineEndColumn=1",
}
_COMMIT = {
    GITHUB: "{web}/commit/{commit}",
    GITLAB: "{web}/-/commit/{commit}",
    GITEA: "{web}/commit/{commit}",
    BITBUCKET: "{web}/commits/{commit}",
    BITBUCKET_SERVER: "{web}/commits/{commit}",
    AZURE: "{web}/commit/{commit}",
}
_BY_HOST = {
    "github.com": GITHUB,
    "gitlab.com": GITLAB,
    "gitea.com": GITEA,
    "codeberg.org": GITEA,
    "bitbucket.org": BITBUCKET,
    "dev.azure.com": AZURE,
    "ssh.dev.azure.com": AZURE,
}
_BY_WORD = {
    "github": GITHUB,
    "gitlab": GITLAB,
    "gitea": GITEA,
    "forgejo": GITEA,
    "bitbucket": BITBUCKET_SERVER,
}
_SCP = re.compile(r"(?:[^@/]+@)?([^:/]+):(?!/)(.+)")


def file_url(remote_url: str, forge: str, commit: str, path: str, line: int | None = None) -> str:
    """
    Address of a file at a commit; empty where the forge is not known.

    Args:
        remote_url: Of the repository.
        forge: One of ``FORGES``.
        commit: Full id.
        path: From the root of the repository.
        line: From 1.
    """
    kind, web = _forge(remote_url, forge)
    if kind not in _FILE or not web:
        return ""
    link = _FILE[kind].format(web=web, commit=commit, path=quote(path))
    return link + (_LINE[kind].format(line=line) if line else "")


def commit_url(remote_url: str, forge: str, commit: str) -> str:
    """Address of a commit; empty where the forge is not known."""
    kind, web = _forge(remote_url, forge)
    return _COMMIT[kind].format(web=web, commit=commit) if kind in _COMMIT and web else ""


def _forge(remote_url: str, forge: str) -> tuple[str, str]:
    host, path = _host_and_path(remote_url)
    if not host:
        return NONE, ""
    kind = forge or _BY_HOST.get(host) or next((_BY_WORD[w] for w in _BY_WORD if w in host), NONE)
    return kind, _web_address(kind, remote_url, host, path)


def _host_and_path(remote_url: str) -> tuple[str, str]:
    """Without user, port of ssh and ending; empty for folders of this machine."""
    match = _SCP.fullmatch(remote_url) if "://" not in remote_url else None
    if match:
        return match[1].lower(), match[2].removesuffix(".git").strip("/")
    parts = urlsplit(remote_url)
    if parts.scheme not in {"http", "https", "ssh"} or not parts.hostname:
        return "", ""
    return parts.hostname.lower(), parts.path.removesuffix(".git").strip("/")


def _web_address(kind: str, remote_url: str, host: str, path: str) -> str:
    parts = urlsplit(remote_url)
    is_web = "://" in remote_url and parts.scheme in {"http", "https"}
    base = f"{parts.scheme}://{parts.hostname}" if is_web else f"https://{host}"
    if is_web and parts.port:
        base = f"{base}:{parts.port}"
    if kind == BITBUCKET_SERVER:
        return _data_center(base, path)
    if kind == AZURE and host == "ssh.dev.azure.com":
        organisation, project, name = [*path.removeprefix("v3/").split("/"), "", "", ""][:3]
        return f"https://dev.azure.com/{organisation}/{project}/_git/{name}"
    return f"{base}/{path}"


def _data_center(base: str, path: str) -> str:
    """``/scm/<project>/<repository>`` of the remote is ``/projects/…/repos/…`` for people."""
    project, _, name = path.removeprefix("scm/").partition("/")
    place = f"users/{project[1:]}" if project.startswith("~") else f"projects/{project.upper()}"
    return f"{base}/{place}/repos/{name}"
