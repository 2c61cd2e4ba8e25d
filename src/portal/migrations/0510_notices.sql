-- Notices of national and local government. Without an account, a notice is for everybody who registered.
CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    account TEXT NOT NULL,
    issuer_kind TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    received BIGINT NOT NULL,
    retained_until BIGINT NOT NULL
);
CREATE INDEX notices_of_account ON notices (account, environment, received, id);
CREATE INDEX notices_by_retention ON notices (retained_until);

-- Which notices a person has opened.
CREATE TABLE notice_openings (
    account TEXT NOT NULL,
    notice TEXT NOT NULL,
    opened BIGINT NOT NULL,
    PRIMARY KEY (account, notice)
);
CREATE INDEX notice_openings_of_notice ON notice_openings (notice);
