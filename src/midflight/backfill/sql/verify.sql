
UPDATE midflight.backfill_range SET
    position = CASE WHEN batch.is_wrong THEN position WHEN batch.keys = $6 THEN batch.last END,
    state = CASE WHEN batch.is_wrong THEN 'open' WHEN batch.keys = $6 THEN 'done' ELSE 'verified' END,
    worker = CASE WHEN NOT batch.is_wrong AND batch.keys = $6 THEN worker END,
    leased_until = clock_timestamp() + $7
FROM (
    SELECT
        (SELECT count(*) FROM midflight_keys) AS keys,
        EXISTS (SELECT FROM midflight_keys WHERE midflight_is_wrong) AS is_wrong,
        (SELECT {last_as_text} FROM midflight_last) AS last
) AS batch
WHERE id IN (SELECT id FROM midflight_lease) AND worker = $2
RETURNING state, position, batch.keys AS rows_read, 0::bigint AS rows_changed
