-- Publications from PostgreSQL 15 on. The option for generated columns came in 18: read as JSON, it may be absent.
SELECT
    '' AS schema,
    p.pubname AS name,
    '' AS sub,
    concat_ws(
        ', ',
        CASE WHEN p.puballtables THEN 'all tables' END,
        (
            SELECT string_agg('schema ' || s.pnnspid::regnamespace, ', ' ORDER BY s.pnnspid::regnamespace::text COLLATE "C")
            FROM pg_publication_namespace AS s
            WHERE s.pnpubid = p.oid
        ),
        (
            SELECT string_agg(
                concat(
                    'table ', r.prrelid::regclass,
                    ' (' || (
                        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
                        FROM pg_attribute AS a
                        WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)
                    ) || ')',
                    ' WHERE ' || pg_get_expr(r.prqual, r.prrelid)
                ),
                ', ' ORDER BY r.prrelid::regclass::text COLLATE "C"
            )
            FROM pg_publication_rel AS r
            WHERE r.prpubid = p.oid
        )
    ) AS tables,
    concat_ws(
        ', ',
        CASE WHEN p.pubinsert THEN 'insert' END,
        CASE WHEN p.pubupdate THEN 'update' END,
        CASE WHEN p.pubdelete THEN 'delete' END,
        CASE WHEN p.pubtruncate THEN 'truncate' END
    ) AS publish,
    nullif(concat_ws(
        ', ',
        CASE WHEN p.pubviaroot THEN 'publish_via_partition_root' END,
        'publish_generated_columns = ' || nullif(to_jsonb(p) ->> 'pubgencols', 'n')
    ), '') AS options,
    pg_get_userbyid(p.pubowner) AS owner,
    d.description AS comment
FROM pg_publication AS p
LEFT JOIN pg_description AS d ON d.classoid = 'pg_publication'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE true
