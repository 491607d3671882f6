"""A journal of many jobs, without the hours that it takes to submit them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from weryai._journal import rows
from weryai._journal.connection import Connection
from weryai.journal import SQLiteJournal

URL = "https://api.weryai.com"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OPEN = 10  # of any number
SAME = "f" * 64  # what all that is closed has asked for


def fill(journal: SQLiteJournal, number: int) -> None:
    """So many jobs of one service that differ in as little as jobs can."""

    def write(db: Connection) -> None:
        for each in range(number):
            name, at = f"e{each}", rows.text_of(LONG_AGO + timedelta(seconds=each))
            state = "running" if each < OPEN else "fetched"
            asked = SAME if state == "fetched" else name
            told = (name, URL, "{}", at, at, f"key {each}", asked, f"{each}", state)
            db.execute(
                "INSERT INTO entries (id, base_url, payload, sent_at, submitted_at,"
                " idempotency_key, fingerprint, batch_id, state) VALUES (?,?,?,?,?,?,?,?,?)",
                told,
            )
            task_state = "processing" if each < OPEN else "succeed"
            task = (name, f"task_{each}", task_state)
            db.execute("INSERT INTO tasks VALUES (?, ?, 1, ?, NULL)", task)
            if each >= OPEN:
                film = (name, f"task_{each}", f"task_{each}", f"{URL}/get?id={each}", f"/v/{each}")
                db.execute("INSERT INTO videos VALUES (?,'U/get',1,?,?,?,NULL,?)", film)
            db.execute("INSERT INTO uploads VALUES (?, ?, 'https://e.com/a', ?)", (URL, name, at))
        db.execute("UPDATE videos SET identity = ?", (f"{URL}/get",))

    journal._db.write(write)
