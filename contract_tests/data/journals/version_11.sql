-- A journal of version 11, written by the code of that time: an entry in each of its states, a batch, a purse, a balance, when one was last told of, and how soon one was done.
BEGIN TRANSACTION;
CREATE TABLE batch_rows (
    batch TEXT NOT NULL REFERENCES batches ON DELETE CASCADE, id TEXT NOT NULL,
    place INTEGER NOT NULL, operation TEXT NOT NULL, request TEXT NOT NULL, digest TEXT NOT NULL,
    output TEXT, key TEXT NOT NULL UNIQUE, consent INTEGER NOT NULL, ended TEXT, ended_at TEXT,
    reason TEXT, files TEXT, look_at REAL, PRIMARY KEY (batch, id)
);
INSERT INTO "batch_rows" VALUES('night','fox',2,'submit_multi_image_to_video','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of fox", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','0000000000000000000000000000000000000000000000000000000000000002',NULL,'batch night row fox 1',1,'done','2026-11-24T12:30:15.123456+00:00',NULL,'[["/videos/caf\udce9/fox.mp4", "abababababababababababababababababababababababababababababababab"]]',NULL);
INSERT INTO "batch_rows" VALUES('night','owl',3,'submit_multi_image_to_video','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of fox", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','0000000000000000000000000000000000000000000000000000000000000003','{id}-{n}','batch night row owl 2',2,NULL,NULL,NULL,NULL,1795521045.5);
INSERT INTO "batch_rows" VALUES('night','snö',4,'submit_multi_image_to_video','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of fox", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','0000000000000000000000000000000000000000000000000000000000000004',NULL,'batch night row snö 1',1,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE batches (
    name TEXT PRIMARY KEY, base_url TEXT, paused TEXT, credits_before REAL, credits_now REAL
);
INSERT INTO "batches" VALUES('night','https://api.weryai.com','by hand',120.5,120.5);
CREATE TABLE counts (state TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "counts" VALUES('failed',1);
INSERT INTO "counts" VALUES('fetched',1);
INSERT INTO "counts" VALUES('ready',3);
INSERT INTO "counts" VALUES('running',4);
INSERT INTO "counts" VALUES('settled',2);
INSERT INTO "counts" VALUES('unknown',2);
CREATE TABLE durations (
    base_url TEXT NOT NULL, kind TEXT NOT NULL, seconds REAL NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (base_url, kind)
);
INSERT INTO "durations" VALUES('https://api.weryai.com','["submit_multi_image_to_video", {"duration": 5, "model": "KLING_O1"}]',31.5,'2026-11-24T12:31:00.000000+00:00');
CREATE TABLE entries (
    id TEXT PRIMARY KEY, base_url TEXT NOT NULL, payload TEXT NOT NULL, sent_at TEXT NOT NULL,
    batch_id TEXT, submitted_at TEXT, reason TEXT, settled INTEGER NOT NULL DEFAULT 0
, operation TEXT NOT NULL DEFAULT 'submit_multi_image_to_video', idempotency_key TEXT, fingerprint TEXT, final INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT '', purse TEXT, kind TEXT, credits REAL, balance REAL, told_at TEXT);
INSERT INTO "entries" VALUES('cut-off','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of cut-off", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','2026-11-20T08:01:00.000000+00:00',NULL,NULL,NULL,0,'submit_multi_image_to_video','key of cut-off','0000000000000000000000000000000000000000000000000000000000000001',0,'unknown',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES('unknown','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of unknown", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5, "caller_id": 7}','2026-11-20T08:02:00.000000+00:00',NULL,NULL,'the connection broke: 雪',0,'submit_multi_image_to_video','key of unknown','0000000000000000000000000000000000000000000000000000000000000002',0,'unknown','batch night','["submit_multi_image_to_video", {"duration": 5, "model": "KLING_O1"}]',NULL,120.5,NULL);
INSERT INTO "entries" VALUES('running','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of running", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','2026-11-20T08:03:00.000000+00:00',NULL,'2026-11-20T08:03:02.000000+00:00',NULL,0,'submit_multi_image_to_video','key of running','0000000000000000000000000000000000000000000000000000000000000003',0,'running','batch night','["submit_multi_image_to_video", {"duration": 5, "model": "KLING_O1"}]',5.0,NULL,'2026-11-20T08:30:00.000000+00:00');
INSERT INTO "entries" VALUES('half','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of half", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5, "video_number": 2}','2026-11-20T08:04:00.000000+00:00','9001','2026-11-20T08:04:02.000000+00:00',NULL,0,'submit_multi_image_to_video','key of half','0000000000000000000000000000000000000000000000000000000000000004',0,'running',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES('ready','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of ready", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5, "video_number": 2, "caller_id": 8}','2026-11-20T08:05:00.000000+00:00',NULL,'2026-11-20T08:05:02.000000+00:00',NULL,0,'submit_multi_image_to_video','key of ready','0000000000000000000000000000000000000000000000000000000000000005',0,'ready','batch night','["submit_multi_image_to_video", {"duration": 5, "model": "KLING_O1"}]',5.0,NULL,NULL);
INSERT INTO "entries" VALUES('signed','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of signed", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5, "video_number": 2}','2026-11-20T08:06:00.000000+00:00',NULL,'2026-11-20T08:06:02.000000+00:00',NULL,0,'submit_multi_image_to_video','key of signed','0000000000000000000000000000000000000000000000000000000000000006',0,'ready',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES('fetched','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of fetched", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','2026-11-20T08:07:00.000000+00:00',NULL,'2026-11-20T08:07:02.000000+00:00',NULL,0,'submit_multi_image_to_video','key of fetched','0000000000000000000000000000000000000000000000000000000000000007',0,'fetched',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES('failed','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of failed", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','2026-11-20T08:08:00.000000+00:00',NULL,'2026-11-20T08:08:02.000000+00:00',NULL,0,'submit_multi_image_to_video','key of failed','0000000000000000000000000000000000000000000000000000000000000008',1,'failed',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES('batch','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of batch", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','2026-11-20T08:09:00.000000+00:00','9002','2026-11-20T08:09:02.000000+00:00',NULL,0,'submit_multi_image_to_video','key of batch','0000000000000000000000000000000000000000000000000000000000000009',0,'ready',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES('given-up','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of given-up", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','2026-11-20T08:10:00.000000+00:00',NULL,NULL,'HTTP 504',1,'submit_multi_image_to_video','key of given-up','000000000000000000000000000000000000000000000000000000000000000a',0,'settled',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES('settled','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of settled", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','2026-11-20T08:11:00.000000+00:00',NULL,'2026-11-20T08:11:02.000000+00:00',NULL,1,'submit_multi_image_to_video','key of settled','000000000000000000000000000000000000000000000000000000000000000b',0,'settled',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES('found','https://api.weryai.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of found", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','2026-11-20T08:12:00.000000+00:00',NULL,'2026-11-20T11:00:00.000000+00:00',NULL,0,'submit_multi_image_to_video','key of found','000000000000000000000000000000000000000000000000000000000000000c',0,'running',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "entries" VALUES('elsewhere','https://weryai.example.com','{"images": ["https://example.com/a.jpg"], "prompt": "Prompt of elsewhere", "model": "KLING_O1", "aspect_ratio": "16:9", "duration": 5}','2026-11-20T08:13:00.000000+00:00',NULL,'2026-11-20T08:13:02.000000+00:00',NULL,0,'submit_multi_image_to_video','key of running','000000000000000000000000000000000000000000000000000000000000000d',0,'running',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE gates (
    base_url TEXT PRIMARY KEY, at REAL NOT NULL DEFAULT 0, closed_at REAL NOT NULL DEFAULT 0,
    closed_for REAL NOT NULL DEFAULT 0
);
INSERT INTO "gates" VALUES('https://api.weryai.com',1763625600.5,1763625500.0,60.0);
CREATE TABLE prices (
    purse TEXT NOT NULL, base_url TEXT NOT NULL, kind TEXT NOT NULL, credits REAL NOT NULL,
    rate REAL NOT NULL, at TEXT NOT NULL, payments INTEGER NOT NULL DEFAULT 1, least REAL NOT NULL DEFAULT 0, most REAL NOT NULL DEFAULT 0, PRIMARY KEY (purse, base_url, kind)
);
INSERT INTO "prices" VALUES('batch night','https://api.weryai.com','["submit_multi_image_to_video", {"duration": 5, "model": "KLING_O1"}]',5.0,1.0,'2026-11-24T12:30:15.123456+00:00',2,5.0,7.5);
CREATE TABLE purses (
    name TEXT NOT NULL, base_url TEXT NOT NULL, forgotten REAL NOT NULL,
    PRIMARY KEY (name, base_url)
);
INSERT INTO "purses" VALUES('batch night','https://api.weryai.com',2.5);
CREATE TABLE queue (
    number INTEGER PRIMARY KEY AUTOINCREMENT, entry_id TEXT UNIQUE NOT NULL,
    base_url TEXT NOT NULL, seen REAL NOT NULL
);
INSERT INTO "queue" VALUES(1,'waits','https://api.weryai.com',1763625601.0);
CREATE TABLE readings (
    base_url TEXT PRIMARY KEY, credits REAL NOT NULL, last INTEGER NOT NULL,
    failed INTEGER NOT NULL, at TEXT NOT NULL
);
INSERT INTO "readings" VALUES('https://api.weryai.com',115.5,13,2,'2026-11-24T12:31:00.000000+00:00');
CREATE TABLE retired_keys (key TEXT PRIMARY KEY, reason TEXT NOT NULL);
INSERT INTO "retired_keys" VALUES('batch night row owl 1','its row is asked for anew');
CREATE TABLE tasks (
    entry_id TEXT NOT NULL REFERENCES entries ON DELETE CASCADE, task_id TEXT NOT NULL,
    of_job INTEGER NOT NULL, state TEXT, message TEXT, PRIMARY KEY (entry_id, task_id)
);
INSERT INTO "tasks" VALUES('running','task_running',1,NULL,NULL);
INSERT INTO "tasks" VALUES('half','task_half_1',1,'succeed',NULL);
INSERT INTO "tasks" VALUES('half','task_half_2',1,'processing',NULL);
INSERT INTO "tasks" VALUES('ready','task_ready_1',1,'succeed',NULL);
INSERT INTO "tasks" VALUES('ready','task_ready_2',1,'SUCCESS',NULL);
INSERT INTO "tasks" VALUES('signed','task_signed',1,'succeed',NULL);
INSERT INTO "tasks" VALUES('fetched','task_fetched',1,'succeed','well');
INSERT INTO "tasks" VALUES('failed','task_failed',1,'failed','flagged');
INSERT INTO "tasks" VALUES('batch','task_batch',0,'succeed',NULL);
INSERT INTO "tasks" VALUES('settled','task_settled',1,NULL,NULL);
INSERT INTO "tasks" VALUES('found','task_found',1,NULL,NULL);
INSERT INTO "tasks" VALUES('elsewhere','task_running',1,NULL,NULL);
CREATE TABLE uploads (
    base_url TEXT NOT NULL, sha256 TEXT NOT NULL, address TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (base_url, sha256)
);
INSERT INTO "uploads" VALUES('https://api.weryai.com','abababababababababababababababababababababababababababababababab','https://cdn.example.com/a.jpg','2026-11-20T08:00:00.000000+00:00');
CREATE TABLE "videos" (
    entry_id TEXT NOT NULL REFERENCES entries ON DELETE CASCADE, identity TEXT NOT NULL,
    occurrence INTEGER NOT NULL, name TEXT NOT NULL, task_id TEXT NOT NULL, url TEXT NOT NULL,
    cover_url TEXT, path, PRIMARY KEY (entry_id, identity, occurrence), UNIQUE (entry_id, name)
);
INSERT INTO "videos" VALUES('half','https://cdn.example.com/task_half_1/0.mp4',1,'task_half_1','task_half_1','https://cdn.example.com/task_half_1/0.mp4','https://cdn.example.com/task_half_1/0.jpg',NULL);
INSERT INTO "videos" VALUES('ready','https://cdn.example.com/task_ready_1/0.mp4',1,'task_ready_1','task_ready_1','https://cdn.example.com/task_ready_1/0.mp4','https://cdn.example.com/task_ready_1/0.jpg','/videos/task_ready_1.mp4');
INSERT INTO "videos" VALUES('ready','https://cdn.example.com/task_ready_2/0.mp4',1,'task_ready_2','task_ready_2','https://cdn.example.com/task_ready_2/0.mp4','https://cdn.example.com/task_ready_2/0.jpg',NULL);
INSERT INTO "videos" VALUES('signed','https://cdn.example.com/task_signed/0.mp4',1,'task_signed','task_signed','https://cdn.example.com/task_signed/0.mp4?sign=1','https://cdn.example.com/task_signed/0.jpg',NULL);
INSERT INTO "videos" VALUES('signed','https://cdn.example.com/task_signed/0.mp4',2,'task_signed-2','task_signed','https://cdn.example.com/task_signed/0.mp4?sign=2','https://cdn.example.com/task_signed/0.jpg',X'2F766964656F732F636166E92F7461736B5F7369676E65642D322E6D7034');
INSERT INTO "videos" VALUES('fetched','https://cdn.example.com/task_fetched/0.mp4',1,'task_fetched','task_fetched','https://cdn.example.com/task_fetched/0.mp4','https://cdn.example.com/task_fetched/0.jpg','/videos/雪/task_fetched.mp4');
INSERT INTO "videos" VALUES('batch','https://cdn.example.com/task_batch/0.mp4',1,'task_batch','task_batch','https://cdn.example.com/task_batch/0.mp4','https://cdn.example.com/task_batch/0.jpg',NULL);
CREATE INDEX tasks_by_id ON tasks (task_id);
CREATE INDEX entries_by_batch ON entries (batch_id);
CREATE UNIQUE INDEX entries_by_key ON entries (idempotency_key, base_url);
CREATE INDEX entries_to_come ON entries (fingerprint, sent_at)
    WHERE state NOT IN ('incomplete', 'fetched', 'failed', 'settled');
CREATE INDEX entries_by_time ON entries (sent_at);
CREATE INDEX entries_open ON entries (sent_at) WHERE state NOT IN ('fetched', 'failed', 'settled');
CREATE INDEX entries_by_state ON entries (state, sent_at);
CREATE INDEX videos_by_identity ON videos (identity, name);
CREATE INDEX videos_by_url ON videos (url, name);
CREATE TRIGGER counts_begun AFTER INSERT ON entries BEGIN
    INSERT INTO counts VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER counts_changed AFTER UPDATE OF state ON entries BEGIN
    UPDATE counts SET number = number - 1 WHERE state = old.state;
    INSERT INTO counts VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER counts_forgotten AFTER DELETE ON entries BEGIN
    UPDATE counts SET number = number - 1 WHERE state = old.state;
END;
CREATE INDEX queue_by_time ON queue (seen);
CREATE INDEX batch_rows_by_place ON batch_rows (batch, place, id);
CREATE INDEX batch_rows_open ON batch_rows (batch, place, id) WHERE ended IS NULL;
CREATE INDEX batch_rows_by_end ON batch_rows (batch, ended_at) WHERE ended IN ('done', 'failed');
CREATE INDEX entries_by_purse ON entries (purse, base_url, credits) WHERE purse IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('queue',1);
PRAGMA user_version = 11;
PRAGMA application_id = 1464160857;
COMMIT;
