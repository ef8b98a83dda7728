-- The last revisions that were begun, the newest first. $1: how many; $2: the version table, NULL for all of them.
SELECT
    revision, direction, state, started_at, finished_at, waited_ms::float8 / 1000 AS waited, tries, operator, midflight_version,
    says AS note
FROM midflight.journal
WHERE step IS NULL AND version_table = coalesce($2::text, version_table)
ORDER BY id DESC
LIMIT $1
