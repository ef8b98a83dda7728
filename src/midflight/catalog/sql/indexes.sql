-- Indexes, those of constraints too: validity, storage and tablespace are theirs.
SELECT
    c.oid AS unit,
    n.nspname AS schema,
    c.relname AS name,
    x.relname AS sub,
    pg_get_indexdef(i.indexrelid) AS definition,
    i.indisvalid AS valid,
    i.indisready AS ready,
    CASE WHEN i.indisclustered THEN 'true' END AS clustered,
    CASE WHEN i.indisreplident THEN 'true' END AS replica_identity,
    ts.spcname AS tablespace,
    (SELECT h.inhparent::regclass FROM pg_inherits AS h WHERE h.inhrelid = i.indexrelid) AS attached_to,
    CASE
        WHEN 0 = ANY (i.indkey)
        THEN (
            SELECT string_agg(a.attnum || ': ' || a.attstattarget, ', ' ORDER BY a.attnum)
            FROM pg_attribute AS a
            WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0
        )
    END AS statistics,
    d.description AS comment,
    CASE
        WHEN i.indisunique AND i.indpred IS NULL AND 0 <> ALL (i.indkey)
        THEN to_json(ARRAY(
            SELECT a.attname
            FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
            WHERE k.place <= i.indnkeyatts
            ORDER BY k.place
        ))
    END AS unique_columns
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indrelid
JOIN user_schema AS n ON n.oid = c.relnamespace
JOIN pg_class AS x ON x.oid = i.indexrelid
LEFT JOIN pg_tablespace AS ts ON ts.oid = x.reltablespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = x.oid AND d.objsubid = 0
WHERE true
