-- Who works at a desk of this portal: the staff of companies that apply, and the operator's. Sessions and links are keyed hashes.
CREATE TABLE organisations (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE TABLE staff (
    id TEXT PRIMARY KEY,
    organisation TEXT NOT NULL REFERENCES organisations (id),
    mail TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX staff_of_organisation ON staff (organisation);
CREATE TABLE operators (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    created BIGINT NOT NULL
);
-- What a mail's link leads to, until it is used.
CREATE TABLE desk_links (
    id TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE TABLE desk_sessions (
    id TEXT PRIMARY KEY,
    desk TEXT NOT NULL,
    person TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX desk_sessions_of_person ON desk_sessions (desk, person);
-- How often something was tried.
CREATE TABLE desk_attempts (
    id TEXT PRIMARY KEY,
    tries BIGINT NOT NULL,
    until BIGINT NOT NULL
);
