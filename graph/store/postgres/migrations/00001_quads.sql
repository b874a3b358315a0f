-- +goose Up
-- The tables of Cayley's PostgreSQL backend, as version 0.7.7 creates them, but for its foreign keys and the indexes
-- that no reader needs: each would be one more entry for each quad.
CREATE TABLE nodes (
	hash BYTEA PRIMARY KEY,
	refs INT NOT NULL,
	value BYTEA,
	value_string TEXT,
	datatype TEXT,
	language TEXT,
	iri BOOLEAN,
	bnode BOOLEAN,
	value_int BIGINT,
	value_bool BOOLEAN,
	value_float DOUBLE PRECISION,
	value_time TIMESTAMP WITH TIME ZONE
) WITH (fillfactor = 90);
CREATE TABLE quads (
	horizon BIGSERIAL PRIMARY KEY,
	subject_hash BYTEA NOT NULL,
	predicate_hash BYTEA NOT NULL,
	object_hash BYTEA NOT NULL,
	label_hash BYTEA,
	ts TIMESTAMP
);
CREATE UNIQUE INDEX spol_unique ON quads (subject_hash, predicate_hash, object_hash, label_hash);
CREATE INDEX ops_index ON quads (object_hash, predicate_hash, subject_hash);

-- +goose Down
DROP TABLE quads;
DROP TABLE nodes;
