CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- One row for each update; rows stay for a while after they are done, against repetition.
CREATE TABLE inbox (
    update_id INTEGER PRIMARY KEY, -- negative: a timer that fell due
    lane TEXT NOT NULL,            -- empty once the lane was forgotten
    position INTEGER NOT NULL,     -- order in the lane: update_id * 1024, timers in between
    received_at REAL NOT NULL,
    body TEXT,                     -- JSON, deleted once done
    timer TEXT,                    -- JSON
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0, -- claims; with the owner it is the fence
    failures INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    owner TEXT,
    lease_until REAL NOT NULL DEFAULT 0,
    error TEXT,
    done_at REAL
) STRICT;
CREATE INDEX inbox_open ON inbox (position) WHERE state = 'new';
CREATE INDEX inbox_lane ON inbox (lane, position) WHERE state = 'new';
CREATE INDEX inbox_leased ON inbox (lane) WHERE state = 'new' AND owner IS NOT NULL;
CREATE INDEX inbox_closed ON inbox (state, done_at) WHERE state <> 'new';

CREATE TABLE session (
    lane TEXT PRIMARY KEY,
    data TEXT NOT NULL, -- JSON
    revision INTEGER NOT NULL,
    updated_at REAL NOT NULL
) STRICT;

-- What is to be sent; open as long as done_at is empty.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lane TEXT NOT NULL,
    update_id INTEGER, -- the update it answers
    seq INTEGER NOT NULL,
    method TEXT NOT NULL,
    call TEXT,         -- JSON, deleted once sent
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'sent', 'uncertain', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    doubts INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    owner TEXT,
    lease_until REAL NOT NULL DEFAULT 0,
    telegram_message_id INTEGER,
    error TEXT,
    created_at REAL NOT NULL,
    done_at REAL
) STRICT;
CREATE INDEX outbox_open ON outbox (id) WHERE done_at IS NULL;
CREATE INDEX outbox_lane ON outbox (lane, id) WHERE done_at IS NULL;
CREATE INDEX outbox_closed ON outbox (state, done_at) WHERE done_at IS NOT NULL;
CREATE UNIQUE INDEX outbox_answer ON outbox (update_id, seq) WHERE update_id IS NOT NULL;

-- When the next call of a lane may go out (generic cell rate); the empty lane stands for all.
CREATE TABLE pace (
    lane TEXT PRIMARY KEY,
    free_at REAL NOT NULL DEFAULT 0,
    paused_until REAL NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE scheduled (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused: it becomes -update_id in the inbox
    lane TEXT NOT NULL,
    key TEXT NOT NULL,
    not_before REAL NOT NULL,
    payload TEXT NOT NULL, -- JSON
    UNIQUE (lane, key)
) STRICT;
CREATE INDEX scheduled_due ON scheduled (not_before);

CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    lane TEXT NOT NULL, -- a pseudonym
    kind TEXT NOT NULL,
    article TEXT NOT NULL,
    value TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX event_at ON event (at);
CREATE INDEX event_lane ON event (lane);
