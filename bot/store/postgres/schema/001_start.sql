-- The tables of bot/store/schema, for PostgreSQL. Times are seconds since the epoch, told by the
-- server's clock, since hosts disagree. JSON is TEXT, since jsonb refuses "\u0000".

-- The present moment, except in tests that give one.
CREATE FUNCTION moment(given double precision) RETURNS double precision
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(given, extract(epoch FROM now())::double precision);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- One row for each update; rows stay for a while after they are done, against repetition.
CREATE TABLE inbox (
    update_id BIGINT PRIMARY KEY, -- negative: a timer that fell due
    lane TEXT NOT NULL,           -- empty once the lane was forgotten
    position BIGINT NOT NULL,     -- order in the lane: update_id * 1024, timers in between
    received_at DOUBLE PRECISION NOT NULL,
    body TEXT,                    -- JSON, deleted once done
    timer TEXT,                   -- JSON
    person TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0, -- claims; with the owner it is the fence
    failures INTEGER NOT NULL DEFAULT 0,
    not_before DOUBLE PRECISION NOT NULL DEFAULT 0,
    owner TEXT,
    lease_until DOUBLE PRECISION NOT NULL DEFAULT 0,
    error TEXT,
    done_at DOUBLE PRECISION
);
CREATE INDEX inbox_open ON inbox (position, update_id) WHERE state = 'new';
CREATE INDEX inbox_lane ON inbox (lane, position, update_id) WHERE state = 'new';
CREATE INDEX inbox_leased ON inbox (lane) WHERE state = 'new' AND owner IS NOT NULL;
CREATE INDEX inbox_closed ON inbox (state, done_at) WHERE state <> 'new';

CREATE TABLE session (
    lane TEXT PRIMARY KEY,
    data TEXT NOT NULL, -- JSON
    revision INTEGER NOT NULL,
    updated_at DOUBLE PRECISION NOT NULL
);

-- What is to be sent; open as long as done_at is empty.
CREATE TABLE outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane TEXT NOT NULL,
    update_id BIGINT, -- the update it answers
    seq INTEGER NOT NULL,
    method TEXT NOT NULL,
    call TEXT,        -- JSON, deleted once sent
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'sent', 'uncertain', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    doubts INTEGER NOT NULL DEFAULT 0,
    not_before DOUBLE PRECISION NOT NULL DEFAULT 0,
    owner TEXT,
    lease_until DOUBLE PRECISION NOT NULL DEFAULT 0,
    telegram_message_id BIGINT,
    error TEXT,
    created_at DOUBLE PRECISION NOT NULL,
    done_at DOUBLE PRECISION
);
CREATE INDEX outbox_open ON outbox (id) WHERE done_at IS NULL;
CREATE INDEX outbox_lane ON outbox (lane, id) WHERE done_at IS NULL;
CREATE INDEX outbox_closed ON outbox (state, done_at) WHERE done_at IS NOT NULL;
CREATE UNIQUE INDEX outbox_answer ON outbox (update_id, seq) WHERE update_id IS NOT NULL;

-- When the next call of a lane may go out (generic cell rate); the empty lane stands for all, and
-- its row is always there, so that processes can wait for each other at it.
CREATE TABLE pace (
    lane TEXT PRIMARY KEY,
    free_at DOUBLE PRECISION NOT NULL DEFAULT 0,
    paused_until DOUBLE PRECISION NOT NULL DEFAULT 0
);
INSERT INTO pace (lane) VALUES ('');

CREATE TABLE scheduled (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- it becomes -update_id in the inbox
    lane TEXT NOT NULL,
    key TEXT NOT NULL,
    not_before DOUBLE PRECISION NOT NULL,
    payload TEXT NOT NULL, -- JSON
    UNIQUE (lane, key)
);
CREATE INDEX scheduled_due ON scheduled (not_before);

CREATE TABLE event (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at DOUBLE PRECISION NOT NULL,
    lane TEXT NOT NULL, -- a pseudonym
    kind TEXT NOT NULL,
    article TEXT NOT NULL,
    value TEXT NOT NULL,
    text TEXT NOT NULL,
    took DOUBLE PRECISION -- seconds from the update to the commit of its answer
);
CREATE INDEX event_at ON event (at);
CREATE INDEX event_lane ON event (lane);

-- Who is being ignored at the moment and has been told so.
CREATE TABLE flood (
    lane TEXT NOT NULL,
    person TEXT NOT NULL,
    since DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (lane, person)
);

-- What came in at the door and is no update; kept for the admins to look at.
CREATE TABLE refused (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at DOUBLE PRECISION NOT NULL,
    reason TEXT NOT NULL,
    body TEXT NOT NULL -- the beginning, masked
);
CREATE INDEX refused_at ON refused (at);

-- Who wants messages that nobody asked for, by topic.
CREATE TABLE subscription (
    lane TEXT NOT NULL,
    topic TEXT NOT NULL,
    since DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (lane, topic)
);
CREATE INDEX subscription_topic ON subscription (topic, since);

-- A message to all who want it: drafted first, published once.
CREATE TABLE bulletin (
    key TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    drafted_at DOUBLE PRECISION NOT NULL,
    published_at DOUBLE PRECISION,
    people INTEGER -- how many it was scheduled for
);

-- What admins did, for the admins to look up.
CREATE TABLE deed (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at DOUBLE PRECISION NOT NULL,
    person TEXT NOT NULL, -- Telegram user id of the admin
    act TEXT NOT NULL,
    target TEXT NOT NULL, -- an article, a file, or empty
    version TEXT NOT NULL -- of the content at that time
);
CREATE INDEX deed_at ON deed (at);

-- What was told once, by whichever process came first.
CREATE TABLE announced (
    key TEXT PRIMARY KEY,
    at DOUBLE PRECISION NOT NULL
);

-- Every row of the queues is written several times within a second; swept seldom, they would grow.
ALTER TABLE inbox SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
ALTER TABLE pace SET (autovacuum_vacuum_threshold = 200);
