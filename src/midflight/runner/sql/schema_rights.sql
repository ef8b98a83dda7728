-- Whether the current role may create in schemas ($1). A schema that is not there is left out.
SELECT n.nspname::text AS schema, has_schema_privilege(n.oid, 'CREATE') AS may_create
FROM unnest($1::text[]) WITH ORDINALITY AS wanted (schema, place)
JOIN pg_namespace AS n ON n.nspname = wanted.schema
ORDER BY wanted.place
