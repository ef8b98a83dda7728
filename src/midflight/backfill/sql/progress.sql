-- How far a backfill is: $1 its id.
SELECT
    coalesce(sum(rows_read), 0)::bigint AS rows_read, coalesce(sum(rows_changed), 0)::bigint AS rows_changed,
    count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE state = 'done') AS done,
    count(*) FILTER (WHERE state = 'verified') AS verified,
    (SELECT count(*) FROM midflight.backfill_failure AS failure WHERE failure.backfill = $1 AND failure.state <> 'mended') AS failures
FROM midflight.backfill_range WHERE backfill = $1
