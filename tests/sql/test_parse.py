from __future__ import annotations

from dataclasses import replace

import pytest

from midflight.pg.locks import LockMode
from midflight.sql.changes import (
    AddColumn,
    AddConstraint,
    AlterColumnType,
    AlterTableOther,
    Change,
    Column,
    Constraint,
    CopyFrom,
    CreateIndex,
    CreateTable,
    CreateTableAs,
    CreateTrigger,
    CreateView,
    Delete,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropNotNull,
    DropTable,
    DropTrigger,
    DropView,
    Insert,
    LockTable,
    Merge,
    Reindex,
    RenameColumn,
    RenameTable,
    RenameView,
    SetDefault,
    SetExpression,
    SetNotNull,
    SetSchema,
    Truncate,
    Update,
    ValidateConstraint,
)
from midflight.sql.combine import combined
from midflight.sql.expressions import Expression
from midflight.sql.names import Name
from midflight.sql.objects import CreateSchema, DropDatabase, DropOther, DropSchema, SetLockTimeout
from midflight.sql.parse import parse
from midflight.sql.partitions import AttachPartition, DetachPartition
from midflight.sql.storage import Cluster, RefreshView, SetAccessMethod, SetLogged, SetTablespace, Vacuum
from midflight.sql.types import AddEnumValue, CreateType, DropType, RenameEnumValue, RenameType
from midflight.sql.where import Where

T = Name(None, "t")


def changes(sql: str) -> tuple[Change, ...]:
    statement = parse(sql)
    assert statement.opaque is None, statement.opaque
    return statement.changes


def change(sql: str) -> Change:
    (found,) = changes(sql)
    return found


def column(definition: str) -> Column:
    """A column whose constraints are without their definition."""
    added = change(f"ALTER TABLE t ADD COLUMN {definition}")
    assert isinstance(added, AddColumn)
    return replace(added.column, constraints=tuple(replace(c, definition="") for c in added.column.constraints))


