"""What the registry refuses; every message is a sentence for the person or part that asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobyard_server.registry.published import Published


class RegistryError(Exception):
    """Something the registry refuses to do."""


class LeaseLost(RegistryError):  # noqa: N818  # an event of the domain, not of the program
    """Somebody else syncs this source now, or it was changed meanwhile; nothing was published."""

    def __init__(self) -> None:
        super().__init__("Another sync took over, or the source was changed; nothing was published.")


class PolicyChanged(RegistryError):  # noqa: N818  # an event of the domain
    """Signatures were made a condition, or a key was revoked, while this revision was on its way."""

    def __init__(self) -> None:
        super().__init__(
            "Which signatures count was changed during this sync, so nothing was published; the next sync "
            "looks again."
        )


class JobNotFound(RegistryError):  # noqa: N818  # an event of the domain
    """No job has this class path."""

    def __init__(self, class_path: str) -> None:
        super().__init__(f'Job "{class_path}" not found')
        self.class_path = class_path


class NotSyncable(RegistryError):  # noqa: N818  # an event of the domain
    """A sync was requested of a source that has no Git repository."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The source {key} has no Git repository, so there is nothing to fetch.")


class RefusedFields(RegistryError):  # noqa: N818  # an event of the domain
    """Values were refused: messages by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in self.errors.items())


class NotPublished(RegistryError):  # noqa: N818  # an event of the domain
    """A revision was kept out of service by a rule; what was in service stays."""

    def __init__(self, sentence: str, published: Published) -> None:
        super().__init__(sentence)
        self.published = published  #: What it would have done.


class NeedsConfirmation(NotPublished):
    """It would take many jobs away, so somebody has to confirm it."""

    def __init__(self, published: Published) -> None:
        removed, known = len(published.removed), published.job_count
        super().__init__(
            f"This commit would remove {removed} of {known} jobs, so it waits for a confirmation: by the page"
            " of the repository, `jobyard repo confirm`, or REST (confirm/). What was in service stays.",
            published,
        )


class StrictlyRefused(NotPublished):
    """The repository is strict, and a module has an error."""

    def __init__(self, published: Published) -> None:
        count = len(published.failed)
        modules = "1 module does" if count == 1 else f"{count} modules do"
        super().__init__(
            f"{modules} not load and the repository is strict, so nothing of this commit was published.",
            published,
        )


class Undecidable(RegistryError):  # noqa: N818  # an event of the domain
    """A decision about a revision cannot be carried out; the text says why and what can be done."""


class FilesGone(RegistryError):  # noqa: N818  # an event of the domain
    """Files of a revision cannot be shown; the text says why."""


class RepositoryErrors(RefusedFields):
    """A repository was refused."""


class JobRefused(RefusedFields):
    """What people decided about a job does not go together."""
