-- The backfills, how far each is, and who is at work. $1: seconds after which a worker that is silent is gone.
SELECT
    b.name, b.table_schema, b.table_name, b.state, b.revision, b.error, b.rows_estimated,
    ranges.rows_read, ranges.rows_changed, failed.failures, alive.workers, alive.brake
FROM midflight.backfill AS b
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(r.rows_read), 0)::bigint AS rows_read, coalesce(sum(r.rows_changed), 0)::bigint AS rows_changed
    FROM midflight.backfill_range AS r WHERE r.backfill = b.id
) AS ranges
CROSS JOIN LATERAL (
    SELECT count(*) AS failures FROM midflight.backfill_failure AS f WHERE f.backfill = b.id AND f.state = 'open'
) AS failed
CROSS JOIN LATERAL (
    SELECT count(*) AS workers, (array_agg(w.brake ORDER BY w.seen_at DESC) FILTER (WHERE w.brake <> ''))[1] AS brake
    FROM midflight.backfill_worker AS w
    WHERE w.backfill = b.id AND w.seen_at > clock_timestamp() - make_interval(secs => $1)
) AS alive
ORDER BY b.id
