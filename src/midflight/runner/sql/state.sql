-- What there is of the objects that an operation concerns, as one JSON document.
-- :relations and :enums are JSON arrays of [schema or null, name]; :extensions and :functions are JSON arrays of names,
-- :types is one of types as SQL.
WITH RECURSIVE asked AS (
    SELECT
        place,
        to_regclass(coalesce(quote_ident(pair ->> 0) || '.', '') || quote_ident(pair ->> 1))::oid AS oid
    FROM json_array_elements(CAST(:relations AS json)) WITH ORDINALITY AS given (pair, place)
), referring (oid, columns) AS (
    -- The tables that refer to an asked one; and what refers to the very columns by which they do, and so on.
    SELECT conrelid, conkey FROM pg_constraint WHERE contype = 'f' AND confrelid IN (SELECT oid FROM asked)
    UNION
    SELECT con.conrelid, con.conkey
    FROM referring
    JOIN pg_constraint AS con ON con.contype = 'f' AND con.confrelid = referring.oid AND con.confkey && referring.columns
), concerned AS (
    SELECT oid FROM asked WHERE oid IS NOT NULL
    UNION
    SELECT tree.relid::oid FROM asked CROSS JOIN LATERAL pg_partition_tree(asked.oid) AS tree WHERE tree.relid IS NOT NULL
    UNION
    SELECT indrelid FROM pg_index WHERE indexrelid IN (SELECT oid FROM asked)
    UNION
    SELECT tree.relid::oid FROM pg_index CROSS JOIN LATERAL pg_partition_tree(indrelid) AS tree
    WHERE indexrelid IN (SELECT oid FROM asked) AND tree.relid IS NOT NULL
    UNION
    SELECT oid FROM referring
), relations AS (
    SELECT
        class.oid,
        json_build_object(
            'schema', namespace.nspname,
            'name', class.relname,
            'kind', class.relkind,
            'rows', class.reltuples::bigint,
            'bytes', CASE WHEN class.relkind IN ('r', 'm', 'i', 'I', 'S', 't') THEN pg_total_relation_size(class.oid) ELSE 0 END,
            'is_empty', CASE WHEN class.relkind IN ('r', 'm') THEN pg_relation_size(class.oid) = 0 ELSE false END,
            'comment', obj_description(class.oid, 'pg_class'),
            'row_security', class.relrowsecurity,
            'oid', class.oid::bigint,
            'bound', pg_get_expr(class.relpartbound, class.oid),
            'partition_key', (
                SELECT json_build_object('strategy', partitioned.partstrat, 'elements', (
                    SELECT json_agg(json_build_object(
                        'sql', quote_ident(attribute.attname),
                        'type', format_type(attribute.atttypid, attribute.atttypmod),
                        'collatable', key_collation <> 0
                    ) ORDER BY place)
                    FROM ROWS FROM (unnest(partitioned.partattrs::smallint[]), unnest(partitioned.partcollation::oid[]))
                        WITH ORDINALITY AS key (number, key_collation, place)
                    LEFT JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attnum = nullif(key.number, 0)
                ))
                FROM pg_partitioned_table AS partitioned WHERE partitioned.partrelid = class.oid
            ),
            'parent', (
                SELECT json_build_array(parent_space.nspname, parent.relname, inherits.inhdetachpending)
                FROM pg_inherits AS inherits
                JOIN pg_class AS parent ON parent.oid = inherits.inhparent
                JOIN pg_namespace AS parent_space ON parent_space.oid = parent.relnamespace
                WHERE inherits.inhrelid = class.oid AND class.relispartition
            ),
            'partitions', (
                SELECT coalesce(json_agg(json_build_array(child_space.nspname, child.relname) ORDER BY child_space.nspname, child.relname), '[]')
                FROM pg_inherits AS inherits
                JOIN pg_class AS child ON child.oid = inherits.inhrelid
                JOIN pg_namespace AS child_space ON child_space.oid = child.relnamespace
                WHERE inherits.inhparent = class.oid AND class.relkind = 'p'
            ),
            'columns', (
                SELECT coalesce(json_object_agg(attribute.attname, json_build_object(
                    'type', format_type(attribute.atttypid, attribute.atttypmod),
                    'not_null', attribute.attnotnull AND NOT EXISTS (
                        SELECT FROM pg_constraint AS unproven
                        WHERE unproven.conrelid = class.oid AND unproven.contype = 'n' AND NOT unproven.convalidated
                            AND unproven.conkey = ARRAY[attribute.attnum]
                    ),
                    'default', pg_get_expr(def.adbin, def.adrelid),
                    'identity', attribute.attidentity,
                    'generated', attribute.attgenerated <> '',
                    'comment', col_description(class.oid, attribute.attnum),
                    'collation', (
                        SELECT format('%I.%I', collation_space.nspname, own_collation.collname)
                        FROM pg_type AS type
                        JOIN pg_collation AS own_collation ON own_collation.oid = attribute.attcollation
                        JOIN pg_namespace AS collation_space ON collation_space.oid = own_collation.collnamespace
                        WHERE type.oid = attribute.atttypid AND type.typcollation <> attribute.attcollation
                    ),
                    'granted', attribute.attacl IS NOT NULL,
                    'settings', (
                        SELECT json_agg(setting) FROM unnest(attribute.attoptions) AS setting
                        WHERE setting NOT LIKE 'pg\_attver=%' -- a number of PostgreSQL's own, which nobody can set
                    ),
                    'statistics', nullif(attribute.attstattarget, -1),
                    'used_by', (
                        SELECT coalesce(json_agg(DISTINCT user_of_it.description), '[]')
                        FROM pg_depend AS used
                        LEFT JOIN pg_rewrite AS rule ON used.classid = 'pg_rewrite'::regclass AND rule.oid = used.objid
                        LEFT JOIN pg_class AS view ON view.oid = rule.ev_class AND rule.rulename = '_RETURN'
                        LEFT JOIN pg_trigger AS trig ON used.classid = 'pg_trigger'::regclass AND trig.oid = used.objid
                        LEFT JOIN pg_proc AS called ON called.oid = trig.tgfoid
                        LEFT JOIN pg_attrdef AS other ON used.classid = 'pg_attrdef'::regclass AND other.oid = used.objid
                        CROSS JOIN LATERAL (SELECT coalesce(
                            CASE view.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || view.oid::regclass,
                            pg_describe_object(used.classid, used.objid, used.objsubid)
                        ) AS description) AS user_of_it
                        WHERE used.refclassid = 'pg_class'::regclass AND used.refobjid = class.oid
                            AND used.refobjsubid = attribute.attnum
                            AND CASE used.classid
                                WHEN 'pg_class'::regclass THEN used.objid = class.oid
                                WHEN 'pg_attrdef'::regclass THEN (other.adrelid, other.adnum) <> (class.oid, attribute.attnum)
                                WHEN 'pg_trigger'::regclass
                                    THEN NOT trig.tgisinternal AND called.pronamespace IS DISTINCT FROM to_regnamespace('midflight')
                                ELSE used.classid NOT IN ('pg_constraint'::regclass, 'pg_statistic_ext'::regclass)
                            END
                    ),
                    'sequence', (
                        SELECT json_build_object(
                            'schema', sequence_space.nspname,
                            'name', sequence_class.relname,
                            'type', format_type(sequence.seqtypid, NULL),
                            'start', sequence.seqstart,
                            'increment', sequence.seqincrement,
                            'minimum', sequence.seqmin,
                            'maximum', sequence.seqmax,
                            'cache', sequence.seqcache,
                            'cycles', sequence.seqcycle,
                            'comment', obj_description(sequence_class.oid, 'pg_class'),
                            'granted', sequence_class.relacl IS NOT NULL
                        )
                        FROM pg_depend AS owned
                        JOIN pg_class AS sequence_class ON sequence_class.oid = owned.objid AND sequence_class.relkind = 'S'
                        JOIN pg_namespace AS sequence_space ON sequence_space.oid = sequence_class.relnamespace
                        JOIN pg_sequence AS sequence ON sequence.seqrelid = sequence_class.oid
                        WHERE owned.classid = 'pg_class'::regclass AND owned.refclassid = 'pg_class'::regclass
                            AND owned.refobjid = class.oid AND owned.refobjsubid = attribute.attnum AND owned.deptype IN ('a', 'i')
                        ORDER BY owned.deptype DESC, sequence_class.relname
                        LIMIT 1
                    )
                )), '{}')
                FROM pg_attribute AS attribute
                LEFT JOIN pg_attrdef AS def ON def.adrelid = class.oid AND def.adnum = attribute.attnum
                WHERE attribute.attrelid = class.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
                    AND class.relkind IN ('r', 'p', 'f')
            ),
            'constraints', (
                SELECT coalesce(json_object_agg(con.conname, json_build_object(
                    'kind', con.contype,
                    'definition', pg_get_constraintdef(con.oid),
                    'valid', con.convalidated,
                    'inherited', con.conparentid <> 0 OR con.coninhcount > 0,
                    'comment', obj_description(con.oid, 'pg_constraint'),
                    'target_columns', (
                        SELECT coalesce(json_agg(attribute.attname ORDER BY key.place), '[]')
                        FROM unnest(con.confkey) WITH ORDINALITY AS key (number, place)
                        JOIN pg_attribute AS attribute ON attribute.attrelid = con.confrelid AND attribute.attnum = key.number
                    ),
                    'columns', (
                        SELECT coalesce(json_agg(attribute.attname ORDER BY key.place), '[]')
                        FROM unnest(con.conkey) WITH ORDINALITY AS key (number, place)
                        JOIN pg_attribute AS attribute ON attribute.attrelid = con.conrelid AND attribute.attnum = key.number
                    ),
                    'target', (
                        SELECT json_build_array(target_space.nspname, target.relname)
                        FROM pg_class AS target JOIN pg_namespace AS target_space ON target_space.oid = target.relnamespace
                        WHERE target.oid = con.confrelid
                    )
                )), '{}')
                FROM pg_constraint AS con WHERE con.conrelid = class.oid
            ),
            'referenced_by', (
                SELECT coalesce(json_agg(json_build_array(from_space.nspname, from_class.relname, (
                    SELECT json_agg(attribute.attname) FROM pg_attribute AS attribute
                    WHERE attribute.attrelid = con.confrelid AND attribute.attnum = ANY (con.confkey)
                )) ORDER BY con.oid), '[]')
                FROM pg_constraint AS con
                JOIN pg_class AS from_class ON from_class.oid = con.conrelid
                JOIN pg_namespace AS from_space ON from_space.oid = from_class.relnamespace
                WHERE con.confrelid = class.oid AND con.contype = 'f' AND class.relkind IN ('r', 'p')
            ),
            'triggers', (
                SELECT coalesce(json_object_agg(trig.tgname, pg_get_triggerdef(trig.oid)), '{}')
                FROM pg_trigger AS trig WHERE trig.tgrelid = class.oid AND NOT trig.tgisinternal
            ),
            'is_inherited', class.relkind = 'r' AND EXISTS (
                SELECT FROM pg_inherits WHERE inhparent = class.oid OR inhrelid = class.oid AND NOT class.relispartition
            ),
            'statistics', (
                SELECT coalesce(json_object_agg(stxname, json_build_object(
                    'schema', nspname,
                    'definition', pg_get_statisticsobjdef(statistics.oid),
                    'comment', obj_description(statistics.oid, 'pg_statistic_ext')
                )), '{}')
                FROM pg_statistic_ext AS statistics JOIN pg_namespace ON pg_namespace.oid = stxnamespace
                WHERE stxrelid = class.oid
            ),
            'indexes', (
                SELECT coalesce(json_object_agg(index_class.relname, index_facts.facts), '{}')
                FROM pg_index AS index
                JOIN pg_class AS index_class ON index_class.oid = index.indexrelid
                CROSS JOIN LATERAL (
                    SELECT json_build_object(
                        'valid', index.indisvalid,
                        'ready', index.indisready,
                        'unique', index.indisunique,
                        'method', (SELECT amname FROM pg_am WHERE pg_am.oid = index_class.relam),
                        'columns', CASE WHEN index.indexprs IS NULL THEN (
                            SELECT json_agg(attribute.attname ORDER BY key.place)
                            FROM unnest(index.indkey::smallint[]) WITH ORDINALITY AS key (number, place)
                            JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attnum = key.number
                            WHERE key.place <= index.indnkeyatts
                        ) END,
                        'definition', pg_get_indexdef(index.indexrelid),
                        'attached_to', (
                            SELECT json_build_array(parent_space.nspname, parent.relname)
                            FROM pg_inherits AS inherits
                            JOIN pg_class AS parent ON parent.oid = inherits.inhparent
                            JOIN pg_namespace AS parent_space ON parent_space.oid = parent.relnamespace
                            WHERE inherits.inhrelid = index.indexrelid
                        ),
                        'constraint', (SELECT con.conname FROM pg_constraint AS con WHERE con.conindid = index.indexrelid AND con.contype IN ('p', 'u', 'x') LIMIT 1),
                        'partial', index.indpred IS NOT NULL,
                        'comment', obj_description(index.indexrelid, 'pg_class'),
                        'clusters', index.indisclustered,
                        'identifies', index.indisreplident,
                        'uses', (
                            SELECT coalesce(json_agg(DISTINCT attribute.attname), '[]')
                            FROM pg_depend AS used
                            JOIN pg_attribute AS attribute
                                ON attribute.attrelid = used.refobjid AND attribute.attnum = used.refobjsubid
                            WHERE used.classid = 'pg_class'::regclass AND used.objid = index.indexrelid
                                AND used.refclassid = 'pg_class'::regclass AND used.refobjid = class.oid
                        ),
                        'include', (
                            SELECT coalesce(json_agg(attribute.attname ORDER BY key.place), '[]')
                            FROM unnest(index.indkey::smallint[]) WITH ORDINALITY AS key (number, place)
                            JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attnum = key.number
                            WHERE key.place > index.indnkeyatts
                        ),
                        'nulls_not_distinct', coalesce((to_jsonb(index) ->> 'indnullsnotdistinct')::boolean, false),
                        'shape', substr(pg_get_indexdef(index.indexrelid), length(format(
                            'CREATE %sINDEX %I ON %s%I.%I ',
                            CASE WHEN index.indisunique THEN 'UNIQUE ' END, index_class.relname,
                            CASE WHEN index_class.relkind = 'I' THEN 'ONLY ' END, namespace.nspname, class.relname
                        )) + 1)
                    ) AS facts
                ) AS index_facts
                WHERE index.indrelid = class.oid
            ),
            'table', (
                SELECT json_build_array(owner_space.nspname, owner.relname)
                FROM pg_class AS owner JOIN pg_namespace AS owner_space ON owner_space.oid = owner.relnamespace
                WHERE owner.oid = coalesce(
                    (SELECT indrelid FROM pg_index WHERE indexrelid = class.oid),
                    (
                        SELECT refobjid FROM pg_depend
                        WHERE class.relkind = 'S' AND classid = 'pg_class'::regclass AND objid = class.oid
                            AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
                        LIMIT 1
                    )
                )
            )
        ) AS facts
    FROM concerned
    JOIN pg_class AS class ON class.oid = concerned.oid
    JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
)
SELECT json_build_object(
    'major', current_setting('server_version_num')::integer / 10000,
    'asked', (
        SELECT coalesce(json_agg(
            (SELECT json_build_array(facts ->> 'schema', facts ->> 'name') FROM relations WHERE relations.oid = asked.oid)
            ORDER BY place
        ), '[]') FROM asked
    ),
    'relations', (SELECT coalesce(json_agg(facts), '[]') FROM relations),
    'enums', (
        SELECT coalesce(json_agg((
            SELECT (SELECT coalesce(json_agg(enumlabel ORDER BY enumsortorder), '[]') FROM pg_enum WHERE enumtypid = type.oid)
            FROM pg_type AS type
            WHERE type.typtype = 'e'
                AND type.oid = to_regtype(coalesce(quote_ident(pair ->> 0) || '.', '') || quote_ident(pair ->> 1))
        ) ORDER BY place), '[]')
        FROM json_array_elements(CAST(:enums AS json)) WITH ORDINALITY AS given (pair, place)
    ),
    'extensions', (
        SELECT coalesce(json_object_agg(extname, extversion), '{}') FROM pg_extension
        WHERE extname IN (SELECT json_array_elements_text(CAST(:extensions AS json)))
    ),
    'constrained', (
        SELECT coalesce(json_agg(given), '[]')
        FROM json_array_elements_text(CAST(:types AS json)) AS given
        WHERE EXISTS (
            WITH RECURSIVE domains AS (
                SELECT oid, typbasetype, typnotnull FROM pg_type WHERE oid = to_regtype(given) AND typtype = 'd'
                UNION ALL
                SELECT base.oid, base.typbasetype, base.typnotnull
                FROM domains JOIN pg_type AS base ON base.oid = domains.typbasetype AND base.typtype = 'd'
            )
            SELECT FROM domains
            WHERE typnotnull OR EXISTS (SELECT FROM pg_constraint WHERE contypid = domains.oid)
        )
    ),
    'has_own_schema', to_regnamespace('midflight') IS NOT NULL,
    'own_functions', (
        SELECT coalesce(json_agg(proname), '[]') FROM pg_proc WHERE pronamespace = to_regnamespace('midflight')
    ),
    'volatile', (
        SELECT coalesce(json_agg(given), '[]')
        FROM json_array_elements_text(CAST(:functions AS json)) AS given
        WHERE EXISTS (SELECT FROM pg_proc WHERE proname = given AND provolatile = 'v')
            OR NOT EXISTS (SELECT FROM pg_proc WHERE proname = given)
    )
)::text
