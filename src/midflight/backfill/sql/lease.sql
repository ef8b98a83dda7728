-- The beginning of a batch. It locks the range first: who has lost it reads and changes nothing.
-- $1 the range, $2 the worker, $3 its position, $4 the key behind which it begins, $5 its last key, $6 rows, $7 the lease.
WITH midflight_lease AS MATERIALIZED (
    SELECT id FROM midflight.backfill_range
    WHERE id = $1 AND worker = $2 AND state = '{state}' AND position IS NOT DISTINCT FROM CAST($3 AS text[])
    FOR NO KEY UPDATE
), midflight_keys AS MATERIALIZED (
    SELECT {named_columns} FROM ONLY {table}
    WHERE EXISTS (SELECT FROM midflight_lease) AND {begins} AND {ends}{order} LIMIT $6
), midflight_last AS MATERIALIZED (
    SELECT * FROM midflight_keys ORDER BY {descending} LIMIT 1
)
