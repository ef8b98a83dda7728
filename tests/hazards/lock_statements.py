"""The kinds of statements whose locks, rewrites and scans are measured, and the schema on which they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA = """
CREATE TABLE u (id int PRIMARY KEY);
CREATE TABLE t (
    id int PRIMARY KEY, a int, b int NOT NULL DEFAULT 0, c text, e int NOT NULL,
    v varchar(20), n numeric(8, 2), at timestamptz, u_id int, CONSTRAINT to_u FOREIGN KEY (u_id) REFERENCES u
);
CREATE INDEX i ON t (a);
CREATE INDEX iv ON t (v);
CREATE UNIQUE INDEX k ON t (b);
ALTER TABLE t ADD CONSTRAINT valid_a CHECK (a IS NOT NULL);
ALTER TABLE t ADD CONSTRAINT unproven CHECK (b >= 0) NOT VALID;
ALTER TABLE t ADD CONSTRAINT unproven_to_u FOREIGN KEY (a) REFERENCES u NOT VALID;
CREATE TABLE child (id int PRIMARY KEY, t_id int REFERENCES t);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER trigger_of_t AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TABLE p (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2);
CREATE TABLE d (id int NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE d_rest PARTITION OF d DEFAULT;
CREATE TABLE q (id int NOT NULL);
CREATE TABLE fitting (id int NOT NULL CHECK (id >= 2 AND id < 3));
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE days (id int PRIMARY KEY, mood mood);
CREATE MATERIALIZED VIEW m AS SELECT id FROM u;
CREATE UNIQUE INDEX ON m (id);
CREATE VIEW w AS SELECT id FROM u;
CREATE SCHEMA s;
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN plain AS int;
CREATE DOMAIN unproven AS int;
ALTER DOMAIN unproven ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID;
CREATE TABLE of_domains (plain plain, unproven unproven);
CREATE SEQUENCE numbers;
INSERT INTO u SELECT generate_series(1, 20);
INSERT INTO t SELECT g, g, g, 'x', g, 'x', g, now(), g FROM generate_series(1, 20) g;
INSERT INTO child VALUES (1, 1);
INSERT INTO days VALUES (1, 'ok');
INSERT INTO p1 VALUES (1);
INSERT INTO d_rest VALUES (100);
INSERT INTO q VALUES (2);
INSERT INTO fitting VALUES (2);
INSERT INTO of_domains VALUES (1, 1);
ANALYZE;
"""
"""Every table has rows, so that a scan can be told from the opening of an empty file, and statistics, so that a query
is planned the same each time."""

STATEMENTS: Mapping[str, Sequence[str]] = {
    "Columns": (
        "ALTER TABLE t ADD COLUMN x int",
        "ALTER TABLE t ADD COLUMN x int NOT NULL DEFAULT 0",
        "ALTER TABLE t ADD COLUMN x timestamptz DEFAULT now()",
        "ALTER TABLE t ADD COLUMN x uuid DEFAULT gen_random_uuid()",
        "ALTER TABLE t ADD COLUMN x serial",
        "ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (a + 1) STORED",
        "ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (a + 1) VIRTUAL",
        "ALTER TABLE t ADD COLUMN x plain -- a domain",
        "ALTER TABLE t ADD COLUMN x positive -- a domain with a CHECK",
        "ALTER TABLE t ADD COLUMN x int REFERENCES u",
        "ALTER TABLE t ADD COLUMN x int DEFAULT 1 REFERENCES u",
        "ALTER TABLE t ADD COLUMN x int CHECK (x > 0)",
        "ALTER TABLE t ADD COLUMN x int UNIQUE",
        "ALTER TABLE t DROP COLUMN c",
        "ALTER TABLE t RENAME COLUMN c TO x",
        "ALTER TABLE t ALTER COLUMN b SET DEFAULT 1",
        "ALTER TABLE t ALTER COLUMN b DROP DEFAULT",
        "ALTER TABLE t ALTER COLUMN c SET NOT NULL",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL -- a valid CHECK says so",
        "ALTER TABLE t ALTER COLUMN b DROP NOT NULL",
        "ALTER TABLE t ALTER COLUMN a SET STATISTICS 100",
        "ALTER TABLE t ALTER COLUMN c SET STORAGE EXTERNAL",
        "ALTER TABLE t ALTER COLUMN e ADD GENERATED ALWAYS AS IDENTITY",
    ),
    "Types": (
        "ALTER TABLE t ALTER COLUMN a TYPE bigint",
        "ALTER TABLE t ALTER COLUMN v TYPE varchar(40)",
        "ALTER TABLE t ALTER COLUMN v TYPE text",
        "ALTER TABLE t ALTER COLUMN v TYPE varchar(10)",
        "ALTER TABLE t ALTER COLUMN c TYPE varchar(10)",
        'ALTER TABLE t ALTER COLUMN v TYPE varchar(20) COLLATE "C"',
        "ALTER TABLE t ALTER COLUMN n TYPE numeric(10, 2)",
        "ALTER TABLE t ALTER COLUMN n TYPE numeric(10, 3)",
        "ALTER TABLE t ALTER COLUMN at TYPE timestamp -- under UTC",
        "ALTER TABLE days ALTER COLUMN mood TYPE text",
        "ALTER DOMAIN plain ADD CONSTRAINT x CHECK (VALUE > 0)",
        "ALTER DOMAIN plain ADD CONSTRAINT x CHECK (VALUE > 0) NOT VALID",
        "ALTER DOMAIN unproven VALIDATE CONSTRAINT c",
        "ALTER DOMAIN plain SET NOT NULL",
        "ALTER TYPE mood ADD VALUE 'happy'",
        "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'",
        "ALTER TYPE mood RENAME TO temper",
    ),
    "Constraints": (
        "ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0)",
        "ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0) NOT VALID",
        "ALTER TABLE t VALIDATE CONSTRAINT unproven",
        "ALTER TABLE t ADD CONSTRAINT x NOT NULL c NOT VALID",
        "ALTER TABLE t ADD CONSTRAINT x FOREIGN KEY (a) REFERENCES u",
        "ALTER TABLE t ADD CONSTRAINT x FOREIGN KEY (a) REFERENCES u NOT VALID",
        "ALTER TABLE t VALIDATE CONSTRAINT unproven_to_u",
        "ALTER TABLE t ADD CONSTRAINT x UNIQUE (a)",
        "ALTER TABLE t ADD CONSTRAINT x UNIQUE USING INDEX k",
        "ALTER TABLE q ADD PRIMARY KEY (id)",
        "ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING btree (a WITH =)",
        "ALTER TABLE t DROP CONSTRAINT unproven",
        "ALTER TABLE t DROP CONSTRAINT to_u",
        "ALTER TABLE t RENAME CONSTRAINT unproven TO x",
    ),
    "Indexes": (
        "CREATE INDEX x ON t (a)",
        "CREATE UNIQUE INDEX x ON t (a)",
        "CREATE INDEX CONCURRENTLY x ON t (a)",
        "CREATE INDEX x ON ONLY p (id)",
        "CREATE INDEX x ON p (id)",
        "DROP INDEX i",
        "DROP INDEX CONCURRENTLY i",
        "REINDEX INDEX i",
        "REINDEX TABLE t",
        "REINDEX TABLE CONCURRENTLY t",
        "REINDEX INDEX CONCURRENTLY i",
        "ALTER INDEX i RENAME TO x",
        "ALTER INDEX i SET (fillfactor = 70)",
    ),
    "Whole tables": (
        "ALTER TABLE t RENAME TO x",
        "ALTER TABLE t SET SCHEMA s",
        "ALTER TABLE t SET (fillfactor = 70)",
        "ALTER TABLE days SET UNLOGGED",
        "ALTER TABLE t CLUSTER ON i",
        "ALTER TABLE t REPLICA IDENTITY FULL",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE t OWNER TO CURRENT_USER",
        "ALTER TABLE child INHERIT u",
        "CLUSTER t USING i",
        "VACUUM t",
        "VACUUM FULL t",
        "ANALYZE t",
        "TRUNCATE u CASCADE",
        "TRUNCATE child",
        "DROP TABLE child",
        "CREATE TABLE x (id int REFERENCES u)",
        "CREATE TABLE x (LIKE t INCLUDING ALL)",
        "CREATE TABLE x AS SELECT * FROM t",
        "LOCK TABLE t",
        "COMMENT ON TABLE t IS 'x'",
        "COMMENT ON COLUMN t.a IS 'x'",
        "GRANT SELECT ON t TO PUBLIC",
        "CREATE STATISTICS x ON a, b FROM t",
    ),
    "Triggers, rules, policies": (
        "CREATE TRIGGER x BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE CONSTRAINT TRIGGER x AFTER UPDATE ON t FROM u FOR EACH ROW EXECUTE FUNCTION f()",
        "ALTER TABLE t DISABLE TRIGGER trigger_of_t",
        "DROP TRIGGER trigger_of_t ON t",
        "CREATE RULE x AS ON DELETE TO t DO ALSO NOTHING",
        "CREATE POLICY x ON t USING (true)",
    ),
    "Partitions": (
        "CREATE TABLE x PARTITION OF p FOR VALUES FROM (2) TO (3)",
        "CREATE TABLE x PARTITION OF d FOR VALUES FROM (2) TO (3)",
        "ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM (2) TO (3)",
        "ALTER TABLE p ATTACH PARTITION fitting FOR VALUES FROM (2) TO (3)",
        "ALTER TABLE d ATTACH PARTITION fitting FOR VALUES FROM (2) TO (3)",
        "ALTER TABLE p DETACH PARTITION p1",
        "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY",
        "DROP TABLE p1",
    ),
    "Views and sequences": (
        "CREATE VIEW x AS SELECT * FROM t",
        "CREATE OR REPLACE VIEW w AS SELECT id, 1 AS one FROM u",
        "DROP VIEW w",
        "CREATE MATERIALIZED VIEW x AS SELECT * FROM t",
        "REFRESH MATERIALIZED VIEW m",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        "DROP MATERIALIZED VIEW m",
        "ALTER SEQUENCE numbers OWNED BY t.id",
    ),
    "Rows": (
        "SELECT * FROM t",
        "SELECT * FROM t FOR UPDATE",
        "INSERT INTO t (id, a, b, e) VALUES (100, 1, 100, 1)",
        "INSERT INTO child (id) SELECT id + 100 FROM t",
        "UPDATE t SET c = 'x'",
        "DELETE FROM child",
        "MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET c = 'x'",
    ),
}
"""By section; what follows ``--`` is told and not sent."""
