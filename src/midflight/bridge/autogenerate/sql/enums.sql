-- Every enum with its labels in their order, how many columns have it (arrays of it too), and whether the search path finds it.
SELECT
    namespace.nspname::text,
    type.typname::text,
    pg_catalog.pg_type_is_visible(type.oid),
    ARRAY(
        SELECT label.enumlabel::text FROM pg_catalog.pg_enum AS label WHERE label.enumtypid = type.oid ORDER BY label.enumsortorder
    ),
    (
        SELECT count(*)
        FROM pg_catalog.pg_attribute AS attribute
        JOIN pg_catalog.pg_class AS class ON class.oid = attribute.attrelid
        WHERE attribute.atttypid IN (type.oid, type.typarray) AND NOT attribute.attisdropped AND class.relkind IN ('r', 'p', 'm', 'v', 'f', 'c')
    )
FROM pg_catalog.pg_type AS type
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = type.typnamespace
WHERE type.typtype = 'e'
ORDER BY 1, 2
