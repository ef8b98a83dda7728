-- Note how far a range is: $1 the range, $2 the last key, $3 whether it is through, $4 rows read, $5 rows changed, $6 the lease.
UPDATE midflight.backfill_range SET
    position = CASE WHEN $3 THEN NULL ELSE CAST($2 AS text[]) END, state = CASE WHEN $3 THEN 'done' ELSE 'open' END,
    worker = CASE WHEN NOT $3 THEN worker END,
    rows_read = rows_read + $4, rows_changed = rows_changed + $5, leased_until = clock_timestamp() + $6
WHERE id = $1
RETURNING state, position, CAST($4 AS bigint) AS rows_read, CAST($5 AS bigint) AS rows_changed