def constraint(definition: str) -> Constraint:
    added = change(f"ALTER TABLE t ADD {definition}")
    assert isinstance(added, AddConstraint)
    return added.constraint


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("DROP TABLE s.t CASCADE", DropTable(Name("s", "t"), cascade=True)),
        ("ALTER TABLE t RENAME TO u", RenameTable(T, "u")),
        ("ALTER TABLE t RENAME a TO b", RenameColumn(T, "a", "b")),
        ("ALTER TABLE t DROP COLUMN a", DropColumn(T, "a")),
        ("ALTER TABLE t DROP COLUMN IF EXISTS a CASCADE", DropColumn(T, "a", cascade=True)),
        ("ALTER TABLE t ALTER a TYPE varchar(20)", AlterColumnType(T, "a", "character varying(20)")),
        ("ALTER TABLE t ALTER a SET NOT NULL", SetNotNull(T, "a")),
        ("ALTER TABLE t ALTER a DROP NOT NULL", DropNotNull(T, "a")),
        ("ALTER TABLE t ALTER a SET DEFAULT 1", SetDefault(T, "a", Expression("1"))),
        ("ALTER TABLE t ALTER a DROP DEFAULT", SetDefault(T, "a", None)),
        ("ALTER TABLE t VALIDATE CONSTRAINT c", ValidateConstraint(T, "c")),
        ("ALTER TABLE t DROP CONSTRAINT c", DropConstraint(T, "c")),
        ("ALTER TABLE t SET (fillfactor = 70)", AlterTableOther(T, "AT_SetRelOptions")),
        ("ALTER TABLE t SET SCHEMA s", SetSchema(T, "s")),
        ("ALTER VIEW t SET SCHEMA s", SetSchema(T, "s")),
        ('ALTER TABLE t ALTER a TYPE text COLLATE "C"', AlterColumnType(T, "a", "text", collation="C")),
        ("ALTER TABLE t ALTER a SET EXPRESSION AS (b)", SetExpression(T, "a")),
        ("ALTER TABLE t ATTACH PARTITION s.q DEFAULT", AttachPartition(T, Name("s", "q"), "DEFAULT")),
        (
            "ALTER TABLE t ATTACH PARTITION q FOR VALUES IN (1, NULL)",
            AttachPartition(T, Name(None, "q"), "FOR VALUES IN (1, NULL)"),
        ),
        ("ALTER TABLE t DETACH PARTITION q", DetachPartition(T, Name(None, "q"))),
        ("ALTER TABLE t DETACH PARTITION q CONCURRENTLY", DetachPartition(T, Name(None, "q"), concurrently=True)),
        ("ALTER TABLE t SET LOGGED", SetLogged(T, logged=True)),
        ("ALTER TABLE t SET UNLOGGED", SetLogged(T, logged=False)),
        ("ALTER TABLE t SET TABLESPACE x", SetTablespace(T, "x")),
        ("ALTER TABLE t SET ACCESS METHOD x", SetAccessMethod(T, "x")),
        ("ALTER TABLE t SET ACCESS METHOD DEFAULT", SetAccessMethod(T, None)),
        ("ALTER VIEW t RENAME TO u", RenameView(T, "u")),
        ("ALTER MATERIALIZED VIEW t RENAME a TO b", RenameView(T, "b", "a")),
        ("CLUSTER t USING i", Cluster(T)),
        ("VACUUM t", Vacuum(T)),
        ("VACUUM (FULL, ANALYZE) t", Vacuum(T, full=True)),
        ("VACUUM (FULL off) t", Vacuum(T)),
        ("VACUUM FULL", Vacuum(None, full=True)),
        ("ANALYZE t", Vacuum(T, only_analyzes=True)),
        ("REFRESH MATERIALIZED VIEW t", RefreshView(T)),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY t", RefreshView(T, concurrently=True)),
        ("REFRESH MATERIALIZED VIEW t WITH NO DATA", RefreshView(T, with_data=False)),
        ("CREATE TYPE t AS ENUM ('a', 'b')", CreateType(T, ("a", "b"))),
        ("CREATE TYPE t AS (a int)", CreateType(T)),
        ("CREATE TYPE t AS RANGE (subtype = int)", CreateType(T)),
        ("CREATE DOMAIN t AS int", CreateType(T)),
        ("ALTER TYPE t RENAME TO u", RenameType(T, "u")),
        ("ALTER TYPE t ADD VALUE 'a' BEFORE 'b'", AddEnumValue(T, "a")),
        ("ALTER TYPE t RENAME VALUE 'a' TO 'b'", RenameEnumValue(T, "a", "b")),
        ("DROP TYPE s.t CASCADE", DropType(Name("s", "t"), cascade=True)),
        ("DROP DOMAIN t", DropType(T)),
        ("CREATE SCHEMA s", CreateSchema("s")),
        ("DROP SCHEMA s CASCADE", DropSchema("s", cascade=True)),
        ("DROP DATABASE d", DropDatabase("d")),
        ("DROP FUNCTION f(int) CASCADE", DropOther("FUNCTION", cascade=True)),
        ("DROP SEQUENCE s", DropOther("SEQUENCE")),
        ("DROP TRIGGER g ON s.t", DropTrigger(Name("s", "t"), "g")),
        ("DROP OWNED BY me", DropOther("OWNED")),
        ("COPY t FROM STDIN", CopyFrom(T)),
        ("SET lock_timeout = '2s'", SetLockTimeout(2000)),
        ("SET LOCAL lock_timeout TO 250", SetLockTimeout(250, local=True)),
        ("SET lock_timeout TO '1.5 min'", SetLockTimeout(90_000)),
        ("SET lock_timeout TO DEFAULT", SetLockTimeout(0)),
        ("RESET lock_timeout", SetLockTimeout(0)),
        ("LOCK TABLE t NOWAIT", LockTable(T, LockMode.ACCESS_EXCLUSIVE, nowait=True)),
        ("CREATE INDEX ON t (a)", CreateIndex(T, None, ("a",))),
        ("CREATE INDEX i ON t (lower(a))", CreateIndex(T, "i", None)),
        ("CREATE INDEX i ON t (a DESC)", CreateIndex(T, "i", None)),
        ("CREATE INDEX i ON t (a text_pattern_ops)", CreateIndex(T, "i", None)),
        ("CREATE INDEX i ON ONLY t (a)", CreateIndex(T, "i", ("a",), only=True)),
        ("CREATE INDEX i ON t USING gin (a)", CreateIndex(T, "i", ("a",), method="gin")),
        ("CREATE INDEX i ON t (a) INCLUDE (b)", CreateIndex(T, "i", ("a",), include=("b",))),
        ("CREATE INDEX i ON t (a) WITH (fillfactor = 70)", CreateIndex(T, "i", ("a",), has_options=True)),
        ("CREATE INDEX i ON t (a) WHERE b", CreateIndex(T, "i", ("a",), where=Expression("b", column="b"))),
        (
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t (a, b)",
            CreateIndex(Name("s", "t"), "i", ("a", "b"), unique=True, concurrently=True, if_not_exists=True),
        ),
        ("DROP INDEX s.i", DropIndex(Name("s", "i"))),
        ("DROP INDEX CONCURRENTLY i", DropIndex(Name(None, "i"), concurrently=True)),
        ("REINDEX TABLE t", Reindex(T, "table")),
        ("REINDEX INDEX CONCURRENTLY i", Reindex(Name(None, "i"), "index", concurrently=True)),
        ("REINDEX (CONCURRENTLY) TABLE t", Reindex(T, "table", concurrently=True)),
        ("REINDEX DATABASE d", Reindex(None, "database")),
        ("TRUNCATE t CASCADE", Truncate(T, cascade=True)),
        ("LOCK TABLE t", LockTable(T, LockMode.ACCESS_EXCLUSIVE)),
        ("LOCK t IN SHARE ROW EXCLUSIVE MODE", LockTable(T, LockMode.SHARE_ROW_EXCLUSIVE)),
        ("CREATE OR REPLACE VIEW v AS SELECT 1", CreateView(Name(None, "v"), replace=True)),
        ("DROP VIEW v", DropView(Name(None, "v"))),
        ("DROP MATERIALIZED VIEW v", DropView(Name(None, "v"), materialized=True)),
        ("CREATE TABLE t AS SELECT 1", CreateTableAs(T)),
        ("SELECT 1 INTO t", CreateTableAs(T)),
        ("CREATE MATERIALIZED VIEW t AS SELECT 1", CreateTableAs(T, materialized_view=True)),
        ("CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()", CreateTrigger(T, "g")),
        ("INSERT INTO t VALUES (1), (2)", Insert(T)),
        ("INSERT INTO t DEFAULT VALUES", Insert(T)),
        ("INSERT INTO t SELECT 1, $1", Insert(T)),
        ("INSERT INTO t SELECT * FROM u", Insert(T, from_query=True, reads=(Name(None, "u"),))),
        (
            "INSERT INTO t SELECT * FROM u UNION ALL SELECT * FROM w",
            Insert(T, from_query=True, reads=(Name(None, "u"), Name(None, "w"))),
        ),
        ("INSERT INTO t SELECT generate_series(1, 1000)", Insert(T, from_query=True)),
        ("MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", Merge(T, updates=True)),
        (
            "MERGE INTO t USING (VALUES (1)) AS u (a) ON t.a = u.a WHEN NOT MATCHED THEN INSERT VALUES (1)",
            Merge(T, from_query=False),
        ),
        ("UPDATE t SET a = 1, b = 2", Update(T, ("a", "b"), None)),
        ("UPDATE t SET (a, b) = (1, 2)", Update(T, ("a", "b"), None)),
        ("UPDATE t SET a = 1 FROM s.u", Update(T, ("a",), None, (Name("s", "u"),))),
        ("DELETE FROM ONLY t", Delete(T, None)),
        ("DELETE FROM t USING u WHERE t.a = u.a", Delete(T, Where(), (Name(None, "u"),))),
    ],
)
def test_a_change_is_read(sql: str, expected: Change) -> None:
    assert change(sql) == expected


