"""A journal of many jobs, without the hours that it takes to submit them."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from weryai._journal import rows
from weryai.journal import SQLiteJournal

URL = "https://api.weryai.com"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OPEN = 10  # of any number
SAME = "f" * 64  # what all that is closed has asked for


def fill(journal: SQLiteJournal, number: int) -> None:
    """So many jobs of one service that differ in as little as jobs can."""

    at = [rows.text_of(LONG_AGO + timedelta(seconds=each)) for each in range(number)]
    told, tasks, films, uploads = [], [], [], []
    for each in range(number):
        name, task = f"e{each}", f"task_{each}"
        state = "running" if each < OPEN else "fetched"
        asked = SAME if state == "fetched" else name
        told.append((name, URL, at[each], at[each], f"key {each}", asked, f"{each}", state))
        tasks.append((name, task, "processing" if each < OPEN else "succeed"))
        if each >= OPEN:
            films.append((name, f"{URL}/get", task, task, f"{URL}/get?id={each}", f"/v/{each}"))
        uploads.append((URL, name, at[each]))

    def write(db: sqlite3.Connection) -> None:
        db.executemany(
            "INSERT INTO entries (id, base_url, payload, sent_at, submitted_at,"
            " idempotency_key, fingerprint, batch_id, state) VALUES (?,?,'{}',?,?,?,?,?,?)",
            told,
        )
        db.executemany("INSERT INTO tasks VALUES (?, ?, 1, ?, NULL)", tasks)
        db.executemany("INSERT INTO videos VALUES (?, ?, 1, ?, ?, ?, NULL, ?)", films)
        db.executemany("INSERT INTO uploads VALUES (?, ?, 'https://e.com/a', ?)", uploads)

    journal._db.write(write)
