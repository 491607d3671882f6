"""What is done for one job costs the same in a journal of any size: counted, and not timed."""

from __future__ import annotations

import inspect
import itertools
import json
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contract_tests.journal.test_file import NOW, PAYLOAD, write
from contract_tests.support.many_jobs import LONG_AGO, OPEN, SAME, URL, fill
from weryai import Job, Limits, MultiImageToVideo, Task, Video
from weryai._journal import rows, sqlite_file
from weryai._journal.claims import Turns
from weryai.journal import STATES, Journal, SQLiteJournal, Turn
from weryai.testing import Simulator

FEW, MANY = 300, 10_000


@pytest.fixture(scope="module")
def journals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, SQLiteJournal]]:
    """A small and a large one, with the same at the start."""
    folder = tmp_path_factory.mktemp("journals")
    opened = {number: SQLiteJournal(folder / f"{number}.journal") for number in (FEW, MANY)}
    for number, journal in opened.items():
        fill(journal, number)
    yield opened
    for journal in opened.values():
        journal.close()


def film(number: int) -> Video:
    return Video(f"{URL}/get?id={number}", f"task_{number}")


def begun(journal: SQLiteJournal, name: str, at: datetime = NOW) -> None:
    journal.begin(
        name, URL, PAYLOAD, at, idempotency_key=name, fingerprint=SAME, none_since=LONG_AGO
    )


def _begin_refused_by_nothing(journal: SQLiteJournal) -> None:
    begun(journal, "new")
    journal.refuse("new")


def _accept(journal: SQLiteJournal) -> None:
    begun(journal, "new")
    journal.accept("new", Job(["task_new"], "batch"))
    journal.forget(["new"])


def _doubt(journal: SQLiteJournal) -> None:
    begun(journal, "new")
    journal.doubt("new", "lost")
    journal.settle("new", Job(["task_new"]))
    journal.settle("new")
    journal.forget(["new"])


def _note(journal: SQLiteJournal) -> None:
    for video in (film(50), Video(f"{URL}/get?id=50&s=2", "task_50")):
        journal.note("e50", [Task("task_50", "succeed", (video,))])
    journal.note("e50", [Task("task_50", "succeed", (film(50),))], final=True)


def _fetched(journal: SQLiteJournal) -> None:
    journal.fetched(URL, film(50), Path("/v/another"))
    journal.fetched(URL, film(50), Path("/v/50"))
    journal.fetched(URL, Video(f"{URL}/get?id=50&s=3", "task_50"), Path("/v/50"))
    journal.fetched(URL, Video(f"{URL}/get?id=x", "nobody's"), Path("/v/50"))


def _turn(journal: SQLiteJournal) -> None:
    turn = Turn(Limits(running=OPEN + 1, interval=0))
    assert journal.begin("new", URL, PAYLOAD, NOW, turn=turn) is None
    journal.hold_back(URL, NOW, 0.001)
    assert journal.turn("new", NOW + timedelta(seconds=1), turn) is None
    journal.refuse("new")
    full = Turn(Limits(running=OPEN, interval=0))
    for _ in range(2):
        assert journal.begin("next", URL, PAYLOAD, NOW, turn=full)
    journal.refuse("next")


def _claim(journal: SQLiteJournal) -> None:
    assert journal.claim("e50")
    journal.release("e50")


