-- The last key of a batch: $1 the key behind which it begins, $2 the last one of the range, $3 rows.
WITH midflight_keys AS MATERIALIZED (
    SELECT {named_columns} FROM ONLY {table} WHERE {begins} AND {ends}{order} LIMIT $3
)
SELECT
    (SELECT count(*) FROM midflight_keys) AS keys,
    (SELECT {last_as_text} FROM midflight_keys ORDER BY {descending} LIMIT 1) AS last
