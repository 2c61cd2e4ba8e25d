-- The keys that sign tokens, sealed; each from a moment on, until the next one's. Two replicas that make the next one make one.
CREATE TABLE signing_keys (
    environment TEXT NOT NULL,
    generation BIGINT NOT NULL,
    sealed TEXT NOT NULL,
    starts BIGINT NOT NULL,
    PRIMARY KEY (environment, generation)
);
