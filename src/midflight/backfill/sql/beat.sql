-- Say that a worker lives, keep its range, and learn how far all of them are.
-- $1 worker, $2 backfill, $3 host, $4 process, $5 rows of its batches, $6 rows per second, $7 brake, $8 signals, $9 lease.
WITH beat AS (
    INSERT INTO midflight.backfill_worker (id, backfill, host, process, batch_rows, rows_per_second, brake, signals)
    SELECT $1, id, $3, $4, $5, $6, $7, $8 FROM midflight.backfill WHERE id = $2
    ON CONFLICT (id) DO UPDATE SET
        backfill = excluded.backfill, seen_at = clock_timestamp(), batch_rows = excluded.batch_rows,
        rows_per_second = excluded.rows_per_second, brake = excluded.brake, signals = excluded.signals
), kept AS (
    UPDATE midflight.backfill_range SET leased_until = clock_timestamp() + $9 WHERE backfill = $2 AND worker = $1
)
SELECT
    state, passes, rows_estimated, rows_vacuumed, rows_read, rows_changed, failures
FROM midflight.backfill
CROSS JOIN LATERAL (
    SELECT coalesce(sum(part.rows_read), 0)::bigint AS rows_read, coalesce(sum(part.rows_changed), 0)::bigint AS rows_changed
    FROM midflight.backfill_range AS part WHERE part.backfill = backfill.id
) AS done
CROSS JOIN LATERAL (
    SELECT count(*) AS failures FROM midflight.backfill_failure AS failure
    WHERE failure.backfill = backfill.id AND failure.state = 'open'
) AS failed
WHERE id = $2
