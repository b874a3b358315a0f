-- +goose Up
-- The log. A writer holds the one row of the head from its check to its commit, so that numbers have no gaps.
CREATE TABLE caspian_head (
	one BOOLEAN PRIMARY KEY DEFAULT true CHECK (one),
	store TEXT NOT NULL,
	epoch BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	ontology TEXT NOT NULL DEFAULT '' -- the hash of the one accepted last
);
CREATE TABLE caspian_commit (
	seq BIGINT PRIMARY KEY,
	at BIGINT NOT NULL, -- microseconds since 1970
	digest TEXT NOT NULL,
	key_hash BYTEA UNIQUE, -- SHA-256 of the idempotency key: keys may be longer than an index takes
	quads BYTEA NOT NULL -- all of the commit, in order
);
CREATE TABLE caspian_ontology (
	hash TEXT PRIMARY KEY,
	content TEXT NOT NULL
);

-- +goose Down
DROP TABLE caspian_ontology;
DROP TABLE caspian_commit;
DROP TABLE caspian_head;
