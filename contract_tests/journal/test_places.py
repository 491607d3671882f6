"""A journal is one file under one name: what is written into any other is not found again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from contract_tests.journal.test_file import NOW, PAYLOAD, URL, run, write
from contract_tests.support.clients import MakeClient
from weryai import JournalError, MultiImageToVideo
from weryai._journal import database
from weryai._journal.claims import Turns
from weryai.journal import SQLiteJournal
from weryai.testing import Simulator

Ask = Callable[..., MultiImageToVideo]
HTTPS = ["https://example.com/a.jpg"]


def removed(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def moved(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))


def replaced(path: Path) -> None:
    """By a copy of itself, as a backup that is played back does."""
    copy = path.with_name("copy")
    shutil.copytree(path, copy) if path.is_dir() else shutil.copy(path, copy)
    removed(path)
    copy.rename(path)


@pytest.mark.parametrize("size", [0, 100, 4096])
def test_nothing_is_sent_where_the_journal_was_cut_in_its_place(
    make_client: MakeClient, simulator: Simulator, journal: SQLiteJournal, ask: Ask, size: int
) -> None:
    client = make_client(simulator, journal=journal)
    client.submit(ask(images=HTTPS))
    sent = len(simulator.received)
    os.truncate(journal.path, size)
    for _ in range(2):
        with pytest.raises(JournalError, match=r"cut short|damaged"):
            client.submit(ask(images=HTTPS))
    assert len(simulator.received) == sent


@pytest.mark.skipif(os.name == "nt", reason="what is open stays there")
@pytest.mark.parametrize("mark", ["", "-wal", "-shm", "-claims"])
@pytest.mark.parametrize("change", [removed, moved, replaced])
def test_nothing_is_sent_where_the_journal_is_not_in_its_place_any_more(
    make_client: MakeClient,
    simulator: Simulator,
    journal: SQLiteJournal,
    ask: Ask,
    mark: str,
    change: Callable[[Path], None],
) -> None:
    client = make_client(simulator, journal=journal)
    client.submit(ask(images=HTTPS))
    sent = len(simulator.received)
    change(journal.path.with_name(journal.path.name + mark))
    with pytest.raises(JournalError, match=r"was removed, moved or replaced .*open it anew"):
        client.submit(ask(images=HTTPS))
    assert len(simulator.received) == sent
    for file in journal.path.parent.glob("elsewhere"):
        assert file.is_dir() or mark or len(kept_elsewhere(file)) == 1, "no intent is left in it"
    with suppress(JournalError):  # of a log whose journal is gone
        SQLiteJournal(journal.path).close()


@pytest.mark.skipif(os.name == "nt", reason="what is open stays there")
def test_ids_that_come_when_the_journal_is_gone_come_with_the_error(
    make_client: MakeClient, journal: SQLiteJournal, ask: Ask
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        journal.path.unlink()
        return httpx.Response(200, json={"status": 0, "data": {"task_ids": ["task_1"]}})

    with pytest.raises(JournalError, match="was removed") as caught:
        make_client(handler=answer, journal=journal).submit(ask(images=HTTPS))
    assert caught.value.job is not None
    assert caught.value.job.task_ids == ("task_1",)


@pytest.mark.parametrize("behind", ["file", "folder"])
def test_a_link_whose_target_is_gone_is_not_followed(tmp_path: Path, behind: str) -> None:
    away, link = tmp_path / "away", tmp_path / "link"
    SQLiteJournal(away / "state" / "a.journal").close()
    link.symlink_to(away / "state" / "a.journal" if behind == "file" else away / "state")
    path = link if behind == "file" else link / "a.journal"
    run("SQLiteJournal(sys.argv[1]).begin('a', 'u', {}, datetime.now(UTC)); os._exit(9)", path)
    kept = {file: file.read_bytes() for file in away.rglob("*") if file.is_file()}
    assert (away / "state" / "a.journal-wal") in kept
    away.rename(tmp_path / "unmounted")
    with pytest.raises(JournalError, match="is a link to what is not there"):
        SQLiteJournal(path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link", "unmounted"]
    (tmp_path / "unmounted").rename(away)
    assert {each: each.read_bytes() for each in kept} == kept
    journal = SQLiteJournal(path)
    assert [entry.state for entry in journal.entries()] == ["unknown"]
    journal.close()


def test_all_spellings_of_a_path_are_one_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    journal = SQLiteJournal(folder / "a.journal")
    write(journal, "a")
    (tmp_path / "folder").symlink_to(folder)
    (tmp_path / "file").symlink_to(folder / "a.journal")
    (folder / "relative").symlink_to("a.journal")
    monkeypatch.chdir(tmp_path)
    for spelling in (
        tmp_path / "folder" / "a.journal",
        tmp_path / "file",
        folder / "relative",
        Path("folder") / ".." / "state" / "a.journal",
        "file",
    ):
        assert journal.claim("a")
        other = SQLiteJournal(spelling)
        assert other.path == journal.path
        assert not other.claim("a")
        assert [entry.held for entry in other.entries()] == [True]
        other.close()
        journal.release("a")
    assert not [file for file in tmp_path.rglob("*-wal") if file.parent != folder]
    journal.close()


def test_a_file_of_several_names_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    SQLiteJournal(path).close()
    os.link(path, tmp_path / "b.journal")
    for each in ("a.journal", "b.journal"):
        with pytest.raises(JournalError, match="has 2 names"):
            SQLiteJournal(tmp_path / each)
    (tmp_path / "b.journal").unlink()
    SQLiteJournal(path).close()


def test_a_path_that_cannot_be_is_told(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be used"):
        SQLiteJournal(f"{tmp_path}/a\0b")


def test_whoever_writes_waits_for_its_turn_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    turns = Turns(tmp_path / "a.journal-claims" / ".writing")
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    turns.take(1)
    with pytest.raises(JournalError, match="cannot be used: another process has been writing"):
        write(journal, "a")
    turns.give()
    write(journal, "b")
    turns.take(1)
    assert [entry.id for entry in journal.entries()] == ["b"], "whoever reads does not wait"
    turns.close()
    journal.close()


def kept_elsewhere(path: Path) -> list[str]:
    """The entries of a file, as another program sees them."""
    with sqlite3.connect(path) as db:
        found = [name for (name,) in db.execute("SELECT id FROM entries ORDER BY id")]
    db.close()
    return found


def test_a_backup_is_whole_and_a_journal_of_its_own(tmp_path: Path) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    write(journal, *(f"e{number:03}" for number in range(20)))
    before = [*journal.entries()]
    journal.backup(tmp_path / "b.journal")
    write(journal, "later")
    assert sorted(file.name for file in tmp_path.glob("b.*")) == ["b.journal"]
    assert (tmp_path / "b.journal").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "b.journal").read_bytes()[18:20] == b"\1\1", "it needs no log to be read"
    assert len(kept_elsewhere(tmp_path / "b.journal")) == 20
    other = SQLiteJournal(tmp_path / "b.journal")
    assert [*other.entries()] == before
    write(other, "its own")
    other.close()
    journal.close()


def test_a_backup_is_of_one_moment_while_others_write(tmp_path: Path) -> None:
    journal, other = (SQLiteJournal(tmp_path / "a.journal") for _ in range(2))
    over = threading.Event()

    def busy() -> None:
        for number in range(10_000):
            write(other, f"e{number}")
            if over.is_set():
                return

    thread = threading.Thread(target=busy)
    thread.start()
    for number in range(3):
        journal.backup(tmp_path / f"{number}.journal")
    over.set()
    thread.join()
    for number in range(3):
        copy = SQLiteJournal(tmp_path / f"{number}.journal")
        states = [entry.state for entry in copy.entries()]
        assert set(states[:-1]) <= {"running"}
        copy.close()
    journal.close()
    other.close()


@pytest.mark.parametrize("path", ["", ".", "/", "folder", "link"])
def test_a_folder_is_no_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("link").symlink_to("folder")
    with pytest.raises(JournalError, match="cannot be used: it is a folder, and a journal is a f"):
        SQLiteJournal(path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["folder", "link"]


@pytest.mark.parametrize("there", ["file", "folder", "link", "itself"])
def test_a_backup_takes_the_place_of_nothing(tmp_path: Path, there: str) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    write(journal, "a")
    target = journal.path if there == "itself" else tmp_path / "b"
    if there == "file":
        target.write_text("mine")
    elif there == "folder":
        target.mkdir()
    elif there == "link":
        target.symlink_to("nowhere")
    with pytest.raises(JournalError, match="is there already"):
        journal.backup(target)
    assert there != "file" or target.read_text() == "mine"
    assert not list(tmp_path.glob(".*.part*"))
    assert [entry.id for entry in journal.entries()] == ["a"]
    journal.close()


def test_a_backup_that_cannot_be_written_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    with pytest.raises(JournalError, match="not there/b cannot be written"):
        journal.backup(tmp_path / "not there" / "b")
    taken = tmp_path / "b"

    def late(part: Path, target: Path) -> None:
        assert part.stat().st_size
        target.write_text("another was faster")
        place(part, target)

    from weryai._journal import sqlite_file

    place = sqlite_file.place
    monkeypatch.setattr(sqlite_file, "place", late)
    with pytest.raises(JournalError, match="b cannot be written"):
        journal.backup(taken)
    assert taken.read_text() == "another was faster"
    assert not list(tmp_path.glob(".*"))
    journal.begin("a", URL, PAYLOAD, NOW)
    journal.close()


def test_a_backup_needs_no_second_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError("there are none here")

    monkeypatch.setattr(os, "link", no_links)
    journal = SQLiteJournal(tmp_path / "a.journal")
    write(journal, "a")
    journal.backup(tmp_path / "b")
    assert kept_elsewhere(tmp_path / "b") == ["a"]
    journal.close()
