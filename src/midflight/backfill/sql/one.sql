-- The change of a single row, by its key: $1. It returns 1 where the row is wrong after it.
WITH midflight_changed AS (
    UPDATE ONLY {table} SET {assignments} WHERE {columns} = {one} AND {selects} RETURNING {wrong} IS TRUE AS is_wrong
)
SELECT count(*) FILTER (WHERE is_wrong) FROM midflight_changed
