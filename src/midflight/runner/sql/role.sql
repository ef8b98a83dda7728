-- Whether a role is there and the session may SET ROLE to it. $1: its name.
-- From PostgreSQL 16 on a membership may lack that right (WITH SET FALSE).
SELECT
    EXISTS (SELECT FROM pg_roles WHERE rolname = $1::text) AS exists,
    coalesce((
        SELECT pg_has_role(
            session_user, r.oid,
            CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END
        )
        FROM pg_roles AS r WHERE r.rolname = $1::text
    ), false) AS may_become
