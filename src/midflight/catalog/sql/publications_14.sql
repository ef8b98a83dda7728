-- Publications of PostgreSQL 14, which had neither row filters nor column lists.
SELECT
    '' AS schema,
    p.pubname AS name,
    '' AS sub,
    concat_ws(
        ', ',
        CASE WHEN p.puballtables THEN 'all tables' END,
        (
            SELECT string_agg('table ' || r.prrelid::regclass, ', ' ORDER BY r.prrelid::regclass::text COLLATE "C")
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
    CASE WHEN p.pubviaroot THEN 'publish_via_partition_root' END AS options,
    pg_get_userbyid(p.pubowner) AS owner,
    d.description AS comment
FROM pg_publication AS p
LEFT JOIN pg_description AS d ON d.classoid = 'pg_publication'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE true
