-- Questions of companies' staff and the operator's answers.
CREATE TABLE enquiries (
    id TEXT PRIMARY KEY,
    organisation TEXT NOT NULL REFERENCES organisations (id),
    subject TEXT NOT NULL,
    waits_for TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE INDEX enquiries_of_organisation ON enquiries (organisation);
CREATE TABLE enquiry_messages (
    enquiry TEXT NOT NULL REFERENCES enquiries (id),
    number BIGINT NOT NULL,
    desk TEXT NOT NULL,
    author TEXT NOT NULL,
    content TEXT NOT NULL,
    written BIGINT NOT NULL,
    PRIMARY KEY (enquiry, number)
);
