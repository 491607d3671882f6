"""The public Python names of one version of the library, read from its source: nothing is run."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import griffe

ROOTS = ("wrapper", "generated_client")
PACKAGES = ("weryai", "weryai_api")
# Commands have options, not names; the models are public in their package.
HIDDEN = ("weryai.cli", "weryai.batch", "weryai_api.models.")
# Which objects the generated models are made of, and how, is the contract's business.
MODELS = "weryai_api.models."
ATTRS = {"attrs.define", "attrs.frozen"}
KINDS = griffe.ParameterKind
BY_POSITION = {KINDS.positional_only, KINDS.positional_or_keyword}
BY_NAME = {KINDS.keyword_only, KINDS.positional_or_keyword}


class Parameter(NamedTuple):
    """One parameter, in the terms of a caller."""

    position: int | None  # where it can be given by position
    by_name: bool
    default: str | None
    types: frozenset[str]
    many: bool = False  # *args or **kwargs

    @property
    def required(self) -> bool:
        return self.default is None and not self.many


class Name(NamedTuple):
    """One public name. Of a class, the parameters are those of its constructor."""

    kind: str
    types: frozenset[str] = frozenset()
    parameters: dict[str, Parameter] = {}  # noqa: RUF012  (never changed)
    bases: frozenset[str] = frozenset()


def read(root: Path) -> dict[str, Name]:
    """Every public name below `root` with its full path."""
    logging.getLogger("griffe").setLevel(logging.CRITICAL)
    paths = [root / each for each in ROOTS if (root / each).is_dir()]
    loader = griffe.GriffeLoader(search_paths=paths, allow_inspection=False)
    present = [name for name in PACKAGES if any((path / name).is_dir() for path in paths)]
    for name in present:
        loader.load(name, try_relative_path=False)
    loader.resolve_aliases(external=False)
    return {
        path: found
        for name in present
        for path, found in names_in(loader.modules_collection[name], name)
    }


def names_in(parent: Any, path: str) -> Iterator[tuple[str, Name]]:
    for name, member in parent.all_members.items():
        inner = f"{path}.{name}"
        found = target_of(member) if member.is_public and not implied(name, parent) else None
        if found is None or (found.is_module and inner.startswith(HIDDEN)):
            continue
        yield inner, described(found)
        if found.is_class or found.is_module:
            yield from names_in(found, inner)


def implied(name: str, parent: Any) -> bool:
    """Constructors belong to their class; what each object has is not worth a word."""
    special = name.startswith("__")
    return special and (not parent.is_class or name in dir(object) or name.startswith("__attrs"))


def target_of(member: Any) -> Any:
    """The object itself; None where it is somebody else's."""
    try:
        return member.final_target if member.is_alias else member
    except griffe.AliasResolutionError:
        return None


def described(found: Any) -> Name:
    if found.is_class:
        return Name("class", parameters=constructor_of(found), bases=bases_of(found))
    if found.is_function:
        labels = found.labels & {"async", "classmethod", "staticmethod"}
        kind = " ".join([*sorted(labels), "function"])
        return Name(kind, types_of(found.returns, found), parameters_of(found))
    if found.is_attribute:
        kind = "property" if "property" in found.labels else "attribute"
        return Name(kind, types_of(found.annotation, found))
    return Name("module")


def bases_of(found: Any) -> frozenset[str]:
    """What an instance is, as `except` and `isinstance` see it."""
    line = [found, *found.mro()]
    return frozenset(str(base).split(".")[-1] for each in line for base in each.bases)


def constructor_of(found: Any) -> dict[str, Parameter]:
    """Those of `__init__`, which attrs writes where the source has none."""
    if "__init__" in found.all_members:
        return parameters_of(target_of(found.all_members["__init__"]))
    decorators = [
        decorator.value for decorator in found.decorators if decorator.callable_path in ATTRS
    ]
    if not decorators or found.path.startswith(MODELS):
        return {}
    by_name_only = any("kw_only=True" in str(decorator) for decorator in decorators)
    fields = [member for member in found.all_members.values() if is_field(member)]
    return {
        arguments(each).get("alias", each.name.lstrip("_")): Parameter(
            None if by_name_only else index, True, default_of(each), frozenset()
        )
        for index, each in enumerate(fields)
    }


def is_field(member: Any) -> bool:
    return bool(
        member.is_attribute
        and "instance-attribute" in member.labels
        and member.annotation is not None
        and arguments(member).get("init") != "False"
    )


def arguments(member: Any) -> dict[str, str]:
    """What `field(...)` of attrs was given."""
    value = member.value
    if not isinstance(value, griffe.ExprCall) or value.canonical_path != "attrs.field":
        return {}
    given = [argument for argument in value.arguments if isinstance(argument, griffe.ExprKeyword)]
    return {each.name: str(each.value).strip("\"'") for each in given}


def default_of(member: Any) -> str | None:
    given = arguments(member)
    if given or "field(" in str(member.value):
        return given.get("default", given.get("factory"))
    return None if member.value is None else str(member.value)


def parameters_of(function: Any) -> dict[str, Parameter]:
    bound = function.parent.is_class and "staticmethod" not in function.labels
    listed = list(function.parameters)[1 if bound else 0 :]
    return {
        each.name: Parameter(
            index if each.kind in BY_POSITION else None,
            each.kind in BY_NAME,
            constant(each.default, function),
            types_of(each.annotation, function),
            each.kind in (KINDS.var_positional, KINDS.var_keyword),
        )
        for index, each in enumerate(listed)
    }


def constant(default: Any, where: Any) -> str | None:
    """The default as written, or the value of the constant that it names."""
    if default is None:
        return None
    first, *rest = str(default).split(".")
    try:
        named = where.modules_collection[".".join([where.module.resolve(first), *rest])]
    except (KeyError, griffe.GriffeError):
        return str(default)
    return str(named.value) if named.is_attribute else str(default)


def types_of(annotation: Any, where: Any) -> frozenset[str]:
    """The members of a union; an alias of the same package counts as what it stands for."""
    if annotation is None:
        return frozenset()
    named = where.module.members.get(str(annotation))
    meant = target_of(named) if named is not None else None
    if meant is not None and meant.is_attribute and meant.value is not None:
        return types_of(meant.value, meant)
    return frozenset(
        part
        for alternative in alternatives(ast.parse(str(annotation), mode="eval").body)
        for part in (
            [alternative] if alternative == str(annotation) else types_of(alternative, where)
        )
    )


def alternatives(node: ast.expr) -> Iterator[str]:
    """`A | B`, `Literal[1, 2]` and `Response[A | B]` as their members, each on its own."""
    if isinstance(node, ast.BinOp):
        yield from alternatives(node.left)
        yield from alternatives(node.right)
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
        values = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        yield from (f"Literal[{ast.unparse(value)}]" for value in values)
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Response":
        yield from (f"Response[{alternative}]" for alternative in alternatives(node.slice))
    else:
        yield ast.unparse(node)