# What is called for one job, by the method that it is about.
PER_JOB: dict[str, Callable[[SQLiteJournal], object]] = {
    "begin": _begin_refused_by_nothing,
    "refuse": _begin_refused_by_nothing,
    "accept": _accept,
    "doubt": _doubt,
    "settle": _doubt,
    "forget": _accept,
    "note": _note,
    "fetched": _fetched,
    "earlier": lambda journal: (
        journal.earlier(URL, idempotency_key="key 50"),
        journal.earlier(URL, idempotency_key="none", fingerprint=SAME, since=LONG_AGO),
    ),
    "find": lambda journal: [
        journal.find(URL, job) for job in (Job(["task_50"]), Job(["none"], "51"), Job((), "none"))
    ],
    "entry": lambda journal: (journal.entry("e50"), journal.entry("none")),
    "turn": _turn,
    "hold_back": _turn,
    "claim": _claim,
    "release": _claim,
    "uploaded": lambda journal: journal.uploaded(URL, "e50", "https://e.com/b", LONG_AGO),
    "address_of": lambda journal: journal.address_of(URL, "e50", LONG_AGO),
    # Bound by what is open and by the page that is asked for, not by the size of the journal.
    "open_entries": lambda journal: list(journal.open_entries()),
    "counts": lambda journal: journal.counts(),
    "entries": lambda journal: [
        *itertools.islice(journal.entries(newest_first=True), 20),
        *itertools.islice(journal.entries(after="e49"), 20),
        *itertools.islice(journal.entries(state="fetched", after=LONG_AGO), 20),
        *journal.entries(state="running"),
    ],
}
# Tables that do not grow: a row a state, and a row a service.
SHORT = {
    "SCAN counts",
    "SEARCH gates USING INDEX sqlite_autoindex_gates_1 (base_url=?)",
    "SEARCH readings USING INDEX sqlite_autoindex_readings_1 (base_url=?)",
}
# Those that are called once, and not for each job.
OTHERS = {"close"}


def steps(journal: SQLiteJournal, work: Callable[[SQLiteJournal], object]) -> int:
    """How many instructions SQLite's machine takes for it."""
    taken = itertools.count()
    journal._db._db.set_progress_handler(lambda: next(taken) < 0, 1)
    try:
        work(journal)
    finally:
        journal._db._db.set_progress_handler(None, 1)
    return next(taken)


def statements(journal: SQLiteJournal, work: Callable[[SQLiteJournal], object]) -> set[str]:
    """Which ones SQLite is given for it."""
    seen: set[str] = set()
    journal._db._db.set_trace_callback(seen.add)
    try:
        work(journal)
    finally:
        journal._db._db.set_trace_callback(None)
    return {each for each in seen if each.split()[0] not in ("BEGIN", "COMMIT", "ROLLBACK", "--")}


def plan(journal: SQLiteJournal, statement: str) -> list[str]:
    return [str(row["detail"]) for row in journal._db.rows(f"EXPLAIN QUERY PLAN {statement}")]


def test_every_method_of_a_journal_is_counted() -> None:
    methods = {name for name, _ in inspect.getmembers(Journal, inspect.isfunction)}
    assert {name for name in methods if not name.startswith("_")} == PER_JOB.keys() | OTHERS


@pytest.mark.parametrize("method", PER_JOB)
def test_what_is_done_for_one_job_takes_as_many_steps_in_a_large_journal(
    journals: dict[int, SQLiteJournal], method: str
) -> None:
    few, many = (steps(journal, PER_JOB[method]) for journal in journals.values())
    assert many <= few + 20, f"{few} steps where there are {FEW}, {many} where there are {MANY}"
    assert few > 0 or method in ("claim", "release")


@pytest.mark.parametrize("method", PER_JOB)
def test_no_statement_for_one_job_looks_through_a_table(
    journals: dict[int, SQLiteJournal], method: str
) -> None:
    asked = statements(journals[FEW], PER_JOB[method])
    for statement in asked:
        found = plan(journals[FEW], statement)
        # An index that begins with the address of the service would lead to all there is.
        all_there_is = [each for each in found if each.startswith("SCAN") or "(base_url=?)" in each]
        assert set(all_there_is) <= SHORT, (statement, found)
    assert asked or method in ("claim", "release")


@pytest.mark.usefixtures("quick_videos")
def test_a_job_from_its_submission_to_its_file_takes_as_many_steps_in_a_large_journal(
    journals: dict[int, SQLiteJournal], ask: Callable[..., MultiImageToVideo], tmp_path: Path
) -> None:
    def generate(journal: SQLiteJournal) -> None:
        with Simulator() as simulator, simulator.client(journal=journal) as client:
            key = f"job {next(keys)}"
            result = client.generate(ask(), idempotency_key=key, refuse_repeats=True)
            client.download(client.wait(result.job), tmp_path / key)
            assert client.submit(ask(), idempotency_key=key) == result.job

    keys = itertools.count()
    few, many = (steps(journal, generate) for journal in journals.values())
    assert many <= few * 1.05
    for statement in statements(journals[FEW], generate):
        found = plan(journals[FEW], statement)
        assert not [each for each in found if each.startswith("SCAN")], (statement, found)


