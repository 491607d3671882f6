"""The evaluator of console blocks sees what is wrong, or nothing that the pages show is proven."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sybil import Document, Example, Region
from sybil.region import Lexeme

from contract_tests.house.docs.console import Command, Shell, commands, same

ONE, TWO = "task_00000000000000aa", "task_00000000000000bb"


@pytest.fixture
def shell() -> Iterator[Shell]:
    shell = Shell("http://127.0.0.1:8765")
    yield shell
    shell.close()


def told(shell: Shell, source: str) -> str | None:
    """What is wrong with a block."""
    document = Document(source, "page.md")
    region = Region(0, len(source), parsed=Lexeme(source, 0, 0))
    return shell.evaluate(Example(document, 1, 1, region, {}))


def test_a_command_goes_on_behind_a_backslash_and_a_prompt() -> None:
    source = "$ for each in a b; do\n>   echo \\\n    $each\n> done\na\nb\n$ true\n"
    assert commands(source) == [
        Command("for each in a b; do\n  echo \\\n    $each\ndone", "a\nb\n"),
        Command("true", ""),
    ]
    with pytest.raises(ValueError, match="begins with"):
        commands("echo\n")


@pytest.mark.parametrize(
    "block",
    [
        "$ echo one; echo two >&2\none\ntwo\n",
        "$ printf 'one\\ntwo'\none\ntwo\n$ echo on\non\n",
        "$ (exit 6)\n$ echo $?\n6\n",
        "$ export WORD=sun\n$ echo $WORD\nsun\n",
        "$ cat\n$ echo on\non\n",
        "$ echo in one line\nin ... line\n",
        "$ seq 9\n1\n...\n9\n",
        "$ seq 2\n1\n2\n...\n",
        "$ echo Nov 25 19:10\nNov 24 12:40\n",
        f"$ echo {TWO}\n{ONE}\n",
    ],
)
def test_what_is_as_it_is_shown_is_right(shell: Shell, block: str) -> None:
    assert told(shell, block) is None


@pytest.mark.parametrize(
    "block",
    [
        "$ echo one\ntwo\n",
        "$ echo one; echo two\none\n",
        "$ echo one\none\ntwo\n",
        "$ true\none\n",
        "$ false\n",
        "$ false\n$ true\n",
        "$ no-such-command\n",
        "$ echo in two lines\nin ... line\n",
        "$ seq 9\n1\n...\n8\n",
        f"$ echo {ONE} {TWO}\n{ONE} {ONE}\n",
        "$ weryai simulate --no-such-option\n",
    ],
)
def test_what_is_otherwise_is_told(shell: Shell, block: str) -> None:
    line = block.splitlines()[0].removeprefix("$ ")
    assert line in (told(shell, block) or "")


def test_an_id_of_a_page_is_one_id_throughout(shell: Shell) -> None:
    assert same(f"made {ONE}, {ONE}\n", f"made {TWO}, {TWO}\n", shell.names)
    assert shell.names == {ONE: TWO}
    assert told(shell, f"$ echo {ONE} | tr b c\n{'task_00000000000000cc'}\n") is None
    assert not same(f"{ONE}\n", f"{ONE}\n", shell.names)
