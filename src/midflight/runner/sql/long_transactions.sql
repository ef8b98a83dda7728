-- Transactions that began more than $1 seconds ago, and what else holds back VACUUM by more than $2 transactions
-- (backend_xmin): a standby's feedback, or a session of which we may not see more. The oldest first, $3 at most.
-- A prepared transaction is no session: it has no process.
SELECT
    a.pid, a.usename::text AS "user", a.application_name AS application, a.state,
    extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS seconds,
    age(a.backend_xmin) AS xmin_age, a.query
FROM pg_stat_activity AS a
WHERE (a.datname = current_database() OR a.backend_type = 'walsender')
    AND a.pid <> pg_backend_pid() AND a.backend_type <> 'autovacuum worker'
    AND (
        a.xact_start < clock_timestamp() - make_interval(secs => $1::float8)
        OR (a.xact_start IS NULL AND age(a.backend_xmin) > $2::integer)
    )
UNION ALL
SELECT
    NULL, p.owner::text, '', 'prepared',
    extract(epoch FROM clock_timestamp() - p.prepared)::float8, age(p.transaction), NULL
FROM pg_prepared_xacts AS p
WHERE p.database = current_database() AND p.prepared < clock_timestamp() - make_interval(secs => $1::float8)
ORDER BY 5 DESC NULLS LAST, 6 DESC NULLS LAST
LIMIT $3
