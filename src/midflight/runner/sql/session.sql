-- What a migration needs to know of its session before it begins.
-- $1: the schema that env.py gives the version table, NULL where it names none.
SELECT
    current_user::text AS "user",
    pg_is_in_recovery() AS is_standby,
    current_setting('transaction_read_only')::boolean AS is_read_only,
    current_setting('search_path') AS search_path,
    current_schema()::text AS current_schema,
    (
        SELECT has_schema_privilege(n.oid, 'CREATE')
        FROM pg_namespace AS n WHERE n.nspname = coalesce($1::text, current_schema()::text)
    ) AS may_create_in_target,
    has_database_privilege(current_database(), 'CREATE') AS may_create_schemas