def test_each_command_of_alter_table_is_a_change() -> None:
    sql = 'ALTER TABLE "Odd ""Name" ADD a int, DROP b, ALTER c SET NOT NULL'
    table = Name(None, 'Odd "Name')
    assert changes(sql) == (
        AddColumn(table, Column("a", "integer")),
        DropColumn(table, "b"),
        SetNotNull(table, "c"),
    )
    assert table.sql == '"Odd ""Name"'


def test_each_table_of_a_list_is_a_change() -> None:
    assert changes("DROP TABLE a, s.b") == (DropTable(Name(None, "a")), DropTable(Name("s", "b")))
    assert changes("DROP INDEX a, b") == (DropIndex(Name(None, "a")), DropIndex(Name(None, "b")))
    assert len(changes("TRUNCATE a, b")) == len(changes("LOCK a, b")) == 2


def test_changes_in_a_with_clause_are_read() -> None:
    moved = "WITH gone AS (DELETE FROM t WHERE a = 1 RETURNING *) INSERT INTO u SELECT * FROM gone"
    assert changes(moved) == (
        Delete(T, Where(pinned=frozenset({"a"}))),
        Insert(Name(None, "u"), from_query=True, reads=(Name(None, "gone"),)),
    )
    assert changes("WITH x AS (UPDATE t SET a = 1 RETURNING 1) SELECT * FROM x") == (Update(T, ("a",), None),)


