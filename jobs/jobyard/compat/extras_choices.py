"""``nautobot.extras.choices``."""

from __future__ import annotations

from collections.abc import Iterator

from jobyard import statuses


class _Iterable(type):
    """A class of choices gives its pairs when it is iterated."""

    CHOICES: tuple[tuple[str, str], ...]

    def __iter__(cls) -> Iterator[tuple[str, str]]:
        return iter(cls.CHOICES)

    def __call__(cls) -> tuple[tuple[str, str], ...]:
        return cls.CHOICES

    def values(cls) -> list[str]:
        return [value for value, _ in cls.CHOICES]

    def as_dict(cls) -> dict[str, str]:
        return dict(cls.CHOICES)


class ChoiceSet(metaclass=_Iterable):
    """Named values with their labels."""

    CHOICES: tuple[tuple[str, str], ...] = ()


class JobResultStatusChoices(ChoiceSet):
    STATUS_PENDING = statuses.PENDING
    STATUS_RUNNING = statuses.RUNNING
    STATUS_COMPLETED = statuses.COMPLETED
    STATUS_FAILED = statuses.FAILED
    STATUS_ERRORED = statuses.ERRORED
    CHOICES = tuple(statuses.LABELS.items())
    TERMINAL_STATE_CHOICES = statuses.TERMINAL


class LogLevelChoices(ChoiceSet):
    LOG_DEFAULT = "default"
    LOG_SUCCESS = "success"
    LOG_INFO = "info"
    LOG_WARNING = "warning"
    LOG_FAILURE = "failure"
    CHOICES = (
        (LOG_DEFAULT, "Default"),
        (LOG_SUCCESS, "Success"),
        (LOG_INFO, "Info"),
        (LOG_WARNING, "Warning"),
        (LOG_FAILURE, "Failure"),
    )


class ObjectChangeActionChoices(ChoiceSet):
    ACTION_CREATE = "create"
    ACTION_UPDATE = "update"
    ACTION_DELETE = "delete"
    CHOICES = ((ACTION_CREATE, "Created"), (ACTION_UPDATE, "Updated"), (ACTION_DELETE, "Deleted"))


class JobExecutionType(ChoiceSet):
    TYPE_IMMEDIATELY = "immediately"
    TYPE_FUTURE = "future"
    TYPE_HOURLY = "hourly"
    TYPE_DAILY = "daily"
    TYPE_WEEKLY = "weekly"
    CHOICES = (
        (TYPE_IMMEDIATELY, "Once immediately"),
        (TYPE_FUTURE, "Once in the future"),
        (TYPE_HOURLY, "Recurring hourly"),
        (TYPE_DAILY, "Recurring daily"),
        (TYPE_WEEKLY, "Recurring weekly"),
    )


class CustomFieldTypeChoices(ChoiceSet):
    TYPE_TEXT = "text"
    TYPE_INTEGER = "integer"
    TYPE_BOOLEAN = "boolean"
    TYPE_DATE = "date"
    TYPE_URL = "url"
    TYPE_SELECT = "select"
    TYPE_MULTISELECT = "multi-select"
    TYPE_JSON = "json"
    CHOICES = (
        (TYPE_TEXT, "Text"),
        (TYPE_INTEGER, "Integer"),
        (TYPE_BOOLEAN, "Boolean (true/false)"),
        (TYPE_DATE, "Date"),
        (TYPE_URL, "URL"),
        (TYPE_SELECT, "Selection"),
        (TYPE_MULTISELECT, "Multiple selection"),
        (TYPE_JSON, "JSON"),
    )
