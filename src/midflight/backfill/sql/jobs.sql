-- Backfills: $1 one by its name, NULL for all.
SELECT
    id, name, table_schema, table_name, assignments::text, condition, function, disagreement, state, passes, error,
    rows_estimated, options::text, revision, created_at, started_at, finished_at
FROM midflight.backfill
WHERE $1::text IS NULL OR name = $1
ORDER BY id