def test_how_many_there_are_is_kept(journals: dict[int, SQLiteJournal]) -> None:
    done = sum(1 for _ in journals[FEW].entries(state="fetched"))
    kept = dict.fromkeys(STATES, 0) | {"running": OPEN, "fetched": done}
    assert journals[FEW].counts() == kept
    begun(journals[FEW], "new")
    assert journals[FEW].counts() == kept | {"sending": 1}
    journals[FEW].accept("new", Job(["task_new"]))
    assert journals[FEW].counts() == kept | {"running": OPEN + 1}
    journals[FEW].settle("new")
    assert journals[FEW].counts() == kept | {"settled": 1}
    journals[FEW].forget(["new"])
    assert journals[FEW].counts() == kept


def test_to_open_a_journal_takes_as_many_steps_for_a_large_one(
    journals: dict[int, SQLiteJournal], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[object] = []

    class Counted(sqlite_file._Connection):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.set_progress_handler(lambda: taken.append(None), 1)

    monkeypatch.setattr(sqlite_file, "_Connection", Counted)
    counted = []
    for journal in journals.values():
        taken.clear()
        SQLiteJournal(journal.path).close()
        counted.append(len(taken))
    assert counted[0] == counted[1] > 0


def test_the_first_of_many_is_told_after_a_page_has_been_read(
    journals: dict[int, SQLiteJournal], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    entry_of = rows._entry

    def counted(row: Any, *parts: Any) -> Any:
        read.append(row)
        return entry_of(row, *parts)

    monkeypatch.setattr(rows, "_entry", counted)
    next(journals[MANY].entries())
    assert len(read) == 16


def test_all_entries_are_listed_in_little_memory(journals: dict[int, SQLiteJournal]) -> None:
    ours = tracemalloc.Filter(True, str(Path(rows.__file__).parent / "*"))  # and of no other thread
    most, number_of = 0, MANY // 5
    tracemalloc.start()
    for number, _ in enumerate(itertools.islice(journals[MANY].entries(), number_of)):
        if number % (number_of // 5) == 30:
            kept = tracemalloc.take_snapshot().filter_traces([ours]).statistics("filename")
            most = max(most, sum(each.size for each in kept))
    tracemalloc.stop()
    assert 2**14 < most < 2**19, "all of them at once take more than ten times as much"


def written(path: Path) -> tuple[Any, ...]:
    """What changes where anything is written: the file and its log."""
    files = [path, path.with_name(f"{path.name}-wal")]
    return tuple((file.read_bytes(), file.stat().st_mtime_ns) for file in files)


@pytest.mark.parametrize("said", ["note", "final", "fetched"])
def test_what_is_said_twice_is_written_once_and_waits_for_nobody(
    journal: SQLiteJournal, said: str
) -> None:
    write(journal, "a")
    task = Task("task_a", "succeed", (film(1),))
    journal.note("a", [task])
    with sqlite3.connect(journal.path) as other:

        def say() -> None:
            if said == "fetched":
                journal.fetched(URL, film(1), Path("/v/1"))
            else:
                journal.note("a", [task], final=said == "final")

        say()
        before = written(journal.path), version(other), journal._db._db.total_changes
        turns = Turns(journal.path.with_name(f"{journal.path.name}-claims") / ".writing")
        turns.take(1)
        say()
        turns.close()
        assert (written(journal.path), version(other), journal._db._db.total_changes) == before
        journal.note("a", [task, Task("task_b", "processing")])
        assert version(other) != before[1], "what is new is written"
    other.close()


def version(db: sqlite3.Connection) -> int:
    """It changes with each transaction of another connection that writes."""
    (number,) = db.execute("PRAGMA data_version").fetchone()
    return int(number)


def test_what_one_large_transaction_leaves_is_not_read_by_all_who_open_it_later(
    tmp_path: Path,
) -> None:
    journal = SQLiteJournal(tmp_path / "a.journal")
    log = tmp_path / "a.journal-wal"
    told = (URL, json.dumps("x" * 2**21))
    large = "INSERT INTO entries (id, base_url, payload, sent_at) VALUES ('a', ?, ?, '')"
    journal._db.write(lambda db: db.execute(large, told))
    assert log.stat().st_size > 2**21
    for name in ("b", "c"):
        write(journal, name)
    assert log.stat().st_size <= 2**20
    journal.close()
