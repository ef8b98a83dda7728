-- Every backfill with what is counted of it. A worker that was not seen for a minute is gone.
SELECT
    b.name, b.state, b.rows_estimated, b.passes, b.rows_vacuumed,
    coalesce(r.rows_read, 0) AS rows_read, coalesce(r.rows_changed, 0) AS rows_changed,
    coalesce(r.open, 0) AS ranges_open, coalesce(r.done, 0) AS ranges_done, coalesce(r.verified, 0) AS ranges_verified,
    (SELECT count(*) FROM midflight.backfill_failure AS f WHERE f.backfill = b.id AND f.state = 'open') AS rows_failed,
    w.workers, w.braked, w.rows_per_second, w.signals
FROM midflight.backfill AS b
LEFT JOIN LATERAL (
    SELECT
        sum(rows_read)::float8 AS rows_read, sum(rows_changed)::float8 AS rows_changed,
        count(*) FILTER (WHERE state = 'open') AS open,
        count(*) FILTER (WHERE state = 'done') AS done,
        count(*) FILTER (WHERE state = 'verified') AS verified
    FROM midflight.backfill_range WHERE backfill = b.id
) AS r ON true
CROSS JOIN LATERAL (
    SELECT
        count(*) AS workers, count(brake) AS braked, coalesce(sum(rows_per_second), 0) AS rows_per_second,
        coalesce(json_agg(signals), '[]')::text AS signals
    FROM midflight.backfill_worker WHERE backfill = b.id AND seen_at > clock_timestamp() - interval '1 minute'
) AS w
ORDER BY b.id
