-- The links a person set up, each change a row: of an account and a setting the one with the highest serial counts.
CREATE TABLE settings (
    account TEXT NOT NULL,
    setting TEXT NOT NULL,
    serial BIGINT NOT NULL,
    is_on BIGINT NOT NULL,
    moment BIGINT NOT NULL,
    PRIMARY KEY (account, setting, serial)
);
