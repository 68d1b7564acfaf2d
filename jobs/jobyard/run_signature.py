"""How ``run`` wants to be called: it has had several signatures over the years."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from inspect import Parameter
from typing import Any

_BY_NAME = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def arguments_for(run: Callable[..., Any], data: Any, commit: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:  # noqa: FBT001
    """
    Positional and keyword arguments for *run*.

    Keywords where it knows both names, the variables where they are its parameters (the style of 2.x),
    data alone where it has no way to take ``commit``, else both by position.
    """
    try:
        parameters = list(inspect.signature(run).parameters.values())
    except (TypeError, ValueError):
        return (data, commit), {}
    kinds = [parameter.kind for parameter in parameters]
    names = _names(parameters)
    if _are_variables(parameters, data):
        return (), data if Parameter.VAR_KEYWORD in kinds else {name: data[name] for name in names}
    if Parameter.VAR_KEYWORD in kinds or {"data", "commit"} <= names:
        return (), {"data": data, "commit": commit}
    if names == {"data"} and len(parameters) == 1:
        return (), {"data": data}
    if Parameter.VAR_POSITIONAL not in kinds and sum(kind in _BY_POSITION for kind in kinds) == 1:
        return (data,), {}
    return (data, commit), {}


def takes_variables(run: Callable[..., Any], variables: Collection[str]) -> bool:
    """Tell whether the parameters of *run*, an unbound method, are *variables* instead of data and commit."""
    try:
        _self, *parameters = inspect.signature(run).parameters.values()
    except (TypeError, ValueError):
        return False
    return _are_variables(parameters, variables)


def _names(parameters: list[Parameter]) -> set[str]:
    return {parameter.name for parameter in parameters if parameter.kind in _BY_NAME}


def _are_variables(parameters: list[Parameter], variables: Collection[str]) -> bool:
    """``data`` and ``commit`` alone are the style of 1.x, whatever the variables are called."""
    if not parameters:
        return not variables  # all of them, where there are none
    names = _names(parameters)
    return bool(names - {"data", "commit"}) and names <= set(variables)
