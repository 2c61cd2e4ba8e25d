-- People who registered. Nothing here says who they are: a card is known again by a keyed hash.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    opened BIGINT NOT NULL,
    closed BIGINT
);
CREATE INDEX accounts_closed ON accounts (closed);
-- The cards that open them.
CREATE TABLE cards (
    hash TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    added BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX cards_account ON cards (account);
-- What ties them to services: a random name for each, and what the person agreed to.
CREATE TABLE links (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    client TEXT NOT NULL,
    subject TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    consent TEXT NOT NULL,
    linked BIGINT NOT NULL,
    agreed BIGINT NOT NULL,
    UNIQUE (account, client)
);
-- What was agreed with whom and when, for the person to read.
CREATE TABLE events (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    client TEXT,
    scopes TEXT NOT NULL,
    consent TEXT NOT NULL
);
CREATE INDEX events_account ON events (account, at);
