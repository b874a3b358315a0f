-- +goose Up
-- The quads of commits are large values; compressing them with PostgreSQL's own method takes longer than writing their rows.
-- +goose StatementBegin
DO $$ BEGIN
	ALTER TABLE caspian_commit ALTER COLUMN quads SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
	NULL; -- a server that was built without it
END $$;
-- +goose StatementEnd

-- +goose Down
ALTER TABLE caspian_commit ALTER COLUMN quads SET COMPRESSION DEFAULT;
