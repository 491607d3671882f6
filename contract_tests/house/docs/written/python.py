"""The pages of the Python API: a page a public module, with its public names in it.

What each of them is stands in its docstring, and the site puts it where its name is.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

import weryai
from weryai import errors

# Theirs are the names of `weryai`, or options of the command line.
ELSEWHERE = {"cli", "results"}
# What somebody looks for comes first, and what they return or raise after it.
FIRST = ("WeryAI", "AsyncWeryAI")
OPTIONS = {
    "AsyncWeryAI": "members: false",  # the same again, which says that it is
    "Simulator": "inherited_members: true",  # of a base that no page is about
}


def pages() -> dict[str, str]:
    """The text of each page, by the name of its module."""
    return {name: _page(name, names) for name, names in public_names().items()}


def public_names() -> dict[str, Sequence[str]]:
    """The names that each public module is there for, each in the first that has it."""
    modules = {
        info.name: import_module(f"weryai.{info.name}")
        for info in pkgutil.iter_modules(weryai.__path__)
        if not info.name.startswith("_") and info.name not in ELSEWHERE
    }
    found: dict[str, Sequence[str]] = {}
    told: dict[str, object] = vars(errors).copy()
    for name, module in modules.items():
        given = {each: getattr(module, each) for each in _own(module)}
        new = [each for each, value in given.items() if told.get(each, told) is not value]
        found[f"weryai.{name}"] = [*given] if module is errors else new
        told |= given
    known = {*modules, *told, *FIRST}
    return {"weryai": [*FIRST, *(each for each in weryai.__all__ if each not in known)], **found}


def _own(module: ModuleType) -> Sequence[str]:
    """What a module offers, where it does not say so what it defines."""
    defined = [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    ]
    offered: Sequence[str] = getattr(module, "__all__", defined)
    return offered


def _page(module: str, names: Sequence[str]) -> str:
    what, _, _ = (import_module(module).__doc__ or "").strip().partition("\n\n")
    head = [f"# {module}", " ".join(what.split())]
    if module == "weryai":
        others = [f"[{name}]({name}.md)" for name in public_names() if name != module]
        head.append(f"Beside it there are {', '.join(others)}.")
    classes_first = sorted(names, key=str.isupper)
    return "\n\n".join([*head, *(_entry(f"{module}.{name}") for name in classes_first)]) + "\n"


def _entry(path: str) -> str:
    option = OPTIONS.get(path.rpartition(".")[2])
    return f"::: {path}" + (f"\n    options:\n      {option}" if option else "")
