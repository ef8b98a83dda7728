-- The ledger of backfills: what is to be changed, in which ranges, how far each is, and what could not be changed.
CREATE TABLE IF NOT EXISTS midflight.backfill (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    table_schema text NOT NULL,
    table_name text NOT NULL,
    assignments jsonb NOT NULL DEFAULT '[]',
    condition text,
    function text,
    disagreement text,
    options jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'running', 'verifying', 'paused', 'finished', 'failed', 'cancelled')),
    error text,
    passes integer NOT NULL DEFAULT 0,
    rows_estimated bigint NOT NULL DEFAULT 0,
    rows_vacuumed bigint NOT NULL DEFAULT 0,
    revision text,
    operator text,
    midflight_version text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz,
    finished_at timestamptz
);
COMMENT ON TABLE midflight.backfill IS 'Changes of rows in the background. assignments is [[column, expression], ...]; condition selects the rows that are to be changed; function is the Python function that changes them instead; disagreement holds for a row that is wrong at the end, where condition does not tell; finished means that it was verified, too.';
CREATE TABLE IF NOT EXISTS midflight.backfill_range (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    backfill bigint NOT NULL REFERENCES midflight.backfill ON DELETE CASCADE,
    place integer NOT NULL,
    table_schema text NOT NULL,
    table_name text NOT NULL,
    after text[],
    up_to text[],
    position text[],
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'verified')),
    rows_read bigint NOT NULL DEFAULT 0,
    rows_changed bigint NOT NULL DEFAULT 0,
    worker uuid,
    leased_until timestamptz,
    wrong_after_change boolean NOT NULL DEFAULT false CONSTRAINT its_condition_is_false_after_the_change CHECK (NOT wrong_after_change),
    UNIQUE (backfill, place)
);
COMMENT ON TABLE midflight.backfill_range IS 'Parts of a backfill. A range is of the keys behind after, and not behind up_to (null: without end); position is the key behind which its next batch begins. It moves in the transaction of the batch. wrong_after_change makes a batch fail whose rows are wrong after it, too.';
CREATE TABLE IF NOT EXISTS midflight.backfill_failure (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    backfill bigint NOT NULL REFERENCES midflight.backfill ON DELETE CASCADE,
    table_schema text NOT NULL,
    table_name text NOT NULL,
    key text[] NOT NULL,
    sqlstate text,
    error text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'again', 'mended')),
    tries integer NOT NULL DEFAULT 1,
    failed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (backfill, table_schema, table_name, key)
);
COMMENT ON TABLE midflight.backfill_failure IS 'Rows that could not be changed, by their keys. error never holds a value of the row; again: it is to be tried once more.';
CREATE TABLE IF NOT EXISTS midflight.backfill_worker (
    id uuid PRIMARY KEY,
    backfill bigint NOT NULL REFERENCES midflight.backfill ON DELETE CASCADE,
    host text NOT NULL,
    process integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    batch_rows integer NOT NULL DEFAULT 0,
    rows_per_second double precision NOT NULL DEFAULT 0,
    brake text,
    signals jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE midflight.backfill_worker IS 'Who is at work, how fast, and what holds it back.';
CREATE TABLE IF NOT EXISTS midflight.instance (
    id uuid PRIMARY KEY,
    application text NOT NULL,
    version text,
    revisions text[] NOT NULL CHECK (cardinality(revisions) > 0),
    host text NOT NULL,
    process integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE midflight.instance IS 'Live instances of the application: revisions are the heads of the history that each was built with. One that was not seen for a minute is gone.';