def test_create_table_is_read_with_what_it_leans_on() -> None:
    created = change(
        "CREATE TEMP TABLE IF NOT EXISTS t (id int PRIMARY KEY, u int REFERENCES u, LIKE w INCLUDING ALL,"
        " CONSTRAINT c CHECK (u > 0)) INHERITS (p)"
    )
    assert isinstance(created, CreateTable)
    assert [found.name for found in created.columns] == ["id", "u"]
    assert created.columns[0].not_null
    (reference,) = created.columns[1].constraints
    assert reference.definition == "FOREIGN KEY (u) REFERENCES u"
    assert (reference.columns, reference.references) == (("u",), Name(None, "u"))
    assert [found.kind for found in created.constraints] == ["check"]
    assert (created.like, created.inherits) == ((Name(None, "w"),), (Name(None, "p"),))
    assert created.if_not_exists
    assert created.temporary


def test_a_partition_is_told_from_a_child() -> None:
    created = change("CREATE TABLE t PARTITION OF s.p FOR VALUES FROM (1) TO (2)")
    assert created == CreateTable(T, partition_of=Name("s", "p"), bound="FOR VALUES FROM (1) TO (2)")


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("a int", Column("a", "integer")),
        ("a int NOT NULL", Column("a", "integer", not_null=True)),
        ("a serial", Column("a", "serial")),
        ("a int DEFAULT NULL", Column("a", "integer", default=Expression("NULL", is_null=True))),
        ("a int DEFAULT NULL::int", Column("a", "integer", default=Expression("NULL::int", is_null=True))),
        (
            "a uuid DEFAULT pg_catalog.gen_random_uuid()",
            Column("a", "uuid", default=Expression("pg_catalog.gen_random_uuid()", ("gen_random_uuid",))),
        ),
        ("a int GENERATED ALWAYS AS IDENTITY", Column("a", "integer", not_null=True, identity=True)),
        (
            "a int GENERATED ALWAYS AS (b) STORED",
            Column("a", "integer", default=Expression("b", column="b"), generated="stored"),
        ),
        (
            "a int GENERATED ALWAYS AS (b) VIRTUAL",
            Column("a", "integer", default=Expression("b", column="b"), generated="virtual"),
        ),
        ("a int UNIQUE", Column("a", "integer", constraints=(Constraint("unique", None, ("a",)),))),
        (
            "a int REFERENCES u (id) ON DELETE CASCADE DEFERRABLE",
            Column("a", "integer", constraints=(Constraint("foreign key", None, ("a",), references=Name(None, "u")),)),
        ),
    ],
)
def test_a_column_is_read(definition: str, expected: Column) -> None:
    assert column(definition) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("int", "integer"),
        ("int8", "bigint"),
        ("pg_catalog.int8", "bigint"),
        ("varchar", "character varying"),
        ("varchar(20)[]", "character varying(20)[]"),
        ("char(3)", "character(3)"),
        ("numeric(10, 2)", "numeric(10,2)"),
        ("timestamp(3)", "timestamp(3) without time zone"),
        ("timestamptz", "timestamp with time zone"),
        ("timestamp with time zone", "timestamp with time zone"),
        ("double precision", "double precision"),
        ("citext", "citext"),
        ("s.mood", "s.mood"),
        ("text[][]", "text[]"),
        ("vector(3)", "vector(3)"),
    ],
)
def test_a_type_is_written_as_the_catalog_does(written: str, expected: str) -> None:
    assert column(f"a {written}").type == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("FOREIGN KEY (a, b) REFERENCES s.u", Constraint("foreign key", None, ("a", "b"), references=Name("s", "u"))),
        (
            "CONSTRAINT c FOREIGN KEY (a) REFERENCES u NOT VALID",
            Constraint("foreign key", "c", ("a",), not_valid=True, references=Name(None, "u")),
        ),
        ("CONSTRAINT c UNIQUE (a, b)", Constraint("unique", "c", ("a", "b"))),
        ("CONSTRAINT c UNIQUE USING INDEX i", Constraint("unique", "c", using_index="i")),
        ("PRIMARY KEY (a)", Constraint("primary key", None, ("a",))),
        ("CONSTRAINT c PRIMARY KEY USING INDEX i", Constraint("primary key", "c", using_index="i")),
        ("CONSTRAINT c NOT NULL a NOT VALID", Constraint("not null", "c", ("a",), not_valid=True)),
    ],
)
def test_a_constraint_is_read(definition: str, expected: Constraint) -> None:
    assert replace(constraint(definition), definition="") == expected


