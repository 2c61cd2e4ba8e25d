-- Applications of companies, with every version of every form that was filed.
CREATE TABLE applications (
    id TEXT PRIMARY KEY,
    organisation TEXT NOT NULL REFERENCES organisations (id),
    title TEXT NOT NULL,
    client_id TEXT NOT NULL,
    state TEXT NOT NULL,
    -- The day on which something announced takes effect, or nothing.
    due TEXT NOT NULL,
    -- 0 for the first procedure, then one more for each change.
    round BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE INDEX applications_of_organisation ON applications (organisation);
CREATE INDEX applications_due ON applications (due);
CREATE TABLE filings (
    application TEXT NOT NULL REFERENCES applications (id),
    form TEXT NOT NULL,
    version BIGINT NOT NULL,
    round BIGINT NOT NULL,
    content TEXT NOT NULL,
    -- The document of forms by which it was checked.
    revision TEXT NOT NULL,
    filed BIGINT NOT NULL,
    filed_by TEXT NOT NULL,
    -- When it was agreed on, and when the change it belonged to was given up; 0 for never.
    agreed BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    PRIMARY KEY (application, form, version)
);
-- Access rights as the operator set them, the newest last.
CREATE TABLE access_rights (
    application TEXT NOT NULL REFERENCES applications (id),
    environment TEXT NOT NULL,
    version BIGINT NOT NULL,
    round BIGINT NOT NULL,
    scopes TEXT NOT NULL,
    dropped BIGINT NOT NULL,
    PRIMARY KEY (application, environment, version)
);
-- Requirements that were checked (3.1, 3.2): who found what, when, from which evidence.
CREATE TABLE requirement_checks (
    application TEXT NOT NULL REFERENCES applications (id),
    requirement TEXT NOT NULL,
    met BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    checked_by TEXT NOT NULL,
    checked BIGINT NOT NULL,
    PRIMARY KEY (application, requirement)
);
