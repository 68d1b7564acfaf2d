"""What the registry refuses; every message is a sentence for the person or part that asked."""

from __future__ import annotations


class RegistryError(Exception):
    """Something the registry refuses to do."""


class LeaseLost(RegistryError):  # noqa: N818  # an event of the domain, not of the program
    """Somebody else syncs this source now, or it was changed meanwhile; nothing was published."""

    def __init__(self) -> None:
        super().__init__("Another sync took over, or the source was changed; nothing was published.")


class JobNotFound(RegistryError):  # noqa: N818  # an event of the domain
    """No job has this class path."""

    def __init__(self, class_path: str) -> None:
        super().__init__(f'Job "{class_path}" not found')
        self.class_path = class_path


class NotSyncable(RegistryError):  # noqa: N818  # an event of the domain
    """A sync was requested of a source that has no Git repository."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The source {key} has no Git repository, so there is nothing to fetch.")


class RepositoryErrors(RegistryError):  # noqa: N818  # an event of the domain
    """A repository was refused: messages by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in self.errors.items())
