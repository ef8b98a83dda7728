"""What looks like a hazard and is none, and what does not look like one and is, by the text alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from midflight import sql
from midflight.hazards.facts import CheckFacts, ColumnFacts, Facts, TableFacts
from midflight.hazards.judge import judge
from midflight.hazards.looking import look_at_text
from midflight.pg.identifiers import QualifiedName
from midflight.registry import BUILT_IN_HAZARDS

if TYPE_CHECKING:
    from midflight.hazards.finding import Finding


def findings(
    text: str, facts: Facts | None = None, *, autocommit: bool = False, major: int = 18
) -> tuple[Finding, ...]:
    return judge(look_at_text(sql.split(text), facts, autocommit=autocommit, major=major), BUILT_IN_HAZARDS)


def ids(text: str, facts: Facts | None = None, *, autocommit: bool = False) -> list[str]:
    return [finding.hazard for finding in findings(text, facts, autocommit=autocommit)]


def only(text: str, facts: Facts | None = None) -> Finding:
    (finding,) = findings(text, facts)
    return finding


def table(facts: TableFacts) -> Facts:
    return Facts({QualifiedName("public", "t"): facts})


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE alembic_version SET version_num = 'b' WHERE version_num = 'a'",
        "DELETE FROM public.alembic_version",
        "INSERT INTO t SELECT * FROM u",
        "CREATE TABLE t (id int); ALTER TABLE t RENAME TO u; UPDATE u SET id = 1; DROP TABLE u",
        "CREATE TABLE t AS SELECT 1 AS id; ALTER TABLE t ADD PRIMARY KEY (id)",
        "SELECT 1 AS id INTO t; UPDATE t SET id = 2",
        "CREATE MATERIALIZED VIEW v AS SELECT 1 AS id; CREATE INDEX ON v (id)",
        "CREATE INDEX ON ONLY t (a)",
        "ALTER TABLE t ADD CHECK (a > 0) NOT VALID",
        "ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID",
        "ALTER TABLE t ADD a int, ADD b text DEFAULT 'x', ADD c jsonb NOT NULL DEFAULT '{}'::jsonb",
        "ALTER TABLE t ADD a int GENERATED ALWAYS AS (b * 2) VIRTUAL",
        "ALTER INDEX i RENAME TO j",
        "CREATE VIEW v AS SELECT 1 AS a; ALTER VIEW v RENAME COLUMN a TO b; DROP VIEW v",
        "ALTER TABLE t RENAME CONSTRAINT a TO b",
        "UPDATE t SET a = 1 WHERE t_id = 5",
        "SELECT * FROM t FOR UPDATE",
        "BEGIN; COMMIT",
        "PREPARE p AS DELETE FROM t",
        "SET lock_timeout = '1s'; LOCK TABLE t",
        "ALTER TABLE t ADD a int; ALTER TABLE t RENAME CONSTRAINT c TO d; ALTER TABLE t ALTER a SET DEFAULT 1",
        "CREATE TYPE m AS ENUM ('a'); ALTER TABLE t ADD a m; DROP TYPE IF EXISTS other",
        "ALTER TYPE m ADD VALUE 'a'; COMMIT; UPDATE t SET a = 'a' WHERE id = 1",
        "COPY t TO STDOUT",
        "CREATE TABLE n (id int); ALTER TABLE n SET UNLOGGED",
        "CREATE SCHEMA s; CREATE TABLE s.n (id int); DROP SCHEMA s CASCADE",
        "CREATE TABLE n (id int); CREATE TRIGGER g BEFORE INSERT ON n EXECUTE FUNCTION f(); DROP TRIGGER g ON n",
        "ALTER TABLE t ALTER a SET DEFAULT 1; ALTER TABLE t ALTER a SET STATISTICS 5",
        "DROP FUNCTION f(); DROP SEQUENCE s; DROP EXTENSION e",
        "CREATE TABLE n (id int PRIMARY KEY); REINDEX TABLE n; CLUSTER n",
    ],
)
def test_no_hazard(text: str) -> None:
    assert judge(look_at_text(sql.split(text)), BUILT_IN_HAZARDS) == ()


@pytest.mark.parametrize("text", ["DO $$ BEGIN DELETE FROM t; END $$", "CALL p()", "EXECUTE e", "this is no SQL"])
def test_what_cannot_be_read_is_said_to_be_unknown(text: str) -> None:
    (found,) = judge(look_at_text([sql.Piece(text, 1, 0)]), BUILT_IN_HAZARDS)
    assert found.hazard == "opaque-sql"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CREATE TABLE a.t (id int); CREATE INDEX ON b.t (id)", ["create-index-blocks-writes"]),
        ("CREATE INDEX ON t (id); CREATE TABLE t (id int)", ["create-index-blocks-writes"]),
        ("ALTER TABLE t RENAME TO u; UPDATE u SET a = 1 WHERE id = 1", ["rename-table"]),
        ("ALTER TABLE t RENAME TO u; COMMIT; CREATE VIEW t AS SELECT * FROM u", ["rename-table"]),
        ("WITH gone AS (DELETE FROM t RETURNING 1) SELECT * FROM gone", ["delete-without-where"]),
        ("UPDATE t SET a = u.a FROM u WHERE t.id = u.id", ["unbatched-update"]),
        ("ALTER TABLE t DROP a, DROP b", ["drop-column", "drop-column"]),
        ("ALTER TABLE t ADD a int DEFAULT 1 REFERENCES u", ["foreign-key-validates"]),
        ("ALTER TABLE t ADD a int PRIMARY KEY", ["primary-key-builds-index", "add-required-column"]),
        ("ALTER TABLE t ADD a int DEFAULT own_function()", ["volatile-default-rewrites"]),
        ("ALTER TABLE t ADD CONSTRAINT n NOT NULL a", ["set-not-null-scans"]),
        ("ALTER TABLE t ALTER a TYPE text", ["change-type-rewrites"]),
        (
            "CREATE TABLE n (t_id int REFERENCES t); INSERT INTO u SELECT * FROM w",
            ["ddl-and-backfill-in-one-transaction"],
        ),
        ("COPY t FROM '/data'; ALTER TABLE t ADD a int", ["ddl-and-backfill-in-one-transaction"]),
        ("DROP FUNCTION f() CASCADE", ["drop-cascade"]),
        ("DROP OWNED BY me", ["drop-cascade"]),
        ("ALTER TABLE t ALTER a SET EXPRESSION AS (b + 1)", ["generated-column-rewrites"]),
        ("LOCK TABLE t, u", ["lock-table"]),
        ("TRUNCATE t, u", ["truncate"]),
        ("CLUSTER", ["concurrently-in-transaction", "cluster"]),
        ("REINDEX (VERBOSE) DATABASE d", ["concurrently-in-transaction", "reindex-blocks"]),
        ("SET LOCAL lock_timeout = '1s'; COMMIT; LOCK TABLE t", ["lock-table"]),
        ("SET lock_timeout = '1s'; SET lock_timeout = 0; LOCK TABLE t", ["lock-table"]),
        (
            "ALTER TYPE m ADD VALUE 'it''s'; UPDATE t SET a = 'it''s' WHERE id = 1",
            ["enum-value-used-in-same-transaction"],
        ),
        ("DROP VIEW v; COMMIT; CREATE VIEW v AS SELECT 1", ["drop-view"]),
        ("ALTER TABLE t ADD a int; REFRESH MATERIALIZED VIEW CONCURRENTLY v", ["work-under-lock"]),
        ("BEGIN; ALTER TABLE t ADD a int; COMMIT; INSERT INTO t SELECT * FROM u", []),
        ("ALTER TABLE t ADD a int; COMMIT; INSERT INTO t SELECT * FROM u", []),
        ("ALTER TABLE t VALIDATE CONSTRAINT c; INSERT INTO t SELECT * FROM u", []),
        ("ALTER TABLE t ALTER a SET STATISTICS 5; INSERT INTO t SELECT * FROM u", []),
        (
            2 * "INSERT INTO t SELECT * FROM u; ALTER TABLE t ADD a int;",
            ["ddl-and-backfill-in-one-transaction"],
        ),
    ],
)
def test_hazards(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


def test_as_psql_runs_a_file_a_begin_makes_a_transaction() -> None:
    both = "ALTER TABLE t ADD a int; INSERT INTO t SELECT * FROM u;"
    assert ids(both, autocommit=True) == []
    assert ids(f"BEGIN; {both} COMMIT;", autocommit=True) == ["ddl-and-backfill-in-one-transaction"]
    assert ids(f"BEGIN; COMMIT; {both}", autocommit=True) == []
    assert ids("VACUUM t", autocommit=True) == []
    assert ids("BEGIN; VACUUM t", autocommit=True) == ["concurrently-in-transaction"]


def test_a_key_that_is_known_decides_what_is_bounded() -> None:
    keys = table(TableFacts(unique_keys=frozenset({frozenset({"code"}), frozenset({"a", "b"})})))
    assert ids("UPDATE t SET x = 1 WHERE code = 'x'", keys) == []
    assert ids("UPDATE t SET x = 1 WHERE a = 1 AND b BETWEEN 1 AND 100", keys) == []
    assert ids("UPDATE t SET x = 1 WHERE a = 1", keys) == ["unbatched-update"]
    assert ids("UPDATE t SET x = 1 WHERE id = 1", keys) == ["unbatched-update"]
    assert ids("UPDATE t SET x = 1 WHERE c IN (SELECT c FROM t LIMIT 10)", keys) == ["unbatched-update"]
    assert ids("DELETE FROM t WHERE ctid = '(0,1)'", keys) == []
    assert ids("DELETE FROM t WHERE id = 1", table(TableFacts(unique_keys=frozenset()))) == ["unbatched-delete"]


@pytest.mark.parametrize(
    "facts",
    [
        TableFacts({"a": ColumnFacts("text", not_null=True)}),
        TableFacts(checks=(CheckFacts("c", "CHECK (((a IS NOT NULL) AND (b > 0)))"),)),
        TableFacts(checks=(CheckFacts("n", "NOT NULL a"),)),
    ],
)
def test_a_valid_constraint_spares_the_scan_of_set_not_null(facts: TableFacts) -> None:
    assert ids("ALTER TABLE t ALTER a SET NOT NULL", table(facts)) == []


@pytest.mark.parametrize(
    "facts",
    [
        TableFacts({"a": ColumnFacts("text")}),
        TableFacts(checks=(CheckFacts("c", "CHECK ((a IS NOT NULL)) NOT VALID", valid=False),)),
        TableFacts(checks=(CheckFacts("c", "CHECK (((a IS NOT NULL) OR (b > 0)))"),)),
        TableFacts(checks=(CheckFacts("c", "something that no grammar reads"),)),
    ],
)
def test_any_other_constraint_does_not(facts: TableFacts) -> None:
    assert ids("ALTER TABLE t ALTER a SET NOT NULL", table(facts)) == ["set-not-null-scans"]


def test_what_the_revision_itself_proved_counts() -> None:
    proven = (
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID; COMMIT; ALTER TABLE t VALIDATE CONSTRAINT c;"
        "COMMIT;"
    )
    required = "ALTER TABLE t ALTER a SET NOT NULL;"
    assert ids(proven + required) == []
    assert ids(proven + "ALTER TABLE t DROP CONSTRAINT c;" + required) == ["set-not-null-scans"]
    assert ids(proven.replace("t VALIDATE", "u VALIDATE") + required) == ["set-not-null-scans"]


def test_a_time_zone_that_is_stated_says_which_moment_is_meant() -> None:
    naive = table(TableFacts({"a": ColumnFacts("timestamp without time zone")}))
    text = "ALTER TABLE t ALTER a TYPE timestamptz"
    assert ids(text, naive) == ["change-type-rewrites", "lossy-type-change"]
    assert ids(f"SET timezone = 'UTC'; {text}", naive) == ["change-type-rewrites"]
    assert ids(f"SET TIME ZONE 'UTC'; {text}(0)", naive) == ["change-type-rewrites", "lossy-type-change"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ALTER TABLE t ADD a int; ALTER TABLE t DROP a", []),
        ("ALTER TABLE t ADD a int; ALTER TABLE t DROP b", ["drop-column"]),
        ("ALTER TABLE t ADD a int; ALTER TABLE u DROP a", ["locks-several-tables", "drop-column"]),
        ("ALTER INDEX i SET TABLESPACE s", ["set-tablespace"]),
        ("CREATE TABLE n (a int); CREATE INDEX i ON n (a); ALTER INDEX i SET TABLESPACE s", []),
        ("ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID; ALTER DOMAIN d DROP NOT NULL", []),
        ("ALTER DOMAIN s.d ADD CHECK (VALUE > 0)", ["domain-constraint-validates"]),
        ("MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET a = u.a", ["unbatched-update"]),
        ("MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE", ["unbatched-update"]),
        ("MERGE INTO t USING u ON t.id = u.id WHEN NOT MATCHED THEN INSERT VALUES (u.id)", []),
        ("MERGE INTO t USING (VALUES (1)) AS v (id) ON t.id = v.id WHEN MATCHED THEN UPDATE SET a = 1", []),
        ("INSERT INTO t SELECT * FROM u ON CONFLICT DO NOTHING", []),
        ("INSERT INTO t SELECT * FROM u ON CONFLICT (id) DO UPDATE SET a = excluded.a", ["unbatched-update"]),
        ("CREATE TABLE n (id int); INSERT INTO n SELECT * FROM u ON CONFLICT (id) DO UPDATE SET id = 1", []),
        ("CREATE DOMAIN d AS int NOT NULL; ALTER TABLE t ADD a d", ["constrained-domain-rewrites"]),
        ("CREATE DOMAIN d AS int DEFAULT 1; ALTER TABLE t ADD a d", []),
        ("CREATE DOMAIN d AS int NOT NULL; ALTER TABLE t ADD a d[]", []),
        ("CREATE DOMAIN d AS int NOT NULL; CREATE TABLE n (a d); ALTER TABLE n ADD b d", []),
    ],
)
def test_new_columns_indexes_and_domains(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


def test_a_type_that_is_not_known_may_rewrite_and_says_so() -> None:
    assert "may write it anew" in only("ALTER TABLE t ALTER a TYPE text").message
    known = table(TableFacts({"a": ColumnFacts("integer")}))
    assert "may write it anew" not in only("ALTER TABLE t ALTER a TYPE bigint", known).message


def test_the_fix_of_set_not_null_follows_the_version() -> None:
    text = "ALTER TABLE t ALTER a SET NOT NULL"
    old, new = (findings(text, major=major)[0].fix for major in (17, 18))
    assert "CHECK" in old
    assert 'NOT NULL \\"a\\" NOT VALID' in new or 'NOT NULL "a" NOT VALID' in new


def test_a_new_label_of_a_new_enum_can_be_used_from_17_on() -> None:
    text = "CREATE TYPE m AS ENUM ('a'); ALTER TYPE m ADD VALUE 'b'; UPDATE t SET m = 'b' WHERE id = 1"
    assert [found.hazard for found in findings(text, major=16)] == ["enum-value-used-in-same-transaction"]
    assert findings(text, major=17) == ()


def test_a_finding_tells_its_place() -> None:
    found = only("-- orders grow\n\nSELECT 1;\nCREATE INDEX ix ON shop.orders (a);")
    assert (found.line, found.statement, found.table, found.basis) == (4, 1, "shop.orders", "grammar")


def test_a_meeting_of_lock_and_data_change_names_the_other_line() -> None:
    found = only("ALTER TABLE t ADD a int;\n\nINSERT INTO u SELECT * FROM w;")
    assert found.line == 3
    assert "ALTER TABLE in line 1" in found.message
    assert "ACCESS EXCLUSIVE" in found.message
    turned = only("INSERT INTO u SELECT * FROM w;\nALTER TABLE t ADD a int;")
    assert "INSERT in line 1" in turned.message
    assert "deadlock" in turned.message
