"""The page of errors has a section for each class, with what the code says of it."""

from __future__ import annotations

import re

import weryai
from contract_tests.house.docs.pages import PAGES
from weryai import JournalError, WeryAIError, errors
from weryai._service.refusals import CODES, STATUSES
from weryai.cli import _errors as of_commands
from weryai.cli._errors import exit_code
from weryai.cli._report import page_of

SECTIONS = {
    name: text
    for name, _, text in (
        section.partition("\n\n")
        for section in PAGES["docs/errors.md"].read_text().split("\n## ")[1:]
    )
}
KINDS: dict[str, type[WeryAIError]] = {
    name: getattr(errors, name) for name in re.findall(r"\w+Error\b", errors.__doc__ or "")
}
# Of the command line alone, which tells their names in `error.type`.
KINDS |= {
    name: kind
    for name, kind in vars(of_commands).items()
    if name.endswith("Error") and kind.__module__ == of_commands.__name__
}


def facts(kind: type[WeryAIError]) -> str:
    """The line below the name of a class."""
    base = kind.__bases__[0].__name__
    told = [f"Exit code {exit_code(kind.__new__(kind))}"]
    codes = [str(code) for code, each in CODES.items() if each is kind]
    told += [f"code{'s' * (len(codes) > 1)} {', '.join(codes)}"] if codes else []
    statuses = [str(status) for status, each in STATUSES.items() if each is kind]
    told += [f"HTTP {', '.join(statuses)}"] if statuses else []
    return " · ".join([*told, f"a{'n' * (base[0] in 'AEIO')} `{base}`"])


def test_what_a_command_says_of_an_error_leads_to_its_section() -> None:
    pages = [page_of(kind) for kind in KINDS.values()]
    assert pages == [f"docs/errors.md#{name.lower()}" for name in SECTIONS]
    assert page_of(type("_Special", (JournalError,), {})) == "docs/errors.md#journalerror"
    assert page_of(OSError) is None


def test_each_error_has_a_section_in_the_order_of_the_tree() -> None:
    assert {name for name in weryai.__all__ if name.endswith("Error")} <= set(SECTIONS)
    assert list(SECTIONS) == list(KINDS)


def test_each_section_has_the_exit_code_and_the_codes_of_its_error() -> None:
    parts = {name: text.partition("\n\n") for name, text in SECTIONS.items()}
    assert {name: line for name, (line, _, _) in parts.items()} == {
        name: facts(kind) for name, kind in KINDS.items()
    }
    assert [name for name, (_, _, what_to_do) in parts.items() if not what_to_do.strip()] == []
