"""Tells griffe the signature of a class that attrs makes: it stands in no source."""

from __future__ import annotations

import inspect
from typing import Any

from griffe import (
    Class,
    Docstring,
    Extension,
    Function,
    Parameter,
    ParameterKind,
    Parameters,
    dynamic_import,
    parse_docstring_annotation,
)

MAKERS = {"attrs.define", "attrs.frozen"}


class Signatures(Extension):
    """Gives each of them the `__init__` that it has once it is imported."""

    def on_class(self, *, cls: Class, **_: Any) -> None:
        if MAKERS.isdisjoint(maker.callable_path for maker in cls.decorators):
            return
        parameters = inspect.signature(dynamic_import(cls.path)).parameters.values()
        made = Function(
            "__init__", parameters=Parameters(*(_told(each, cls) for each in parameters))
        )
        cls.set_member("__init__", made)


def _told(parameter: inspect.Parameter, cls: Class) -> Parameter:
    annotation = parameter.annotation
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    default = parameter.default
    none = default is inspect.Parameter.empty
    return Parameter(
        parameter.name,
        annotation=parse_docstring_annotation(text, Docstring("", parent=cls)),
        kind=ParameterKind(parameter.kind.description),
        default=None if none else "..." if "NOTHING" in repr(default) else repr(default),
    )
