-- Who is signed in. Sessions that end together lie in one table, which is emptied as a whole. Only a keyed hash of the cookie is kept.
CREATE TABLE sessions_0 (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_0_account ON sessions_0 (account);
CREATE TABLE sessions_1 (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_1_account ON sessions_1 (account);
CREATE TABLE sessions_2 (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_2_account ON sessions_2 (account);
CREATE TABLE sessions_3 (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_3_account ON sessions_3 (account);
CREATE TABLE sessions_4 (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_4_account ON sessions_4 (account);
CREATE TABLE sessions_5 (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_5_account ON sessions_5 (account);
CREATE TABLE sessions_6 (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_6_account ON sessions_6 (account);
CREATE TABLE sessions_7 (
    hash TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_7_account ON sessions_7 (account);
