-- For each revision that the journal says is applied: the hash of its file as it was then.
SELECT revision, hash
FROM (
    SELECT DISTINCT ON (revision) revision, direction, hash
    FROM midflight.journal
    WHERE step IS NULL AND state = 'done'
    ORDER BY revision, finished_at DESC
) AS newest
WHERE direction = 'upgrade'
ORDER BY revision
