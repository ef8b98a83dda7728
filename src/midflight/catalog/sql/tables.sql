-- Tables, partitioned tables and foreign tables.
SELECT
    c.oid AS unit,
    n.nspname AS schema,
    c.relname AS name,
    '' AS sub,
    CASE c.relkind WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind,
    pg_get_userbyid(c.relowner) AS owner,
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
    CASE
        WHEN c.relforcerowsecurity AND c.relrowsecurity THEN 'enabled, forced'
        WHEN c.relforcerowsecurity THEN 'forced'
        WHEN c.relrowsecurity THEN 'enabled'
    END AS row_security,
    CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END AS replica_identity,
    am.amname AS access_method,
    ts.spcname AS tablespace,
    (
        SELECT string_agg(o, ', ' ORDER BY o COLLATE "C")
        FROM unnest(
            c.reloptions
            || ARRAY(SELECT 'toast.' || u FROM pg_class AS t, unnest(t.reloptions) AS u WHERE t.oid = c.reltoastrelid)
        ) AS o
    ) AS options,
    format_type(nullif(c.reloftype, 0), NULL) AS of_type,
    (
        SELECT string_agg(
            i.inhparent::regclass || CASE WHEN i.inhdetachpending THEN ' (detach pending)' ELSE '' END,
            ', ' ORDER BY i.inhseqno
        )
        FROM pg_inherits AS i
        WHERE i.inhrelid = c.oid
    ) AS parents,
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
    pg_get_expr(c.relpartbound, c.oid) AS partition_bound,
    (
        SELECT concat_ws(' ', s.srvname, array_to_string(f.ftoptions, ', '))
        FROM pg_foreign_table AS f
        JOIN pg_foreign_server AS s ON s.oid = f.ftserver
        WHERE f.ftrelid = c.oid
    ) AS foreign_server,
    d.description AS comment,
    c.relacl AS acl,
    acldefault('r', c.relowner) AS acl_default
FROM pg_class AS c
JOIN user_schema AS n ON n.oid = c.relnamespace
LEFT JOIN pg_am AS am ON am.oid = c.relam
LEFT JOIN pg_tablespace AS ts ON ts.oid = c.reltablespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.relkind IN ('r', 'p', 'f')
