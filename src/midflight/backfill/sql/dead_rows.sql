-- Dead rows of the tables $1 (oids) as a multiple of those at which autovacuum should begin; of several tables, the worst.
-- Null where autovacuum is off, for the server or for the table, and nobody is behind.
WITH defaults AS (
    SELECT
        current_setting('autovacuum_vacuum_threshold')::float8 AS threshold,
        current_setting('autovacuum_vacuum_scale_factor')::float8 AS factor,
        nullif(current_setting('autovacuum_vacuum_max_threshold', true)::float8, -1) AS most  -- from PostgreSQL 18 on
)
SELECT max(
    pg_stat_get_dead_tuples(c.oid)
    / greatest(least(coalesce(o.threshold, d.threshold) + coalesce(o.factor, d.factor) * greatest(c.reltuples, 0), d.most), 1)
)::float8
FROM defaults AS d, pg_class AS c
CROSS JOIN LATERAL (
    SELECT
        max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold')::float8 AS threshold,
        max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor')::float8 AS factor,
        coalesce(max(option_value) FILTER (WHERE option_name = 'autovacuum_enabled'), 'on')::bool AS enabled
    FROM pg_options_to_table(c.reloptions)
) AS o
WHERE c.oid = ANY ($1::oid[]) AND c.relkind <> 'p' AND o.enabled AND current_setting('autovacuum')::bool
