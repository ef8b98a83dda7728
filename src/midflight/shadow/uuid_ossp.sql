-- The extension uuid-ossp without the library libossp-uuid, which the embedded server asks of the system and few systems
-- have. Names, arguments, volatility and strictness are those of PostgreSQL's own script:
-- https://www.postgresql.org/docs/current/uuid-ossp.html

\echo Use "CREATE EXTENSION \"uuid-ossp\"" to load this file. \quit

CREATE FUNCTION uuid_nil() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN '00000000-0000-0000-0000-000000000000'::uuid;

-- The name spaces of RFC 9562, section 6.6.

CREATE FUNCTION uuid_ns_dns() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_url() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_oid() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_x500() RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid;

-- Version 1: tenths of microseconds since 15 October 1582, then a random clock sequence and a random multicast node, both
-- taken from a random UUID (RFC 9562, sections 5.1 and 6.10).

CREATE FUNCTION uuid_generate_v1mc() RETURNS uuid VOLATILE STRICT PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT (
        substr(ticks, 8, 8) || substr(ticks, 4, 4) || '1' || substr(ticks, 1, 3)
        || substr(random, 20, 4)
        || substr(random, 25, 1) || translate(substr(random, 26, 1), '02468ace', '13579bdf') || substr(random, 27)
    )::uuid
    FROM (
        SELECT
            lpad(to_hex((extract(epoch FROM clock_timestamp()) * 10000000)::bigint + 122192928000000000), 15, '0') AS ticks,
            gen_random_uuid()::text AS random
    ) AS parts;
END;

CREATE FUNCTION uuid_generate_v1() RETURNS uuid VOLATILE STRICT PARALLEL SAFE LANGUAGE sql
RETURN uuid_generate_v1mc();

CREATE FUNCTION uuid_generate_v4() RETURNS uuid VOLATILE STRICT PARALLEL SAFE LANGUAGE internal
AS 'gen_random_uuid';

-- Versions 3 and 5: a hash of name space and name, with version and variant written over it (RFC 9562, sections 5.3, 5.5).

CREATE FUNCTION uuid_ossp_from_hash(hash text, version text) RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN (
    substr(hash, 1, 12) || version || substr(hash, 14, 3)
    || translate(substr(hash, 17, 1), '0123456789abcdef', '89ab89ab89ab89ab') || substr(hash, 18, 15)
)::uuid;

CREATE FUNCTION uuid_ossp_digest(bytea, text) RETURNS bytea IMMUTABLE STRICT PARALLEL SAFE LANGUAGE c
AS '$libdir/pgcrypto', 'pg_digest';

CREATE FUNCTION uuid_generate_v3(namespace uuid, name text) RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN uuid_ossp_from_hash(md5(uuid_send(namespace) || convert_to(name, 'UTF8')), '3');

CREATE FUNCTION uuid_generate_v5(namespace uuid, name text) RETURNS uuid IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN uuid_ossp_from_hash(encode(uuid_ossp_digest(uuid_send(namespace) || convert_to(name, 'UTF8'), 'sha1'), 'hex'), '5');
