"""What `make breaking` promises: what it prints, which version it asks for, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from contract_tests.contract.breaking.changes_in_process import (
    BALANCE,
    BREAKING,
    CLIENT,
    COMPATIBLE,
    DOCS,
    JSON,
    LIBRARY,
    MODEL,
    UNKNOWN,
    Change,
    Doc,
    Finding,
    asked,
    breaking,
    changed,
    fields,
    operation,
    operations,
    schema,
    write,
)
from contract_tests.support.contract import CONTRACT, TEXT


@pytest.mark.parametrize(
    ("version", "level", "wanted"),
    [
        ("0.1.0", BREAKING, "0.2.0"),
        ("0.1.0", UNKNOWN, "0.2.0"),
        ("0.1.0", COMPATIBLE, "0.1.1"),
        ("0.1.0", DOCS, "0.1.1"),
        ("1.2.3", BREAKING, "2.0.0"),
        ("1.2.3", UNKNOWN, "2.0.0"),
        ("1.2.3", COMPATIBLE, "1.3.0"),
        ("1.2.3", DOCS, "1.2.4"),
    ],
)
def test_the_version_follows_from_the_worst_change(version: str, level: str, wanted: str) -> None:
    assert breaking.next_version(version, level) == wanted


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contract and a small library in a repository with one commit."""
    root = tmp_path_factory.mktemp("committed")
    with pytest.MonkeyPatch.context() as patch:
        without_git_settings(patch)
        write(root, LIBRARY)
        (root / "openapi").mkdir()
        (root / "openapi" / "weryai.yaml").write_text(TEXT)
        (root / "pyproject.toml").write_text('[project]\nname = "weryai"\nversion = "0.1.0"\n')
        git(root, "init", "--quiet", "--template=")
        commit(root)
    return root