@pytest.mark.parametrize(
    "definition",
    [
        "CHECK (a > 0 AND b IS NOT NULL) NOT VALID",
        "FOREIGN KEY (a) REFERENCES s.u (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        "UNIQUE (a, b) INCLUDE (c)",
        "PRIMARY KEY USING INDEX i",
        'NOT NULL "odd name" NOT VALID',
        "EXCLUDE USING gist (a WITH =) WHERE (b)",
    ],
)
def test_a_constraint_can_be_written_again_without_its_name(definition: str) -> None:
    assert constraint(definition).definition == definition
    assert constraint(f"CONSTRAINT c {definition}").definition == definition


@pytest.mark.parametrize(
    ("condition", "never_null"),
    [
        ("a IS NOT NULL", {"a"}),
        ("(a IS NOT NULL AND b IS NOT NULL) AND c > 0", {"a", "b"}),
        ("a IS NOT NULL OR b IS NOT NULL", set()),
        ("NOT (a IS NOT NULL)", set()),
        ("a IS NULL", set()),
        ("lower(a) IS NOT NULL", set()),
    ],
)
def test_a_check_tells_which_columns_it_proves_not_to_be_null(condition: str, never_null: set[str]) -> None:
    check = constraint(f"CONSTRAINT c CHECK ({condition})").check
    assert check is not None
    assert check.never_null == never_null


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT 1", "SELECT"),
        ("CREATE TABLE t (a int)", "CREATE TABLE"),
        ("CREATE UNIQUE INDEX ON t (a)", "CREATE INDEX"),
        ("ALTER TABLE t ADD a int", "ALTER TABLE"),
        ("ALTER TABLE t RENAME a TO b", "ALTER TABLE"),
        ("ALTER TABLE t RENAME TO b", "ALTER TABLE"),
        ("ALTER TABLE t RENAME CONSTRAINT a TO b", "ALTER TABLE"),
        ("ALTER TABLE t SET SCHEMA s", "ALTER TABLE"),
        ("ALTER VIEW v RENAME COLUMN a TO b", "ALTER VIEW"),
        ("ALTER INDEX i RENAME TO j", "ALTER INDEX"),
        ("ALTER SEQUENCE s RESTART", "ALTER SEQUENCE"),
        ("ALTER TYPE t ADD VALUE 'x'", "ALTER TYPE"),
        ("ALTER FUNCTION f() OWNER TO me", "ALTER FUNCTION"),
        ("DROP MATERIALIZED VIEW v", "DROP MATERIALIZED VIEW"),
        ("DROP EXTENSION e", "DROP EXTENSION"),
        ("CREATE EXTENSION e", "CREATE EXTENSION"),
        ("CREATE TYPE t AS ENUM ('a')", "CREATE TYPE"),
        ("CREATE TYPE t AS (a int)", "CREATE TYPE"),
        ("CREATE DOMAIN d AS int", "CREATE DOMAIN"),
        ("CREATE SEQUENCE s", "CREATE SEQUENCE"),
        ("CREATE PROCEDURE p() LANGUAGE sql AS ''", "CREATE PROCEDURE"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS ''", "CREATE FUNCTION"),
        ("CREATE AGGREGATE a (int) (sfunc = f, stype = int)", "CREATE AGGREGATE"),
        ("GRANT SELECT ON t TO me", "GRANT"),
        ("REVOKE SELECT ON t FROM me", "REVOKE"),
        ("COMMENT ON TABLE t IS 'x'", "COMMENT"),
        ("SET x = 1", "SET"),
        ("RESET ALL", "RESET"),
        ("VACUUM t", "VACUUM"),
        ("ANALYZE t", "ANALYZE"),
        ("TRUNCATE t", "TRUNCATE TABLE"),
        ("REFRESH MATERIALIZED VIEW v", "REFRESH MATERIALIZED VIEW"),
        ("BEGIN", "BEGIN"),
        ("ROLLBACK TO a", "ROLLBACK TO SAVEPOINT"),
        ("DO $$ BEGIN END $$", "DO"),
        ("CALL p()", "CALL"),
        ("EXECUTE e", "EXECUTE"),
        ("COPY t TO STDOUT", "COPY"),
    ],
)
def test_a_statement_is_named_by_its_command(sql: str, kind: str) -> None:
    assert parse(sql).kind == kind


