-- A view that stands for a table gets the table's owner and all its grants, and none that default privileges gave it.
-- With security_invoker both are asked: the view's grants and the table's.
DO $midflight$
DECLARE
    old_name CONSTANT regclass := {view};
    new_name CONSTANT regclass := {table};
    command text;
BEGIN
    BEGIN
        EXECUTE format('ALTER VIEW %s OWNER TO %I', old_name, (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = new_name));
    EXCEPTION WHEN insufficient_privilege THEN
        NULL; -- an owner that may create nothing in the schema: the view stays that of who deploys, with the same grants
    END;
    FOR command IN
        SELECT format('REVOKE ALL ON %s FROM %s', old_name, coalesce(quote_ident(grantee.rolname), 'PUBLIC'))
        FROM pg_class AS class
        CROSS JOIN LATERAL aclexplode(class.relacl) AS granted
        LEFT JOIN pg_roles AS grantee ON grantee.oid = granted.grantee
        WHERE class.oid = old_name AND granted.grantee <> class.relowner
    LOOP
        EXECUTE command;
    END LOOP;
    FOR command IN
        SELECT format(
            'GRANT %s%s ON %s TO %s%s', granted.privilege_type, ' (' || quote_ident(rights.of_column) || ')', old_name,
            coalesce(quote_ident(grantee.rolname), 'PUBLIC'), CASE WHEN granted.is_grantable THEN ' WITH GRANT OPTION' END
        )
        FROM (
            SELECT relowner, NULL::name AS of_column, relacl FROM pg_class WHERE oid = new_name
            UNION ALL
            SELECT relowner, attname, attacl FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE attrelid = new_name AND NOT attisdropped
        ) AS rights (owner, of_column, acl)
        CROSS JOIN LATERAL aclexplode(rights.acl) AS granted
        LEFT JOIN pg_roles AS grantee ON grantee.oid = granted.grantee
        WHERE granted.grantee <> rights.owner
    LOOP
        EXECUTE command;
    END LOOP;
END
$midflight$
