-- At one moment: a row that has no key may be moved from what is yet to be seen to what was seen already.
UPDATE midflight.backfill_range SET
    state = CASE WHEN whole.is_wrong THEN 'open' ELSE 'verified' END, position = NULL, worker = NULL
FROM (SELECT EXISTS (SELECT FROM ONLY {table} WHERE {wrong}) AS is_wrong) AS whole
WHERE id = $1 AND worker = $2 AND state = 'done'
RETURNING state, position, 0::bigint AS rows_read, 0::bigint AS rows_changed
