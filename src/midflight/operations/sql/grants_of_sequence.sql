DECLARE
    midflight_grant text;
BEGIN
    FOR midflight_grant IN
        SELECT format(
            'GRANT %s ON SEQUENCE %s TO %s%s', given.privilege_type, :new,
            CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(given.grantee)) END,
            CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
        )
        FROM pg_class AS granted CROSS JOIN LATERAL aclexplode(granted.relacl) AS given
        WHERE granted.oid = CAST(:old AS regclass) AND given.grantee <> granted.relowner
    LOOP
        EXECUTE midflight_grant;
    END LOOP;
END
