-- The indexes by which a table can be gone through: $1 schema, $2 table. All columns in one direction, none NULL, each with
-- the collation and the order that its comparisons have by default, so that ORDER BY and > find the index.
SELECT key.columns, key.types, index.indisprimary AS is_primary
FROM pg_index AS index
JOIN pg_class AS class ON class.oid = index.indrelid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
JOIN pg_class AS index_class ON index_class.oid = index.indexrelid
JOIN pg_am AS method ON method.oid = index_class.relam
CROSS JOIN LATERAL (
    SELECT
        array_agg(attribute.attname::text ORDER BY place) AS columns,
        array_agg(format_type(attribute.atttypid, attribute.atttypmod) ORDER BY place) AS types,
        bool_and(attribute.attnotnull) AS is_not_null,
        bool_and(collation_ = attribute.attcollation) AS has_collation,
        bool_and(opclass.opcdefault) AS has_order,
        count(DISTINCT direction) = 1 AND bool_and(direction IN (0, 3)) AS one_direction,
        count(*) AS number
    FROM ROWS FROM (
        unnest(index.indkey::smallint[]), unnest(index.indcollation::oid[]), unnest(index.indclass::oid[]),
        unnest(index.indoption::smallint[])
    ) WITH ORDINALITY AS part (attribute_number, collation_, opclass_oid, direction, place)
    JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attnum = part.attribute_number
    JOIN pg_opclass AS opclass ON opclass.oid = part.opclass_oid
    WHERE place <= index.indnkeyatts
) AS key
WHERE namespace.nspname = $1 AND class.relname = $2
    AND index.indisunique AND index.indisvalid AND index.indimmediate AND index.indpred IS NULL
    AND method.amname = 'btree' AND key.number = index.indnkeyatts
    AND key.is_not_null AND key.has_collation AND key.has_order AND key.one_direction
ORDER BY index_class.relname
