-- What services are told of their own accord: to whom, what (sealed; empty once settled), and how it went. A row that a replica works
-- on is put off by a lease, so that no other takes it and none is lost with a replica.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    topic TEXT NOT NULL,
    client_id TEXT NOT NULL,
    message TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    tries BIGINT NOT NULL,
    created BIGINT NOT NULL,
    next_try BIGINT NOT NULL,
    lease TEXT NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (environment, state, next_try);
CREATE INDEX deliveries_topic ON deliveries (topic);
CREATE INDEX deliveries_created ON deliveries (created);
