"""The fields of a Git repository: what is accepted, and the one form in which it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.text import slugify

from jobyard_repos.errors import InvalidRefName, InvalidRemoteUrl
from jobyard_repos.refs import check_ref_name
from jobyard_repos.remotes import RemoteUrl, parse_remote_url
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.forges import FORGES
from jobyard_server.registry.job_paths import InvalidJobPath, read_job_paths
from jobyard_server.registry.models import GitRepository, Source
from jobyard_server.registry.sources import git_key

JOBS = "extras.job"
CONTENTS = (JOBS, "extras.configcontext", "extras.configcontextschema", "extras.exporttemplate")
_SLUG = re.compile(r"[A-Za-z0-9_-]+")
_TAKEN_BY_A_PAGE = "add"  #: ``/extras/git-repositories/add/`` is the form for a new one.
_REQUIRED = "This field may not be blank."


@dataclass(frozen=True, kw_only=True)
class RepositoryFields:
    """What a person entered, checked; ``remote`` is the address without user name and password."""

    name: str
    slug: str
    remote: RemoteUrl
    branch: str
    username: str
    provided_contents: list[str]
    job_paths: list[str]
    strict: bool
    auto_enable: bool
    forge: str


class FieldCheck:
    """Checks all fields of one repository and collects what is wrong with them."""

    def __init__(self, repository: GitRepository | None = None) -> None:
        self._others = (
            GitRepository.objects.exclude(pk=repository.pk) if repository else GitRepository.objects.all()
        )
        self._own_key = git_key(repository.slug) if repository else ""
        self._errors: dict[str, list[str]] = {}

    def read(self, values: dict[str, Any]) -> RepositoryFields:
        """
        Check *values*: name, slug, remote_url, branch, username, provided_contents, job_paths, strict,
        auto_enable, forge.

        Raises:
            RepositoryErrors: With all messages of all fields.
        """
        name = self._text("name", values["name"])
        slug = self._text("slug", values["slug"], is_required=False) or slugify(name)
        url = self._text("remote_url", values["remote_url"])
        branch = self._text("branch", values["branch"])
        remote = self._attempt("remote_url", _remote, url) if url else None
        if branch:
            self._attempt("branch", check_ref_name, branch)
        self._check_name(name)
        self._check_slug(slug, name)
        contents = self._contents(values["provided_contents"])
        username = self._text("username", values["username"], is_required=False)
        job_paths = self._attempt("job_paths", read_job_paths, values["job_paths"])
        forge = self._forge(values["forge"])
        if self._errors or remote is None:
            raise RepositoryErrors(self._errors)
        return RepositoryFields(
            name=name,
            slug=slug,
            remote=remote,
            branch=branch,
            username=username or remote.username,
            provided_contents=contents,
            job_paths=job_paths,
            strict=bool(values["strict"]),
            auto_enable=bool(values["auto_enable"]),
            forge=forge,
        )

    def _refuse(self, name: str, message: str) -> None:
        self._errors.setdefault(name, []).append(message)

    def _text(self, name: str, value: object, *, is_required: bool = True) -> str:
        text = value.strip() if isinstance(value, str) else ""
        most = _max_length(name)
        if not isinstance(value, str):
            self._refuse(name, "Not a valid string.")
        elif is_required and not text:
            self._refuse(name, _REQUIRED)
        elif len(text) > most:
            self._refuse(name, f"Ensure this field has no more than {most} characters.")
        elif not text.isprintable():
            self._refuse(name, "Line breaks and control characters are not allowed.")
        else:
            return text
        return ""

    def _attempt(self, name: str, check: Callable[[Any], Any], value: object) -> Any:
        try:
            return check(value)
        except (InvalidRemoteUrl, InvalidRefName, InvalidJobPath) as exc:
            self._refuse(name, str(exc))
            return None

    def _check_name(self, name: str) -> None:
        if name and self._others.filter(name=name).exists():
            self._refuse("name", "Git repository with this name already exists.")

    def _check_slug(self, slug: str, name: str) -> None:
        if not slug:
            if name:
                self._refuse("slug", "No slug can be made of this name; enter one.")
        elif not _SLUG.fullmatch(slug):
            self._refuse("slug", "Use letters A-Z and a-z, digits, hyphens and underscores only.")
        elif slug == _TAKEN_BY_A_PAGE:
            self._refuse("slug", f"{slug} is the address of a page; choose another slug.")
        elif self._others.filter(slug=slug).exists():
            self._refuse("slug", "Git repository with this slug already exists.")
        elif self._own_key and self._is_left_behind(git_key(slug)):
            self._refuse(
                "slug",
                f"Class paths that start with {git_key(slug)} belong to the jobs and results of a repository"
                " that was deleted; choose another slug.",
            )

    def _is_left_behind(self, key: str) -> bool:
        return key != self._own_key and Source.objects.filter(key=key).exists()

    def _forge(self, value: object) -> str:
        if value in FORGES:
            return str(value)
        accepted = ", ".join(filter(None, FORGES))
        self._refuse("forge", f"Use one of {accepted}, or leave it empty.")
        return ""

    def _contents(self, value: object) -> list[str]:
        if not isinstance(value, Iterable) or isinstance(value, str | dict):
            self._refuse("provided_contents", "Expected a list of items.")
            return []
        items = list(value)
        for item in items:
            if item not in CONTENTS:
                self._refuse("provided_contents", f'"{item}" is not a valid choice.')
        return list(dict.fromkeys(map(str, items)))


def _remote(text: str) -> RemoteUrl:
    remote = parse_remote_url(text, allow_file=settings.JOBYARD["ALLOW_FILE_REMOTES"])
    if len(str(remote)) > _max_length("remote_url"):
        raise InvalidRemoteUrl("The address is too long.")
    return remote


def _max_length(name: str) -> int:
    return int(getattr(GitRepository._meta.get_field(name), "max_length", 0))
