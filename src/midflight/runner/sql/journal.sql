-- The journal: one row for each revision that was begun, and one for each of its steps.
CREATE TABLE IF NOT EXISTS midflight.journal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run uuid NOT NULL,
    version_table text NOT NULL,
    revision text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('upgrade', 'downgrade')),
    attempt bigint REFERENCES midflight.journal,
    step integer,
    says text,
    hash text NOT NULL,
    state text NOT NULL CHECK (state IN ('started', 'done', 'skipped', 'retried', 'failed')),
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    waited_ms bigint NOT NULL DEFAULT 0,
    tries integer NOT NULL DEFAULT 1,
    blockers jsonb NOT NULL DEFAULT '[]',
    operator text NOT NULL,
    midflight_version text NOT NULL
);
COMMENT ON TABLE midflight.journal IS 'What Midflight applied. step is null in the row of a revision itself, and attempt is that row''s id in those of its steps; says is what a step does; of a revision, which gates were ignored; hash is the SHA-256 of the revision''s file, or of the step''s statement.';
CREATE INDEX IF NOT EXISTS ix_journal_revision ON midflight.journal (version_table, revision, id);
