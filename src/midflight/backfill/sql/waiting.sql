-- How many sessions, but for backfills, have been waiting for more than $2 seconds for a lock of the tables $1 (oids), or
-- of a row of theirs: who waits for a row waits for the transaction that holds it, and has a lock of the table itself.
WITH locks AS MATERIALIZED (
    SELECT pid, relation, granted, waitstart FROM pg_locks WHERE locktype IN ('relation', 'tuple', 'transactionid')
)
SELECT count(DISTINCT w.pid)::float8
FROM locks AS w
JOIN locks AS t ON t.pid = w.pid AND t.relation = ANY ($1::oid[])
JOIN pg_stat_activity AS a ON a.pid = w.pid
WHERE NOT w.granted AND w.waitstart < clock_timestamp() - make_interval(secs => $2::float8)
    AND a.application_name NOT LIKE 'midflight backfill %'