@pytest.fixture
def repository(committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it."""
    without_git_settings(monkeypatch)
    return shutil.copytree(committed, tmp_path, dirs_exist_ok=True)


def without_git_settings(patch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        patch.delenv(name)  # in a hook these name the repository that runs it


def git(root: Path, *arguments: str) -> None:
    settings = ["user.name=t", "user.email=t@example.com", "commit.gpgsign=false"]
    flags = [part for setting in settings for part in ("-c", setting)]
    subprocess.run(["git", *flags, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "x")


def rewrite(root: Path, change: Change) -> None:
    doc = json.loads(JSON)
    change(doc)
    (root / "openapi" / "weryai.yaml").write_text(json.dumps(doc))


def run(root: Path, *arguments: str) -> int:
    code: int = breaking.main([*arguments, "--root", str(root)])
    return code


def narrow(doc: Doc) -> None:
    asked(doc)["prompt"]["maxLength"] = 100
    operation(doc, BALANCE)["description"] = "Left."


def count_addresses(doc: Doc) -> None:
    """Of one field of large replies: whether their schemas hold each other takes half a second, and
    is asked once for all tests that make this change."""
    fields(doc, "VideoObject").update(url={"type": "integer"})


def test_nothing_changed_is_said_so(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "openapi" / "NOTES.md").write_text("Words.")
    assert run(repository, "HEAD", "--fail") == 0
    assert capsys.readouterr().out == "Nothing changed since HEAD.\n"


def test_the_report_names_operation_level_place_and_version(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(repository, narrow)
    assert run(repository, "HEAD") == 0
    out = capsys.readouterr().out
    unchanged = len([*operations.operations(CONTRACT)]) - 2
    assert out.splitlines() == [
        "submit_multi_image_to_video: breaking",
        "  breaking    request prompt: at most 100 characters, was 2000",
        "",
        "get_balance: docs only",
        "  docs only   descriptions, examples or spelling",
        "",
        f"1 breaking, 0 unknown, 0 compatible, 1 docs only; {unchanged} operations unchanged since",
        "HEAD.",
        "Version: 0.1.0 -> 0.2.0 (breaking).",
    ]


def test_a_name_that_is_gone_in_python_alone_is_reported(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(repository, CLIENT, "def send", "def post")
    assert run(repository, "HEAD", "--fail") == 1
    assert "  breaking    Client.send: gone\n" in capsys.readouterr().out


def test_a_field_of_many_replies_is_told_once_and_within_80_columns(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(repository, count_addresses)
    run(repository, "HEAD")
    out = capsys.readouterr().out
    assert out.count("VideoObject.url: type integer") == 3  # two operations and the webhook
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (narrow, 1),
        (lambda doc: schema(doc, "PathId").update(pattern="^a*$"), 1),
        (lambda doc: asked(doc)["prompt"].update(maxLength=3000), 0),
    ],
)
def test_fail_is_for_what_breaks_and_for_what_may(
    repository: Path, change: Change, code: int
) -> None:
    rewrite(repository, change)
    assert run(repository, "HEAD", "--fail") == code
    assert run(repository, "HEAD") == 0


def test_the_base_is_the_newest_tag_else_the_first_contract(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(repository, narrow)
    commit(repository)
    run(repository)
    assert "1 breaking" in capsys.readouterr().out
    git(repository, "tag", "v0.2.0")
    run(repository)
    assert capsys.readouterr().out == "Nothing changed since v0.2.0.\n"


def test_a_version_that_was_raised_already_is_shown(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(repository, narrow)
    file = repository / "pyproject.toml"
    file.write_text(file.read_text().replace("0.1.0", "0.2.0"))
    run(repository, "HEAD")
    out = capsys.readouterr().out
    assert "Version: 0.1.0 -> 0.2.0 (breaking).\npyproject.toml says 0.2.0 by now." in out


def test_the_changelog_is_a_list_of_what_users_notice(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def change(doc: Doc) -> None:
        narrow(doc)
        asked(doc)["zest"] = {"type": "integer"}
        count_addresses(doc)

    rewrite(repository, change)
    # A change of generated code is news of the contract, and is not told twice.
    changed(repository, MODEL, "note:", "words:")
    run(repository, "HEAD", "--changelog")
    assert capsys.readouterr().out.splitlines() == [
        "- **Breaking**: `submit_multi_image_to_video`: request prompt: at most 100 characters, "
        "was 2000.",
        "- **Breaking**: `get_task_status`, `get_batch_status`: reply 200 VideoObject.url: type "
        "integer, was string or null.",
        "- **Breaking**: `task_completed`: request VideoObject.url: type integer, was string or "
        "null.",
        "- `submit_multi_image_to_video`: request zest: new.",
    ]


def test_words_alone_make_no_changelog(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(repository, lambda doc: doc["info"].update(title="Wery AI"))
    assert run(repository, "HEAD", "--changelog", "--fail") == 0
    assert capsys.readouterr().out == "Nothing that users notice.\n"


def test_a_model_that_is_new_is_news(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(repository, lambda doc: asked(doc)["model"]["examples"].append("ZEST_1"))
    assert run(repository, "HEAD", "--changelog") == 0
    told = '- `submit_multi_image_to_video`: request model: examples: now also "ZEST_1".\n'
    assert capsys.readouterr().out == told


def test_the_same_change_at_many_places_is_one_line() -> None:
    places = ["A.url", "sub.A.url", "B.url", "C.url", "D.url"]
    found = [Finding(BREAKING, "get_balance", place, "gone") for place in places]
    assert list(breaking.merged(found)) == ["A.url and 3 more places: gone"]
    assert list(breaking.merged(found[:3])) == ["A.url, B.url: gone"]


def test_a_ref_that_is_not_there_is_refused_with_the_next_step(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(repository, "v9") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert (
        said.err == "breaking: v9 is no commit here; `git tag` and `git log` list what there is\n"
    )


def test_a_ref_without_a_contract_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = repository / "openapi" / "weryai.yaml"
    contract.unlink()
    commit(repository)
    contract.write_text(TEXT)
    assert run(repository, "HEAD") == 2
    assert "HEAD has no openapi/weryai.yaml; name a later commit" in capsys.readouterr().err


def test_outside_a_repository_it_says_where_to_run_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert run(tmp_path) == 2
    assert "run it in a clone" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("paths: [", "cannot be read"),
        ("", "cannot be read"),
        (TEXT.replace("    Malformed:", "    Lost:"), "Malformed"),
    ],
)
def test_a_contract_that_makes_no_sense_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str], text: str, what: str
) -> None:
    (repository / "openapi" / "weryai.yaml").write_text(text)
    assert run(repository, "HEAD") == 2
    assert what in capsys.readouterr().err
