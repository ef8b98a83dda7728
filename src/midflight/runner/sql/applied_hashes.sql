-- For each revision that the journal says is applied: the hash of its file as it was then. $1: the version
-- table, NULL for all of them.
SELECT revision, hash
FROM (
    SELECT DISTINCT ON (revision) revision, direction, hash
    FROM midflight.journal
    WHERE step IS NULL AND state = 'done' AND version_table = coalesce($1::text, version_table)
    ORDER BY revision, finished_at DESC
) AS newest
WHERE direction = 'upgrade'
ORDER BY revision
