-- The tables of these OIDs that still exist, and all that refer to one of them, directly or not, as SQL names them; whether
-- each can be emptied by DELETE: a rule may put something else in its place.
WITH RECURSIVE concerned AS (
    SELECT oid FROM pg_class WHERE oid = ANY ($1::oid[]) AND relkind IN ('r', 'p')
    UNION
    SELECT f.conrelid
    FROM concerned AS c
    JOIN pg_constraint AS f ON f.confrelid = c.oid AND f.contype = 'f'
)
SELECT format('%I.%I', n.nspname, c.relname) AS name, NOT c.relhasrules AS deletable
FROM concerned
JOIN pg_class AS c ON c.oid = concerned.oid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY 1
