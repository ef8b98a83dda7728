-- Which of these tables ($1 schemas, $2 names) exist, and by which columns their rows are known.
SELECT
    n.nspname AS schema,
    c.relname AS name,
    c.relkind = 'p' AS partitioned,
    ARRAY(
        SELECT a.attname::text
        FROM pg_index AS i
        CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number
        WHERE i.indrelid = c.oid AND i.indisprimary AND k.place <= i.indnkeyatts
        ORDER BY k.place
    ) AS key
FROM unnest($1::text[], $2::text[]) AS asked (schema, name)
JOIN pg_namespace AS n ON n.nspname = asked.schema
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = asked.name AND c.relkind IN ('r', 'p')
