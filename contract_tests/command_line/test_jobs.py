"""Nothing lost: `weryai jobs` lists what was paid for, until it is settled or forgotten."""

from __future__ import annotations

import os
import sqlite3
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from contract_tests.command_line.invoke import AGAIN, GENERATE, SUBMIT, Cli, jobs, submit
from contract_tests.support.many_jobs import OPEN, fill
from weryai._journal import rows
from weryai.cli import _output
from weryai.cli._commands.jobs.listing import LATEST
from weryai.journal import SQLiteJournal
from weryai.testing import Answer, Lost, Outcome, Simulator


def test_the_journal_is_on_by_default_in_the_users_state_directory(
    cli: Cli, simulator: Simulator, file: Path
) -> None:
    cli(*GENERATE)
    assert file.exists()
    (job,) = jobs(cli)
    assert job["operation"] == SUBMIT
    assert (job["state"], job["job"]["task_ids"]) == ("fetched", [*simulator.ledger[0].task_ids])
    assert job["payload"] == simulator.ledger[0].payload
    assert Path(*job["files"].values()).is_absolute()


def test_the_journal_can_be_elsewhere_or_nowhere(
    cli: Cli, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli(*GENERATE, "--journal", tmp_path / "other")
    cli(*GENERATE, "--journal", "none")
    assert not file.exists()
    assert len(cli("jobs", "--json", "--journal", tmp_path / "other").json["jobs"]) == 1
    monkeypatch.setenv("WERYAI_JOURNAL", str(tmp_path / "third"))
    assert jobs(cli) == []
    assert (tmp_path / "third").exists()
    for command in ("jobs", "resume"):
        assert cli(command, "--journal", "none").code == 2


def test_jobs_tells_how_old_it_is_what_it_tells(cli: Cli, simulator: Simulator) -> None:
    submit(cli)
    assert "what is left is told as of a moment ago; to wait" in cli("jobs").err
    simulator.clock.sleep(200)
    assert "told as of 3 min ago;" in cli("jobs").err
    simulator.slow(9000)
    [task_id] = submit(cli, "--again")
    simulator.clock.sleep(7300)
    cli("status", task_id)
    simulator.clock.sleep(180)
    assert "told as of 3 min to 2 h ago;" in cli("jobs").err
    assert [bool(job["told_at"]) for job in jobs(cli)] == [False, True]


def test_jobs_tells_what_runs_what_is_done_and_what_is_unknown(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.outcomes.extend([Outcome(), Outcome("failed", message="flagged"), Outcome()])
    cli(*GENERATE, "--prompt", "A prompt that is longer than its column")
    cli(*GENERATE)
    (running,) = submit(cli)
    simulator.next(SUBMIT, Lost(accepted=True))
    cli(*GENERATE, "--caller-id", 7)
    said = cli("jobs")
    rows = [line.split(maxsplit=5) for line in said.out.splitlines()[1:]]
    assert [row[4] for row in rows] == ["fetched", "failed", "running", "unknown"]
    assert "A prompt that is …" in rows[0][5]
    assert [row[5].rpartition("  ")[2] for row in rows[1:]] == [
        "0 of 1 video: flagged",
        f"0 of 1 video: {running}",
        "caller_id 7",
    ]
    assert "1 submission may have been paid" in said.err
    assert "  weryai jobs settle ENTRY [TASK_ID...]\n" in said.err
    assert "  weryai resume --base-url http://localhost\n" in said.err
    shown = cli("jobs", "--open", "--json").json["jobs"]
    assert [job["state"] for job in shown] == ["running", "unknown"]
    assert shown[1]["reason"]


def test_an_unknown_submission_is_settled_by_what_the_user_found(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.next(SUBMIT, Lost(accepted=True), Lost())
    for _ in range(2):
        assert "then say what you found: weryai jobs settle" in cli(*AGAIN).err
    assert "2 submissions may have been paid" in cli("resume").err
    paid, never = (job["entry"] for job in jobs(cli))
    task_ids = simulator.ledger[0].task_ids
    assert "nothing more is done" in cli("jobs", "settle", never).err
    said = cli("jobs", "settle", paid, *task_ids, "--json")
    assert said.json["jobs"][0]["state"] == "running"
    assert cli("resume").out.split() == [f"{task_ids[0]}.mp4"]
    assert [job["state"] for job in jobs(cli)] == ["fetched", "settled"]
    assert cli("jobs", "--open", "--json").json == {"jobs": []}


@pytest.mark.parametrize(
    ("options", "words"),
    [(["nothing"], "is no entry"), (["ENTRY", "task_9"], "are known already: task_")],
)
def test_settling_what_cannot_be_settled_changes_nothing(
    cli: Cli, options: list[str], words: str
) -> None:
    submit(cli)
    before = jobs(cli)
    said = cli("jobs", "settle", *(before[0]["entry"] if o == "ENTRY" else o for o in options))
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert jobs(cli) == before


def test_settling_sends_the_key_where_the_user_says_and_not_where_the_journal_does(
    cli: Cli, simulator: Simulator, file: Path
) -> None:
    simulator.next(SUBMIT, Lost(accepted=True))
    cli(*GENERATE)
    with sqlite3.connect(file) as db:
        db.execute("UPDATE entries SET base_url = 'https://other.example.com'")
    db.close()
    before, ids = len(simulator.received), simulator.ledger[0].task_ids
    said = cli("jobs", "settle", jobs(cli)[0]["entry"], *ids)
    assert (said.code, len(simulator.received)) == (2, before)
    assert "give --base-url https://other.example.com if your key" in " ".join(said.err.split())
    assert jobs(cli)[0]["state"] == "unknown"


def test_an_id_that_the_service_does_not_know_is_not_written_down(
    cli: Cli, simulator: Simulator
) -> None:
    simulator.next(SUBMIT, Lost(accepted=True))
    cli(*GENERATE)
    (entry,) = jobs(cli)
    for wrong in (["task_none"], ["not/an/id"], ["--batch", "1"]):
        assert cli("jobs", "settle", entry["entry"], *wrong).code in (2, 3)
        assert jobs(cli) == [entry]
    right = simulator.ledger[0].task_ids
    assert cli("jobs", "settle", entry["entry"], *right).code == 0


def test_what_was_paid_for_is_not_called_uncharged(cli: Cli, simulator: Simulator) -> None:
    body = {"status": 0, "data": {"task_ids": ["not/an/id"]}}
    simulator.next(SUBMIT, Answer(body=body))
    said = cli(*GENERATE)
    assert said.code == 1
    assert "nothing was charged" not in said.err
    assert "is not an id that the service could have given" in said.err


def test_advice_leads_to_the_same_journal(cli: Cli, simulator: Simulator, tmp_path: Path) -> None:
    said = cli(*GENERATE, "--journal", tmp_path / "mine", "--timeout", 1)
    assert f"weryai wait --journal {tmp_path / 'mine'} task_" in said.err
    simulator.next(SUBMIT, Lost())
    assert "weryai jobs" not in cli(*GENERATE, "--journal", "none").err


def test_a_damaged_journal_stops_a_paid_command_before_it_pays(
    cli: Cli, simulator: Simulator, file: Path
) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("damaged" * 1000)
    said = cli(*GENERATE)
    assert (said.code, said.out) == (1, "")
    assert "Move it away" in said.err
    assert cli(*GENERATE, "--json").error["type"] == "JournalError"
    assert simulator.received == []
    assert cli("balance").code == 0


def one_in_each_state(cli: Cli, simulator: Simulator) -> list[str]:
    """A journal of it, and the states, the oldest first."""
    simulator.outcomes.extend([Outcome(), Outcome("failed"), Outcome(), Outcome(seconds=9e9)])
    for command in ("generate", "generate", "submit", "submit"):
        cli(command, *AGAIN[1:])
    cli("wait", *jobs(cli)[2]["job"]["task_ids"])
    simulator.next(SUBMIT, Lost(), Lost())
    for _ in range(2):
        cli(*AGAIN)
    cli("jobs", "settle", jobs(cli)[-1]["entry"])
    return ["fetched", "failed", "ready", "running", "unknown", "settled"]


def test_jobs_that_were_done_long_ago_are_not_in_the_way(
    cli: Cli, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weryai.cli._commands.jobs.listing.LATEST", 1)
    states = one_in_each_state(cli, simulator)
    said = cli("jobs")
    assert [line.split()[4] for line in said.out.splitlines()[1:]] == states[2:]
    assert "and 2 older jobs that are done: `weryai jobs --all`\n" in said.err
    whole = cli("jobs", "--all")
    assert [line.split()[4] for line in whole.out.splitlines()[1:]] == states
    assert "older" not in whole.err + cli("jobs", "--open").err
    assert [job["state"] for job in jobs(cli)] == states, "a program gets them all"


def test_only_jobs_that_are_done_are_forgotten(cli: Cli, simulator: Simulator, file: Path) -> None:
    states = one_in_each_state(cli, simulator)
    simulator.clock.sleep(90 * 86400 - 600)
    assert cli("jobs", "forget").err == "0 jobs of 3 that are done: forgotten\n"
    assert [job["state"] for job in jobs(cli)] == states
    simulator.clock.sleep(600)
    first, held, *_ = before = jobs(cli)
    other = SQLiteJournal(file)
    assert other.claim(held["entry"])
    gone = [first["entry"], before[-1]["entry"]]
    assert cli("jobs", "forget", "--json").json == {"forgotten": gone}
    assert jobs(cli) == [{**held, "held": True}, *before[2:-1]]
    other.close()
    assert cli("jobs", "forget", "--older-than", 91).err.startswith("0 jobs of 1")
    assert cli("jobs", "forget", "--older-than", 30).err.startswith("1 job of 1")
    assert [job["state"] for job in jobs(cli)] == ["ready", "running", "unknown"]
    with sqlite3.connect(file) as db:
        for table, left in (("tasks", 2), ("videos", 1)):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (left,)
    db.close()


def test_wait_and_download_by_id_are_written_down_too(cli: Cli) -> None:
    (task_id,) = submit(cli)
    cli("wait", task_id)
    assert jobs(cli)[0]["state"] == "ready"
    cli("download", task_id, "--out", "here")
    assert jobs(cli)[0]["files"] == {task_id: str(Path("here", f"{task_id}.mp4").absolute())}


def test_the_list_of_jobs_fits_a_terminal(cli: Cli) -> None:
    for command in (["jobs"], ["jobs", "settle"], ["jobs", "forget"], ["resume"]):
        said = cli(*command, "--help")
        assert said.code == 0
        assert max(map(len, said.out.splitlines())) <= 80


@pytest.mark.parametrize(
    "command",
    ["jobs", "jobs --open", "jobs --open --json", "resume", "jobs settle e1", "jobs backup copy"],
)
def test_a_command_reads_what_it_tells_and_not_all_of_a_large_journal(
    cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    cli("jobs")
    journal = SQLiteJournal(file)
    fill(journal, 2000)
    journal.close()
    read, entry_of = list[object](), rows._entry

    def counted(row: Any, *parts: Any) -> Any:
        read.append(row)
        return entry_of(row, *parts)

    monkeypatch.setattr(rows, "_entry", counted)
    said = cli(*command.split())
    assert said.code == 0
    assert len(read) < 250, "a page, and what is open"
    if command == "jobs":
        assert f"and {2000 - OPEN - LATEST} older jobs that are done" in said.err


def test_a_long_document_needs_no_more_memory_than_a_short_one(
    monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    submit(cli)
    (job,) = jobs(cli)
    with Path(os.devnull).open("w") as nowhere:
        monkeypatch.setattr("sys.stdout", nowhere)

        def peak(number: int) -> int:
            tracemalloc.start()
            _output.listing("jobs", (job | {"entry": str(each)} for each in range(number)))
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            return most

        peak(10)  # warm-up: imports that are made once
        assert peak(2000) < 1.5 * peak(200)


@pytest.mark.parametrize("items", [[], [{"a": 1, "b": []}], ["\ud83d \n", {"c": {"d": "ü"}}]])
def test_a_document_that_is_written_bit_by_bit_is_the_same(
    items: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    _output.listing("jobs", iter(items))
    bit_by_bit = capsys.readouterr().out
    _output.document({"jobs": items})
    assert bit_by_bit == capsys.readouterr().out
