-- What changed since the last look? Every unit (a relation, a type or a function; known by its OID) with a digest of the
-- catalog rows that make it up: a row's version is its place (ctid) and its transaction (xmin). A row that cannot vanish
-- without another one's change needs no digest: it is enough to see it fresh, that is written by a transaction that was
-- not over at the last look ($1). So a digest of NULL says: read this unit again. What any text may mention (roles,
-- schemas, operator classes ...) has one digest for all. OIDs below 16384 (FirstNormalObjectId) are PostgreSQL's own.
WITH row_version (unit, digest) AS (
    SELECT oid, CASE WHEN relkind NOT IN ('i', 'I') THEN hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) END
    FROM pg_class
    WHERE oid >= 16384 AND relkind <> 't' AND (relkind NOT IN ('i', 'I') OR age(xmin) <= (SELECT age($1::xid)))
    UNION ALL
    SELECT indrelid, hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_index
    WHERE indexrelid >= 16384
    UNION ALL
    SELECT CASE WHEN conrelid <> 0 THEN conrelid ELSE contypid END, hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_constraint
    WHERE oid >= 16384
    UNION ALL
    SELECT tgrelid, hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_trigger
    WHERE NOT tgisinternal
    UNION ALL
    SELECT ev_class, hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_rewrite
    WHERE oid >= 16384
    UNION ALL
    SELECT polrelid, hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_policy
    UNION ALL
    SELECT stxrelid, hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_statistic_ext
    UNION ALL
    SELECT inhrelid, hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_inherits
    UNION ALL
    SELECT oid, hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_type
    WHERE oid >= 16384 AND typrelid = 0 AND (typtype <> 'b' OR typelem = 0)
    UNION ALL
    SELECT oid, hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_proc
    WHERE oid >= 16384
    UNION ALL
    SELECT objoid, hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_description
    WHERE objoid >= 16384
    UNION ALL
    SELECT attrelid, NULL FROM pg_attribute WHERE age(xmin) <= (SELECT age($1::xid)) AND attnum > 0
    UNION ALL
    SELECT adrelid, NULL FROM pg_attrdef WHERE age(xmin) <= (SELECT age($1::xid))
    UNION ALL
    SELECT seqrelid, NULL FROM pg_sequence WHERE age(xmin) <= (SELECT age($1::xid))
    UNION ALL
    SELECT enumtypid, NULL FROM pg_enum WHERE age(xmin) <= (SELECT age($1::xid))
    UNION ALL
    SELECT typrelid, NULL FROM pg_type WHERE typrelid <> 0 AND age(xmin) <= (SELECT age($1::xid))
    UNION ALL
    SELECT aggfnoid::oid, NULL FROM pg_aggregate WHERE age(xmin) <= (SELECT age($1::xid))
    UNION ALL
    SELECT ftrelid, NULL FROM pg_foreign_table WHERE age(xmin) <= (SELECT age($1::xid))
),
unit_version (unit, digest, fresh) AS (
    SELECT unit, bit_xor(digest), bool_or(digest IS NULL) FROM row_version GROUP BY unit
),
far_reaching (digest) AS (
    SELECT hashtextextended(rolname, oid::bigint) FROM pg_roles
    UNION ALL
    SELECT hashtextextended(spcname, oid::bigint) FROM pg_tablespace
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_namespace WHERE nspname !~ '^pg_t'
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_extension
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_depend
    WHERE refclassid = 'pg_extension'::regclass
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_collation WHERE oid >= 16384
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_opclass WHERE oid >= 16384
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_operator WHERE oid >= 16384
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_cast WHERE oid >= 16384
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_am WHERE oid >= 16384
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_language WHERE oid >= 16384
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_ts_config WHERE oid >= 16384
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_ts_dict WHERE oid >= 16384
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_foreign_server
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_event_trigger
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_default_acl
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_publication
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint) FROM pg_publication_rel
    UNION ALL
    SELECT hashtidextended(ctid, (tableoid::bigint << 32) + xmin::text::bigint)
    FROM pg_description
    WHERE classoid IN ('pg_namespace'::regclass, 'pg_extension'::regclass)
)
SELECT
    array_agg(unit) FILTER (WHERE digest IS NOT NULL) AS units,
    array_agg(digest) FILTER (WHERE digest IS NOT NULL) AS digests,
    array_agg(unit) FILTER (WHERE fresh) AS fresh,
    (SELECT bit_xor(digest) FROM far_reaching) AS far_reaching,
    pg_snapshot_xmin(pg_current_snapshot())::xid AS horizon
FROM unit_version
