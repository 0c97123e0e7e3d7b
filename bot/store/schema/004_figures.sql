-- How many seconds lay between the update and the commit of its answer; empty where nobody asked.
ALTER TABLE event ADD COLUMN took REAL;

-- Who wants messages that nobody asked for, by topic.
CREATE TABLE subscription (
    lane TEXT NOT NULL,
    topic TEXT NOT NULL,
    since REAL NOT NULL,
    PRIMARY KEY (lane, topic)
) STRICT;
CREATE INDEX subscription_topic ON subscription (topic, since);

-- A message to all who want it: drafted first, published once.
CREATE TABLE bulletin (
    key TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    drafted_at REAL NOT NULL,
    published_at REAL,
    people INTEGER -- how many it was scheduled for
) STRICT;
