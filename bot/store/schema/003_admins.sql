-- What admins did, for the admins to look up.
CREATE TABLE deed (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    person TEXT NOT NULL,  -- Telegram user id of the admin
    act TEXT NOT NULL,
    target TEXT NOT NULL,  -- an article, a file, or empty
    version TEXT NOT NULL  -- of the content at that time
) STRICT;
CREATE INDEX deed_at ON deed (at);

-- What was told once, by whichever process came first.
CREATE TABLE announced (
    key TEXT PRIMARY KEY,
    at REAL NOT NULL
) STRICT;
