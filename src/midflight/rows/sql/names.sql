-- The tables of these OIDs ($1) that still exist, of all names or of some ($2), and all that must refer to one of them, directly
-- or not; whether each can be emptied by DELETE: a rule may put something else in its place.
WITH RECURSIVE concerned AS (
    SELECT oid FROM pg_class
    WHERE oid = ANY ($1::oid[]) AND relkind IN ('r', 'p') AND ($2::text[] IS NULL OR relname = ANY ($2))
    UNION
    SELECT f.conrelid
    FROM concerned AS c
    JOIN pg_constraint AS f ON f.confrelid = c.oid AND f.contype = 'f'
    WHERE NOT EXISTS (
        SELECT FROM pg_attribute AS a WHERE a.attrelid = f.conrelid AND a.attnum = ANY (f.conkey) AND NOT a.attnotnull
    )
)
SELECT c.oid, n.nspname AS schema, c.relname AS name, NOT c.relhasrules AS deletable
FROM concerned
JOIN pg_class AS c ON c.oid = concerned.oid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY 2, 3
