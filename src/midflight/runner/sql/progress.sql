-- How far the session $1 (a pid) has got with the build of an index.
SELECT phase, CASE WHEN blocks_total > 0 THEN blocks_done ELSE tuples_done END AS done,
    CASE WHEN blocks_total > 0 THEN blocks_total ELSE tuples_total END AS total
FROM pg_stat_progress_create_index WHERE pid = $1
