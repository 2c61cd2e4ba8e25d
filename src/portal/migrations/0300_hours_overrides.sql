-- The operator's changes of service hours. None is ever changed or removed: one that shall not hold any longer is withdrawn, with who, when and why.
CREATE TABLE hours_overrides (
    id TEXT PRIMARY KEY,
    environment TEXT NOT NULL,
    -- close, move, cancel, announce
    kind TEXT NOT NULL,
    system TEXT,
    -- The name of the planned stop that is moved or cancelled.
    replaces TEXT,
    starts BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    -- When it can't matter any longer.
    relevant_until BIGINT NOT NULL,
    reason_ja TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    author TEXT NOT NULL,
    made BIGINT NOT NULL,
    withdrawn BIGINT,
    withdrawn_by TEXT,
    withdrawn_because TEXT
);
CREATE INDEX hours_overrides_relevant ON hours_overrides (environment, relevant_until);
-- A planned stop is replaced by one change at a time.
CREATE UNIQUE INDEX hours_overrides_replaces ON hours_overrides (environment, replaces)
    WHERE replaces IS NOT NULL AND withdrawn IS NULL;