@pytest.mark.parametrize("sql", ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "START TRANSACTION"])
def test_transaction_control_is_known(sql: str) -> None:
    assert parse(sql).is_transaction_control


@pytest.mark.parametrize("sql", ["DO $$ BEGIN END $$", "CALL p()", "PREPARE x AS SELECT 1", "EXECUTE x"])
def test_what_hides_its_sql_is_opaque(sql: str) -> None:
    assert parse(sql).opaque


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("UPDATE t SET a = %s", "UPDATE"),
        ("update t set a = :a", "UPDATE"),
        ("SELECT 1; SELECT 2", "SELECT"),
        ("SELECT 1\0; DROP TABLE t", "SELECT"),
        ("SELECT '\ud800'", "SELECT"),
        ("", "UNKNOWN"),
        ("-- nothing", "UNKNOWN"),
        ("SELECT " + "+".join("1" * 200), "SELECT"),
        ("SELECT " + "(" * 100_000, "SELECT"),
    ],
)
def test_what_cannot_be_read_is_opaque_and_no_error(sql: str, kind: str) -> None:
    statement = parse(sql)
    assert statement.opaque
    assert statement.kind == kind
    assert not statement.changes


def test_numbered_parameters_are_read() -> None:
    assert change("DELETE FROM t WHERE a = $1") == Delete(T, Where(pinned=frozenset({"a"})))


def test_what_alters_no_table_changes_nothing() -> None:
    for sql in (
        "ALTER INDEX i SET (fillfactor = 70)",
        "ALTER INDEX i RENAME TO j",
        "ALTER TYPE t RENAME ATTRIBUTE a TO b",
        "ALTER SEQUENCE s RENAME TO t",
        "ALTER FUNCTION f() RENAME TO g",
        "CLUSTER",
        "SELECT 1",
    ):
        assert parse(sql).changes == ()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE IF NOT EXISTS t (a int)",
        "CREATE OR REPLACE VIEW v AS SELECT 1",
        "CREATE INDEX IF NOT EXISTS i ON t (a)",
        "DROP TABLE IF EXISTS t",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int, ALTER b SET NOT NULL",
        "ALTER TABLE t VALIDATE CONSTRAINT c",
        "ALTER TYPE t ADD VALUE IF NOT EXISTS 'a'",
        "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
        "UPDATE t SET a = 1",
        "COMMENT ON TABLE t IS 'x'",
        "DO $$ BEGIN END $$",
    ],
)
def test_what_can_be_sent_again(sql: str) -> None:
    assert parse(sql).can_run_again


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (a int)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TYPE t AS ENUM ('a')",
        "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)",
        "DROP TABLE t",
        "DROP INDEX CONCURRENTLY i",
        "ALTER TABLE t ADD COLUMN a int",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int, ADD CHECK (a > 0)",
        "ALTER TABLE t RENAME a TO b",
        "ALTER TABLE t SET SCHEMA s",
        "ALTER TYPE t ADD VALUE 'a'",
        "INSERT INTO t VALUES (1)",
    ],
)
def test_what_fails_when_it_is_sent_again(sql: str) -> None:
    assert not parse(sql).can_run_again


def test_what_a_new_table_is_filled_from() -> None:
    created = change("CREATE TABLE t AS SELECT * FROM a JOIN s.b ON true WHERE EXISTS (SELECT FROM c)")
    assert created == CreateTableAs(T, reads=(Name(None, "a"), Name("s", "b"), Name(None, "c")))
    assert change("CREATE TABLE t AS SELECT * FROM a WITH NO DATA") == CreateTableAs(T)


def test_several_alter_tables_become_one() -> None:
    both = combined(["ALTER TABLE s.t ADD COLUMN a int", "ALTER TABLE s.t ADD b text DEFAULT 'x', DROP c"])
    assert both == "ALTER TABLE s.t ADD COLUMN a int, ADD COLUMN b text DEFAULT 'x', DROP c"
    assert combined(["ALTER TABLE t ADD a int", "DROP TABLE t"]) is None
    assert combined(["ALTER TABLE t ADD a int", "no SQL"]) is None
