, midflight_changed AS (
    UPDATE ONLY {table} SET {assignments}
    WHERE {begins} AND {columns} <= {last} AND {selects}
    RETURNING {wrong} IS TRUE AS is_wrong
)
UPDATE midflight.backfill_range SET
    position = CASE WHEN batch.keys = $6 THEN batch.last END,
    state = CASE WHEN batch.keys = $6 THEN 'open' ELSE 'done' END,
    worker = CASE WHEN batch.keys = $6 THEN worker END,
    rows_read = rows_read + batch.keys,
    rows_changed = rows_changed + batch.changed,
    wrong_after_change = batch.is_wrong,
    leased_until = clock_timestamp() + $7
FROM (
    SELECT
        (SELECT count(*) FROM midflight_keys) AS keys,
        (SELECT count(*) FROM midflight_changed) AS changed,
        EXISTS (SELECT FROM midflight_changed WHERE is_wrong) AS is_wrong,
        (SELECT {last_as_text} FROM midflight_last) AS last
) AS batch
WHERE id IN (SELECT id FROM midflight_lease) AND worker = $2
RETURNING state, position, batch.keys AS rows_read, batch.changed AS rows_changed
