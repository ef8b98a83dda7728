-- Who is at work on a backfill: $1 its id, $2 seconds after which one that is silent is gone.
SELECT host, process, batch_rows, rows_per_second, brake, signals::text, extract(epoch FROM clock_timestamp() - seen_at)::float8 AS silent
FROM midflight.backfill_worker
WHERE backfill = $1 AND seen_at > clock_timestamp() - make_interval(secs => $2)
ORDER BY started_at, id
