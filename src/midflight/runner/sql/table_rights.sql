-- Who owns tables, and whether the current role has the owner's rights. $1: their schemas, NULL where the search path
-- decides; $2: their names, in the same order. A table that is not there is left out. to_regclass() would fail for a
-- schema that the role may not use.
SELECT
    n.nspname::text AS schema, c.relname::text AS name, pg_get_userbyid(c.relowner)::text AS owner,
    pg_has_role(c.relowner, 'USAGE') AS is_ours
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (schema, name, place)
JOIN pg_class AS c
    ON c.relname = wanted.name
    AND CASE
        WHEN wanted.schema IS NULL THEN pg_table_is_visible(c.oid)
        ELSE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = wanted.schema)
    END
JOIN pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY wanted.place
