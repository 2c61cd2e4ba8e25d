-- Services that sign people in (API利用者), per environment: what they are, as RFC 7591 names it, and how they stand.
CREATE TABLE clients (
    environment TEXT NOT NULL,
    id TEXT NOT NULL,
    metadata TEXT NOT NULL,
    secret TEXT,
    standing TEXT NOT NULL,
    name_ja TEXT NOT NULL,
    name_en TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (environment, id)
);
