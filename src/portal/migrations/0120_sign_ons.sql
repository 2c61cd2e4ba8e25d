-- Codes that were redeemed, each once, and what was given for it: which service somebody signed on to in which session.
-- Sign-ons of sessions that end together lie in one table, which is emptied as a whole.
CREATE TABLE sign_ons_0 (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    session TEXT NOT NULL,
    sid TEXT NOT NULL,
    subject TEXT NOT NULL,
    link TEXT,
    revoked BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sign_ons_0_session ON sign_ons_0 (session);
CREATE TABLE sign_ons_1 (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    session TEXT NOT NULL,
    sid TEXT NOT NULL,
    subject TEXT NOT NULL,
    link TEXT,
    revoked BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sign_ons_1_session ON sign_ons_1 (session);
CREATE TABLE sign_ons_2 (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    session TEXT NOT NULL,
    sid TEXT NOT NULL,
    subject TEXT NOT NULL,
    link TEXT,
    revoked BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sign_ons_2_session ON sign_ons_2 (session);
CREATE TABLE sign_ons_3 (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    session TEXT NOT NULL,
    sid TEXT NOT NULL,
    subject TEXT NOT NULL,
    link TEXT,
    revoked BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sign_ons_3_session ON sign_ons_3 (session);
CREATE TABLE sign_ons_4 (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    session TEXT NOT NULL,
    sid TEXT NOT NULL,
    subject TEXT NOT NULL,
    link TEXT,
    revoked BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sign_ons_4_session ON sign_ons_4 (session);
CREATE TABLE sign_ons_5 (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    session TEXT NOT NULL,
    sid TEXT NOT NULL,
    subject TEXT NOT NULL,
    link TEXT,
    revoked BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sign_ons_5_session ON sign_ons_5 (session);
CREATE TABLE sign_ons_6 (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    session TEXT NOT NULL,
    sid TEXT NOT NULL,
    subject TEXT NOT NULL,
    link TEXT,
    revoked BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sign_ons_6_session ON sign_ons_6 (session);
CREATE TABLE sign_ons_7 (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    session TEXT NOT NULL,
    sid TEXT NOT NULL,
    subject TEXT NOT NULL,
    link TEXT,
    revoked BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sign_ons_7_session ON sign_ons_7 (session);
