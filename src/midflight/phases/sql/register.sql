-- An instance tells that it is alive; the ones that have been gone for a day are forgotten.
WITH forgotten AS (
    DELETE FROM midflight.instance WHERE seen_at < clock_timestamp() - interval '1 day' AND id <> $1
)
INSERT INTO midflight.instance (id, application, version, revisions, host, process)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()
