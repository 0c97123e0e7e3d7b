-- Who wrote an update: one person's flood must not keep the others of a group waiting.
ALTER TABLE inbox ADD COLUMN person TEXT NOT NULL DEFAULT '';

-- Who is being ignored at the moment and has been told so.
CREATE TABLE flood (
    lane TEXT NOT NULL,
    person TEXT NOT NULL,
    since REAL NOT NULL,
    PRIMARY KEY (lane, person)
) STRICT;

-- What came in at the door and is no update; kept for the admins to look at.
CREATE TABLE refused (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    reason TEXT NOT NULL,
    body TEXT NOT NULL -- the beginning, masked
) STRICT;
CREATE INDEX refused_at ON refused (at);
