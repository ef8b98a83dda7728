DECLARE
    midflight_grant text;
BEGIN
    FOR midflight_grant IN
        SELECT format(
            'GRANT %s (%I) ON %s TO %s%s', given.privilege_type, :new, granted.attrelid::regclass,
            CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(given.grantee)) END,
            CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
        )
        FROM pg_attribute AS granted CROSS JOIN LATERAL aclexplode(granted.attacl) AS given
        WHERE granted.attrelid = CAST(:table AS regclass) AND granted.attname = :old
    LOOP
        EXECUTE midflight_grant;
    END LOOP;
END
