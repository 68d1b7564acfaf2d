"""What every variable has: options, a spec, and its two directions (queued form, Python form)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO, ClassVar, Protocol

from jobyard.errors import InvalidInput
from jobyard.spec import Json, VariableSpec

MAX_TEXT = 10_000  #: Longest text of an option that goes into a spec.


class ObjectLoader(Protocol):
    """Turns keys into the objects of the run; raises InvalidInput when one is gone."""

    def get(self, variable: Any, key: str) -> Any:
        """The instance that ObjectVar *variable* means by *key*."""
        ...

    def filter(self, variable: Any, keys: list[str]) -> Any:
        """A lazy query set of exactly *keys*."""
        ...


class RunValues(Protocol):
    """What a run has at hand when values become Python objects."""

    @property
    def objects(self) -> ObjectLoader: ...
    @property
    def files(self) -> Mapping[str, BinaryIO]: ...


class ScriptVariable:
    """
    An input of a job, declared as a class attribute.

    Own subclasses may set ``form_field`` to a Django form field class, add ``validators`` to
    ``field_attrs``, or override ``to_python``; all of them are obeyed when the job runs.
    """

    kind: ClassVar[str] = "StringVar"  #: Row of the table of variables.
    form_field: ClassVar[Any] = None  #: Of an author's own class: a Django form field class.
    spec_options: ClassVar[tuple[str, ...]] = ()  #: Names in ``field_attrs`` that are copied into the spec.

    def __init__(
        self,
        label: str = "",
        description: str = "",
        default: Any = None,
        required: bool = True,  # noqa: FBT001, FBT002  # authors may pass the options by position
        widget: Any = None,
    ) -> None:
        self.field_attrs: dict[str, Any] = {}
        if label:
            self.field_attrs["label"] = label
        if description:
            self.field_attrs["help_text"] = description
        if default is not None:
            self.field_attrs["initial"] = default
        if widget is not None:
            self.field_attrs["widget"] = widget
        self.field_attrs["required"] = required

    def set_options(self, **options: Any) -> None:
        """Keep the *options* that the author gave."""
        self.field_attrs.update({name: value for name, value in options.items() if value is not None})

    @property
    def required(self) -> bool:
        return bool(self.field_attrs.get("required", True))

    @property
    def has_default(self) -> bool:
        return "initial" in self.field_attrs

    @property
    def secret(self) -> bool:
        """A password input, also of a class derived from Django's."""
        return "PasswordInput" in {cls.__name__ for cls in _widget_class(self.field_attrs).__mro__}

    def default(self) -> Any:
        """The default value, fresh from the author's callable if it is one."""
        value = self.field_attrs.get("initial")
        return value() if callable(value) else value

    def default_as_queued(self) -> Json:
        """The default as a client would send it."""
        return self.to_queued(self.default())

    def to_queued(self, value: Any) -> Json:
        """*value* (a Python value) as plain JSON."""
        return value

    def to_python(self, value: Json, name: str, run: RunValues) -> Any:
        """The queued *value* as the job sees it in ``data``."""
        del name, run
        return value

    def to_spec(self, name: str) -> VariableSpec:
        """The description of this variable under *name*, without its default."""
        attrs = self.field_attrs
        return VariableSpec(
            name=name,
            type=type(self).__name__,
            kind=self.kind,
            label=_text(attrs.get("label")) or label_of(name),
            description=_text(attrs.get("help_text")),
            required=self.required and self.kind != "BooleanVar",
            secret=self.secret,
            widget=_dotted_path(attrs),
            **self.own_options(),
        )

    def own_options(self) -> dict[str, Any]:
        """The options of this kind, by their name in the spec."""
        return {name: self.field_attrs[name] for name in self.spec_options if name in self.field_attrs}

    def run_own_checks(self, value: Any) -> Any:
        """What an author's class checks by code of its own; returns the value, perhaps changed."""
        try:
            for validator in self.field_attrs.get("validators", ()):
                validator(value)
            if type(self).form_field is not None:
                field = type(self).form_field(**self._form_options())
                return field.clean(value)
        except InvalidInput:
            raise
        except Exception as exc:
            raise InvalidInput(*_messages(exc)) from exc
        return value

    def _form_options(self) -> dict[str, Any]:
        own = {"choices", "validators", *self.spec_options}
        return {key: value for key, value in self.field_attrs.items() if key not in own}


def is_variable(value: object) -> bool:
    """Tell whether *value* declares an input."""
    return isinstance(value, ScriptVariable)


def label_of(name: str) -> str:
    """The label Django would derive from a field's name."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:] or name


def _messages(exc: BaseException) -> list[str]:
    messages = getattr(exc, "messages", None)  # Django's ValidationError has them
    return [str(item) for item in messages] if messages else [str(exc) or type(exc).__name__]


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:MAX_TEXT]


def _widget_class(attrs: dict[str, Any]) -> type:
    widget = attrs.get("widget")
    return widget if isinstance(widget, type) else type(widget)


def _dotted_path(attrs: dict[str, Any]) -> str:
    if attrs.get("widget") is None:
        return ""
    cls = _widget_class(attrs)
    return f"{cls.__module__}.{cls.__qualname__}"
