"""What is asked of the tables of batches, and written to them."""

from __future__ import annotations

_JOINED = """
SELECT batch_rows.*, entries.id AS entry, entries.state AS entry_state,
    entries.reason AS entry_reason, entries.sent_at AS sent_at,
    entries.credits AS credits
FROM batch_rows JOIN batches ON batches.name = batch_rows.batch
LEFT JOIN entries ON entries.idempotency_key = batch_rows.key
    AND entries.base_url = batches.base_url
WHERE batch_rows.batch = ?
"""
_WAITING = "batch_rows.ended IS NULL AND entries.id IS NULL"
_BEGUN = "batch_rows.ended IS NULL AND entries.id IS NOT NULL"
_ORDER = "ORDER BY batch_rows.place, batch_rows.id"
ROW = f"{_JOINED} AND batch_rows.id = ?"
ROWS = f"{_JOINED} AND (batch_rows.place, batch_rows.id) > (?, ?) {_ORDER} LIMIT ?"
WAITING = f"{_JOINED} AND {_WAITING} {_ORDER} LIMIT ?"
BEGUN = f"{_JOINED} AND {_BEGUN} {_ORDER}"
UNSURE = f"{_JOINED} AND {_BEGUN} AND entries.state = 'unknown'"
COUNTS = """
SELECT batch_rows.ended AS ended, entries.state AS state, count(*) AS number
FROM batch_rows JOIN batches ON batches.name = batch_rows.batch
LEFT JOIN entries ON batch_rows.ended IS NULL AND entries.idempotency_key = batch_rows.key
    AND entries.base_url = batches.base_url
WHERE batch_rows.batch = ? GROUP BY batch_rows.ended, entries.state
"""
MAKE = "INSERT INTO batches (name) VALUES (?) ON CONFLICT DO NOTHING"
INSERT = """
INSERT INTO batch_rows (batch, id, place, operation, request, digest, output, key, consent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
"""
MOVE = "UPDATE batch_rows SET place = ?, output = ? WHERE batch = ? AND id = ?"
CHANGE = """
UPDATE batch_rows SET place = ?, output = ?, operation = ?, request = ?, digest = ?
WHERE batch = ? AND id = ?
"""
RETIRE = "INSERT INTO retired_keys VALUES (?, ?) ON CONFLICT DO NOTHING"
STATE = "SELECT base_url, paused, credits_before, credits_now FROM batches WHERE name = ?"
KNOWN = "SELECT id, digest, consent FROM batch_rows WHERE batch = ?"
ANEW = """
UPDATE batch_rows SET consent = consent + 1, key = ?, ended = NULL, ended_at = NULL, reason = NULL,
    files = NULL, look_at = NULL
WHERE batch = ? AND id = ? AND consent = ?
"""
END = """
UPDATE batch_rows SET ended = ?, reason = ?, files = ?, ended_at = ?
WHERE batch = ? AND id = ? AND consent = ? AND ended IS NULL
"""
LOOK_AT = """
SELECT look_at FROM batch_rows WHERE batch = ? AND id = ? AND consent = ? AND ended IS NULL
"""
PUT_OFF = "UPDATE batch_rows SET look_at = ? WHERE batch = ? AND id = ? AND ended IS NULL"
NOTE = """
UPDATE batch_rows SET reason = ? WHERE batch = ? AND id = ? AND consent = ? AND ended IS NULL
"""
BEGIN = """
UPDATE batches SET base_url = ?, credits_now = COALESCE(?, credits_now),
    credits_before = COALESCE(credits_before, ?) WHERE name = ?
"""
CANCEL = f"""
UPDATE batch_rows SET ended = 'skipped', reason = ?, ended_at = ? WHERE batch = ? AND id IN (
    SELECT batch_rows.id {_JOINED[_JOINED.index("FROM") :]} AND {_WAITING}
)
"""  # noqa: S608 # no values
LAST_ENDS = """
SELECT ended_at FROM batch_rows WHERE batch = ? AND ended IN ('done', 'failed')
ORDER BY ended_at DESC LIMIT ?
"""
# What may be sent no more: the row of a key has ended or its batch is paused, or the key was
# another one's before.
UNWANTED = """
SELECT COALESCE(batch_rows.ended, batches.paused) AS reason FROM batch_rows
JOIN batches ON batches.name = batch_rows.batch WHERE batch_rows.key = ?
UNION ALL SELECT reason FROM retired_keys WHERE key = ?
"""
FORGOTTEN = """
UPDATE batch_rows SET ended = 'skipped', reason = 'its entry in the journal was forgotten'
WHERE ended IS NULL AND key = (SELECT idempotency_key FROM entries WHERE id = ?)
"""
