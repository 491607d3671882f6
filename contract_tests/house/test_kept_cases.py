"""Generated cases are kept, and generated anew once something changes that they come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from contract_tests.support.run import kept_cases
from contract_tests.support.run.kept_cases import KeptCases

VALUES = st.dictionaries(st.text(), st.integers() | st.floats(allow_nan=False) | st.none())
NUMBERS = st.integers() | st.floats(allow_nan=False)  # drawn in no time
NOTHING_MORE = st.nothing()


def values(kept: KeptCases, cases: st.SearchStrategy[Any], name: str = "values") -> list[str]:
    """The cases as they were checked: 1, 1.0 and True are equal in Python."""
    seen: list[str] = []

    def check(case: Any) -> None:
        seen.append(repr(case))

    kept.each(name, cases, check)
    return seen


def test_what_was_generated_is_checked_again_and_nothing_is_generated(tmp_path: Path) -> None:
    first = values(KeptCases(tmp_path), VALUES)
    assert len(first) == settings().max_examples, "as many as the profile says"
    assert len(set(first)) > 30
    assert values(KeptCases(tmp_path), NOTHING_MORE) == first


def test_each_name_has_cases_of_its_own_which_are_the_same_without_a_folder(tmp_path: Path) -> None:
    kept = KeptCases(tmp_path)
    assert values(kept, NUMBERS) == values(KeptCases(None), NUMBERS)
    assert values(kept, NUMBERS) != values(kept, NUMBERS, "others")


FILES = (
    *("openapi/weryai.yaml", "constraints.txt", "test.py"),
    *("contract_tests/support/replies.py", "contract_tests/support/run/some.py"),
)


@pytest.mark.parametrize("source", [*FILES, "the version of Python"])
def test_a_change_of_what_they_come_from_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(kept_cases, "ROOT", tmp_path)

    def digest() -> str:
        return kept_cases.digest.__wrapped__(str(tmp_path / "test.py"))

    before = digest()
    assert digest() == before
    if source in FILES:
        (tmp_path / source).write_text("changed")
    else:
        monkeypatch.setattr("sys.version", "another")
    assert digest() != before


def test_cases_of_another_digest_or_of_a_broken_file_are_generated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = KeptCases(tmp_path)
    first = values(kept, NUMBERS)
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text()[:-9])
    assert values(kept, NUMBERS) == first
    monkeypatch.setattr(kept_cases, "digest", lambda test: "another")
    assert values(kept, st.just("other")) == ["'other'"]


def test_cases_of_which_one_fails_are_not_kept_and_one_that_is_kept_is_told(
    tmp_path: Path,
) -> None:
    kept = KeptCases(tmp_path)

    def fail(case: Any) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.each("values", VALUES, fail)
    assert [*tmp_path.iterdir()] == []
    first = values(kept, st.just("this one"))
    assert first == ["'this one'"]
    with pytest.raises(ValueError, match="no") as caught:
        kept.each("values", NOTHING_MORE, fail)
    assert caught.value.__notes__ == ["Falsifying example: 'this one'"]
