-- What lasts beyond a session (offline_access): one row a grant, however often its refresh token is renewed.
CREATE TABLE offline_grants (
    id TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    client TEXT NOT NULL,
    link TEXT NOT NULL,
    subject TEXT NOT NULL,
    scopes TEXT NOT NULL,
    sign_on TEXT NOT NULL,
    secret TEXT NOT NULL,
    ends BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX offline_grants_link ON offline_grants (link);
CREATE INDEX offline_grants_sign_on ON offline_grants (sign_on);
CREATE INDEX offline_grants_expires ON offline_grants (expires);
