-- The audit trail: rows are added and never changed. Each holds a digest of itself and of the one before, so that a gap shows.
CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    written BIGINT NOT NULL,
    desk TEXT NOT NULL,
    actor TEXT NOT NULL,
    deed TEXT NOT NULL,
    organisation TEXT NOT NULL,
    application TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    note TEXT NOT NULL,
    digest TEXT NOT NULL
);
CREATE INDEX audit_of_application ON audit (application);
-- The last row's number and digest. Whoever adds a row holds it until the end of the transaction.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY,
    number BIGINT NOT NULL,
    digest TEXT NOT NULL
);
INSERT INTO audit_head (id, number, digest) VALUES (1, 0, '');
