-- The application's instances that have told of themselves within the last seconds ($1).
SELECT
    application, version, revisions, host, process,
    extract(epoch FROM clock_timestamp() - seen_at)::float8 AS seconds
FROM midflight.instance
WHERE seen_at > clock_timestamp() - make_interval(secs => $1)
ORDER BY application, version, revisions, host, process, id
