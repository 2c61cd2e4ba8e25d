-- Things that count once: used challenges, assertions, requests kept until they are fetched. What expires together lies in one table,
-- which is emptied as a whole.
CREATE TABLE single_use_0 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_1 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_2 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_3 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_4 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_5 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_6 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_7 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_8 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_9 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_10 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_11 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_12 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_13 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_14 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE single_use_15 (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, marks BIGINT NOT NULL, payload TEXT NOT NULL);
